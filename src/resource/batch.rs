//! Work on several things: past a failure, with each reported, to the exit code of the worst.

use crate::base::error::{Error, ErrorKind};
use crate::term::Ui;

/// The failures so far.
pub struct Failures<'a> {
    ui: &'a Ui,
    /// How many things are worked on.
    total: usize,
    /// What was tried, in the past tense: "deleted".
    done: &'a str,
    first: Option<Error>,
    count: usize,
    worst: ErrorKind,
}

impl<'a> Failures<'a> {
    /// No failures yet, in work on `total` things.
    pub fn new(ui: &'a Ui, total: usize, done: &'a str) -> Self {
        Self { ui, total, done, first: None, count: 0, worst: ErrorKind::NotFound }
    }

    /// Records the result of one; a success is returned.
    ///
    /// # Errors
    /// The failure itself, where going on could only fail the same way.
    pub fn note<T>(&mut self, result: Result<T, Error>) -> Result<Option<T>, Error> {
        self.note_all(result, 1)
    }

    /// Like [`Failures::note`], for `count` things that share their fate.
    ///
    /// # Errors
    /// As [`Failures::note`].
    pub fn note_all<T>(
        &mut self,
        result: Result<T, Error>,
        count: usize,
    ) -> Result<Option<T>, Error> {
        let error = match result {
            Ok(done) => return Ok(Some(done)),
            Err(error) => error,
        };
        if matches!(
            error.kind(),
            ErrorKind::NotSignedIn | ErrorKind::Interrupted | ErrorKind::Closed
        ) {
            return Err(error);
        }
        if rank(error.kind()) > rank(self.worst) {
            self.worst = error.kind();
        }
        self.count += count;
        if self.total == 1 {
            self.first = Some(error);
        } else {
            self.ui.report(&error);
        }
        Ok(None)
    }

    /// What the command ends with.
    pub fn end(self) -> Result<(), Error> {
        match (self.first, self.count) {
            (_, 0) => Ok(()),
            (Some(error), _) => Err(error),
            (None, count) => Err(Error::new(
                self.worst,
                format!("{count} of {} could not be {}", self.total, self.done),
            )
            .hint("see above for each")),
        }
    }
}

/// Which of two failures describes the whole work better.
fn rank(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Closed | ErrorKind::Differs | ErrorKind::NotFound => 0,
        ErrorKind::Rejected => 1,
        ErrorKind::Refused => 2,
        ErrorKind::Failure | ErrorKind::NoProgram | ErrorKind::NoCommand => 3,
        ErrorKind::Usage => 4,
        ErrorKind::RateLimited => 5,
        ErrorKind::Unavailable => 6,
        ErrorKind::NotSignedIn => 7,
        ErrorKind::Interrupted => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::{Io, UiOptions};

    #[test]
    fn one_failure_of_one_is_itself() {
        let io = Io::new(UiOptions::default());
        let mut failures = Failures::new(&io.ui, 1, "deleted");
        assert!(failures.note::<()>(Err(Error::new(ErrorKind::Refused, "no"))).unwrap().is_none());
        assert_eq!(failures.end().unwrap_err().message(), "no");
    }

    #[test]
    fn the_worst_of_several_is_the_exit_code() {
        let io = Io::new(UiOptions { quiet: true, ..UiOptions::default() });
        let mut failures = Failures::new(&io.ui, 4, "deleted");
        for kind in [ErrorKind::NotFound, ErrorKind::Unavailable, ErrorKind::Refused] {
            failures.note::<()>(Err(Error::new(kind, "x"))).unwrap();
        }
        assert_eq!(failures.note(Ok(7)).unwrap(), Some(7));
        let error = failures.end().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(error.message(), "3 of 4 could not be deleted");
    }

    #[test]
    fn without_a_token_it_stops() {
        let io = Io::new(UiOptions::default());
        let mut failures = Failures::new(&io.ui, 4, "deleted");
        assert!(failures.note::<()>(Err(Error::new(ErrorKind::NotSignedIn, "x"))).is_err());
    }
}
