//! The file through which the processes of one profile share the budget.
//!
//! The file is its own lock and is rewritten in place, without a rename or a sync: it is shorter
//! than a page, its last line shows that it is complete, and after a loss requests are only sent
//! one at a time until the next answer.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Budget;
use crate::base::platform;

/// Maximum size of the file, in bytes. The rest of a longer file is not read.
const MAX_FILE: u64 = 16 << 10;

/// How long to wait for the lock. Processes hold it for microseconds.
const PATIENCE: Duration = Duration::from_millis(250);

/// The file, opened when it is first needed.
pub(super) struct SharedFile {
    path: PathBuf,
    file: Option<File>,
}

impl SharedFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Calls `change` with the file's content under the lock, and writes the result.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] if another process kept the lock, or the error of opening, locking,
    /// reading or writing the file.
    pub(super) fn update<T>(&mut self, change: impl FnOnce(&mut Budget) -> T) -> io::Result<T> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open(&self.path)?),
        };
        lock(file)?;
        let changed = rewrite(file, change);
        // Closing a file releases its lock even where unlocking fails, as it does under Wine 8.
        if file.unlock().is_err() {
            self.file = None;
        }
        changed
    }
}

fn open(path: &Path) -> io::Result<File> {
    let file = match platform::open_lock_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            platform::create_private_dirs(path.parent().unwrap_or(path))?;
            platform::open_lock_file(path)?
        }
        opened => opened?,
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() || !platform::is_ours_only(&metadata) || path.is_symlink() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if platform::exposure(&metadata) != platform::Exposure::Private {
        platform::make_private(&file)?;
    }
    Ok(file)
}

fn lock(file: &File) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn rewrite<T>(file: &mut File, change: impl FnOnce(&mut Budget) -> T) -> io::Result<T> {
    let mut text = Vec::new();
    file.rewind()?;
    file.take(MAX_FILE).read_to_end(&mut text)?;
    let before = std::str::from_utf8(&text).ok().and_then(Budget::from_text);
    let mut budget = before.clone().unwrap_or_default();
    let value = change(&mut budget);
    if before.as_ref() != Some(&budget) {
        let text = budget.to_text();
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        file.set_len(text.len() as u64)?;
    }
    Ok(value)
}
