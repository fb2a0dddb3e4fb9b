//! The machine set-up at the end of a person's login that got no administrative scope. It is only
//! offered on a terminal; without one, the report lists the same steps.

use clap::Parser;

use super::Login;
use super::plan::{Plan, Way};
use super::saved::{self, SavedLogin};
use crate::base::domain::Domain;
use crate::base::error::Error;
use crate::cmd::clients::Clients;
use crate::cmd::run::Command;
use crate::hint;
use crate::oauth::scope::Scopes;
use crate::profile::store::Store;
use crate::profile::suggest::AdminProfile;
use crate::profile::{LoginMethod, Settings};
use crate::term::Io;

/// How many times a client ID and a secret may be typed.
const ATTEMPTS: usize = 3;

/// What is already known about the machine.
pub(super) struct MachineSetup {
    domain: Domain,
    audience: String,
}

impl MachineSetup {
    /// The set-up that a login asks for, or `None` if it got what it needs.
    pub(super) fn after(outcome: &SavedLogin) -> Option<Self> {
        outcome.report.needs_machine.then(|| Self {
            domain: outcome.token.domain.clone(),
            audience: outcome.token.audience.clone(),
        })
    }

    /// Offers the set-up on a terminal. An unfinished set-up is not an error, because the person's
    /// own login has succeeded.
    ///
    /// # Errors
    /// When the terminal or the profile's folder fails.
    pub(super) fn offer(self, args: &Login, io: &mut Io) -> Result<(), Error> {
        if !io.interactive {
            return Ok(());
        }
        let store = Store::locate(io.env, &io.ui)?;
        let admin = store.admin_profile(&self.domain);
        if let AdminProfile::Existing(name) = &admin {
            io.ui.say_hint(
                "The profile ",
                &hint!(
                    "'{}' signs in as a machine already: auth0-clients list --profile {}",
                    name,
                    name
                ),
            );
            return Ok(());
        }
        let question = "Have you done steps 1 and 2, and continue with the sign-in here? [y/N] ";
        let answer = io.ask(question)?.unwrap_or_default().to_ascii_lowercase();
        if !matches!(answer.as_str(), "y" | "yes") {
            return Ok(());
        }
        for attempt in 0..ATTEMPTS {
            let question = match attempt {
                0 => "Client ID of the machine-to-machine application (empty to stop): ",
                _ => "Its client ID once more (empty to stop): ",
            };
            let Some(client_id) = io.ask(question)? else { return Ok(()) };
            match self.plan(store.clone(), &admin, client_id).sign_in(args, io) {
                Ok(outcome) => {
                    let profile = outcome.name.to_string();
                    saved::report(&args.shared, outcome, io)?;
                    return list_clients(&profile, io);
                }
                Err(error) => io.ui.report(&error),
            }
        }
        Ok(())
    }

    fn plan(&self, store: Store, admin: &AdminProfile, client_id: String) -> Plan {
        Plan {
            store,
            name: admin.name().clone(),
            settings: Settings {
                domain: Some(self.domain.clone()),
                client_id: Some(client_id.clone()),
                audience: Some(self.audience.clone()),
                grant: Some(LoginMethod::ClientCredentials),
                ..Settings::default()
            },
            domain: self.domain.clone(),
            client_id,
            audience: self.audience.clone(),
            // Without a scope, the tenant grants all that the client grant holds.
            scope: Scopes::default(),
            scope_named: false,
            way: Way::ClientCredentials { save_secret: true },
            make_current: true,
        }
    }
}

/// Shows that the new profile works. A failure here does not undo the login.
fn list_clients(profile: &str, io: &mut Io) -> Result<(), Error> {
    io.ui.say("");
    io.ui.say(format_args!("auth0-clients list --profile {profile}"));
    let listed = Clients::try_parse_from(["auth0-clients", "list", "--profile", profile])
        .map_err(|_| Error::usage("the clients cannot be listed"))
        .and_then(|list| list.run(io));
    io.out.flush()?;
    if let Err(error) = listed {
        io.ui.report(&error);
    }
    Ok(())
}
