//! The jobs of the Management API that export and import users.
//!
//! A job takes seconds to hours, so each is started, looked at until it has ended, and then read: an
//! export has a file to download ([`download`]), an import has a list of the rows that it refused
//! ([`failures`]). What the API takes is prepared by [`rows`] and [`bodies`]. All but [`wait`] are
//! plain functions over data.

pub(crate) mod bodies;
pub(crate) mod download;
pub(crate) mod failures;
pub(crate) mod rows;

use std::time::Duration;

use serde::Deserialize;

use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::text::foreign;
use crate::base::url::encoded;
use crate::hint;
use crate::http::Answer;
use crate::management::{Call, Management};

/// The fields of a user that an export can hold, in the order in which they are asked for.
///
/// The API exports what it is asked for by name, and metadata only so. Hashes of passwords and the
/// secrets of second factors cannot be exported.
pub(crate) const EXPORT_FIELDS: [&str; 23] = [
    "user_id",
    "email",
    "email_verified",
    "username",
    "phone_number",
    "phone_verified",
    "name",
    "given_name",
    "family_name",
    "nickname",
    "picture",
    "blocked",
    "user_metadata",
    "app_metadata",
    "identities",
    "multifactor",
    "multifactor_last_modified",
    "created_at",
    "updated_at",
    "last_login",
    "last_ip",
    "last_password_reset",
    "logins_count",
];

/// The error code of a job that has failed at the tenant.
pub(crate) const FAILED: &str = "job_failed";

/// The longest pause between two looks at a job.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A job, as the API describes it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Job {
    /// `job_…`.
    pub id: String,
    #[serde(default)]
    status: String,
    status_details: Option<String>,
    percentage_done: Option<f64>,
    /// Where the file of an export is. The address is all that a download needs.
    pub location: Option<Secret>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobProgress {
    /// It waits or is at work.
    Active,
    /// It is done.
    Completed,
    /// It has ended without success.
    Failed,
}

impl Job {
    /// Reads an answer that describes a job. `what` is what the request was for, after "cannot".
    ///
    /// # Errors
    /// Unavailable if it does not.
    pub(crate) fn parse(answer: &Answer, what: &str) -> Result<Self, Error> {
        let job: Self = serde_json::from_slice(&answer.body).unwrap_or_default();
        if job.id.is_empty() {
            return Err(Error::new(ErrorKind::Unavailable, format!("cannot {what}"))
                .because("the answer does not describe a job")
                .status(answer.status));
        }
        Ok(job)
    }

    /// How far it is. A status that is not documented counts as active.
    pub(crate) fn progress(&self) -> JobProgress {
        match self.status.as_str() {
            "completed" => JobProgress::Completed,
            "failed" | "expired" | "canceled" | "cancelled" => JobProgress::Failed,
            _ => JobProgress::Active,
        }
    }

    /// The part that is done, in percent, if the API says so.
    pub(crate) fn percent(&self) -> Option<u8> {
        let done = self.percentage_done.filter(|done| (0.0..=100.0).contains(done))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        Some(done as u8)
    }

    /// The error for a job that has failed.
    pub(crate) fn failure(&self) -> Error {
        let error = Error::new(ErrorKind::Failure, "the job failed at the tenant").code(FAILED);
        match &self.status_details {
            Some(details) => error.because(details.clone()),
            None => error,
        }
    }
}

/// Whether a 429 says that two imports are active already, which ends with one of them and not with
/// the rate limit's reset.
pub(crate) fn is_limit_of_active_imports(body: &[u8]) -> bool {
    #[derive(Default, Deserialize)]
    struct Refusal {
        #[serde(default)]
        message: String,
    }
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let message = refusal.message.to_lowercase();
    message.contains("active import") && message.contains("job")
}

/// The pause before the look at a job that has this number, counted from 0. The first look is made
/// at once.
fn pause_before_look(number: u32) -> Duration {
    match number {
        0 => Duration::ZERO,
        _ => (Duration::from_millis(50) * 2u32.pow(number.min(7))).min(LONGEST_PAUSE),
    }
}

/// Reads the state of a job once.
///
/// # Errors
/// Not found if the tenant no longer keeps the job, which it does for 24 hours; otherwise the API's.
pub(crate) fn look(api: &Management<'_>, id: &str) -> Result<Job, Error> {
    let what = "look at the job";
    let answer = api.call(&Call::get(what, &format!("/jobs/{}", encoded(id))))?;
    Job::parse(&answer, what)
}

/// Looks at a job until it has ended. `each` is called after every look.
///
/// # Errors
/// Failure if the job has failed; unavailable if `--timeout` ends first; otherwise as [`look`].
pub(crate) fn wait(
    api: &Management<'_>,
    id: &str,
    each: &mut dyn FnMut(&Job),
) -> Result<Job, Error> {
    for number in 0.. {
        api.session().http.sleep(pause_before_look(number));
        let job = look(api, id)?;
        each(&job);
        match job.progress() {
            JobProgress::Active => {}
            JobProgress::Completed => return Ok(job),
            JobProgress::Failed => {
                let id = foreign(id).in_command("JOB_ID");
                return Err(job.failure().hint(hint!("see the job: auth0-api jobs/{}", id)));
            }
        }
    }
    unreachable!("the loop only ends with the job")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_seconds() {
        let pauses: Vec<_> = (0..10).map(|number| pause_before_look(number).as_millis()).collect();
        assert_eq!(pauses, [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
        assert_eq!(pause_before_look(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn a_status_that_is_not_documented_counts_as_active() {
        let job = |status: &str| Job { status: status.to_owned(), ..Job::default() }.progress();
        assert_eq!(job("pending"), JobProgress::Active);
        assert_eq!(job("processing"), JobProgress::Active);
        assert_eq!(job("brand_new"), JobProgress::Active);
        assert_eq!(job("completed"), JobProgress::Completed);
        assert_eq!(job("failed"), JobProgress::Failed);
    }

    #[test]
    fn active_imports_and_a_rate_limit_are_told_apart() {
        let says = |message: &str| {
            is_limit_of_active_imports(
                serde_json::json!({"message": message}).to_string().as_bytes(),
            )
        };
        assert!(says(
            "There are 2 active import users jobs, please wait until some of them are finished and try again"
        ));
        assert!(!says("Global limit has been reached"));
        assert!(!is_limit_of_active_imports(b"<html>"));
    }

    #[test]
    fn a_percentage_that_is_none_is_not_shown() {
        let percent = |done| Job { percentage_done: Some(done), ..Job::default() }.percent();
        assert_eq!(percent(41.7), Some(41));
        assert_eq!(percent(1e300), None);
        assert_eq!(percent(-1.0), None);
        assert_eq!(percent(f64::NAN), None);
    }
}
