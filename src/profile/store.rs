//! Profiles on disk: finds, locks, reads and writes them. A crash at any moment leaves either the
//! old file or the new one.

mod guard;
mod lock;
mod temporary;
mod write;

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Deserialize;

use crate::base::error::{Error, ErrorKind};
use crate::base::text;
use crate::hint;
use crate::profile::{ParseError, Profile, ProfileName};
use crate::term::{Env, Ui, shell};

pub(crate) use self::lock::Locked;
pub(crate) use self::write::Reservation;

/// The configuration folder, with `config.toml`, `profiles/` and `locks/`.
#[derive(Clone)]
pub struct Store {
    dir: PathBuf,
    ui: Ui,
    /// The deadline of waits for a lock. `None` for the default limit.
    deadline: Option<Instant>,
}

#[derive(Default, Deserialize)]
struct Config {
    current_profile: Option<String>,
    previous_profile: Option<String>,
}

impl Store {
    /// `$AUTH0_CONFIG_DIR`, else `auth0-suite` under the platform's configuration directory.
    /// Nothing is read or created yet.
    ///
    /// # Errors
    /// Usage error if there is neither that variable nor a home directory.
    pub fn locate(env: Env, ui: &Ui) -> Result<Self, Error> {
        let dir = match env.path("AUTH0_CONFIG_DIR") {
            Some(dir) => dir,
            None => dirs::config_dir()
                .filter(|dir| dir.is_absolute())
                .ok_or_else(|| {
                    Error::usage("there is no home directory to keep profiles in").hint(hint!(
                        "name a folder: {}",
                        shell::set("AUTH0_CONFIG_DIR", "/path/to/folder")
                    ))
                })?
                .join("auth0-suite"),
        };
        Ok(Self { dir, ui: ui.clone(), deadline: None })
    }

    /// Limits every wait for a lock to `deadline`. `None` keeps the default limit.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Path of a profile's file, whether it exists or not.
    pub fn path(&self, name: &ProfileName) -> PathBuf {
        self.exact_path(&self.spelled(name))
    }

    /// The name of an existing profile, in the case of its file name. `name` may be in any case.
    /// `None` if there is no such profile.
    pub fn find(&self, name: &ProfileName) -> Option<ProfileName> {
        match self.names() {
            Ok(names) => {
                let key = name.key();
                let exact = names.iter().find(|other| *other == name);
                exact.or_else(|| names.iter().find(|other| other.key() == key)).cloned()
            }
            // The folder may not be readable, while files in it are.
            Err(_) => self.exact_path(name).symlink_metadata().is_ok().then(|| name.clone()),
        }
    }

    /// The name that [`Store::find`] returns, or `name` itself if there is no such profile.
    pub fn spelled(&self, name: &ProfileName) -> ProfileName {
        self.find(name).unwrap_or_else(|| name.clone())
    }

    /// Whether the profile has a file, readable or not.
    pub fn exists(&self, name: &ProfileName) -> bool {
        self.find(name).is_some()
    }

    /// All profiles, sorted by name.
    pub fn names(&self) -> Result<Vec<ProfileName>, Error> {
        let folder = self.profiles_dir();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(cannot("read", &folder, &e)),
        };
        let mut names: Vec<_> =
            entries.filter_map(|entry| name_of_file(entry.ok()?.file_name().to_str()?)).collect();
        names.sort();
        Ok(names)
    }

    /// Reads a profile; `None` if it has no file.
    pub fn load(&self, name: &ProfileName) -> Result<Option<Profile>, Error> {
        let path = self.path(name);
        let Some(text) = self.read(&path)? else { return Ok(None) };
        Profile::parse(&text).map(Some).map_err(|e| unusable(&path, &e))
    }

    /// The profile that `config.toml` names.
    pub fn current(&self) -> Result<Option<ProfileName>, Error> {
        self.configured(|config| config.current_profile)
    }

    /// The profile that was current before the current one.
    pub fn previous(&self) -> Result<Option<ProfileName>, Error> {
        self.configured(|config| config.previous_profile)
    }

    fn configured(
        &self,
        which: fn(Config) -> Option<String>,
    ) -> Result<Option<ProfileName>, Error> {
        let path = self.config_path();
        let Some(text) = self.read(&path)? else { return Ok(None) };
        let config: Config = toml::from_str(&text)
            .map_err(|e| unusable(&path, &ParseError::from_toml(&text, &e)))?;
        which(config)
            .filter(|name| !name.is_empty())
            .map(|name| ProfileName::parse(&name).map(|name| self.spelled(&name)))
            .transpose()
            .map_err(|e| unusable(&path, &e).hint("choose a profile: auth0-profiles use NAME"))
    }

    /// Changes the current profile, under the lock of `config.toml`. `choose` is called with the
    /// current one, if its name is valid, and returns the new one. After a profile was removed or
    /// renamed, call this after the change of the file, so that [`Store::exists`] is right in
    /// `choose`.
    ///
    /// # Errors
    /// Any error of `choose`, of the lock, and of reading and writing `config.toml`.
    pub fn change_current(
        &self,
        choose: impl FnOnce(Option<ProfileName>) -> Result<Option<ProfileName>, Error>,
    ) -> Result<(), Error> {
        let _lock = self.acquire(CONFIG_LOCK, &"config.toml")?;
        let path = self.config_path();
        write::clear(&path);
        let text = self.read(&path)?.unwrap_or_default();
        let mut document: toml_edit::DocumentMut = text.parse().map_err(|e| {
            let e: toml_edit::TomlError = e;
            unusable(&path, &e.message())
        })?;
        let current = document
            .get("current_profile")
            .and_then(toml_edit::Item::as_str)
            .and_then(|name| ProfileName::parse(name).ok());
        let next = choose(current.clone())?;
        if next == current && !text.is_empty() {
            return Ok(());
        }
        // A profile that was renamed or removed cannot be the previous one.
        if let Some(left) = current.filter(|left| next.is_some() && self.exists(left)) {
            document["previous_profile"] = toml_edit::value(left.as_str());
        }
        match &next {
            Some(name) => document["current_profile"] = toml_edit::value(name.as_str()),
            None => {
                document.remove("current_profile");
            }
        }
        write::replace_text(&path, &text, &document.to_string())
    }

    /// Makes a profile current, if `always` is set or if the current profile does not exist.
    pub fn make_current(&self, name: &ProfileName, always: bool) -> Result<(), Error> {
        self.change_current(|current| {
            let stays = current.filter(|current| !always && self.exists(current));
            Ok(Some(stays.unwrap_or_else(|| name.clone())))
        })
    }

    /// Acquires the profile's lock, and waits for other processes that hold it. The lock is
    /// released when the value is dropped or the process ends. Then finishes a write that another
    /// process could not finish.
    ///
    /// # Errors
    /// Unavailable if the wait was too long, or an error of the folders and files.
    pub fn lock(&self, name: &ProfileName) -> Result<Locked<'_>, Error> {
        let lock = self.acquire(&lock_file(name), &format_args!("profile '{name}'"))?;
        // Look up the name under the lock, because before that another process could rename the
        // profile.
        let locked = Locked::new(self, self.spelled(name), lock);
        locked.finish_writes()?;
        Ok(locked)
    }

    /// Checks that the profile can be written, and creates the folders. Call it before a login,
    /// whose tokens must not be lost.
    ///
    /// # Errors
    /// The error that the write would return.
    pub fn check_writable(&self, name: &ProfileName) -> Result<(), Error> {
        self.lock(name)?.reserve().map(drop)
    }

    /// Renames a profile's file. The caller must hold both locks.
    ///
    /// # Errors
    /// Usage error if another profile has the new name.
    pub fn rename(&self, old: &ProfileName, new: &ProfileName) -> Result<(), Error> {
        let taken = self.names()?.into_iter().find(|name| name.key() == new.key() && name != old);
        if let Some(taken) = taken {
            return Err(Error::usage(format!("there is a profile '{taken}' already")).hint(hint!(
                "choose another name, or remove it first: auth0-profiles remove {}",
                taken
            )));
        }
        let path = self.exact_path(old);
        fs::rename(&path, self.exact_path(new)).map_err(|e| cannot("rename", &path, &e))
    }

    fn exact_path(&self, name: &ProfileName) -> PathBuf {
        self.profiles_dir().join(format!("{name}.toml"))
    }

    fn config_path(&self) -> PathBuf {
        self.dir.join(CONFIG_FILE)
    }

    fn profiles_dir(&self) -> PathBuf {
        self.dir.join(PROFILES_DIR)
    }

    fn locks_dir(&self) -> PathBuf {
        self.dir.join(LOCKS_DIR)
    }
}

const CONFIG_FILE: &str = "config.toml";
const PROFILES_DIR: &str = "profiles";
const LOCKS_DIR: &str = "locks";

/// It differs from every profile's lock, because their names start with a letter or a digit.
const CONFIG_LOCK: &str = ".config.lock";

/// The file name of a profile's lock. It does not depend on the case of the name.
fn lock_file(name: &ProfileName) -> String {
    format!("{}.lock", name.key())
}

fn name_of_file(file: &str) -> Option<ProfileName> {
    ProfileName::parse(file.strip_suffix(".toml")?).ok()
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Error {
    let forbidden =
        matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
    let kind = if forbidden { ErrorKind::Usage } else { ErrorKind::Failure };
    let error =
        Error::new(kind, format!("cannot {what} {}", text::path(path).shown())).caused_by(error);
    if forbidden && what != "read" {
        error.hint("keep profiles in a folder that you can write to: set AUTH0_CONFIG_DIR to it")
    } else {
        error
    }
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("{} cannot be used", text::path(path).shown()))
        .because(why.to_string())
        .hint("correct it in an editor; the file was not changed")
}
