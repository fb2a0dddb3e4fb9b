//! Writes a profile so that a new refresh token is not lost.
//!
//! A new text is written and synced as `NAME.toml.tmp`, and renamed to `NAME.toml`. If it has a new
//! refresh token, it is renamed to `NAME.toml.HASH.new` in between, where HASH is a digest of the
//! replaced refresh token. If the last rename fails, the token is not lost: the next process that
//! acquires the lock finishes the write.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::base::error::{Error, ErrorKind};
use crate::base::platform;
use crate::base::secret::Secret;
use crate::base::text;
use crate::hint;
use crate::profile::edit::Document;
use crate::profile::store::guard::read_temporary;
use crate::profile::store::lock::Locked;
use crate::profile::store::temporary::{TEMPORARY, WAITING, is_temporary};
use crate::profile::store::{cannot, unusable};
use crate::profile::{Profile, StoredToken};

/// Bytes to reserve on disk for a new token.
const RESERVED_BYTES: usize = 32 << 10;

/// How long to wait for a program that has the profile open, such as a virus scanner.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Disk space that is reserved for a write of a profile. Dropping it frees the space.
pub struct Reservation<'a> {
    locked: &'a Locked<'a>,
    draft: Draft,
    /// The profile's current text.
    before: String,
}

impl Locked<'_> {
    /// Reserves disk space for a write, and checks that the file can be replaced. Call it before a
    /// request whose answer must not be lost.
    ///
    /// # Errors
    /// The error that the write would return.
    pub fn reserve(&self) -> Result<Reservation<'_>, Error> {
        let target = self.target();
        wait_while_busy(|| platform::check_replaceable(&target))
            .map_err(|e| busy_error(&target, &e))
            .and_then(|()| self.draft(RESERVED_BYTES))
            .map_err(|e| {
                e.because("no request was sent to the tenant")
                    .or_hint("free some disk space, or set AUTH0_CONFIG_DIR to another folder, then try again")
            })
    }

    /// A draft. If `reserved` is not 0, reserves that many bytes and twice the size of the profile.
    pub(super) fn draft(&self, reserved: usize) -> Result<Reservation<'_>, Error> {
        let before = self.text()?.unwrap_or_default();
        let target = self.target();
        let reserved = if reserved == 0 { 0 } else { reserved + 2 * before.len() };
        let draft = Draft::create(&target, reserved).map_err(|e| cannot("write", &target, &e))?;
        Ok(Reservation { locked: self, draft, before })
    }

    /// Finishes a write that another process could not finish, and removes its temporary files.
    ///
    /// Only the tokens and the user are taken from it, and only if the profile still has the
    /// refresh token that the write replaces. So a later edit or logout is not undone.
    ///
    /// # Errors
    /// Failure if the file with the new tokens cannot be read, or the profile not be replaced. Nothing
    /// is removed then.
    pub(super) fn finish_writes(&self) -> Result<(), Error> {
        let target = self.target();
        let left = temporaries(&target);
        if left.is_empty() {
            return Ok(());
        }
        let text = self.text()?.unwrap_or_default();
        // If the profile cannot be parsed, a person may be editing it. Try again later.
        let Ok((mut document, profile)) = Document::parse(&text) else { return Ok(()) };
        let old = profile.token.as_ref();
        let waiting = old.and_then(|old| Some(waiting_path(&target, old.refresh_token.as_ref()?)));
        if let (Some(old), Some(waiting)) = (old, waiting.filter(|path| left.contains(path)))
            && let Ok(new) = Profile::parse(&unfinished_text(&waiting)?)
            && let Some(token) = new.token.filter(|token| is_of_same_login(token, old))
        {
            if new.tokens.is_empty() {
                // The tokens for other APIs may belong to an earlier login.
                document.set_login(&token, new.user.as_ref());
            } else {
                document.set_token(&token, new.user.as_ref());
                new.tokens.values().for_each(|token| document.set_api_token(token));
            }
            // If this write fails, it leaves a `.new` file with the same token, so nothing is lost.
            self.write(&document).map_err(|error| {
                let unfinished = format!("cannot finish an earlier write of {}", text::path(&target).shown());
                let error = Error::new(error.kind(), unfinished).caused_by(&error);
                error.hint("see that the file can be replaced, then try again; the new token is kept beside it")
            })?;
        }
        for path in left {
            let _ = fs::remove_file(path);
        }
        Ok(())
    }
}

/// The text of a file that holds the only copy of a profile's new tokens.
fn unfinished_text(path: &Path) -> Result<String, Error> {
    read_temporary(path).map_err(|error| {
        let shown = text::path(path).shown();
        let what = format!("cannot read {shown}, which holds the new token of the profile");
        let error = Error::new(ErrorKind::Failure, what).caused_by(&error);
        error.hint("let only yourself read and write that file, then try again; or delete it and sign in again")
    })
}

/// Whether a new token was issued to the application and by the tenant of the old one.
fn is_of_same_login(new: &StoredToken, old: &StoredToken) -> bool {
    new.domain == old.domain && new.client_id == old.client_id && new.refresh_token.is_some()
}

impl Reservation<'_> {
    /// Replaces the profile's file with this text.
    ///
    /// # Errors
    /// If a new refresh token could not be saved, the error says so and how to sign in again.
    pub fn write(self, document: &Document) -> Result<(), Error> {
        let Self { locked, draft, before } = self;
        let text = with_line_ends_of(&before, document.to_string());
        let target = draft.target.clone();
        // Do not replace the file with a text that cannot be parsed.
        let after = Profile::parse(&text).map_err(|e| unusable(&target, &e))?;
        let old = Profile::parse(&before).ok().and_then(|profile| profile.token);
        let replaced = old.as_ref().and_then(|old| old.refresh_token.as_ref());
        let new = after
            .token
            .filter(|new| new.refresh_token.is_some() && new.refresh_token.as_ref() != replaced);
        let waiting = match (&new, &old, replaced) {
            (Some(new), Some(old), Some(replaced)) if is_of_same_login(new, old) => {
                Some(waiting_path(&target, replaced))
            }
            _ => None,
        };
        match draft.publish(text.as_bytes(), waiting.as_deref()) {
            Ok(()) => Ok(()),
            Err(PublishError::Pending(e)) => Err(busy_error(&target, &e).hint(
                "the new token is kept beside it, and the next command puts it in place: close \
                 what holds the file open, then try again",
            )),
            Err(PublishError::Lost(e)) if new.is_some() => Err(cannot("write", &target, &e)
                .because("the new token could not be saved, and the old one may no longer work")
                .hint(hint!("see that the folder can be written, then sign in again: auth0-login --profile {}", locked.name()))),
            Err(PublishError::Lost(e)) => Err(unchanged_error(&target, &e)),
        }
    }
}

/// The error for a file that could not be replaced although its folder is writable.
fn busy_error(path: &Path, error: &io::Error) -> Error {
    let what = format!("cannot replace {}", text::path(path).shown());
    let error = Error::new(ErrorKind::Failure, what).caused_by(error);
    error.hint("close the program that holds it open, then try again")
}

/// Removes temporary files that killed processes have left. The caller must hold the lock.
pub(super) fn clear(path: &Path) {
    for left in temporaries(&fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())) {
        let _ = fs::remove_file(left);
    }
}

/// Replaces the text of a file. If it fails, no other process finishes the write.
pub(super) fn replace_text(path: &Path, before: &str, text: &str) -> Result<(), Error> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let text = with_line_ends_of(before, text.to_owned());
    let draft = Draft::create(&target, 0).map_err(|e| unchanged_error(&target, &e))?;
    draft
        .publish(text.as_bytes(), None)
        .map_err(|(PublishError::Lost(e) | PublishError::Pending(e))| unchanged_error(&target, &e))
}

fn unchanged_error(path: &Path, error: &io::Error) -> Error {
    let error = cannot("write", path, error);
    if error.kind() == ErrorKind::Usage {
        error
    } else {
        error.hint("what was saved before is unchanged")
    }
}

/// `text` with the line ends of `before`. The TOML editor writes `\n`.
fn with_line_ends_of(before: &str, text: String) -> String {
    let lines = before.matches('\n').count();
    if lines > 0 && before.matches("\r\n").count() == lines {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text
    }
}

/// A file with a temporary name. It is removed when the value is dropped.
struct Draft {
    target: PathBuf,
    temporary: PathBuf,
    file: Option<File>,
}

/// Why a file was not replaced.
enum PublishError {
    /// The new text is lost.
    Lost(io::Error),
    /// The new text is on disk. The next process finishes the write.
    Pending(io::Error),
}

impl Draft {
    /// Creates a private file of `reserved` bytes. The caller must hold the lock, so the name can
    /// be fixed. A file that a killed process has left is replaced.
    fn create(target: &Path, reserved: usize) -> io::Result<Self> {
        let temporary = with_suffix(target, TEMPORARY);
        match fs::remove_file(&temporary) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let file = platform::create_private_file(&temporary)?;
        let mut draft = Self { target: target.to_owned(), temporary, file: Some(file) };
        if reserved > 0 {
            draft.fill(&vec![b'\n'; reserved])?;
        }
        Ok(draft)
    }

    /// Overwrites the reserved bytes with the content, so that no new space is needed.
    fn fill(&mut self, content: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::NotFound.into()) };
        file.rewind()?;
        file.write_all(content)?;
        file.set_len(content.len() as u64)?;
        file.sync_all()
    }

    /// Writes the content and renames the file to its target.
    fn publish(mut self, content: &[u8], waiting: Option<&Path>) -> Result<(), PublishError> {
        if self.fill(content).is_err() {
            // Try again with a new file.
            let target = self.target.clone();
            drop(self);
            self = Self::create(&target, 0).map_err(PublishError::Lost)?;
            self.fill(content).map_err(PublishError::Lost)?;
        }
        // Close the file, because some systems cannot rename an open one.
        self.file = None;
        // Another program may hold the temporary file open. Then the content is written once more.
        let waiting = waiting.filter(|waiting| {
            wait_while_busy(|| fs::rename(&self.temporary, waiting)).is_ok()
                || write_new(waiting, content).is_ok()
        });
        let replaced =
            wait_while_busy(|| fs::rename(waiting.unwrap_or(&self.temporary), &self.target));
        // Some file systems cannot sync a folder. The rename reaches the disk later there.
        let _ = platform::sync_dir(self.target.parent().unwrap_or(Path::new(".")));
        replaced.map_err(|e| match waiting {
            Some(_) => PublishError::Pending(e),
            None => PublishError::Lost(e),
        })
    }
}

/// Writes a private file that is not there yet. A file that is not complete is removed.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = platform::create_private_file(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(file);
        let _ = fs::remove_file(path);
    }
    written
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.file = None;
        // After a success it has been renamed.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Tries until it succeeds, or fails for another reason than a busy file. Tries at least twice.
fn wait_while_busy(mut attempt: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let end = Instant::now() + BUSY_TIMEOUT;
    let mut tries = 0;
    loop {
        let Err(error) = attempt() else { return Ok(()) };
        tries += 1;
        if platform::is_busy(&error) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        } else if tries > 1 {
            return Err(error);
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// The path of the complete file that is to replace this refresh token.
fn waiting_path(target: &Path, replaced: &Secret) -> PathBuf {
    use std::fmt::Write as _;
    let digest = Sha256::digest(replaced.expose().as_bytes());
    let mut suffix = String::from(".");
    for byte in &digest[..8] {
        let _ = write!(suffix, "{byte:02x}");
    }
    with_suffix(target, &(suffix + WAITING))
}

/// The temporary files that belong to a file.
fn temporaries(target: &Path) -> Vec<PathBuf> {
    let Some(name) = target.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let Some(entries) = target.parent().and_then(|folder| fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name()
                .and_then(|other| other.to_str())
                .is_some_and(|other| is_temporary(other, name))
        })
        .collect()
}
