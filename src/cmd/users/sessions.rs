//! `auth0-users sessions`: where a user is signed in.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::USER;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::examples;
use crate::cmd::resource_args::{ListArgs, RunOptions, SafetyArgs, ShowArgs};
use crate::hint;
use crate::management::catalog::{self, Method};
use crate::management::paging::Listing;
use crate::resource::kinds::{Members, USERS};
use crate::resource::naming::ResourceRef;
use crate::resource::{ResourceContext, Write};

/// What to do if it is not known whether sessions were revoked.
const DOUBT: &str = "it may have been done all the same; the same again does no harm";

/// List or revoke the sessions of a user (Enterprise plans)
#[derive(Debug, Subcommand)]
#[command(after_help = examples::help("", examples::of("auth0-users sessions")))]
pub(super) enum Sessions {
    List(List),
    Revoke(Revoke),
}

/// List the browsers in which a user is signed in
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::of("auth0-users sessions list")))]
pub(super) struct List {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

const REVOKE_NOTES: &str = "\
Refresh tokens survive the end of a session, so that applications stay signed in; with
--with-refresh-tokens they are revoked too. Access tokens are valid until they expire. The tenant
accepts the request at once and finishes it later.";

/// Sign a user out: revoke all sessions, or only those given
#[derive(Args, Debug)]
#[command(after_help = examples::help(REVOKE_NOTES, examples::of("auth0-users sessions revoke")))]
pub(super) struct Revoke {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    /// IDs of sessions; without any, all of the user's
    #[arg(value_name = "SESSION")]
    sessions: Vec<String>,

    /// Revoke the refresh tokens of these sessions too
    #[arg(long)]
    with_refresh_tokens: bool,

    #[command(flatten)]
    safety: SafetyArgs,
}

/// The collection of sessions below a user.
fn sessions() -> Result<&'static Members, Error> {
    let found = USERS.members.iter().find(|members| members.name == "sessions");
    found.ok_or_else(|| Error::new(ErrorKind::Failure, "the API does not list sessions"))
}

impl Sessions {
    /// What is shown, whether writes are only shown, and whether warnings are errors.
    pub(super) fn options(&self) -> RunOptions {
        match self {
            Self::List(list) => RunOptions::shows(&list.show),
            Self::Revoke(revoke) => RunOptions::changes(revoke.safety.dry.dry_run),
        }
    }

    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        match self {
            Self::List(list) => {
                context.list_members(sessions()?, (&list.user, ""), list.list.limit)
            }
            Self::Revoke(revoke) => revoke.run(context),
        }
    }
}

impl Revoke {
    fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let confirm = self.safety.confirm.answer();
        context.check_confirmable(&confirm)?;
        let user = context.lookup().find(&self.user)?;
        self.check_sessions(context, &user)?;
        let sessions = match self.sessions.len() {
            0 => "every session".to_owned(),
            1 => "a session".to_owned(),
            count => format!("{count} sessions"),
        };
        let tokens = if self.with_refresh_tokens { " and its refresh tokens" } else { "" };
        let verb = format!("revoke {sessions}{tokens} of");
        context.confirm(&confirm, &verb, std::slice::from_ref(&user), "")?;
        let mut is_sent = true;
        if self.sessions.is_empty() {
            is_sent &= self.revoke(context, &user, None)?;
        }
        for session in &self.sessions {
            is_sent &= self.revoke(context, &user, Some(session))?;
        }
        if is_sent {
            context.say_done(&format!("revoked {sessions}{tokens} of"), &user);
        }
        if !self.with_refresh_tokens {
            context.io.ui.say(
                "refresh tokens survive: applications that hold one stay signed in; \
                 --with-refresh-tokens revokes them too",
            );
        }
        Ok(())
    }

    /// Sends the request for one session or for all; false with `--dry-run`.
    fn revoke(
        &self,
        context: &mut ResourceContext<'_>,
        user: &ResourceRef,
        session: Option<&str>,
    ) -> Result<bool, Error> {
        let mut body = None;
        let (method, path) = match (self.with_refresh_tokens, session) {
            (true, session) => {
                let mut fields = json!({"preserve_refresh_tokens": false});
                if let Some(session) = session {
                    fields["session_id"] = json!(session);
                }
                body = Some(fields);
                ("POST", catalog::fill("/users/{id}/revoke-access", [user.id.as_str()])?)
            }
            (false, Some(session)) => ("DELETE", catalog::fill("/sessions/{id}", [session])?),
            (false, None) => {
                ("DELETE", catalog::fill("/users/{user_id}/sessions", [user.id.as_str()])?)
            }
        };
        let which = match session {
            Some(session) => format!("the session {}", foreign(session).named()),
            None => "every session".to_owned(),
        };
        let tokens = if self.with_refresh_tokens { " with its refresh tokens" } else { "" };
        let sent = context.write(&Write {
            what: &format!("revoke {which}{tokens} of the user {user}"),
            method,
            path: &path,
            body: body.as_ref(),
            doubt: DOUBT.into(),
        })?;
        Ok(sent.is_some())
    }

    /// Fails if one of the sessions is not the user's, so that no other user is signed out.
    fn check_sessions(
        &self,
        context: &ResourceContext<'_>,
        user: &ResourceRef,
    ) -> Result<(), Error> {
        if self.sessions.is_empty() {
            return Ok(());
        }
        let members = sessions()?;
        let what = format!("look for the sessions of the user {user}");
        let path = catalog::fill(members.path, [user.id.as_str()])?;
        let operation = catalog::find(Method::Get, members.path)
            .ok_or_else(|| Error::new(ErrorKind::Failure, "the API does not list sessions"))?
            .operation;
        let mut known = BTreeSet::new();
        let listing =
            Listing { what: &what, path: &path, operation, query: Vec::new(), limit: None };
        listing.each(context.api, |row| {
            let row: Value = serde_json::from_str(row).unwrap_or_default();
            known.extend(row[members.id].as_str().map(str::to_owned));
            Ok(true)
        })?;
        match self.sessions.iter().find(|session| !known.contains(*session)) {
            None => Ok(()),
            Some(session) => {
                let message =
                    format!("the user {user} has no session {}", foreign(session).quoted());
                let id = foreign(&user.id).in_command("USER");
                Err(Error::new(ErrorKind::NotFound, message)
                    .hint(hint!("see the sessions: auth0-users sessions list {}", id)))
            }
        }
    }
}
