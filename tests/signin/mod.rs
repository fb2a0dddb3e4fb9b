//! Signing in and staying signed in, against a tenant over TLS.

mod callback;
mod client_credentials;
mod clock;
mod confined;
mod credentials;
mod device;
mod hostile;
mod id_token;
mod login;
mod login_profile;
mod logout;
mod no_login;
#[cfg(target_os = "linux")] // what the browser is given there
mod opened;
mod renewal;
mod scopes;
#[cfg(target_os = "linux")] // a terminal made by script(1)
mod terminal;
mod token;
mod ways;

use crate::support::{Home, Ran, Tenant};

fn token(tenant: &Tenant, home: &Home, args: &[&str]) -> Ran {
    home.command("auth0-token").trust(tenant).args(args).run()
}
