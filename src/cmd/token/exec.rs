//! `auth0-token exec`: another tool, with a token in its environment.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use clap::Args;

use super::one_line;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::cmd::examples;
use crate::cmd::hand_over::hand_over;
use crate::oauth::jwt;
use crate::oauth::scope::is_management_api;
use crate::session::exec_mark::{self, ExecMark};
use crate::session::{AccessToken, Identity};

const NOTES: &str = "\
The command gets the token in AUTH0_ACCESS_TOKEN, with AUTH0_DOMAIN, AUTH0_AUDIENCE and AUTH0_PROFILE \
beside it. Its exit code is returned; 127 means that the command is not found, 126 that it cannot be \
executed. If it runs longer than the token lasts, it gets the next one \
with: auth0-token --profile \"$AUTH0_PROFILE\". Credentials that come from the environment have no \
profile: the command then gets no AUTH0_PROFILE and cannot renew, so ask for enough with --min-valid.";

/// Run a command with a token in its environment
#[derive(Args, Clone, Debug)]
#[command(after_help = examples::help(NOTES, examples::TOKEN_EXEC))]
pub(super) struct Exec {
    /// Put the token into this variable too, such as TF_VAR_token (can be repeated)
    #[arg(long = "env", value_name = "NAME", value_parser = variable)]
    names: Vec<String>,

    /// The command and its arguments
    #[arg(
        value_name = "COMMAND",
        required = true,
        trailing_var_arg = true,
        value_hint = clap::ValueHint::CommandWithArguments
    )]
    command: Vec<OsString>,
}

/// The name of a variable that `--env` can set.
fn variable(name: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty()
        || name.starts_with(|c: char| c.is_ascii_digit())
        || !name.chars().all(is_word)
    {
        return Err("a variable's name has letters, digits and underscores".to_owned());
    }
    // `exec` gives these another value, or removes them.
    let taken = ["CLIENT_SECRET", "DOMAIN", "AUDIENCE", "PROFILE", "CONFIG_DIR", "TOKEN_EXEC"];
    let own = name.to_ascii_uppercase();
    if own.strip_prefix("AUTH0_").is_some_and(|rest| taken.contains(&rest)) {
        return Err("this variable has a meaning of its own".to_owned());
    }
    // These decide which program and which libraries run.
    if ["PATH", "PATHEXT"].contains(&&*own) || own.starts_with("LD_") || own.starts_with("DYLD_") {
        return Err("this variable decides what runs, so it cannot hold a token".to_owned());
    }
    Ok(name.to_owned())
}

/// The API that a token is for, besides the one that tells about the person.
fn audience_of(token: &Secret) -> Option<String> {
    let claims = jwt::unverified(token.expose())?;
    let mut audiences = claims.audiences().into_iter();
    audiences.find(|audience| !audience.ends_with("/userinfo")).map(str::to_owned)
}

impl Exec {
    /// Replaces this process by the command.
    pub(super) fn run(self, token: &AccessToken, identity: &Identity) -> Result<(), Error> {
        let mut words = self.command.into_iter();
        let program = words.next().ok_or_else(|| Error::usage("no command is given"))?;
        let mut command = Command::new(program);
        command.args(words);
        let secret = one_line(&token.secret)?;
        let domain = token.domain.to_string();
        for name in ["AUTH0_CLIENT_SECRET", "AUTH0_PROFILE", exec_mark::VARIABLE] {
            command.env_remove(name);
        }
        let mut variables = vec![("AUTH0_ACCESS_TOKEN", secret), ("AUTH0_DOMAIN", domain.as_str())];
        // A token that the environment brought says itself which API it is for.
        let of_given = match identity {
            Identity::GivenToken { .. } => audience_of(&token.secret),
            Identity::Profile { .. } | Identity::GivenCredentials { .. } => None,
        };
        let audience = token.audience.as_deref();
        variables.extend(audience.map(|audience| ("AUTH0_AUDIENCE", audience)));
        let profile = match identity {
            Identity::Profile { name, .. } => Some(name.as_str()),
            Identity::GivenToken { .. } | Identity::GivenCredentials { .. } => None,
        };
        variables.extend(profile.map(|name| ("AUTH0_PROFILE", name)));
        command.envs(variables.iter().copied());
        if audience.is_none()
            && let Some(audience) = of_given.as_deref()
        {
            // Only this is marked, so that the suite's own commands in the child still take the
            // token and a profile that is named there keeps its own API.
            command.env("AUTH0_AUDIENCE", audience);
            command.env(exec_mark::VARIABLE, ExecMark::of(&[("AUTH0_AUDIENCE", audience)]));
        }
        // A token that the environment brought for the Management API serves the suite's own
        // commands in the child as before.
        if profile.is_some() || audience.is_some_and(|audience| !is_management_api(audience)) {
            command.env(exec_mark::VARIABLE, ExecMark::of(&variables));
        }
        for name in self.names {
            command.env(name, secret);
        }
        hand_over(command, |error| {
            let kind = match error.kind() {
                io::ErrorKind::NotFound => ErrorKind::NoCommand,
                io::ErrorKind::PermissionDenied => ErrorKind::NoProgram,
                _ => ErrorKind::Failure,
            };
            Error::new(kind, "the command of exec cannot be run").caused_by(error).hint(
                "check its name, and that it is on the PATH: auth0-token exec -- COMMAND ARG...",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn names_of_variables_are_checked() {
        for name in ["TF_VAR_token", "AUTH0_API_TOKEN", "_x1", "AUTH0_ACCESS_TOKEN"] {
            assert!(variable(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "1A",
            "A=B",
            "A B",
            "Ä",
            "AUTH0_CLIENT_SECRET",
            "auth0_domain",
            "PATH",
            "Path",
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "DYLD_INSERT_LIBRARIES",
        ] {
            assert!(variable(name).is_err(), "{name}");
        }
    }
}
