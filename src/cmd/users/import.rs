//! `auth0-users import`: users from a file, through as many jobs as it takes.

mod run;

use std::fs::File;
use std::io::{self, BufRead};
use std::path::PathBuf;

use clap::Args;

use self::run::ImportRun;
use super::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{self, Shown, foreign};
use crate::cmd::completer;
use crate::cmd::confirm::ConfirmArgs;
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::{BatchArgs, ShowArgs};
use crate::hint;
use crate::management::Management;
use crate::management::multipart;
use crate::resource::jobs::bodies::{Envelope, MAX_BODY, Packer, TooLong};
use crate::resource::jobs::download::unpacked;
use crate::resource::jobs::rows::{Converted, ImportNotes, Objects, Unreadable};
use crate::resource::kinds::CONNECTIONS;
use crate::resource::naming::ResourceRef;
use crate::resource::report::Earlier;
use crate::resource::{Lookup, report};
use crate::session::Session;
use crate::term::{Io, Ui};

const NOTES: &str = "\
Takes what auth0-users export wrote, or a JSON array of users as the API takes it; packed files too.
A file is checked to its end before anything is sent. Users are sent in jobs of at most 500,000
bytes, two at a time, and no mail goes to the owners of the tenant. Passwords, second factors and
identities of other providers do not come back, unless the file has password_hash or mfa_factors.";

/// Import users into a database connection
#[derive(Args, Debug)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-users import")))]
pub(super) struct Import {
    /// The file; - reads stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The database connection: its ID or name
    #[arg(long, value_name = "C", required = true, add = completer::connections())]
    connection: String,

    /// Also change users that are there already, found by e-mail address; replaces their metadata
    #[arg(long)]
    upsert: bool,

    #[command(flatten)]
    confirm: ConfirmArgs,

    /// Check the file and say what would be imported, and send nothing that writes
    #[arg(long, help_heading = "Safety")]
    dry_run: bool,

    #[command(flatten)]
    batch: BatchArgs,
}

impl Import {
    pub(super) fn run(
        self,
        _session: &Session,
        api: &Management<'_>,
        shared: &Shared,
        io: &mut Io,
    ) -> Result<(), Error> {
        let confirm = self.confirm.answer();
        let asks = (self.upsert || api.identity().is_protected()) && !self.dry_run;
        if asks {
            confirm.check(api.identity(), io)?;
        } else {
            // `--confirm` must name this tenant, even where nothing is asked.
            confirm.is_answered(api.identity())?;
        }
        let Earlier { mut done, sent } = match &self.batch.resume {
            Some(path) => report::earlier_in(path)?,
            None => Earlier::default(),
        };
        let envelope = |connection: &ResourceRef| -> Result<Envelope, Error> {
            let boundary = multipart::boundary()?;
            Ok(Envelope { connection: connection.id.clone(), upsert: self.upsert, boundary })
        };
        // Before the tenant is asked: a file that is wrong needs no connection.
        let checked = if self.can_be_read_twice()? { Some(self.check()?) } else { None };
        let connection = Lookup { kind: &CONNECTIONS, api, io }.find(&self.connection)?;
        let place = api.identity().place();
        match &checked {
            Some(notes) => say_losses(notes, &io.ui),
            None => io.ui.say(
                "passwords, second factors and identities of other providers do not come back, \
                 unless the rows have password_hash or mfa_factors",
            ),
        }
        if self.upsert {
            io.ui.warn("the metadata of users that are there already is replaced as a whole");
        }
        let count = checked.as_ref().map(|notes| notes.rows);
        if self.dry_run {
            return self.say_plan(
                checked,
                &envelope(&connection)?,
                &format!("{connection} on {place}"),
                &io.ui,
            );
        }
        if asks {
            let users = count.map_or_else(|| "users".to_owned(), counted);
            let how = if self.upsert { ", and change those that are there already" } else { "" };
            let question =
                format!("Import {users} into the connection {connection} on {place}{how}?");
            confirm.ask(&question, api.identity(), io)?;
        }
        let view = ShowArgs::default().view(shared, io);
        let mut notes = ImportNotes::default();
        let ui = io.ui.clone();
        let again = hint!(
            "auth0-users import {} --connection {}{} -o jsonl --resume REPORT",
            text::path(&self.file).in_command("FILE"),
            foreign(&self.connection).in_command("CONNECTION"),
            if self.upsert { " --upsert" } else { "" }
        );
        let mut run = ImportRun::new(api, envelope(&connection)?, &view, count, again, io);
        for (job, items) in sent {
            done.extend(items.iter().map(|(item, _)| item.clone()));
            run.ask_for_earlier(job, items)?;
        }
        let read = self.each(&mut notes, |converted| match converted {
            Converted::Row(row) if done.contains(&row.key.item) => {
                run.skipped_as_done += 1;
                Ok(())
            }
            Converted::Row(row) => run.push(row),
            Converted::OfProvider(key, _) if done.contains(&key.item) => Ok(()),
            Converted::OfProvider(key, _) => run.skip(&key),
        });
        // What has been sent is reported, whatever happened to the rest.
        let ended = run.end(read.is_ok(), &format!("the connection {connection} on {place}"));
        if checked.is_none() {
            say_losses(&notes, &ui);
        }
        read.and(ended)
    }

    /// Whether the file can be read once to check it and once to send it. A pipe cannot.
    fn can_be_read_twice(&self) -> Result<bool, Error> {
        if self.is_stdin() {
            return Ok(false);
        }
        match self.file.metadata() {
            Ok(file) if file.is_dir() => {
                let shown = text::path(&self.file).shown();
                Err(Error::usage(format!("{shown} is a folder, not a file of users")))
            }
            Ok(file) => Ok(file.is_file()),
            Err(e) => {
                let shown = text::path(&self.file).shown();
                Err(Error::usage(format!("cannot open {shown}")).caused_by(&e))
            }
        }
    }

    fn is_stdin(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    /// Reads the file to its end.
    fn check(&self) -> Result<ImportNotes, Error> {
        let mut notes = ImportNotes::default();
        self.each(&mut notes, |_| Ok(()))?;
        Ok(notes)
    }

    /// Reads every user of the file.
    fn each(
        &self,
        notes: &mut ImportNotes,
        mut each: impl FnMut(Converted) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (shown, reader) = self.open()?;
        let mut objects = Objects::new(reader);
        let unreadable = |unreadable| match unreadable {
            Unreadable::Io(e) => {
                Error::new(ErrorKind::Failure, format!("cannot read {shown}")).caused_by(&e)
            }
            Unreadable::Line(line, why) => {
                Error::usage(format!("line {line} of {shown} cannot be read")).because(why).hint(
                    "write one JSON object a line, as auth0-users export does, or one JSON array",
                )
            }
        };
        while let Some((line, user)) = objects.read_next().map_err(unreadable)? {
            each(notes.convert(line, user))?;
        }
        Ok(())
    }

    fn open(&self) -> Result<(Shown, Box<dyn BufRead + Send>), Error> {
        let from_stdin = self.is_stdin();
        let shown = if from_stdin {
            foreign("standard input").shown()
        } else {
            text::path(&self.file).shown()
        };
        let opened = if from_stdin {
            unpacked(io::stdin())
        } else {
            File::open(&self.file).and_then(unpacked)
        };
        let reader =
            opened.map_err(|e| Error::usage(format!("cannot open {shown}")).caused_by(&e))?;
        Ok((shown, reader))
    }

    /// Says what would be done.
    fn say_plan(
        &self,
        checked: Option<ImportNotes>,
        envelope: &Envelope,
        place: &str,
        ui: &Ui,
    ) -> Result<(), Error> {
        let is_read_once = checked.is_none();
        let (mut notes, mut jobs, mut too_long) = (ImportNotes::default(), 0, 0);
        let mut packer = Packer::new(envelope, MAX_BODY);
        self.each(&mut notes, |converted| {
            if let Converted::Row(row) = converted {
                match packer.push(row) {
                    Ok(batch) => jobs += usize::from(batch.is_some()),
                    Err(TooLong(key)) => {
                        too_long += 1;
                        ui.warn(format_args!(
                            "{} is too long for an import",
                            foreign(&key.item).named()
                        ));
                    }
                }
            }
            Ok(())
        })?;
        jobs += usize::from(packer.finish().is_some());
        if is_read_once {
            say_losses(&notes, ui);
        }
        ui.must_say(format_args!(
            "dry run: would import {} into {place}, in {jobs} {} (nothing was sent)",
            counted(notes.rows - too_long),
            if jobs == 1 { "job" } else { "jobs" }
        ));
        Ok(())
    }
}

/// Says what does not come back.
fn say_losses(notes: &ImportNotes, ui: &Ui) {
    let say = |count: usize, what: &str| {
        if count > 0 {
            ui.say(format_args!("{count} of {} {what}", counted(notes.rows)));
        }
    };
    say(
        notes.without_password,
        "come without a password: each must set a new one, with the reset on the login page or \
         with auth0-users password-ticket",
    );
    say(notes.with_mfa, "had a second factor that does not come back: they must enroll again");
    say(notes.linked, "had further identities that do not come back");
    say(
        notes.without_verification,
        "come without email_verified: their address counts as not verified",
    );
    for (provider, count) in &notes.of_providers {
        ui.say(format_args!(
            "{count} more sign in with {} and are skipped: the tenant knows them again after \
             their next login",
            foreign(provider).named()
        ));
    }
    if !notes.left_out.is_empty() {
        let fields = notes.left_out.iter().map(|field| foreign(field).shown());
        ui.say(format_args!(
            "left out, because no import takes them: {}",
            Shown::join(fields, ", ")
        ));
    }
}
