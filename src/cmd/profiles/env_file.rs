//! A profile from a `.env` file, which is read when asked for and never otherwise.

use std::fs::File;
use std::path::Path;

use super::manage;
use crate::base::error::Error;
use crate::base::text::{self, foreign};
use crate::hint;
use crate::profile::ProfileName;
use crate::profile::store::Store;
use crate::term::{Io, read_text};

/// No file of settings comes near this.
const MAX_FILE: u64 = 256 << 10;

pub(super) fn import(store: &Store, name: &str, path: &Path, io: &Io) -> Result<(), Error> {
    let shown = text::path(path).shown().to_string();
    let name = ProfileName::parse(name)?;
    let file = File::open(path)
        .map_err(|e| Error::usage(format!("{shown} cannot be read")).caused_by(&e))?;
    let content = read_text(file, &shown, MAX_FILE)?;
    let settings = settings(&content).map_err(|line| {
        Error::usage(format!("{shown} cannot be used"))
            .because(format!("line {line} has no closing quote"))
    })?;
    let get = |key: &str| {
        settings
            .iter()
            .rev()
            .find(|(known, value)| known == key && !value.is_empty())
            .map(|(_, value)| value.clone())
    };
    let tenant = get("AUTH0_TENANT")
        .map(|tenant| if tenant.contains('.') { tenant } else { format!("{tenant}.auth0.com") });
    let Some(domain) = get("AUTH0_DOMAIN").or(tenant) else {
        return Err(Error::usage(format!("{shown} has neither AUTH0_DOMAIN nor AUTH0_TENANT"))
            .hint(hint!(
                "give them yourself: auth0-profiles add {} --domain DOMAIN --client-id ID",
                name
            )));
    };
    let Some(client_id) = get("AUTH0_CLIENT_ID") else {
        return Err(Error::usage(format!("{shown} has no AUTH0_CLIENT_ID")).hint(hint!(
            "give it yourself: auth0-profiles add {} --domain {} --client-id ID",
            name,
            foreign(&domain).in_command("DOMAIN")
        )));
    };
    let mut found = vec![("domain", domain), ("client_id", client_id)];
    found.extend(get("AUTH0_AUDIENCE").map(|audience| ("audience", audience)));
    found.extend(get("AUTH0_SCOPE").map(|scope| ("scope", scope)));
    manage::create(store, name.as_str(), &found, false, io)?;
    for secret in ["AUTH0_CLIENT_SECRET", "AUTH0_ACCESS_TOKEN"] {
        if get(secret).is_some() {
            io.ui.say(format_args!("{secret} was left where it is: no secret is copied unasked"));
        }
    }
    Ok(())
}

/// `KEY=VALUE` lines: `export` before them, quotes around values, comments.
///
/// # Errors
/// The line, from 1, whose quote does not close.
fn settings(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let value = value.trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).ok_or(index + 1)?.0,
            // A comment begins after white space.
            _ => value.split(" #").next().unwrap_or_default().trim_end(),
        };
        found.push((key.trim_end().to_owned(), value.to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn env_files_as_people_write_them() {
        let text = "# tenant\nAUTH0_DOMAIN=acme.eu.auth0.com # prod\nexport AUTH0_CLIENT_ID=\"a=b#c\"\nAUTH0_SCOPE='openid profile'\n\nEMPTY=\nnonsense\n";
        let found = settings(text).unwrap();
        let pairs: Vec<_> =
            found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("AUTH0_DOMAIN", "acme.eu.auth0.com"),
                ("AUTH0_CLIENT_ID", "a=b#c"),
                ("AUTH0_SCOPE", "openid profile"),
                ("EMPTY", ""),
            ]
        );
        assert_eq!(settings("A=1\nB=\"x\n"), Err(2));
    }
}
