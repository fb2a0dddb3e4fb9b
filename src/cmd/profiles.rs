//! `auth0-profiles`: the tenants one works with, by name. No network, no tokens on the screen.

mod change;
mod env_file;
mod existing;
mod manage;
mod show;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::base::error::Error;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::run::Command;
use crate::output::Fields;
use crate::profile::ProfileName;
use crate::profile::store::Store;
use crate::session::identity::choose_profile;
use crate::term::Io;

/// See, choose and change profiles
#[derive(Debug, Parser)]
#[command(name = "auth0-profiles", version, after_help = examples::help("", examples::PROFILES))]
pub struct Profiles {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// All profiles, with the state of their tokens
    #[command(after_help = examples::help("", examples::PROFILES_LIST))]
    List {
        /// Show these fields, in this order
        #[arg(long, value_name = "F,…")]
        fields: Option<Fields>,
    },
    /// One profile's settings, user and token state
    #[command(after_help = examples::help("", examples::PROFILES_SHOW))]
    Show {
        /// The profile [default: the current one]
        #[arg(add = completer::profiles())]
        name: Option<String>,
    },
    /// The name of the profile that commands use
    #[command(after_help = examples::help("", examples::PROFILES_CURRENT))]
    Current,
    /// Make a profile the current one
    #[command(after_help = examples::help("", examples::PROFILES_USE))]
    Use {
        /// The profile, or - for the one before; without it a list is offered on a terminal
        #[arg(add = completer::profiles())]
        name: Option<String>,
    },
    /// Make a profile without signing in
    #[command(after_help = examples::help("", examples::PROFILES_ADD))]
    Add(Add),
    /// Change settings
    #[command(after_help = examples::help(change::KEYS_HELP, examples::PROFILES_SET))]
    Set {
        /// The profile, if not the current one, then settings
        #[arg(value_name = "[NAME] KEY=VALUE", required = true, add = completer::settings(&change::KEYS))]
        words: Vec<String>,
    },
    /// Unset settings
    #[command(after_help = examples::help(change::KEYS_HELP, examples::PROFILES_UNSET))]
    Unset {
        /// The profile, if not the current one, then keys
        #[arg(value_name = "[NAME] KEY", required = true, add = completer::profiles_or(&change::KEYS))]
        words: Vec<String>,
    },
    /// Give a profile another name
    #[command(after_help = examples::help("", examples::PROFILES_RENAME))]
    Rename {
        /// Its name now
        #[arg(add = completer::profiles())]
        old: String,
        /// Its name from now on
        new: String,
    },
    /// Delete profiles, their tokens included
    #[command(after_help = examples::help("", examples::PROFILES_REMOVE))]
    Remove {
        /// The profiles
        #[arg(required = true, value_name = "NAME", add = completer::profiles())]
        names: Vec<String>,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Make a profile from a .env file's AUTH0_… settings
    #[command(after_help = examples::help("", examples::PROFILES_IMPORT))]
    Import {
        /// The new profile
        name: String,
        /// The file
        #[arg(long, value_name = "FILE")]
        env_file: PathBuf,
    },
    /// Where a profile's file is
    #[command(after_help = examples::help("", examples::PROFILES_PATH))]
    Path {
        /// The profile [default: the current one]
        #[arg(add = completer::profiles())]
        name: Option<String>,
    },
}

/// The settings of a new profile.
#[derive(Args, Debug)]
struct Add {
    /// The new profile
    name: String,
    /// The tenant, such as acme.eu.auth0.com
    #[arg(long)]
    domain: String,
    /// The application's client ID
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The API its token is for [default: the tenant's Management API]
    #[arg(long, value_name = "URI")]
    audience: Option<String>,
    /// The scopes to ask for
    #[arg(long)]
    scope: Vec<String>,
    /// Where to listen for the callback
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// authorization_code, device_code or client_credentials
    #[arg(long)]
    grant: Option<String>,
    /// An organization's ID or name
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,
    /// Make it the current one
    #[arg(long = "use")]
    make_current: bool,
}

impl Command for Profiles {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let store = Store::locate(io.env, &io.ui)?;
        let chosen = |name: Option<&str>| -> Result<ProfileName, Error> {
            choose_profile(name.or(self.shared.profile.as_deref()), io.env, &store)
        };
        match &self.action {
            Action::List { fields } => show::list(&store, &self.shared, fields.clone(), io),
            Action::Show { name } => {
                show::show(&store, &chosen(name.as_deref())?, &self.shared, io)
            }
            Action::Current => {
                let name = existing::existing(&store, chosen(None)?.as_str())?;
                show::fact(&self.shared, "profile", name.as_str(), io)
            }
            Action::Path { name } => {
                let path = store.path(&chosen(name.as_deref())?);
                show::path(&self.shared, &path, io)
            }
            Action::Use { name } => manage::choose_current(&store, name.as_deref(), io),
            Action::Add(add) => manage::add(&store, add, io),
            Action::Import { name, env_file } => env_file::import(&store, name, env_file, io),
            Action::Set { words } => {
                let (name, words) = named(words, |word| !word.contains('='));
                change::set(&store, &chosen(name)?, words, io)
            }
            Action::Unset { words } => {
                let (name, words) = named(words, |word| !change::is_key(word) && words.len() > 1);
                change::unset(&store, &chosen(name)?, words, io)
            }
            Action::Rename { old, new } => manage::rename(&store, old, new, io),
            Action::Remove { names, yes } => manage::remove(&store, names, *yes, io),
        }
    }
}

/// The first word, where it is a profile's name, and the rest.
fn named(words: &[String], is_name: impl Fn(&str) -> bool) -> (Option<&str>, &[String]) {
    match words.split_first() {
        Some((first, rest)) if is_name(first) => (Some(first), rest),
        _ => (None, words),
    }
}
