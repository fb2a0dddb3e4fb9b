//! What lets users in or keeps them out: `block`, `unblock`, `reset-mfa` and `verify-email`, for one
//! user or many.

use clap::Args;
use serde_json::{Value, json};

use super::change::SelectedUsers;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::examples;
use crate::management::catalog;
use crate::resource::kinds::USERS;
use crate::resource::naming::ResourceRef;
use crate::resource::{NOT_SENT, ResourceContext, Work, Write, short_list, whole_list};

/// What to do if it is not known whether a change was made.
const DOUBT: &str = "it may have been done all the same; the same again does no harm";

/// Authentication methods that are not second factors: users sign in with them.
const KEPT: [&str; 2] = ["passkey", "password"];

const BLOCK_NOTES: &str = "\
A blocked user cannot sign in. Sessions and refresh tokens stay: auth0-users sessions revoke ends
them.";

/// Keep users from signing in
#[derive(Args, Debug)]
#[command(after_help = examples::help(BLOCK_NOTES, examples::of("auth0-users block")))]
pub(super) struct Block {
    #[command(flatten)]
    pub(super) users: SelectedUsers,
}

/// Lift every block of users: the administrator's, and those after too many failed logins
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::of("auth0-users unblock")))]
pub(super) struct Unblock {
    #[command(flatten)]
    pub(super) users: SelectedUsers,
}

const RESET_NOTES: &str = "\
Deletes the MFA methods one by one and forgets the browsers that were remembered, so that the user
enrolls anew at the next login. Passkeys and passwords are kept.";

/// Delete the MFA methods of users, so that they enroll again
#[derive(Args, Debug)]
#[command(after_help = examples::help(RESET_NOTES, examples::of("auth0-users reset-mfa")))]
pub(super) struct ResetMfa {
    #[command(flatten)]
    pub(super) users: SelectedUsers,
}

/// Send users the mail that verifies their e-mail address
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::of("auth0-users verify-email")))]
pub(super) struct VerifyEmail {
    #[command(flatten)]
    pub(super) users: SelectedUsers,
}

impl Block {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        const BLOCK: Work = Work {
            verb: "block",
            doing: "blocking",
            done: "blocked",
            for_good: false,
            consequence: "",
        };
        each(context, &BLOCK, &self.users, |context, user| {
            if set_blocked(context, user, true)? {
                context.say_done("blocked", user);
                return Ok("blocked");
            }
            Ok(NOT_SENT)
        })
    }
}

impl Unblock {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        const UNBLOCK: Work = Work {
            verb: "unblock",
            doing: "unblocking",
            done: "unblocked",
            for_good: false,
            consequence: "",
        };
        each(context, &UNBLOCK, &self.users, unblock)
    }
}

impl ResetMfa {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        const RESET: Work = Work {
            verb: "delete the MFA methods of",
            doing: "resetting MFA",
            done: "reset",
            for_good: true,
            consequence: "",
        };
        each(context, &RESET, &self.users, reset_mfa)
    }
}

impl VerifyEmail {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        const VERIFY: Work = Work {
            verb: "send a verification mail to",
            doing: "sending mail",
            done: "sent a verification mail",
            for_good: false,
            consequence: "",
        };
        each(context, &VERIFY, &self.users, |context, user| {
            let what = format!("send a verification mail to the user {user}");
            let body = json!({"user_id": user.id});
            let job = context.write_object(&Write {
                what: &what,
                method: "POST",
                path: "/jobs/verification-email",
                body: Some(&body),
                doubt: "the mail may have been sent all the same".into(),
            })?;
            let Some(job) = job else { return Ok(NOT_SENT) };
            let place = context.api.identity().place();
            let job = job.get("id").and_then(Value::as_str).unwrap_or_default();
            let job = foreign(job).named();
            context.io.ui.say(format_args!(
                "asked for a verification mail to the user {user} on {place} (job {job})"
            ));
            Ok("requested")
        })
    }
}

fn each(
    context: &mut ResourceContext<'_>,
    work: &Work,
    users: &SelectedUsers,
    one: impl FnMut(&mut ResourceContext<'_>, &ResourceRef) -> Result<&'static str, Error>,
) -> Result<(), Error> {
    let names = users.names(context.io)?;
    context.each(work, &names, &users.safety.confirm.answer(), one)
}

/// Sets or lifts the administrator's block. False if it was not sent, because of `--dry-run`.
fn set_blocked(
    context: &mut ResourceContext<'_>,
    user: &ResourceRef,
    blocked: bool,
) -> Result<bool, Error> {
    let verb = if blocked { "block" } else { "lift the administrator's block of" };
    let body = json!({"blocked": blocked});
    let sent = context.write(&Write {
        what: &format!("{verb} the user {user}"),
        method: "PATCH",
        path: &USERS.path_of(&user.id)?,
        body: Some(&body),
        doubt: DOUBT.into(),
    })?;
    Ok(sent.is_some())
}

/// Lifts the blocks that there are; those that the token cannot see are taken to be there.
fn unblock(context: &mut ResourceContext<'_>, user: &ResourceRef) -> Result<&'static str, Error> {
    let by_administrator =
        seen(context.lookup().get(&user.id, Some(&["blocked".to_owned()]), false))?
            .is_none_or(|user| user.get("blocked") == Some(&Value::Bool(true)));
    let path = catalog::fill("/user-blocks/{id}", [user.id.as_str()])?;
    let what = format!("read the blocks of the user {user}");
    let after_failures = seen(short_list(context.api, &what, &path, &[], "blocked_for"))?
        .is_none_or(|rows| !rows.is_empty());
    if !by_administrator && !after_failures {
        let place = context.api.identity().place();
        context
            .io
            .ui
            .say(format_args!("the user {user} is not blocked on {place}; nothing was sent"));
        return Ok("not blocked");
    }
    if by_administrator {
        set_blocked(context, user, false)?;
    }
    if after_failures {
        context.write(&Write {
            what: &format!("lift the blocks after failed logins of the user {user}"),
            method: "DELETE",
            path: &path,
            body: None,
            doubt: DOUBT.into(),
        })?;
    }
    if context.dry_run {
        return Ok(NOT_SENT);
    }
    context.say_done("unblocked", user);
    Ok("unblocked")
}

/// What was read, or `None` if the token may not read it.
fn seen<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == ErrorKind::Refused => Ok(None),
        Err(error) => Err(error),
    }
}

/// Deletes the second factors one by one: the request that deletes them all takes passkeys and
/// passwords along.
fn reset_mfa(context: &mut ResourceContext<'_>, user: &ResourceRef) -> Result<&'static str, Error> {
    let what = format!("read the MFA methods of the user {user}");
    let all = ("/users/{id}/authentication-methods", user.id.as_str());
    let methods = whole_list(context.api, &what, all, Vec::new(), None)?;
    let text = |method: &Value, field: &str| method[field].as_str().unwrap_or_default().to_owned();
    let (kept, deleted): (Vec<_>, Vec<_>) =
        methods.iter().partition(|method| KEPT.contains(&&*text(method, "type")));
    for method in &deleted {
        let id = text(method, "id");
        let template = "/users/{id}/authentication-methods/{authentication_method_id}";
        let sent = context.write(&Write {
            what: &format!(
                "delete the MFA method {} of the user {user}",
                foreign(&text(method, "type")).named()
            ),
            method: "DELETE",
            path: &catalog::fill(template, [user.id.as_str(), id.as_str()])?,
            body: None,
            doubt: DOUBT.into(),
        });
        match sent {
            // It went along with another one.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            sent => drop(sent?),
        }
    }
    let sent = context.write(&Write {
        what: &format!("forget the remembered browsers of the user {user}"),
        method: "POST",
        path: &catalog::fill(
            "/users/{id}/multifactor/actions/invalidate-remember-browser",
            [user.id.as_str()],
        )?,
        body: None,
        doubt: DOUBT.into(),
    })?;
    if sent.is_none() {
        return Ok(NOT_SENT);
    }
    let names = |methods: &[&Value]| {
        let names: Vec<_> = methods
            .iter()
            .map(|method| foreign(&text(method, "type")).named().to_string())
            .collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    context.say_done("reset the MFA of", user);
    context.io.ui.say(format_args!("deleted: {}; kept: {}", names(&deleted), names(&kept)));
    Ok("reset")
}
