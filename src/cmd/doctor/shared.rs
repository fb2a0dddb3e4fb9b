//! What the checks of the tenant share.

use serde_json::Value;

use super::facts::Facts;
use super::finding::Finding;
use super::look::Look;
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::management::dashboard;

/// The finding about something that could not be read; `None` if it was read, or is missing.
pub(super) fn unseen(check: &'static str, look: &Look, facts: &Facts) -> Option<Finding> {
    match look {
        Look::Seen(_) | Look::Missing => None,
        Look::Failed(why) => Some(Finding::unknown(check, why.clone(), None)),
        Look::Hidden(scope) => {
            let scope = foreign(scope).shown();
            Some(Finding::unknown(
                check,
                format!("the token lacks {scope}, which shows it"),
                Some(hint!("borrow a machine profile that has {}: {}", scope, again(facts))),
            ))
        }
        Look::NoToken if !matches!(facts.discovery, Some(Ok(()))) => {
            Some(Finding::unknown(check, "the tenant could not be asked", None))
        }
        Look::NoToken => Some(Finding::unknown(
            check,
            "there is no valid token for the Management API to read it with",
            Some(hint!("borrow a machine profile: {}", again(facts))),
        )),
    }
}

/// This command with a machine profile.
fn again(facts: &Facts) -> Hint {
    match &facts.name {
        Some(name) => hint!("auth0-doctor --profile {} --with MACHINE-PROFILE", name),
        None => "auth0-doctor --with MACHINE-PROFILE".into(),
    }
}

/// How the application is changed: a command if a profile is known that may, else the dashboard.
pub(super) fn change_client(facts: &Facts, options: &Hint, setting: &Hint) -> Hint {
    let client_id = facts.settings.client_id.as_deref().unwrap_or_default();
    if let Some(profile) = facts.administrator() {
        let id = foreign(client_id).in_command("CLIENT-ID");
        return hint!("auth0-clients update {} --profile {} {}", id, profile, options);
    }
    let page = facts.settings.domain.as_ref().and_then(|domain| {
        dashboard::client_page(domain, Some(&facts.audience()), client_id, "settings")
    });
    let at = page.map_or("".into(), |page| hint!(" at {}", foreign(&page).shown()));
    hint!("in the dashboard, Applications → the application → Settings{}: {}", at, setting)
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

pub(super) fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A list as an option's value.
pub(super) fn list(items: &[&str]) -> Shown {
    foreign(&items.join(",")).in_command("VALUE,…")
}
