//! `auth0-users create`, `update` and `delete`.

use std::fs::File;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;

use super::USER;
use super::list::connection_name;
use super::show::added_fields;
use crate::base::error::Error;
use crate::base::text::foreign;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::resource_args::{BatchArgs, ChangeArgs, ConfirmedWriteArgs, SafetyArgs};
use crate::login::tenant::random;
use crate::management::body::Field;
use crate::management::change::Object;
use crate::resource::ResourceContext;
use crate::resource::changes::ChangeSet;
use crate::resource::kinds::USERS;
use crate::term::{Io, read_text};

/// A password is no longer than this.
const MAX_PASSWORD: u64 = 4096;

/// Settings of a user that have a flag.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings")]
struct UserFlags {
    /// E-mail address
    #[arg(long, value_name = "E")]
    email: Option<String>,

    /// User name, for connections that have them
    #[arg(long, value_name = "U")]
    username: Option<String>,

    /// Phone number, with + and the country's code
    #[arg(long, value_name = "P")]
    phone: Option<String>,

    /// Full name
    #[arg(long, value_name = "N")]
    name: Option<String>,

    /// Take the password from a file, or from stdin with -; never from an argument
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// Set a random password that is never shown; password-ticket gives a link to choose another
    #[arg(long, conflicts_with = "password_file")]
    random_password: bool,
}

const CREATE_NOTES: &str = "\
A user of a database needs an e-mail address and a password. Nothing is mailed unless the API is
told to: --set verify_email=true.";

/// Create a user in a connection and show it
#[derive(Args, Debug)]
#[command(after_help = examples::help(CREATE_NOTES, examples::of("auth0-users create")))]
pub(super) struct Create {
    /// Connection that the user belongs to: its name or ID
    #[arg(long, value_name = "C", help_heading = "Settings", add = completer::connections())]
    connection: Option<String>,

    #[command(flatten)]
    flags: UserFlags,

    #[command(flatten)]
    pub(super) write: ConfirmedWriteArgs,
}

const UPDATE_NOTES: &str = "\
Reads the user, merges the change, and sends the fields that differ. What changes is said on stderr;
the user afterwards goes to stdout. The API changes only one of e-mail address, user name and
password at a time.";

/// Change a user: what is not named stays as it is, inside the metadata too
#[derive(Args, Debug)]
#[command(after_help = examples::help(UPDATE_NOTES, examples::of("auth0-users update")))]
pub(super) struct Update {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    #[command(flatten)]
    flags: UserFlags,

    #[command(flatten)]
    pub(super) write: ConfirmedWriteArgs,
}

/// Users that the same is done to.
#[derive(Args, Clone, Debug)]
pub(super) struct SelectedUsers {
    /// IDs, e-mail addresses, user names, phone numbers or names; - reads them from stdin, one a line
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,

    #[command(flatten)]
    pub(super) safety: SafetyArgs,

    #[command(flatten)]
    batch: BatchArgs,
}

impl SelectedUsers {
    /// Whether nothing that writes is sent.
    pub(super) fn dry_run(&self) -> bool {
        self.safety.dry.dry_run
    }

    /// The users, without those that are done.
    ///
    /// # Errors
    /// Usage, if stdin or the report of `--resume` cannot be read.
    pub(super) fn names(&self, io: &Io) -> Result<Vec<String>, Error> {
        self.batch.names(&self.users, io)
    }
}

/// Delete users, for good
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::of("auth0-users delete")))]
pub(super) struct Delete {
    #[command(flatten)]
    pub(super) users: SelectedUsers,
}

impl UserFlags {
    /// The settings as fields of a body.
    ///
    /// # Errors
    /// Usage, if the password cannot be read.
    fn fields(&self, io: &Io) -> Result<Vec<Field>, Error> {
        let texts = [
            ("email", &self.email),
            ("username", &self.username),
            ("phone_number", &self.phone),
            ("name", &self.name),
        ];
        let mut fields: Vec<_> = texts
            .into_iter()
            .filter_map(|(field, text)| Some(Field::top(field, text.clone()?)))
            .collect();
        if let Some(password) = self.password(io)? {
            fields.push(Field::top("password", password));
        }
        Ok(fields)
    }

    fn password(&self, io: &Io) -> Result<Option<String>, Error> {
        if self.random_password {
            // One character of each class, for every password policy.
            return Ok(Some(format!("{}-aA1", URL_SAFE_NO_PAD.encode(random::<24>()?))));
        }
        let Some(path) = &self.password_file else { return Ok(None) };
        let text = if path.as_os_str() == "-" {
            io.read_stdin_text("the password on stdin", MAX_PASSWORD)?
        } else {
            let file = File::open(path).map_err(|e| {
                Error::usage("the file of --password-file cannot be read").caused_by(&e)
            })?;
            read_text(file, "the file of --password-file", MAX_PASSWORD)?
        };
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(Error::usage("the password is empty")),
            password => Ok(Some(password.to_owned())),
        }
    }
}

/// What a person wants set, without the fields that only `show` knows.
fn read(
    changes: ChangeArgs,
    flags: Vec<Field>,
    context: &ResourceContext<'_>,
) -> Result<ChangeSet, Error> {
    if changes.set.iter().any(|field| field.is_top("password")) {
        return Err(Error::usage(
            "a password in an argument can be read by other users of the machine",
        )
        .hint("give it in a file: --password-file FILE, or - for stdin"));
    }
    Ok(changes.read(flags, context.io)?.without(added_fields()))
}

impl Create {
    pub(super) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let mut flags = self.flags.fields(context.io)?;
        if let Some(connection) = &self.connection {
            flags.push(Field::top("connection", connection_name(context, connection)?));
        }
        let body = USERS.new_body();
        let fields = read(self.write.changes, flags, context)?.typed(body).over(&Object::new())?;
        context.confirm_if_protected(&self.write.safety.confirm.answer(), "create a user")?;
        context.create(fields, &[("connection", "--connection NAME")], None)
    }
}

impl Update {
    pub(super) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let flags = self.flags.fields(context.io)?;
        let changes = read(self.write.changes, flags, context)?;
        let question = format!("change the user {}", foreign(&self.user).quoted());
        context.confirm_if_protected(&self.write.safety.confirm.answer(), &question)?;
        context.update(&self.user, &changes)
    }
}

impl Delete {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let names = self.users.names(context.io)?;
        context.delete(&names, &self.users.safety.confirm.answer())
    }
}
