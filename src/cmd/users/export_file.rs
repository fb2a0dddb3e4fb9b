//! A file of data that only its owner can read, and that is in place only once it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::base::error::{Error, ErrorKind};
use crate::base::{platform, text};

/// The ending of the name of a file that is not whole.
const PART: &str = ".part";

/// A file under a temporary name. Dropping it removes it.
pub(super) struct ExportFile {
    target: PathBuf,
    temporary: PathBuf,
    /// Present until it is published.
    file: Option<BufWriter<File>>,
}

impl ExportFile {
    /// Creates `FILE.part`. One that an interrupted run has left is replaced.
    ///
    /// # Errors
    /// Usage if the folder does not exist or cannot be written, or if `target` is a folder.
    pub(super) fn create(target: &Path) -> Result<Self, Error> {
        // Behind a link: the link itself stays.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let name = target.file_name().filter(|_| !target.is_dir()).map(ToOwned::to_owned);
        let Some(mut name) = name else {
            return Err(Error::usage(format!("{} is a folder", text::path(&target).shown())));
        };
        name.push(PART);
        let temporary = target.with_file_name(name);
        if temporary.symlink_metadata().is_ok_and(|left| left.is_file()) {
            let _ = fs::remove_file(&temporary);
        }
        let file = platform::create_private_file(&temporary).map_err(|e| {
            Error::usage(format!("cannot create {}", text::path(&temporary).shown())).caused_by(&e)
        })?;
        let file = Some(BufWriter::with_capacity(256 << 10, file));
        Ok(Self { target, temporary, file })
    }

    /// Writes to it.
    ///
    /// # Errors
    /// Failure if the disk is full or fails.
    pub(super) fn with(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        let Self { target, file, .. } = self;
        match file {
            Some(file) => write(file).map_err(|e| unwritten(target, &e)),
            None => Ok(()),
        }
    }

    /// Gives the file its name, in place of what was there.
    ///
    /// # Errors
    /// Failure if the disk is full or the file cannot be replaced. What was there stays.
    pub(super) fn publish(mut self) -> Result<(), Error> {
        let written = match self.file.take() {
            Some(file) => file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.sync_all()),
            None => Ok(()),
        };
        written
            .and_then(|()| fs::rename(&self.temporary, &self.target))
            .map_err(|e| unwritten(&self.target, &e))
    }
}

impl Drop for ExportFile {
    fn drop(&mut self) {
        self.file = None;
        // It has another name if all went well.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn unwritten(target: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Failure, format!("cannot write {}", text::path(target).shown()))
        .caused_by(error)
}
