//! An export folder on disk.
//!
//! Only files that the manifest lists are replaced or removed. The new files are written into a
//! folder beside them first and then renamed, so that a failure while they are written changes
//! nothing. Signals wait for the renames; a kill in between leaves complete files, old and new, and
//! a manifest that says so.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::files::{self, Files, MANIFEST, Manifest};
use super::model::Snapshot;
use crate::base::error::{Error, ErrorKind};
use crate::base::input;
use crate::base::platform;
use crate::base::text::{self, foreign};
use crate::hint;
use crate::term::interrupt::CriticalSection;
use crate::term::read_sized;

/// The folder in which new files wait.
const STAGE: &str = ".auth0-tenant.new";

/// The longest file that is read, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// How many files have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Files that are new or have other content.
    pub changed: usize,
    /// Files that were removed.
    pub removed: usize,
}

/// A folder that an export may write to.
pub(crate) struct ExportFolder {
    dir: PathBuf,
    old: Option<Manifest>,
}

/// Whether the folder has a manifest.
fn is_export(dir: &Path) -> bool {
    dir.join(MANIFEST).is_file()
}

impl ExportFolder {
    /// Checks a folder before anything is read from the tenant: it is missing, empty, or holds an
    /// export of the tenant. With `replace`, the export may be of another tenant. Nothing is written.
    ///
    /// # Errors
    /// Usage, if it holds anything else.
    pub(crate) fn check(dir: &Path, tenant: &str, replace: bool) -> Result<Self, Error> {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { dir: dir.to_owned(), old: None });
            }
            Err(e) => return Err(cannot("read", dir, &e)),
        };
        let mut is_empty = true;
        for entry in entries {
            let entry = entry.map_err(|e| cannot("read", dir, &e))?;
            is_empty &= entry.file_name() == STAGE;
        }
        let old = if is_export(dir) { Some(manifest(dir)?) } else { None };
        if old.is_none() && !is_empty {
            return Err(Error::usage(format!(
                "{} is not empty and holds no export",
                text::path(dir).shown()
            ))
            .because(format!("it has no {MANIFEST}, so its files are not ours to replace"))
            .hint(hint!(
                "name a new folder: auth0-tenant export {}/tenant",
                text::path(dir).in_command("DIR")
            )));
        }
        match &old {
            Some(old) if old.tenant != tenant && !replace => {
                Err(of_another_tenant(dir, old, tenant))
            }
            _ => Ok(Self { dir: dir.to_owned(), old }),
        }
    }

    /// Replaces the export in the folder. Kinds that were not read this time stay as they were.
    ///
    /// # Errors
    /// Those of the file system; usage, if a file that is not ours is in the way.
    pub(crate) fn write(&self, snapshot: &Snapshot) -> Result<Written, Error> {
        let (mut manifest, files) = files::write(snapshot);
        if let Some(old) = &self.old {
            manifest.keep_unread_kinds_of(old);
        }
        let old = self.old.as_ref().map(|old| old.files.clone()).unwrap_or_default();
        platform::create_private_dirs(&self.dir).map_err(|e| cannot("create", &self.dir, &e))?;
        self.check_in_the_way(&files)?;
        let changed = Files::from_iter(files.into_iter().filter(|(file, content)| {
            let there = || self.read(file).ok();
            !old.contains(file) || there().as_deref() != Some(content)
        }));
        let stale: Vec<_> = old.difference(&manifest.files).cloned().collect();
        let written = Written { changed: changed.len(), removed: stale.len() };
        let text = manifest.to_text();
        let is_same = self.read(MANIFEST).is_ok_and(|there| there == text);
        if changed.is_empty() && stale.is_empty() && is_same {
            return Ok(written);
        }
        self.clear_stage()?;
        let staged = self.stage(&changed);
        let result = staged.and_then(|()| {
            let _undivided = CriticalSection::begin();
            let all = manifest.files.clone();
            manifest.files.extend(old.iter().cloned());
            manifest.unfinished = true;
            self.put(MANIFEST, &manifest.to_text())?;
            // Stale files go first: on systems that ignore case, a new file can have the same name.
            stale.iter().try_for_each(|file| self.remove(file))?;
            changed.keys().try_for_each(|file| self.publish(file))?;
            manifest.files = all;
            manifest.unfinished = false;
            self.put(MANIFEST, &manifest.to_text())
        });
        self.clear_stage()?;
        result?;
        self.remove_empty_folders(&stale);
        Ok(written)
    }

    /// Refuses to replace a file or to follow a link that no export has made.
    fn check_in_the_way(&self, files: &Files) -> Result<(), Error> {
        let old = self.old.as_ref().map(|old| &old.files);
        let is_ours = |file: &str| {
            old.is_some_and(|old| {
                old.contains(file) || old.iter().any(|it| it.eq_ignore_ascii_case(file))
            })
        };
        let refused = |path: &Path| {
            Error::usage(format!("{} is in the way", text::path(path).shown()))
                .because(format!("the export needs its name, and {MANIFEST} does not list it"))
                .hint("move it away, then try again")
        };
        let mut folder = "";
        for file in files.keys() {
            if let Some((parent, _)) = file.split_once('/').filter(|(parent, _)| *parent != folder)
            {
                folder = parent;
                let path = self.dir.join(parent);
                if path.symlink_metadata().is_ok_and(|it| !it.is_dir()) {
                    return Err(refused(&path));
                }
            }
            let path = self.dir.join(file);
            match path.symlink_metadata() {
                Ok(there) if there.is_dir() || !is_ours(file) => return Err(refused(&path)),
                _ => {}
            }
        }
        Ok(())
    }

    fn stage(&self, files: &Files) -> Result<(), Error> {
        let stage = self.dir.join(STAGE);
        platform::create_private_dirs(&stage).map_err(|e| cannot("create", &stage, &e))?;
        for (file, content) in files {
            let path = stage.join(file);
            if let Some(parent) = path.parent() {
                platform::create_private_dirs(parent).map_err(|e| cannot("create", parent, &e))?;
            }
            create(&path, content)?;
        }
        Ok(())
    }

    /// Gives a staged file its place.
    fn publish(&self, file: &str) -> Result<(), Error> {
        let path = self.dir.join(file);
        if let Some(parent) = path.parent() {
            platform::create_private_dirs(parent).map_err(|e| cannot("create", parent, &e))?;
        }
        fs::rename(self.dir.join(STAGE).join(file), &path).map_err(|e| cannot("write", &path, &e))
    }

    /// Replaces a file at the top of the folder.
    fn put(&self, file: &str, content: &str) -> Result<(), Error> {
        let (path, staged) = (self.dir.join(file), self.dir.join(STAGE).join(file));
        create(&staged, content)?;
        fs::rename(&staged, &path).map_err(|e| cannot("write", &path, &e))
    }

    fn remove(&self, file: &str) -> Result<(), Error> {
        let path = self.dir.join(file);
        let in_a_link = path.parent().is_some_and(|parent| {
            parent != self.dir && parent.symlink_metadata().is_ok_and(|it| !it.is_dir())
        });
        if in_a_link {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(cannot("remove", &path, &e)),
            _ => Ok(()),
        }
    }

    /// Removes the folders of kinds without resources. A folder that holds other files stays.
    fn remove_empty_folders(&self, removed: &[String]) {
        for (folder, _) in removed.iter().filter_map(|file| file.split_once('/')) {
            let _ = fs::remove_dir(self.dir.join(folder));
        }
    }

    /// Removes the files that an interrupted export has left.
    fn clear_stage(&self) -> Result<(), Error> {
        let stage = self.dir.join(STAGE);
        let removed = match stage.symlink_metadata() {
            Ok(there) if there.is_dir() => fs::remove_dir_all(&stage),
            Ok(_) => fs::remove_file(&stage),
            Err(_) => Ok(()),
        };
        removed.map_err(|e| cannot("remove", &stage, &e))
    }

    fn read(&self, file: &str) -> Result<String, Error> {
        read_file(&self.dir, file)
    }
}

fn of_another_tenant(dir: &Path, old: &Manifest, tenant: &str) -> Error {
    let (shown, old_tenant) = (text::path(dir).shown(), foreign(&old.tenant).named());
    Error::usage(format!("{shown} holds an export of another tenant"))
        .because(format!("it is of {old_tenant}, and this one is of {}", foreign(tenant).named()))
        .because(format!("replacing it would remove its {} files", old.files.len()))
        .hint(hint!(
            "name another folder: auth0-tenant export {}/tenant\nor replace all of it: auth0-tenant export {} --replace",
            text::path(dir).in_command("DIR"),
            text::path(dir).in_command("DIR")
        ))
}

/// Reads the export in a folder.
///
/// # Errors
/// Usage, if the folder holds no export, or if the export is incomplete or was edited so that it
/// cannot be read.
pub(crate) fn read(dir: &Path) -> Result<Snapshot, Error> {
    if !dir.is_dir() {
        return Err(Error::usage("there is no such folder")
            .hint("auth0-tenant export DIR makes one; auth0-profiles list shows the profiles"));
    }
    let shown = text::path(dir).shown();
    if !is_export(dir) {
        return Err(Error::usage(format!("{shown} holds no export"))
            .because(format!("it has no {MANIFEST}"))
            .hint(hint!("make one: auth0-tenant export {}", text::path(dir).in_command("DIR"))));
    }
    let manifest = manifest(dir)?;
    let again = || hint!("export again: auth0-tenant export {}", text::path(dir).in_command("DIR"));
    if manifest.unfinished {
        return Err(Error::usage(format!("the export in {shown} is not complete"))
            .because("it was stopped while its files were replaced")
            .hint(again()));
    }
    files::read(&manifest, |file| read_file(dir, file))
        .map_err(|error| error.within(format!("cannot use the export in {shown}")).or_hint(again()))
}

fn manifest(dir: &Path) -> Result<Manifest, Error> {
    let shown = text::path(dir).shown();
    read_file(dir, MANIFEST)
        .and_then(|text| Manifest::parse(&text))
        .map_err(|error| error.within(format!("cannot use the export in {shown}")))
}

/// Reads a file of an export. A link is refused: otherwise a folder in a pull request could
/// show any file of this machine as a difference.
fn read_file(dir: &Path, file: &str) -> Result<String, Error> {
    let path = dir.join(file);
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_symlink());
    if is_link(&path) || path.parent().is_some_and(|parent| parent != dir && is_link(parent)) {
        return Err(Error::usage(format!("{} is a link", text::path(&path).shown()))
            .because("an export has only files of its own"));
    }
    let file = platform::open_regular_file(&path).map_err(|e| cannot("read", &path, &e))?;
    let size = file.metadata().map_or(0, |it| it.len());
    let shown = text::path(&path).shown().to_string();
    input::text(read_sized(file, size, &shown, MAX_FILE)?, &shown)
}

fn create(path: &Path, content: &str) -> Result<(), Error> {
    // Not synced: what a power cut loses can be exported again.
    let written = platform::create_private_file(path)
        .and_then(|mut file: File| file.write_all(content.as_bytes()));
    written.map_err(|e| cannot("write", path, &e))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Failure, format!("cannot {what} {}", text::path(path).shown()))
        .caused_by(error)
}

#[cfg(test)]
mod tests;
