//! `auth0-users show`: everything about one user on one screen.

use clap::Args;
use serde_json::{Value, json};

use super::USER;
use crate::base::error::Error;
use crate::base::text::foreign;
use crate::cmd::examples;
use crate::cmd::resource_args::ShowArgs;
use crate::hint;
use crate::management::change::Object;
use crate::management::{Management, catalog};
use crate::output::Format;
use crate::resource::kinds::USERS;
use crate::resource::logs::codes::{self, Level};
use crate::resource::logs::event::LogEvent;
use crate::resource::logs::when;
use crate::resource::{Hidden, ResourceContext, short_list, unknown_name, whole_list};
use crate::term::progress::Waiting;

const NOTES: &str = "\
With -o json, the profile as the API shows it, and five fields more: blocks, mfa, last_logins, roles
and organizations. With --fields, only what these fields take is read.";

/// Show one user: profile, identities, blocks, MFA, last logins, roles and organizations
#[derive(Args, Debug)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-users show")))]
pub(super) struct ShowOne {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    #[command(flatten)]
    pub(super) show: ShowArgs,
}

/// Open a user's page in the dashboard
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::of("auth0-users open")))]
pub(super) struct Open {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    /// Print the address and open nothing
    #[arg(long)]
    print: bool,
}

impl Open {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        context.open(&self.user, self.print)
    }
}

/// What is read beside the profile.
struct Part {
    /// The field that it is shown as.
    field: &'static str,
    what: &'static str,
    path: &'static str,
    query: &'static [(&'static str, &'static str)],
    /// Rows that are read, at most; all without.
    limit: Option<usize>,
    /// A scope that shows it.
    scope: &'static str,
}

const fn part(
    field: &'static str,
    what: &'static str,
    path: &'static str,
    scope: &'static str,
) -> Part {
    Part { field, what, path, query: &[], limit: None, scope }
}

static PARTS: [Part; 5] = [
    part("blocks", "blocks", "/user-blocks/{id}", "read:users"),
    part("mfa", "MFA methods", "/users/{id}/authentication-methods", "read:authentication_methods"),
    Part {
        query: &[("sort", "date:-1")],
        limit: Some(50),
        ..part("last_logins", "the last logins", "/users/{id}/logs", "read:logs_users")
    },
    part("roles", "roles", "/users/{id}/roles", "read:roles"),
    part("organizations", "organizations", "/users/{id}/organizations", "read:organizations"),
];

/// The fields that `show` adds to a profile: they are no fields of a user to the API.
pub(super) fn added_fields() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|part| part.field)
}

/// Logins that are shown.
const LOGINS: usize = 5;

/// Fields of the profile that the screen shows, in order.
const PROFILE: [&str; 18] = [
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
    "blocked",
    "created_at",
    "last_login",
    "last_ip",
    "logins_count",
    "last_password_reset",
    "user_metadata",
    "app_metadata",
];

impl Part {
    fn read(&self, api: &Management<'_>, what: &str, id: &str) -> Result<Vec<Value>, Error> {
        if self.field == "blocks" {
            // The API gives these in an object, and never in pages.
            return short_list(api, what, &catalog::fill(self.path, [id])?, &[], "blocked_for");
        }
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let query = self.query.iter().map(pair).collect();
        whole_list(api, what, (self.path, id), query, self.limit)
    }
}

impl ShowOne {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let chosen: Option<Vec<String>> = context
            .view
            .fields
            .as_ref()
            .map(|fields| fields.top_level().map(str::to_owned).collect());
        let is_added = |field: &str| PARTS.iter().any(|part| part.field == field);
        let of_profile = chosen.as_ref().map(|chosen| {
            chosen.iter().filter(|field| !is_added(field)).cloned().collect::<Vec<_>>()
        });
        for field in of_profile.iter().flatten() {
            if let Some(warning) = unknown_name("field of a user", field, &USERS.fields()) {
                context.io.ui.warn(warning);
            }
        }
        let reveal = context.view.reveal_secrets;
        let (id, mut user) = context.lookup().read(&self.user, of_profile.as_deref(), reveal)?;
        let mut hidden = Hidden::default();
        let waiting = Waiting::new(&context.io.ui);
        for part in &PARTS {
            if chosen.as_ref().is_some_and(|chosen| chosen.iter().all(|field| field != part.field))
            {
                continue;
            }
            let what = format!("read {} of the user {}", part.what, foreign(&id).named());
            let rows = part.read(context.api, &what, &id);
            let rows = hidden.or_none(part.what, part.scope, rows)?;
            let rows = rows.map(|rows| match part.field {
                "last_logins" => rows.into_iter().filter(is_login).take(LOGINS).collect(),
                _ => rows,
            });
            user.insert(part.field.to_owned(), json!(rows));
        }
        drop(waiting);
        let is_screen = context.view.format == Format::Table && chosen.is_none();
        context.show_object(&if is_screen { screen(&user) } else { user.clone() })?;
        let seen = hidden.warn(context.api, context.io);
        if is_screen && is_locked_out(&user) {
            let id = foreign(&id).in_command("USER");
            context.io.ui.say_hint("to lift the blocks: ", &hint!("auth0-users unblock {}", id));
        }
        seen
    }
}

/// Whether an administrator or the protection against failed logins keeps the user out.
fn is_locked_out(user: &Object) -> bool {
    let is_filled = |rows: &Value| rows.as_array().is_some_and(|rows| !rows.is_empty());
    user.get("blocked") == Some(&Value::Bool(true)) || user.get("blocks").is_some_and(is_filled)
}

/// Whether an event of the log is a login that worked or failed.
fn is_login(event: &Value) -> bool {
    let code = event["type"].as_str().unwrap_or_default();
    code == "s" || codes::level(code) == Level::Failure
}

/// The user as one readable screen.
fn screen(user: &Object) -> Object {
    let mut screen = Object::new();
    for field in PROFILE {
        let Some(value) = user.get(field) else { continue };
        let is_empty = value.as_object().is_some_and(Object::is_empty);
        if is_empty || value.is_null() {
            continue;
        }
        let is_time =
            field.ends_with("_at") || matches!(field, "last_login" | "last_password_reset");
        let shown = match value.as_str().filter(|_| is_time) {
            Some(time) => json!(when::local(time)),
            None => value.clone(),
        };
        screen.insert(field.to_owned(), shown);
    }
    let rows = |field: &str, line: fn(&Value) -> String| match user.get(field) {
        Some(Value::Array(rows)) if rows.is_empty() => json!("none"),
        Some(Value::Array(rows)) => rows.iter().map(line).collect(),
        _ => json!("unknown"),
    };
    for (field, line) in [
        ("identities", identity as fn(&Value) -> String),
        ("blocks", block),
        ("mfa", method),
        ("last_logins", login),
        ("roles", named),
        ("organizations", named),
    ] {
        screen.insert(field.to_owned(), rows(field, line));
    }
    screen
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

/// Texts with a space between them; missing ones are left out.
fn words(texts: &[&str]) -> String {
    let texts: Vec<_> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    texts.join("  ")
}

fn identity(row: &Value) -> String {
    words(&[text(row, "connection"), text(row, "provider"), text(row, "user_id")])
}

fn block(row: &Value) -> String {
    let ip = text(row, "ip");
    let place = if ip.is_empty() { "from any address" } else { ip };
    words(&["after failed logins", text(row, "identifier"), place, text(row, "connection")])
}

fn method(row: &Value) -> String {
    let confirmed = if row["confirmed"] == false { "not confirmed" } else { "" };
    let address = [text(row, "phone_number"), text(row, "email"), text(row, "name")];
    words(&[text(row, "type"), address[0], address[1], address[2], confirmed])
}

fn login(row: &Value) -> String {
    let row = row.to_string();
    let event = LogEvent::of(&row);
    let meaning = match &*event.code {
        "s" => "signed in",
        code => codes::meaning(code),
    };
    words(&[&when::local(&event.date), meaning, event.client(), &event.ip])
}

fn named(row: &Value) -> String {
    words(&[text(row, "name"), text(row, "display_name")])
}
