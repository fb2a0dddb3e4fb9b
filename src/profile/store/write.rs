//! Writes that only go forward.
//!
//! A new text is written and synced as `NAME.toml.tmp`, and renamed to `NAME.toml`. If it brings a
//! new refresh token, it becomes `NAME.toml.HASH.new` in between, where HASH stands for the refresh
//! token that it replaces: from then on the token is not lost if the last rename fails, because the
//! next process that takes the lock finishes the write.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::base::error::{Error, Kind};
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

/// Room for a new token. A profile is a few kilobytes.
const RESERVED_BYTES: usize = 32 << 10;

/// How long to wait for a program that holds the profile open, such as a virus scanner.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A write of a profile that has its room on the disk already. Dropping it frees the room.
pub struct Reservation<'a> {
    locked: &'a Locked<'a>,
    draft: Draft,
    /// The profile's text before.
    before: String,
}

impl Locked<'_> {
    /// Does all of a write that can fail before the new text is known: takes the room, and checks
    /// that the file can be replaced. For use before a request whose answer must not be lost.
    ///
    /// # Errors
    /// What the write would fail with.
    pub fn reserve(&self) -> Result<Reservation<'_>, Error> {
        let target = self.target();
        wait_while_busy(|| platform::check_replaceable(&target))
            .map_err(|e| busy_error(&target, &e))
            .and_then(|()| self.draft(RESERVED_BYTES))
            .map_err(|e| {
                e.because("nothing was asked of the tenant")
                    .or_hint("make room, or set AUTH0_CONFIG_DIR to another folder, then try again")
            })
    }

    /// A draft with `reserved` bytes, and more for a long profile if it is not 0.
    pub(super) fn draft(&self, reserved: usize) -> Result<Reservation<'_>, Error> {
        let before = self.text()?.unwrap_or_default();
        let target = self.target();
        let reserved = if reserved == 0 { 0 } else { reserved + 2 * before.len() };
        let draft = Draft::create(&target, reserved).map_err(|e| cannot("write", &target, &e))?;
        Ok(Reservation { locked: self, draft, before })
    }

    /// Finishes the write of a process that could not, or clears what is left of it.
    ///
    /// Only the tokens and the user are taken over, and only while the profile holds the refresh
    /// token that the unfinished write was to replace: it must not undo a later edit or a logout.
    pub(super) fn finish_writes(&self) -> Result<(), Error> {
        let target = self.target();
        let left = temporaries(&target);
        if left.is_empty() {
            return Ok(());
        }
        let text = self.text()?.unwrap_or_default();
        // A person may be in the middle of an edit: decide when the profile can be read again.
        let Ok((mut document, profile)) = Document::parse(&text) else { return Ok(()) };
        let old = profile.token.as_ref();
        let waiting = old.and_then(|old| Some(waiting_path(&target, old.refresh_token.as_ref()?)));
        if let (Some(old), Some(waiting)) = (old, waiting.filter(|path| left.contains(path)))
            && let Some(new) = read_temporary(&waiting).and_then(|text| Profile::parse(&text).ok())
            && let Some(token) = new.token.filter(|token| is_of_same_login(token, old))
        {
            if new.tokens.is_empty() {
                // It may be of another person's login than the tokens for other APIs.
                document.set_login(&token, new.user.as_ref());
            } else {
                document.set_token(&token, new.user.as_ref());
                new.tokens.values().for_each(|token| document.set_api_token(token));
            }
            // This replaces what waits by the same token, so nothing is lost if it fails.
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

/// Whether a new token was issued to the application and by the tenant of the old one.
fn is_of_same_login(new: &StoredToken, old: &StoredToken) -> bool {
    new.domain == old.domain && new.client_id == old.client_id && new.refresh_token.is_some()
}

impl Reservation<'_> {
    /// Replaces the profile's file by this text.
    ///
    /// # Errors
    /// If a new refresh token could not be saved, the error says so and how to sign in again.
    pub fn write(self, document: &Document) -> Result<(), Error> {
        let Self { locked, draft, before } = self;
        let text = with_line_ends_of(&before, document.to_string());
        let target = draft.target.clone();
        // What cannot be read back must not replace what can.
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

/// A file that could not be replaced although its folder can be written.
fn busy_error(path: &Path, error: &io::Error) -> Error {
    let what = format!("cannot replace {}", text::path(path).shown());
    let error = Error::new(Kind::Failure, what).caused_by(error);
    error.hint("close the program that holds it open, then try again")
}

/// Removes what killed processes have left beside a file. The caller holds its lock.
pub(super) fn clear(path: &Path) {
    for left in temporaries(&fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())) {
        let _ = fs::remove_file(left);
    }
}

/// Replaces the text of a file of which no process needs to finish the write.
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
    if error.kind() == Kind::Usage {
        error
    } else {
        error.hint("what was saved before is untouched")
    }
}

/// A text with the line ends of the one that it replaces. The TOML editor writes `\n`.
fn with_line_ends_of(before: &str, text: String) -> String {
    let lines = before.matches('\n').count();
    if lines > 0 && before.matches("\r\n").count() == lines {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text
    }
}

/// A file under its temporary name. It goes with the value.
struct Draft {
    target: PathBuf,
    temporary: PathBuf,
    file: Option<File>,
}

/// Why a file was not replaced.
enum PublishError {
    /// The new text is gone.
    Lost(io::Error),
    /// The new text is on disk, for the next process to put in place.
    Pending(io::Error),
}

impl Draft {
    /// A new private file of `reserved` bytes. The caller holds the lock, so the name can be fixed, and
    /// what a killed process left there goes.
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

    /// Writes the content over what is there, so that the room is used and not asked for again.
    fn fill(&mut self, content: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::NotFound.into()) };
        file.rewind()?;
        file.write_all(content)?;
        file.set_len(content.len() as u64)?;
        file.sync_all()
    }

    /// Gives the file its content and its name.
    fn publish(mut self, content: &[u8], waiting: Option<&Path>) -> Result<(), PublishError> {
        if self.fill(content).is_err() {
            // Once more, with a file that the failure has not touched.
            let target = self.target.clone();
            drop(self);
            self = Self::create(&target, 0).map_err(PublishError::Lost)?;
            self.fill(content).map_err(PublishError::Lost)?;
        }
        // Closed: some systems rename no open file.
        self.file = None;
        let waiting = waiting
            .filter(|waiting| wait_while_busy(|| fs::rename(&self.temporary, waiting)).is_ok());
        let replaced =
            wait_while_busy(|| fs::rename(waiting.unwrap_or(&self.temporary), &self.target));
        // A rename that has happened is on disk sooner or later. Some file systems cannot hurry it.
        let _ = platform::sync_dir(self.target.parent().unwrap_or(Path::new(".")));
        replaced.map_err(|e| match waiting {
            Some(_) => PublishError::Pending(e),
            None => PublishError::Lost(e),
        })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.file = None;
        // It has another name if all went well.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Tries until it succeeds or fails for a lasting reason; in any case twice.
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

/// The name of a write that replaces this refresh token and is not finished.
fn waiting_path(target: &Path, replaced: &Secret) -> PathBuf {
    use std::fmt::Write as _;
    let digest = Sha256::digest(replaced.expose().as_bytes());
    let mut suffix = String::from(".");
    for byte in &digest[..8] {
        let _ = write!(suffix, "{byte:02x}");
    }
    with_suffix(target, &(suffix + WAITING))
}

/// What writes of a file have left beside it.
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
