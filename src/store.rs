//! Profiles on disk: found, locked, read, and written so that a crash at any moment leaves the old
//! file or the new one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::error::{Error, Kind};
use crate::hint;
use crate::io::{Env, Talk};
use crate::platform::{self, Exposure};
use crate::profile::edit::Document;
use crate::profile::{ParseError, Profile, ProfileName};
use crate::text;

/// No profile comes near this; whatever is larger is not one.
const MAX_FILE: u64 = 1 << 20;

/// A refresh under the lock is bounded well below this.
const LOCK_PATIENCE: Duration = Duration::from_secs(120);

/// The folder with `config.toml`, `profiles/` and `locks/`.
#[derive(Clone)]
pub struct Store {
    dir: PathBuf,
    talk: Talk,
}

#[derive(Default, Deserialize)]
struct Config {
    current_profile: Option<String>,
}

impl Store {
    /// `$AUTH0_CONFIG_DIR`, else `auth0-suite` under the platform's configuration directory.
    /// Nothing is read or created yet.
    ///
    /// # Errors
    /// Usage, when there is neither that variable nor a home directory.
    pub fn locate(env: Env, talk: &Talk) -> Result<Self, Error> {
        let dir = match env.path("AUTH0_CONFIG_DIR") {
            Some(dir) => dir,
            None => dirs::config_dir()
                .filter(|dir| dir.is_absolute())
                .ok_or_else(|| {
                    Error::usage("there is no home directory to keep profiles in")
                        .hint("name a folder: export AUTH0_CONFIG_DIR=/path/to/folder")
                })?
                .join("auth0-suite"),
        };
        Ok(Self { dir, talk: talk.clone() })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where a profile is, or would be.
    pub fn path(&self, name: &ProfileName) -> PathBuf {
        self.dir.join("profiles").join(format!("{name}.toml"))
    }

    /// The profile that `config.toml` names.
    pub fn current(&self) -> Result<Option<ProfileName>, Error> {
        let path = self.config_path();
        let Some(text) = self.read(&path)? else { return Ok(None) };
        let config: Config = toml::from_str(&text)
            .map_err(|e| unusable(&path, &ParseError::from_toml(&text, &e)))?;
        config
            .current_profile
            .filter(|name| !name.is_empty())
            .map(|name| ProfileName::parse(&name))
            .transpose()
            .map_err(|e| unusable(&path, &e).hint("choose a profile: auth0-profiles use NAME"))
    }

    /// Makes a profile the current one, or none.
    pub fn set_current(&self, name: Option<&ProfileName>) -> Result<(), Error> {
        let _lock = self.lock_file("config")?;
        let path = self.config_path();
        let text = self.read(&path)?.unwrap_or_default();
        let mut document: toml_edit::DocumentMut = text.parse().map_err(|e| {
            let e: toml_edit::TomlError = e;
            unusable(&path, &e.message())
        })?;
        match name {
            Some(name) => document["current_profile"] = toml_edit::value(name.as_str()),
            None => {
                document.remove("current_profile");
            }
        }
        self.write(&path, &document.to_string())
    }

    /// Every profile there is, by name.
    pub fn names(&self) -> Result<Vec<ProfileName>, Error> {
        let folder = self.dir.join("profiles");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(cannot("read", &folder, &e)),
        };
        let mut names: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                ProfileName::parse(name.to_str()?.strip_suffix(".toml")?).ok()
            })
            .collect();
        names.sort();
        Ok(names)
    }

    /// Whether there is a file for it, readable or not.
    pub fn exists(&self, name: &ProfileName) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    /// Reads a profile; `None` when there is no such file.
    pub fn load(&self, name: &ProfileName) -> Result<Option<Profile>, Error> {
        let path = self.path(name);
        let Some(text) = self.read(&path)? else { return Ok(None) };
        Profile::parse(&text).map(Some).map_err(|e| unusable(&path, &e))
    }

    /// Moves a profile's file. The caller holds both locks.
    ///
    /// # Errors
    /// Usage, when there is a profile of the new name.
    pub fn rename(&self, old: &ProfileName, new: &ProfileName) -> Result<(), Error> {
        if self.exists(new) {
            return Err(Error::usage(format!("there is a profile '{new}' already")).hint(hint!(
                "choose another name, or remove it first: auth0-profiles remove {}",
                new
            )));
        }
        let path = self.path(old);
        fs::rename(&path, self.path(new)).map_err(|e| cannot("rename", &path, &e))
    }

    /// Takes the profile's lock, waiting for whoever has it. The lock goes with the value, or with
    /// the process.
    pub fn lock(&self, name: &ProfileName) -> Result<Locked<'_>, Error> {
        let lock = self.lock_file(name.as_str())?;
        Ok(Locked { store: self, path: self.path(name), _lock: lock })
    }

    fn config_path(&self) -> PathBuf {
        self.dir.join("config.toml")
    }

    /// Locks live in a folder of their own and are never deleted: a lock file that is replaced
    /// while somebody waits on it would let two in.
    fn lock_file(&self, name: &str) -> Result<File, Error> {
        self.prepare_dirs()?;
        let path = self.dir.join("locks").join(format!("{name}.lock"));
        let file =
            platform::open_lock_file(&path).map_err(|e| cannot("open the lock", &path, &e))?;
        let started = Instant::now();
        let mut pause = Duration::from_millis(1);
        let mut said = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(e)) => return Err(cannot("lock", &path, &e)),
                Err(TryLockError::WouldBlock) => {}
            }
            let waited = started.elapsed();
            if waited > LOCK_PATIENCE {
                return Err(Error::new(
                    Kind::Failure,
                    format!(
                        "another process has held the lock on '{name}' for {} s",
                        waited.as_secs()
                    ),
                )
                .hint(hint!("see which one: fuser {}", text::path(&path).in_command("FILE"))));
            }
            if !said && waited > Duration::from_secs(2) {
                self.talk.say(format_args!(
                    "waiting for another process that is using profile '{name}' …"
                ));
                said = true;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(40));
        }
    }

    fn prepare_dirs(&self) -> Result<(), Error> {
        for dir in [self.dir.clone(), self.dir.join("profiles"), self.dir.join("locks")] {
            match fs::metadata(&dir) {
                Ok(metadata) => self.mend_dir(&dir, &metadata)?,
                Err(_) => {
                    platform::create_private_dirs(&dir).map_err(|e| cannot("create", &dir, &e))?
                }
            }
        }
        Ok(())
    }

    /// A folder that others can write to lets them swap a profile; one they own, more so.
    fn mend_dir(&self, dir: &Path, metadata: &fs::Metadata) -> Result<(), Error> {
        match platform::dir_exposure(metadata) {
            Exposure::Private => Ok(()),
            Exposure::Foreign => Err(foreign(dir)),
            Exposure::Open => {
                platform::make_private(dir, metadata)
                    .map_err(|e| cannot("close to others", dir, &e))?;
                self.talk.warn(format_args!(
                    "others could write to {}; its permissions are now 0700",
                    text::path(dir).shown()
                ));
                Ok(())
            }
        }
    }

    /// Reads a file of ours, after a look at who else can.
    fn read(&self, path: &Path) -> Result<Option<String>, Error> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(cannot("read", path, &e)),
        };
        if !metadata.is_file() || metadata.len() > MAX_FILE {
            return Err(unusable(path, &"it is not a regular file of a profile's size"));
        }
        match platform::file_exposure(&metadata) {
            Exposure::Private => {}
            Exposure::Foreign => return Err(foreign(path)),
            Exposure::Open => match platform::make_private(path, &metadata) {
                Ok(()) => self.talk.warn(format_args!(
                    "others could read {}; its permissions are now 0600",
                    text::path(path).shown()
                )),
                Err(e) => self.talk.warn(format_args!(
                    "others can read {}, and its permissions cannot be changed: {e}",
                    text::path(path).shown()
                )),
            },
        }
        if let Some(parent) = path.parent()
            && let Ok(metadata) = fs::metadata(parent)
            && platform::dir_exposure(&metadata) != Exposure::Private
        {
            self.mend_dir(parent, &metadata)?;
        }
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(MAX_FILE).read_to_string(&mut text));
        match read {
            Ok(_) => Ok(Some(text)),
            // Removed since we looked.
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                Err(unusable(path, &"it is not UTF-8 text"))
            }
            Err(e) => Err(cannot("read", path, &e)),
        }
    }

    /// Replaces a file in one step. The caller holds the lock, so the temporary name can be fixed:
    /// what a killed process left there is overwritten, and nothing piles up.
    fn write(&self, path: &Path, text: &str) -> Result<(), Error> {
        // A profile that is a link to a file elsewhere stays one.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().unwrap_or(Path::new("."));
        let temporary = temporary(&path);
        let replace = || {
            fill_new_file(&temporary, text.as_bytes())?;
            fs::rename(&temporary, &path)?;
            platform::sync_dir(folder)
        };
        replace().map_err(|e| {
            let _ = fs::remove_file(&temporary);
            cannot("write", &path, &e).hint("what was saved before is untouched")
        })
    }
}

/// A profile that no other process changes while this value lives.
pub struct Locked<'a> {
    store: &'a Store,
    path: PathBuf,
    _lock: File,
}

impl Locked<'_> {
    /// The profile as it is now, open for changes. A profile that is not there is an empty one.
    pub fn read(&self) -> Result<(Document, Profile), Error> {
        match self.store.read(&self.path)? {
            None => Ok((Document::new(), Profile::default())),
            Some(text) => Document::parse(&text).map_err(|e| unusable(&self.path, &e)),
        }
    }

    /// Replaces the profile's file.
    pub fn write(&self, document: &Document) -> Result<(), Error> {
        let text = document.to_string();
        // What cannot be read back must not replace what can.
        Profile::parse(&text).map_err(|e| unusable(&self.path, &e))?;
        self.store.write(&self.path, &text)
    }

    /// Finds out whether a write would succeed: there is room, and the folder takes files. For use
    /// before a request whose answer must not be lost.
    pub fn rehearse_write(&self) -> Result<(), Error> {
        const ROOM: usize = 32 << 10;
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let temporary = temporary(&path);
        let rehearsed = fill_new_file(&temporary, &[b'\n'; ROOM]);
        let _ = fs::remove_file(&temporary);
        rehearsed.map_err(|e| {
            cannot("write", &path, &e)
                .hint("nothing was asked of the tenant; make room, then try again")
        })
    }

    /// Deletes the profile's file. Whether it was there.
    pub fn remove(&self) -> Result<bool, Error> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(cannot("remove", &self.path, &e)),
        }
    }
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(".new");
    PathBuf::from(name)
}

/// A private file with this content, on disk. What a killed process left in its place goes.
fn fill_new_file(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = platform::create_private_file(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Error {
    let kind =
        if error.kind() == io::ErrorKind::PermissionDenied { Kind::Usage } else { Kind::Failure };
    Error::new(kind, format!("cannot {what} {}", text::path(path).shown())).caused_by(error)
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("{} cannot be used", text::path(path).shown()))
        .because(why.to_string())
        .hint("mend it in an editor; it was left as it is")
}

fn foreign(path: &Path) -> Error {
    Error::usage(format!(
        "{} belongs to another user, who could put anything in it",
        text::path(path).shown()
    ))
    .hint("use a folder of your own: export AUTH0_CONFIG_DIR=/path/to/folder")
}
