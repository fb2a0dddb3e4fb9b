//! The one list of the suite's binaries: completions, man pages and the host read it.

use clap::CommandFactory;

use crate::cmd;
use crate::resource::kinds;

/// A binary of the suite. Its definition is a function's and not a field: a program that only
/// asks for names does not contain the definitions.
#[derive(Clone, Copy, Debug)]
pub struct Binary {
    /// Its name, such as `auth0-login`.
    pub name: &'static str,
    /// What it does, in one line: the first line of its help.
    pub summary: &'static str,
}

impl Binary {
    /// Builds its definition. Nothing else is built with it.
    pub fn command(&self) -> clap::Command {
        match self.name {
            "auth0-login" => cmd::login::Login::command(),
            "auth0-logout" => cmd::logout::Logout::command(),
            "auth0-token" => cmd::token::Token::command(),
            "auth0-profiles" => cmd::profiles::Profiles::command(),
            "auth0-clients" => cmd::clients::Clients::command(),
            "auth0-connections" => cmd::connections::Connections::command(),
            "auth0-users" => cmd::users::Users::command(),
            "auth0-logs" => cmd::logs::Logs::command(),
            "auth0-tenant" => cmd::tenant::Tenant::command(),
            "auth0-resources" => cmd::resources::Resources::command(),
            "auth0-api" => cmd::api::Api::command(),
            "auth0-doctor" => cmd::doctor::Doctor::command(),
            "auth0-completions" => cmd::completions::Completions::command(),
            HOST => cmd::host::Host::command(),
            _ => unreachable!("a test compares this with the list"),
        }
    }
}

/// The host's name.
pub const HOST: &str = "auth0";

/// What stands before a subcommand's name in the name of its program.
pub const PREFIX: &str = "auth0-";

const BINARIES: [Binary; 14] = [
    Binary {
        name: "auth0-login",
        summary: "Sign in to an Auth0 tenant and keep the token in a profile",
    },
    Binary {
        name: "auth0-logout",
        summary: "Revoke a profile's refresh token and forget its tokens; the settings stay",
    },
    Binary {
        name: "auth0-token",
        summary: "Print an access token that is valid now, or run a tool with one",
    },
    Binary { name: "auth0-profiles", summary: "See, choose and change profiles" },
    Binary { name: "auth0-clients", summary: "List, show and change the tenant's applications" },
    Binary { name: "auth0-connections", summary: "List, show and change the tenant's connections" },
    Binary {
        name: "auth0-users",
        summary: "Find, inspect, change, block, unblock, export and import users",
    },
    Binary {
        name: "auth0-logs",
        summary: "List, show and follow the tenant's log; explain why a login failed",
    },
    Binary {
        name: "auth0-tenant",
        summary: "Show and change the tenant's settings, export its configuration, compare tenants",
    },
    Binary {
        name: "auth0-resources",
        summary: "List, show and change any kind of resource, such as roles and actions",
    },
    Binary { name: "auth0-api", summary: "Call any operation of the Management API" },
    Binary {
        name: "auth0-doctor",
        summary: "Check a profile's set-up and name the command or setting that mends each fault",
    },
    Binary {
        name: "auth0-completions",
        summary: "Shell completions and man pages for the whole suite",
    },
    Binary {
        name: HOST,
        summary: "Run the suite's programs, and any other auth0-* program, as subcommands",
    },
];

/// The program that works with every kind of resource.
pub const RESOURCES: &str = "auth0-resources";

/// The program that another name of it means, or a kind of resource, which is then its first
/// argument.
pub fn alias(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    match word {
        "apps" => Some(("auth0-clients", None)),
        "tenants" => Some(("auth0-profiles", None)),
        word => kinds::find(word).map(|kind| (RESOURCES, Some(kind.name))),
    }
}

/// Every binary, the host last.
pub const fn commands() -> &'static [Binary] {
    &BINARIES
}

/// Those of this installation: the host is an option of the build, because the official CLI has
/// its name, and must keep its completions where it has the name to itself.
pub fn installed() -> impl Iterator<Item = &'static Binary> {
    commands().iter().filter(|binary| cfg!(feature = "host") || binary.name != HOST)
}

/// The binary of that name.
pub fn find(name: &str) -> Option<&'static Binary> {
    commands().iter().find(|binary| binary.name == name)
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn the_list_says_what_the_definitions_say() {
        for binary in commands() {
            let command = binary.command();
            assert_eq!(command.get_name(), binary.name);
            assert_eq!(command.get_about().unwrap().to_string(), binary.summary);
            command.debug_assert();
        }
    }

    #[test]
    fn every_binary_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let mut listed: Vec<_> = commands().iter().map(|binary| binary.name).collect();
        there.sort();
        listed.sort_unstable();
        assert_eq!(there, listed);
    }
}
