//! The jobs of an import: two at a time, and each one's errors as soon as it has ended.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, Shown, foreign};
use crate::base::time;
use crate::base::url::encoded;
use crate::hint;
use crate::http::{Answer, Body, Retry, clock};
use crate::management::{Call, Management};
use crate::output::Format;
use crate::resource::View;
use crate::resource::jobs::bodies::{Batch, Envelope, MAX_BODY, Packer, TooLong};
use crate::resource::jobs::failures::JobFailures;
use crate::resource::jobs::rows::{Row, RowKey};
use crate::resource::jobs::{self, Job, is_limit_of_active_imports};
use crate::resource::report::{self, BatchReport};
use crate::term::progress::Progress;
use crate::term::{Io, interrupt, read_bounded};

/// Imports that a tenant works on at once, at most.
const ACTIVE: usize = 2;

/// The pause while imports of others take all places.
const OTHERS_PAUSE: Duration = Duration::from_secs(3);

/// The longest list of errors that is read. It repeats at most the rows of one job.
const MOST_ERRORS: u64 = 16 << 20;

/// Longer waits for a rate limit are an error.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// The status of users in a report.
const IMPORTED: &str = "imported";
const SKIPPED: &str = "skipped";

/// An import under way.
pub(super) struct ImportRun<'a> {
    api: &'a Management<'a>,
    envelope: Envelope,
    packer: Packer,
    active: VecDeque<Active>,
    report: BatchReport,
    progress: Progress,
    io: &'a mut Io,
    /// All users of the file, if they have been counted.
    total: Option<usize>,
    imported: usize,
    failed: usize,
    /// The command that goes on with this import.
    again: Hint,
    /// Whether a report can be resumed from.
    has_report: bool,
    /// Users that an earlier report says are done.
    pub(super) skipped_as_done: usize,
}

/// A job that has not been read yet.
struct Active {
    id: String,
    keys: Vec<RowKey>,
}

impl<'a> ImportRun<'a> {
    pub(super) fn new(
        api: &'a Management<'a>,
        envelope: Envelope,
        view: &View,
        total: Option<usize>,
        again: Hint,
        io: &'a mut Io,
    ) -> Self {
        Self {
            api,
            packer: Packer::new(&envelope, MAX_BODY),
            envelope,
            active: VecDeque::new(),
            report: BatchReport::new(view),
            progress: Progress::new(&io.ui),
            io,
            total,
            imported: 0,
            failed: 0,
            again,
            has_report: view.format == Format::Jsonl,
            skipped_as_done: 0,
        }
    }

    /// Waits for a job of an earlier run, and reports what became of its users.
    ///
    /// # Errors
    /// The API's; not found if the tenant no longer keeps the job.
    pub(super) fn ask_for_earlier(
        &mut self,
        job: String,
        items: Vec<(String, Option<String>)>,
    ) -> Result<(), Error> {
        let keys = items.into_iter().map(|(item, id)| RowKey::reported(item, id)).collect();
        self.active.push_back(Active { id: job, keys });
        self.prepare_farewell();
        self.finish_oldest().map_err(|error| match error.kind() {
            ErrorKind::NotFound => error.hint(
                "the tenant keeps a job for a day; to import its users again, leave their rows out of the report",
            ),
            _ => error,
        })
    }

    /// Sets what is said and reported if a signal ends the process while jobs are under way.
    fn prepare_farewell(&self) {
        let rows = self.active.iter().flat_map(|job| {
            job.keys.iter().map(|key| report::sent_row(&key.item, key.id.as_deref(), &job.id))
        });
        let rows = if self.has_report {
            rows.map(|row| format!("{row}\n")).collect()
        } else {
            String::new()
        };
        interrupt::write_at_end(rows);
        let sent: usize = self.active.iter().map(|job| job.keys.len()).sum();
        let see = |job: &Active| {
            Shown::join(
                [
                    foreign("auth0-api").shown(),
                    foreign(&format!("jobs/{}/errors", job.id)).in_command("jobs/JOB_ID/errors"),
                ],
                " ",
            )
        };
        let see = Shown::join(self.active.iter().map(see), "; ");
        interrupt::say_at_end(match sent {
            0 => hint!("nothing is under way at the tenant; to go on: {}", self.again),
            _ if self.has_report => hint!(
                "the tenant goes on with {} of the users, which were sent and are in the report; what it refused: {}\nto go on, with the report in place of REPORT: {}",
                sent,
                see,
                self.again
            ),
            _ => hint!(
                "the tenant goes on with {} of the users, which were sent; what it refused: {}\nto go on, import the file again: users that are there already are refused",
                sent,
                see
            ),
        });
    }

    /// Takes a row, and sends those before it if they fill a job.
    pub(super) fn push(&mut self, row: Row) -> Result<(), Error> {
        match self.packer.push(row) {
            Ok(Some(batch)) => self.send(batch),
            Ok(None) => Ok(()),
            Err(TooLong(key)) => {
                self.fail(&key, &format!("it is longer than the {MAX_BODY} bytes of an import"))
            }
        }
    }

    /// Reports a user that is not imported.
    pub(super) fn skip(&mut self, key: &RowKey) -> Result<(), Error> {
        self.report.done(&key.item, key.id.as_deref(), SKIPPED, self.io)
    }

    /// Sends the last rows, unless reading failed, and waits for all jobs.
    pub(super) fn end(mut self, is_whole: bool, place: &str) -> Result<(), Error> {
        let mut result = match self.packer.finish().filter(|_| is_whole) {
            Some(batch) => self.send(batch),
            None => Ok(()),
        };
        while !self.active.is_empty() {
            let finished = self.finish_oldest();
            result = result.and(finished);
        }
        let Self { report, progress, io, imported, failed, skipped_as_done, .. } = self;
        drop(progress);
        report.end(io)?;
        if skipped_as_done > 0 {
            io.ui.say(format_args!("done already: {}", counted(skipped_as_done)));
        }
        if is_whole || imported + failed > 0 {
            io.ui.say(format_args!("imported {} into {place}", counted(imported)));
        }
        result?;
        match failed {
            0 => Ok(()),
            failed => Err(Error::new(
                ErrorKind::Rejected,
                format!("{failed} of {} could not be imported", counted(failed + imported)),
            )
            .hint("see above for each; a report of all users is printed with -o jsonl")),
        }
    }

    /// Starts a job for these users, as soon as there is a place for it.
    fn send(&mut self, batch: Batch) -> Result<(), Error> {
        let Batch { users, keys } = batch;
        let form = self.envelope.form(users);
        let what = "import users";
        let call = Call {
            body: Some(Body::Raw(&form.content_type, &form.body)),
            retry: Some(Retry::NotSentNorLimited),
            ..Call::new(what, "POST", "/jobs/users-imports")
        };
        let (mut limited, mut others) = (0, false);
        loop {
            while self.active.len() >= ACTIVE {
                self.finish_oldest()?;
            }
            let answer = self.api.answer(&call).map_err(in_doubt)?;
            match answer.status {
                200..=299 => {
                    let id = Job::parse(&answer, what).map_err(in_doubt)?.id;
                    self.active.push_back(Active { id, keys });
                    self.prepare_farewell();
                    return Ok(());
                }
                429 if is_limit_of_active_imports(&answer.body) => {
                    if !self.active.is_empty() {
                        self.finish_oldest()?;
                        continue;
                    }
                    if !others {
                        others = true;
                        self.io.ui.say(
                            "the tenant works on two other imports; waiting until one has ended",
                        );
                    }
                    self.api.session().http.sleep(OTHERS_PAUSE);
                }
                429 if limited < self.api.session().http.max_retries() => {
                    limited += 1;
                    self.wait_for_rate_limit(&call, &answer)?;
                }
                status => {
                    return Err(self.api.refusal(&call, status, &answer.headers, &answer.body));
                }
            }
        }
    }

    fn wait_for_rate_limit(&self, call: &Call<'_>, answer: &Answer) -> Result<(), Error> {
        let asked = clock::asked_wait(&answer.headers).unwrap_or(Duration::from_secs(1));
        if asked > LONGEST_WAIT {
            return Err(self.api.refusal(call, answer.status, &answer.headers, &answer.body));
        }
        self.io.ui.say(format_args!(
            "the tenant limits the rate of requests: {}",
            time::asks_to_wait(asked)
        ));
        self.api.session().http.sleep(asked);
        Ok(())
    }

    /// Waits for the job that was started first, and reports what became of its users. They are
    /// reported as sent if that cannot be found out.
    fn finish_oldest(&mut self) -> Result<(), Error> {
        let Some(Active { id, keys }) = self.active.front() else { return Ok(()) };
        let (id, keys) = (id.clone(), keys.clone());
        let outcome = match self.outcome(&id) {
            Ok(outcome) => outcome,
            Err(error) => {
                for key in &keys {
                    self.report.sent(&key.item, key.id.as_deref(), &id, self.io)?;
                }
                self.active.pop_front();
                self.prepare_farewell();
                return Err(error);
            }
        };
        let (of_keys, others) = outcome.of_each(&keys);
        for (key, why) in keys.iter().zip(&of_keys) {
            match why.as_deref() {
                Some(why) => self.fail(key, why)?,
                None => {
                    self.imported += 1;
                    self.report.done(&key.item, key.id.as_deref(), IMPORTED, self.io)?;
                }
            }
        }
        for (name, why) in &others {
            // One of the users that seemed to be imported, but it is not known which.
            self.imported = self.imported.saturating_sub(1);
            let item = if name.is_empty() { "a user without a name" } else { name };
            self.fail(&RowKey { item: item.to_owned(), id: None, sent: String::new() }, why)?;
        }
        self.active.pop_front();
        self.prepare_farewell();
        Ok(())
    }

    /// Waits for a job, and asks which users it refused.
    fn outcome(&mut self, id: &str) -> Result<JobFailures, Error> {
        let (so_far, total, progress) =
            (self.imported + self.failed, self.total, &mut self.progress);
        let waited = jobs::wait(self.api, id, &mut |_| {
            progress.at(|| match total {
                Some(total) => format!("imported {so_far} of {}", counted(total)),
                None => format!("imported {}", counted(so_far)),
            });
        });
        let failure = match waited {
            Ok(_) => None,
            Err(error) if error.code_text() == jobs::FAILED => Some(error),
            Err(error) => return Err(unknown_outcome(error, id)),
        };
        let failures = self.failures(id).map_err(|error| unknown_outcome(error, id))?;
        let of_job = failure.filter(|_| failures.is_empty()).map(|error| {
            let causes = error.causes();
            causes.first().map_or(error.message(), |cause| *cause).to_owned()
        });
        Ok(match of_job {
            Some(why) => JobFailures::Job(why),
            None => failures,
        })
    }

    /// What a job says of the rows that it refused. It may repeat hashes of passwords anywhere, so
    /// the answer is read as a stream, which `-vv` does not show.
    fn failures(&self, id: &str) -> Result<JobFailures, Error> {
        let path = format!("/jobs/{}/errors", encoded(id));
        let call = Call::get("read the errors of the import", &path);
        let stream = self.api.stream(&call)?;
        let body = read_bounded(stream.body, "the answer of the tenant", MOST_ERRORS)?;
        if !(200..300).contains(&stream.status) {
            return Err(self.api.refusal(&call, stream.status, &stream.headers, &body));
        }
        JobFailures::parse(&body)
    }

    fn fail(&mut self, key: &RowKey, why: &str) -> Result<(), Error> {
        self.failed += 1;
        let message = format!("cannot import the user {}", foreign(&key.item).named());
        let error = Error::new(ErrorKind::Rejected, message).because(why);
        self.io.ui.report(&error);
        self.report.failed(&key.item, key.id.as_deref(), &error, self.io)
    }
}

/// The connection broke after the users were sent.
fn in_doubt(error: Error) -> Error {
    if error.is_in_doubt() {
        error.or_hint(
            "the tenant may have them: import again; users that are there already are refused",
        )
    } else {
        error
    }
}

fn unknown_outcome(error: Error, id: &str) -> Error {
    error.or_hint(hint!(
        "the tenant goes on with the import; what it refused: auth0-api jobs/{}/errors",
        foreign(id).in_command("JOB_ID")
    ))
}
