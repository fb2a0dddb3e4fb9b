//! The same work on one or many: look up, ask, do it past a failure, report each.

use std::collections::HashMap;

use crate::base::error::Error;
use crate::resource::confirm::Confirmation;
use crate::resource::naming::ResourceRef;
use crate::resource::report::BatchReport;
use crate::resource::{Failures, ResourceContext};
use crate::term::progress::Progress;

/// What is done to each of several resources.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// What is asked: "delete".
    pub verb: &'static str,
    /// While it is done: "deleting".
    pub doing: &'static str,
    /// When it is done: "deleted".
    pub done: &'static str,
    /// Whether it cannot be undone, so that a person is asked first. On a protected profile a
    /// person is asked in any case.
    pub for_good: bool,
    /// What the question adds about the consequence, after a space; may be empty.
    pub consequence: &'static str,
}

/// The status of an item in a report, when nothing was sent because of `--dry-run`.
pub const NOT_SENT: &str = "not sent";

impl ResourceContext<'_> {
    /// Does the work on what `names` name, once that is confirmed, and goes on past a failure. `one`
    /// does it to one of them and gives the status for the report.
    ///
    /// # Errors
    /// The worst failure of any of them.
    pub fn each(
        &mut self,
        work: &Work,
        names: &[String],
        confirm: &Confirmation,
        mut one: impl FnMut(&mut Self, &ResourceRef) -> Result<&'static str, Error>,
    ) -> Result<(), Error> {
        if names.is_empty() {
            self.io.ui.say(format_args!("nothing to {}: stdin names none", work.verb));
            return Ok(());
        }
        let asks = work.for_good || self.api.identity().is_protected();
        if asks || confirm.says_something() {
            self.check_confirmable(confirm)?;
        }
        let ui = self.io.ui.clone();
        let mut report = BatchReport::new(&self.view);
        let mut failures = Failures::new(&ui, names.len(), work.done);
        let mut found: Vec<(ResourceRef, Vec<&str>)> = Vec::with_capacity(names.len());
        let mut index: HashMap<String, usize> = HashMap::new();
        for (name, result) in names.iter().zip(self.lookup().find_all(names)?) {
            if let Err(error) = &result {
                report.failed(name, None, error, self.io)?;
            }
            let Some(one) = failures.note(result)? else { continue };
            // One that is named twice is worked on once.
            match index.get(&one.id) {
                Some(at) => found[*at].1.push(name),
                None => {
                    index.insert(one.id.clone(), found.len());
                    found.push((one, vec![name]));
                }
            }
        }
        if asks && !found.is_empty() {
            let all: Vec<_> = found.iter().map(|(found, _)| found.clone()).collect();
            self.confirm(confirm, work.verb, &all, work.consequence)?;
        }
        let mut progress = Progress::new(&ui);
        for (at, (found_one, names)) in found.iter().enumerate() {
            progress.at(|| format!("{} {} of {}", work.doing, at + 1, found.len()));
            let done = one(self, found_one);
            for name in names.iter().filter(|_| !self.dry_run) {
                match &done {
                    Ok(status) => report.done(name, found_one.id.as_str(), status, self.io)?,
                    Err(error) => report.failed(name, Some(&found_one.id), error, self.io)?,
                }
            }
            failures.note(done)?;
        }
        drop(progress);
        if !self.dry_run {
            report.end(self.io)?;
        }
        failures.end()
    }

    /// Asks before a change that can be undone, if the profile is protected.
    ///
    /// # Errors
    /// Usage, if `--confirm` names another tenant or there is no terminal to ask on; failure, if
    /// the answer is no.
    pub fn confirm_if_protected(
        &self,
        confirm: &Confirmation,
        question: &str,
    ) -> Result<(), Error> {
        let identity = self.api.identity();
        if self.dry_run || confirm.is_answered(identity)? || !identity.is_protected() {
            return Ok(());
        }
        confirm.ask(&format!("{question} on {}?", identity.place()), identity, self.io)
    }
}
