//! Locks, so that one process at a time changes a profile. Every wait has a limit.

use std::fmt::Display;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::base::error::{Error, ErrorKind};
use crate::base::platform;
use crate::hint;
use crate::profile::edit::Document;
use crate::profile::store::{Store, cannot, unusable};
use crate::profile::{Profile, ProfileName};

/// How long to wait for a lock without `--timeout`. It is longer than any work under a lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(120);

/// A longer wait is reported on stderr.
const REPORT_AFTER: Duration = Duration::from_secs(2);

impl Store {
    /// Acquires a lock. Lock files are never deleted: if one were replaced while a process waits
    /// for it, two processes could hold the lock.
    pub(super) fn acquire(&self, file_name: &str, what: &dyn Display) -> Result<File, Error> {
        self.prepare_dirs()?;
        let path = self.locks_dir().join(file_name);
        let file =
            platform::open_lock_file(&path).map_err(|e| cannot("open the lock", &path, &e))?;
        if let Ok(metadata) = file.metadata()
            && platform::exposure(&metadata) != platform::Exposure::Private
            && platform::is_ours_only(&metadata)
        {
            // A failure does no harm, because only the owner can open the folder.
            let _ = platform::make_private(&file);
        }
        let started = Instant::now();
        let limit = started + LOCK_TIMEOUT;
        let end = self.deadline.map_or(limit, |deadline| deadline.min(limit));
        let mut pause = Duration::from_millis(1);
        let mut said = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(e)) => return Err(cannot("lock", &path, &e)),
                Err(TryLockError::WouldBlock) => {}
            }
            let now = Instant::now();
            if now >= end {
                let error = if end < limit {
                    timed_out(what)
                } else {
                    Error::new(
                        ErrorKind::Unavailable,
                        format!(
                            "another process has held the lock on {what} for {} s",
                            LOCK_TIMEOUT.as_secs()
                        ),
                    )
                };
                let look = platform::who_has_open(&path);
                let error = error.code("timeout");
                return Err(match look {
                    Some(look) => error.hint(hint!("try again; see which one: {}", look)),
                    None => error.hint("try again"),
                });
            }
            if !said && now.duration_since(started) > REPORT_AFTER {
                self.ui.say(format_args!("waiting for another process that is using {what} …"));
                said = true;
            }
            std::thread::sleep(pause.min(end.duration_since(now)));
            pause = (pause * 2).min(Duration::from_millis(40));
        }
    }
}

fn timed_out(what: &dyn Display) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!(
            "the time given with --timeout ran out while another process held the lock on {what}"
        ),
    )
}

/// A profile that no other process changes while this value lives.
pub struct Locked<'a> {
    store: &'a Store,
    name: ProfileName,
    path: PathBuf,
    _lock: File,
}

impl<'a> Locked<'a> {
    pub(super) fn new(store: &'a Store, name: ProfileName, lock: File) -> Self {
        Self { store, path: store.exact_path(&name), name, _lock: lock }
    }

    /// The profile's name, in the case of its file name.
    pub fn name(&self) -> &ProfileName {
        &self.name
    }

    /// Whether the profile has a file.
    pub fn exists(&self) -> bool {
        self.path.symlink_metadata().is_ok()
    }

    /// The current content of the profile. A missing profile is empty.
    pub fn read(&self) -> Result<(Document, Profile), Error> {
        match self.text()? {
            None => Ok((Document::new(), Profile::default())),
            Some(text) => Document::parse(&text).map_err(|e| unusable(&self.path, &e)),
        }
    }

    /// The text of the profile's file; `None` if it does not exist.
    pub(super) fn text(&self) -> Result<Option<String>, Error> {
        self.store.read(&self.path)
    }

    /// The file to replace: the target of a symbolic link, so that the link is kept.
    pub(super) fn target(&self) -> PathBuf {
        fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone())
    }

    /// Replaces the profile's file.
    pub fn write(&self, document: &Document) -> Result<(), Error> {
        self.draft(0)?.write(document)
    }

    /// Deletes the profile's file. Returns whether it existed.
    pub fn remove(&self) -> Result<bool, Error> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(cannot("remove", &self.path, &e)),
        }
    }
}
