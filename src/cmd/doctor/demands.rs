//! Checks of what the application and the API demand from a sign-in that this suite does not do, or
//! that the profile lacks.

use super::facts::Facts;
use super::finding::Finding;
use super::shared::{change_client, text};
use crate::base::text::foreign;
use crate::hint;
use crate::profile::LoginMethod;

const CHECK: &str = "demands";

/// Pushed authorization requests, proofs of possession and organizations. `None` if neither the
/// application nor the API could be read: the checks of both say why.
pub(super) fn demands(facts: &Facts) -> Option<Finding> {
    let client = facts.client.seen();
    let api = facts.api.seen();
    if client.is_none() && api.is_none() {
        return None;
    }
    let is_set = |key: &str| client.is_some_and(|client| client[key] == true);
    if is_set("require_pushed_authorization_requests")
        && facts.grant() == LoginMethod::AuthorizationCode
    {
        return Some(Finding::fault(
            CHECK,
            "the application wants pushed authorization requests, which a login without a secret cannot send",
            change_client(
                facts,
                &"--set require_pushed_authorization_requests=false".into(),
                &"Advanced Settings → OAuth → Require Pushed Authorization Requests: off".into(),
            ),
        ));
    }
    if is_set("require_proof_of_possession") {
        return Some(Finding::fault(
            CHECK,
            "the application wants tokens with a proof of possession, and these programs use bearer tokens",
            change_client(
                facts,
                &"--set require_proof_of_possession=false".into(),
                &"Advanced Settings → OAuth → Require Token Sender-Constraining: off".into(),
            ),
        ));
    }
    if let Some(api) = api.filter(|api| api["proof_of_possession"]["required"] == true) {
        let remedy = match facts.administrator() {
            Some(profile) => hint!(
                "auth0-api PATCH resource-servers/{} -f proof_of_possession=null --profile {}",
                foreign(text(api, "id")).in_command("ID"),
                profile
            ),
            None => "in the dashboard, Applications → APIs → the API → Settings → Token Sender-Constraining: off".into(),
        };
        return Some(Finding::fault(
            CHECK,
            "the API wants tokens with a proof of possession, and these programs use bearer tokens",
            remedy,
        ));
    }
    let usage = client.map(|client| text(client, "organization_usage"));
    if usage == Some("require") && !facts.is_machine() && facts.settings.organization.is_none() {
        return Some(Finding::fault(
            CHECK,
            "the application wants people to sign in to an organization, and the profile names none",
            facts.set("organization", &foreign("ORGANIZATION").shown()),
        ));
    }
    Some(Finding::ok(CHECK, "nothing that these programs cannot do"))
}
