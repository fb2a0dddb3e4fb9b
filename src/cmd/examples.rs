//! The examples of every command, as data: `--help`, the man pages and `commands -o json` show the
//! same ones.
//!
//! Each example can be pasted into a shell as it is. A test runs them all. To add examples to a
//! command, write a constant here, name it in [`of`], and give `help` as its `after_help`.

mod clients;
mod jobs;
mod logs;
mod resources;
mod tenant;
mod users;

use std::borrow::Cow;

pub use self::resources::of_kind;
pub(crate) use self::tenant::{TENANT, TENANT_DIFF, TENANT_EXPORT, TENANT_SHOW, TENANT_UPDATE};

/// Help is written for terminals of this width.
const WIDTH: usize = 78;

/// A command line that help shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What to type, on one line.
    pub command: Cow<'static, str>,
    /// What it does, as an instruction without a full stop.
    pub purpose: Cow<'static, str>,
}

const fn example(purpose: &'static str, command: &'static str) -> Example {
    Example { command: Cow::Borrowed(command), purpose: Cow::Borrowed(purpose) }
}

pub(crate) const LOGIN: &[Example] = &[
    example(
        "Sign in for the first time",
        "auth0-login --domain acme.eu.auth0.com --client-id YOUR_CLIENT_ID",
    ),
    example("Sign in again, with the settings of the current profile", "auth0-login"),
    example("Get a token for an API of your own", "auth0-login --audience https://api.example.com"),
    example("Sign in as a machine", "auth0-login --client-credentials"),
    example("Confirm a code in a browser on another device", "auth0-login --device"),
    example("Print the address instead of opening it, over SSH", "auth0-login --no-browser"),
    example("Keep a token that you already have", "auth0-login --with-token < token.txt"),
    example("Ask for one more scope", "auth0-login --add-scope update:clients"),
];

pub(crate) const LOGOUT: &[Example] = &[
    example("Sign out of the current profile", "auth0-logout"),
    example("Sign out of another profile", "auth0-logout --profile staging"),
    example("Sign out of every profile", "auth0-logout --all"),
    example("End the session in the browser too", "auth0-logout --browser"),
    example("Remove a saved client secret too", "auth0-logout --forget-secret"),
];

pub(crate) const TOKEN: &[Example] = &[
    example(
        "Call an API with curl",
        "curl -H \"$(auth0-token --header)\" https://acme.eu.auth0.com/api/v2/clients",
    ),
    example("Get a token that is valid for at least ten minutes", "auth0-token --min-valid 10m"),
    example("See the scopes of the token", "auth0-token --claims | jq .scope"),
    example(
        "Get the token of another profile, for a program",
        "auth0-token --profile staging -o json",
    ),
];

pub(crate) const TOKEN_EXEC: &[Example] = &[
    example(
        "See for which tenant and API a command gets the token",
        "auth0-token exec -- printenv AUTH0_DOMAIN AUTH0_AUDIENCE",
    ),
    example(
        "Export the tenant with Auth0's Deploy CLI",
        "auth0-token exec -- a0deploy export --format yaml --output_folder tenant",
    ),
    example(
        "Put the token into one more variable",
        "auth0-token exec --env AUTH0_API_TOKEN -- terraform plan",
    ),
    example("Ask for a token that lasts ten minutes", "auth0-token exec --min-valid 10m -- date"),
];

pub(crate) const TOKEN_KUBE: &[Example] = &[
    example("Print the ID token of a person", "auth0-token kube --profile acme"),
    example("Print the access token instead", "auth0-token kube --access-token"),
];

pub(crate) const PROFILES: &[Example] = &[
    example("List the profiles, with the state of their tokens", "auth0-profiles list"),
    example("Use another profile from now on", "auth0-profiles use staging"),
    example(
        "Make a profile without signing in",
        "auth0-profiles add testing --domain acme-dev.eu.auth0.com --client-id YOUR_CLIENT_ID",
    ),
    example(
        "Change a setting of a profile",
        "auth0-profiles set staging audience=https://api.example.com",
    ),
    example("Make a profile from a .env file", "auth0-profiles import legacy --env-file .env"),
    example(
        "Find the profiles whose token has expired",
        "auth0-profiles list -o json | jq -r '.[] | select(.state == \"expired\").profile'",
    ),
];

pub(crate) const PROFILES_LIST: &[Example] = &[
    example("List the profiles", "auth0-profiles list"),
    example("Print two fields as JSON", "auth0-profiles list -o json --fields profile,state"),
];

pub(crate) const PROFILES_SHOW: &[Example] = &[
    example("Show the current profile", "auth0-profiles show"),
    example("Show another profile as JSON", "auth0-profiles show staging -o json"),
];

pub(crate) const PROFILES_CURRENT: &[Example] =
    &[example("Print the name of the current profile", "auth0-profiles current")];

pub(crate) const PROFILES_USE: &[Example] =
    &[example("Use another profile from now on", "auth0-profiles use staging")];

pub(crate) const PROFILES_ADD: &[Example] = &[
    example(
        "Add a profile for a second tenant",
        "auth0-profiles add testing --domain acme-dev.eu.auth0.com --client-id YOUR_CLIENT_ID",
    ),
    example(
        "Add a profile for an API of your own",
        "auth0-profiles add api --domain acme.eu.auth0.com --client-id YOUR_CLIENT_ID --audience https://api.example.com",
    ),
];

pub(crate) const PROFILES_SET: &[Example] = &[
    example(
        "Ask for other scopes at the next login",
        "auth0-profiles set scope='openid profile offline_access read:things'",
    ),
    example(
        "Set two addresses for the callback, in the order to try",
        "auth0-profiles set staging redirect_uris=http://127.0.0.1:5000/callback,http://127.0.0.1:8484/callback",
    ),
];

pub(crate) const PROFILES_UNSET: &[Example] =
    &[example("Remove the organization", "auth0-profiles unset staging organization")];

pub(crate) const PROFILES_RENAME: &[Example] =
    &[example("Rename a profile", "auth0-profiles rename acme acme-production")];

pub(crate) const PROFILES_REMOVE: &[Example] = &[
    example("Delete a profile without a question", "auth0-profiles remove staging --yes"),
    example("Delete several", "auth0-profiles remove old older --yes"),
];

pub(crate) const PROFILES_IMPORT: &[Example] =
    &[example("Make a profile from a .env file", "auth0-profiles import legacy --env-file .env")];

pub(crate) const PROFILES_PATH: &[Example] =
    &[example("Open the current profile in an editor", "$EDITOR \"$(auth0-profiles path)\"")];

pub(crate) const API: &[Example] = &[
    example("List the applications", "auth0-api clients"),
    example("Get one user (GET /api/v2/users/auth0%7C123)", "auth0-api users/{id} 'auth0|123'"),
    example(
        "Find users, page by page, one a line",
        "auth0-api users -q q='email:*@acme.com' --paginate -o jsonl",
    ),
    example(
        "Change fields of an application",
        "auth0-api PATCH clients/{id} -p id=abc123 -f name='My app' -f jwt_configuration.alg=RS256",
    ),
    example("Create a role from a file", "auth0-api POST roles -d @role.json"),
    example(
        "Check a request without sending it",
        "auth0-api POST roles -f name=admin -f description='Can do everything' --check",
    ),
    example(
        "Import users from a file",
        "auth0-api POST jobs/users-imports -F connection_id=con_123 -F users=@users.json",
    ),
    example("Delete an application without a question", "auth0-api DELETE clients/abc123 --yes"),
    example("Find operations", "auth0-api list logs"),
    example("See what an operation takes", "auth0-api describe GET /logs"),
];

pub(crate) const API_LIST: &[Example] = &[
    example("List every operation", "auth0-api list"),
    example("List operations with a word in their path or scope", "auth0-api list logs"),
    example("List operations by method and word", "auth0-api list POST organizations"),
    example("List the operations of a scope as JSON", "auth0-api list read:clients -o json"),
];

pub(crate) const API_DESCRIBE: &[Example] = &[
    example("Show parameters and scopes", "auth0-api describe GET /users/{id}"),
    example("Show the fields of a body as JSON", "auth0-api describe POST clients -o json"),
    example(
        "Write a body to start from",
        "auth0-api describe POST log-streams --example > body.json",
    ),
];

pub(crate) const COMPLETIONS: &[Example] = &[
    example("Install the completions of the shell in $SHELL", "auth0-completions install"),
    example("Install the completions of zsh", "auth0-completions install zsh"),
    example("Write only the script", "auth0-completions bash > auth0-suite.bash"),
    example("Install the man pages", "auth0-completions man --dir ~/.local/share/man/man1"),
    example("Describe every command, for software", "auth0-completions commands -o json"),
];

pub(crate) const COMPLETIONS_INSTALL: &[Example] = &[
    example("Install the completions of the shell in $SHELL", "auth0-completions install"),
    example("Install the completions of fish", "auth0-completions install fish"),
];

pub(crate) const COMPLETIONS_MAN: &[Example] = &[example(
    "Write the man pages into a folder where man finds them",
    "auth0-completions man --dir ~/.local/share/man/man1",
)];

pub(crate) const COMPLETIONS_COMMANDS: &[Example] = &[
    example("List every command", "auth0-completions commands"),
    example(
        "List the scopes that commands need",
        "auth0-completions commands -o json | jq '.[] | {command, scopes}'",
    ),
];

pub(crate) const DOCTOR: &[Example] = &[
    example("Check the current profile", "auth0-doctor"),
    example(
        "Read the tenant's settings with a machine profile of the same tenant",
        "auth0-doctor --profile acme --with acme-admin",
    ),
    example(
        "List only the faults",
        "auth0-doctor -o json | jq '.[] | select(.status == \"fault\")'",
    ),
];

pub(crate) const HOST: &[Example] = &[
    example("Run auth0-profiles list", "auth0 profiles list"),
    example("Show its help", "auth0 help profiles list"),
    example("List every subcommand", "auth0 --list"),
    example("Pass an option on to the subcommand", "auth0 --profile staging token"),
];

/// The examples of a command, such as `auth0-api list`; none if it has no constant here.
pub fn of(name: &str) -> &'static [Example] {
    match name {
        "auth0-login" => LOGIN,
        "auth0-logout" => LOGOUT,
        "auth0-token" => TOKEN,
        "auth0-token exec" => TOKEN_EXEC,
        "auth0-token kube" => TOKEN_KUBE,
        "auth0-profiles" => PROFILES,
        "auth0-profiles list" => PROFILES_LIST,
        "auth0-profiles show" => PROFILES_SHOW,
        "auth0-profiles current" => PROFILES_CURRENT,
        "auth0-profiles use" => PROFILES_USE,
        "auth0-profiles add" => PROFILES_ADD,
        "auth0-profiles set" => PROFILES_SET,
        "auth0-profiles unset" => PROFILES_UNSET,
        "auth0-profiles rename" => PROFILES_RENAME,
        "auth0-profiles remove" => PROFILES_REMOVE,
        "auth0-profiles import" => PROFILES_IMPORT,
        "auth0-profiles path" => PROFILES_PATH,
        "auth0-api" => API,
        "auth0-api list" => API_LIST,
        "auth0-api describe" => API_DESCRIBE,
        "auth0-completions" => COMPLETIONS,
        "auth0-completions install" => COMPLETIONS_INSTALL,
        "auth0-completions man" => COMPLETIONS_MAN,
        "auth0-completions commands" => COMPLETIONS_COMMANDS,
        "auth0-doctor" => DOCTOR,
        "auth0" => HOST,
        "auth0-users export" => jobs::EXPORT,
        "auth0-users import" => jobs::IMPORT,
        name if name.starts_with("auth0-tenant") => tenant::of(name),
        name if name.starts_with("auth0-clients") => clients::of(name),
        name if name.starts_with("auth0-connections") => clients::of(name),
        name if name.starts_with("auth0-resources") => resources::of(name),
        name if name.starts_with("auth0-logs") => logs::of(name),
        name if name.starts_with("auth0-users") => users::of(name),
        _ => &[],
    }
}

/// The text below a command's options: notes, if there are any, and the examples.
pub(crate) fn help(notes: &str, examples: &[Example]) -> String {
    let mut text = notes.trim_end().to_owned();
    if examples.is_empty() {
        return text;
    }
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str("Examples:");
    for example in examples {
        text.push_str("\n  # ");
        text.push_str(&example.purpose);
        for line in example.lines() {
            text.push_str("\n  ");
            text.push_str(&line);
        }
    }
    text
}

impl Example {
    /// The command on lines that fit a terminal, each but the last with a `\` at its end.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in words(&self.command) {
            match lines.last_mut() {
                None => lines.push(word.to_owned()),
                Some(line) if line.chars().count() + word.chars().count() + 5 <= WIDTH => {
                    line.push(' ');
                    line.push_str(word);
                }
                Some(line) => {
                    line.push_str(" \\");
                    lines.push(format!("    {word}"));
                }
            }
        }
        lines
    }
}

/// The words of a shell's line, with their quotes. An option stays with the value behind it.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quote, mut after_option) = (0, None, false);
    for (at, c) in command.char_indices() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => {
                let is_option = command[start..at].starts_with('-') && !after_option;
                if !is_option {
                    words.push(&command[start..at]);
                    start = at + 1;
                }
                after_option = is_option;
            }
            _ => {}
        }
    }
    words.push(&command[start..]);
    words
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, example, help, of};
    use crate::cmd::completions::describe::commands;

    #[test]
    fn long_commands_are_broken_between_an_options_value_and_the_next_word() {
        let example = example(
            "Add one",
            "auth0-profiles add api --domain acme.eu.auth0.com --client-id YOUR_CLIENT_ID --audience https://api.example.com",
        );
        assert_eq!(
            help("A note.\n", &[example]),
            "A note.\n\nExamples:\n  # Add one\n  auth0-profiles add api --domain acme.eu.auth0.com \\\n      \
             --client-id YOUR_CLIENT_ID --audience https://api.example.com"
        );
    }

    #[test]
    fn every_command_has_examples_and_shows_them() {
        for row in commands() {
            let name = row["command"].as_str().unwrap();
            let examples = of(name);
            assert!(!examples.is_empty(), "{name}");
            assert_eq!(row["examples"].as_array().unwrap().len(), examples.len(), "{name}");
            for example in examples {
                assert!(!example.purpose.ends_with('.'), "{}", example.purpose);
                for line in example.lines() {
                    assert!(line.len() <= WIDTH || !line.contains(" -"), "{line}");
                }
            }
        }
    }
}
