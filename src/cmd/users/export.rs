//! `auth0-users export`: the users of a tenant or connection, whole, through a job.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::counted;
use super::export_file::ExportFile;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::text::foreign;
use crate::base::url;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::hint;
use crate::http::{Body, Request, Retry};
use crate::management::{Call, Management};
use crate::output::{Column, Fields, Format, Options, Renderer};
use crate::resource::Lookup;
use crate::resource::jobs::download::{BadLine, Lines, check_address, without_provider_tokens};
use crate::resource::jobs::{self, EXPORT_FIELDS, Job};
use crate::resource::kinds::{CONNECTIONS, USERS};
use crate::session::Session;
use crate::term::progress::Progress;
use crate::term::{Io, interrupt};

const NOTES: &str = "\
Asks for every field of a user that can be exported, unless --fields names some. Passwords and the
secrets of second factors cannot be exported. Metadata is exported as it is, whatever it holds, so
that auth0-users import can bring it back. The default format is jsonl.";

/// The longest pause before a download is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The columns of CSV, TSV and a table.
static COLUMNS: [Column; EXPORT_FIELDS.len()] = {
    let mut columns = [Column::new("", ""); EXPORT_FIELDS.len()];
    let mut at = 0;
    while at < columns.len() {
        columns[at] = Column::new(EXPORT_FIELDS[at], EXPORT_FIELDS[at]);
        at += 1;
    }
    columns
};

/// Export all users, whatever their number
#[derive(Args, Debug)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-users export")))]
pub(super) struct Export {
    /// Only users of this connection: its ID or name
    #[arg(long, value_name = "C", add = completer::connections())]
    connection: Option<String>,

    /// Write to FILE instead of stdout: readable only by you, and in place only once it is whole
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    show: ShowArgs,
}

impl Export {
    pub(super) fn run(
        self,
        session: &Session,
        api: &Management<'_>,
        shared: &Shared,
        io: &mut Io,
    ) -> Result<(), Error> {
        let format = shared.output.unwrap_or(Format::Jsonl);
        self.show.view(shared, io).warn_of_fields(&USERS, io);
        let names: Vec<&str> = match &self.show.fields {
            Some(fields) => fields.top_level().collect(),
            None => EXPORT_FIELDS.to_vec(),
        };
        // A file that cannot be written is an error before the tenant is asked for anything.
        let draft = self.file.as_deref().map(ExportFile::create).transpose()?;
        let connection = match &self.connection {
            Some(text) => Some(Lookup { kind: &CONNECTIONS, api, io }.find(text)?.id),
            None => None,
        };
        let mut request = json!({
            "format": "json",
            "fields": names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>(),
        });
        if let Some(id) = connection {
            request["connection_id"] = json!(id);
        }
        let options = if draft.is_some() {
            Options { width: None, color: false, csv_safe: shared.csv_safe, ..Options::default() }
        } else {
            shared.rendering(io)
        };
        let renderer = rows(format, self.show.fields.clone(), options);
        let (place, ui) = (api.identity().place(), io.ui.clone());
        let mut sink = Sink { draft, io, renderer, is_started: false };
        let mut run = ExportRun {
            session,
            api,
            request: request.to_string(),
            progress: Progress::new(&ui),
            written: 0,
            keeps_tokens: self.show.reveal_secrets,
        };
        run.whole(&mut sink)?;
        let ExportRun { progress, written, .. } = run;
        drop(progress);
        sink.end()?;
        ui.say(format_args!(
            "exported {} of {place}; passwords and second factors are not part of an export",
            counted(written)
        ));
        Ok(())
    }
}

/// Writes rows as they come: metadata must be whole to be imported again.
fn rows(format: Format, fields: Option<Fields>, options: Options) -> Renderer {
    Renderer::new(format, fields, &COLUMNS, Options { reveal_secrets: true, ..options })
}

/// Where the users go.
struct Sink<'a> {
    /// The file of `--file`; otherwise stdout.
    draft: Option<ExportFile>,
    io: &'a mut Io,
    renderer: Renderer,
    is_started: bool,
}

impl Sink<'_> {
    fn write(
        draft: &mut Option<ExportFile>,
        io: &mut Io,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        match draft {
            Some(draft) => draft.with(write),
            None => io.out.with(write),
        }
    }

    fn row(&mut self, row: &str) -> Result<(), Error> {
        self.is_started = true;
        let renderer = &mut self.renderer;
        Self::write(&mut self.draft, self.io, |out| renderer.row(out, row))
    }

    fn end(mut self) -> Result<(), Error> {
        let renderer = self.renderer;
        Self::write(&mut self.draft, self.io, |out| renderer.finish(out))?;
        match self.draft {
            Some(draft) => draft.publish(),
            None => self.io.out.flush(),
        }
    }

    /// Whether rows appear on the terminal, where a status line would be in their way.
    fn is_on_terminal(&self) -> bool {
        self.draft.is_none() && self.io.out.is_terminal()
    }
}

/// An export under way.
struct ExportRun<'a> {
    session: &'a Session,
    api: &'a Management<'a>,
    /// The body of the request that makes the job.
    request: String,
    progress: Progress,
    /// Users that are written.
    written: usize,
    /// Whether tokens of identity providers are kept.
    keeps_tokens: bool,
}

/// Why a download ended early.
enum Ended {
    /// The address is no longer valid, or the connection broke: another one may do.
    Again(Error),
    /// It cannot go on.
    Final(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

impl ExportRun<'_> {
    /// Makes the job and writes all of its file. Where the address has expired or the download breaks
    /// off, the job is asked for another address, and the users that are written already are
    /// skipped. A job that the tenant no longer keeps is made again while nothing is written.
    fn whole(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let most = self.session.http.max_retries();
        let mut job = self.completed_job()?;
        let mut tries = 0;
        loop {
            let error = match self.download(&job, sink) {
                Ok(()) => return Ok(()),
                Err(Ended::Final(error)) => return Err(error),
                Err(Ended::Again(error)) => error,
            };
            if tries >= most {
                return Err(error.or_hint("try again; the tenant makes a new file each time"));
            }
            tries += 1;
            sink.io.ui.say(format_args!("{error}; asking for another address ({tries} of {most})"));
            if tries > 1 {
                let pause = Duration::from_millis(250) * 2u32.pow(tries.min(6));
                self.session.http.sleep(pause.min(LONGEST_PAUSE));
            }
            job = match jobs::look(self.api, &job.id) {
                Err(error) if error.kind() == ErrorKind::NotFound && !sink.is_started => {
                    self.completed_job()?
                }
                job => job?,
            };
        }
    }

    /// Makes a job and waits for its end.
    fn completed_job(&mut self) -> Result<Job, Error> {
        let what = "start the export";
        let call = Call {
            body: Some(Body::Json(self.request.as_bytes())),
            // A second job does no harm.
            retry: Some(Retry::Idempotent),
            ..Call::new(what, "POST", "/jobs/users-exports")
        };
        let job = Job::parse(&self.api.call(&call)?, what)?;
        interrupt::say_at_end(hint!(
            "the export goes on at the tenant, which keeps it for a day: auth0-api jobs/{}",
            foreign(&job.id).in_command("JOB_ID")
        ));
        let progress = &mut self.progress;
        jobs::wait(self.api, &job.id, &mut |job| {
            progress.at(|| match job.percent() {
                Some(percent) => format!("waiting for the export: {percent} %"),
                None => "waiting for the export".to_owned(),
            });
        })
    }

    /// Writes the users of the job's file that are not written yet.
    fn download(&mut self, job: &Job, sink: &mut Sink<'_>) -> Result<(), Ended> {
        let address = job.location.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Unavailable, "the export has no address to download it from")
        })?;
        Self::hide(address, sink.io);
        check_address(address)?;
        // Neither the token nor any other header of the API goes to this host.
        let stream = self.session.http.stream(&Request::get(address.expose()))?;
        let failed = |why: String| {
            Error::new(ErrorKind::Unavailable, "cannot download the export").because(why)
        };
        match stream.status {
            200 => {}
            400 | 401 | 403 | 404 | 410 => {
                let message = "the address of the export has expired";
                let error = Error::new(ErrorKind::Unavailable, message).status(stream.status);
                return Err(Ended::Again(error));
            }
            status => {
                return Err(failed(format!("the server answered {status}")).status(status).into());
            }
        }
        let broken = |error: &std::io::Error| {
            let error = Error::new(ErrorKind::Unavailable, "the download of the export broke off")
                .caused_by(error);
            Ended::Again(error)
        };
        let mut lines = Lines::new(stream.body).map_err(|e| broken(&e))?;
        let mut read = 0;
        loop {
            let line = match lines.read_next() {
                Ok(Some(line)) => line,
                Ok(None) if read < self.written => {
                    return Err(failed("it has become shorter".to_owned()).into());
                }
                Ok(None) => return Ok(()),
                Err(BadLine::Stream(e)) => return Err(broken(&e)),
                Err(BadLine::Content(what, number)) => {
                    return Err(failed(format!("line {number} of the file {what}")).into());
                }
            };
            read += 1;
            if read <= self.written {
                continue;
            }
            if self.keeps_tokens {
                sink.row(line)?;
            } else {
                sink.row(&without_provider_tokens(line))?;
            }
            self.written = read;
            if sink.is_on_terminal() {
                self.progress.end();
            } else {
                self.progress.at(|| format!("exported {}", counted(read)));
            }
        }
    }

    /// Keeps the secret part of the address out of every message: it is all that a download of the
    /// users needs.
    fn hide(address: &Secret, io: &Io) {
        let (_, _, rest) = url::split(address.expose()).unwrap_or_default();
        let secret = rest.split_once('?').map_or(rest, |(_, query)| query);
        io.ui.hide(&Secret::new(secret));
    }
}
