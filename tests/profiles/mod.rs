//! `auth0-profiles`: what it writes, what it refuses to, and what it never shows.

mod add;
mod choose;
mod edit;
mod import;
mod list;
mod manage;
mod names;

use crate::support::{Home, Ran};

/// Nothing that any subcommand prints may have one of these in it.
const ACCESS: &str = "access-token-nobody-sees";
const REFRESH: &str = "refresh-token-nobody-sees";
const SECRET: &str = "client-secret-nobody-sees";

const LATER: &str = "2099-01-01T00:00:00Z";

/// Runs the command, and fails if it shows a token or a secret, whatever the test is about.
#[track_caller]
fn profiles(home: &Home, args: &[&str]) -> Ran {
    discreet(home.run("auth0-profiles", args))
}

#[track_caller]
fn discreet(ran: Ran) -> Ran {
    ran.keeps_its_manners().hides(ACCESS).hides(REFRESH).hides(SECRET)
}

/// Writes a profile with these settings beside its domain and client ID.
fn write(home: &Home, name: &str, more: &str) {
    let text = format!("domain = \"{name}.eu.auth0.com\"\nclient_id = \"id-{name}\"\n{more}");
    home.write(&format!("config/profiles/{name}.toml"), &text);
}

/// The tables of a profile of [`write`] whose token lasts until then.
fn token(name: &str, expires_at: &str, refreshes: bool) -> String {
    let refresh =
        if refreshes { format!("refresh_token = \"{REFRESH}\"\n") } else { String::new() };
    format!(
        "\n[token]\naccess_token = \"{ACCESS}\"\ntoken_type = \"Bearer\"\nexpires_at = {expires_at}\nscope = [\"openid\", \"read:clients\"]\n{refresh}domain = \"{name}.eu.auth0.com\"\naudience = \"https://{name}.eu.auth0.com/api/v2/\"\nclient_id = \"id-{name}\"\n\n[user]\nsub = \"auth0|1\"\nemail = \"ada@{name}.example\"\n"
    )
}

/// What `config.toml` names.
#[track_caller]
fn current(home: &Home) -> String {
    let ran = profiles(home, &["current"]).exits(0);
    ran.stdout.trim_end().to_owned()
}
