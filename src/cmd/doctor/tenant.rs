//! Checks of what the tenant holds beside the application: the API, the client grant, the custom
//! domain, the rate limit.

use serde_json::Value;

use super::facts::Facts;
use super::finding::Finding;
use super::local::MachineFault;
use super::shared::{change_client, list, text, texts, unseen};
use crate::base::text::{Hint, foreign};
use crate::base::url::is_loopback;
use crate::hint;

pub(super) fn audience(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "audience";
    facts.settings.domain.as_ref()?;
    let audience = facts.audience();
    if facts.is_for_management() {
        return Some(Finding::ok(CHECK, format!("{audience}, the Management API")));
    }
    let refused = facts.machine_login.as_ref().and_then(|login| login.as_ref().err());
    let refused = refused.is_some_and(|error| MachineFault::of(error) == MachineFault::Audience);
    if let Some(finding) = unseen(CHECK, &facts.api, facts).filter(|_| !refused) {
        return Some(finding);
    }
    let Some(api) = facts.api.seen() else {
        let hint = match &facts.similar_audience {
            Some(similar) => facts.set("audience", &foreign(similar).in_command("IDENTIFIER")),
            None => hint!(
                "copy the Identifier from Applications → APIs, letter by letter, then: {}",
                facts.set("audience", &foreign("IDENTIFIER").shown())
            ),
        };
        return Some(Finding::fault(
            CHECK,
            format!("the tenant has no API with the identifier {}", foreign(&audience).shown()),
            hint,
        ));
    };
    let (subject, who) =
        if facts.is_machine() { ("client", "applications") } else { ("user", "people") };
    if api["subject_type_authorization"][subject]["policy"] == "deny_all" {
        return Some(Finding::fault(
            CHECK,
            format!("{} is closed to {who} of every application", foreign(&audience).shown()),
            "in the dashboard, Applications → APIs → the API → Settings → Access Policies: allow access",
        ));
    }
    Some(Finding::ok(
        CHECK,
        format!("{}, the API {}", foreign(&audience).shown(), foreign(text(api, "name")).quoted()),
    ))
}

pub(super) fn refresh_token(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "refresh token";
    let token = facts.token.as_ref()?;
    if facts.is_machine() {
        return None;
    }
    if token.refresh_token.is_some()
        && let Some(change) = missing_grant(facts)
    {
        return Some(Finding::fault(
            CHECK,
            "there is one, but the application may not use the grant Refresh Token",
            hint!("{}\nor sign in again when the token expires: {}", change, facts.login("")),
        ));
    }
    if facts.is_for_management() {
        return Some(Finding::ok(
            CHECK,
            match token.refresh_token {
                Some(_) => "there is one",
                None => {
                    "none: the Management API gives none to people, so sign in again when the token expires"
                }
            },
        ));
    }
    let client = facts.client.seen();
    let rotation = client.map(|client| text(&client["refresh_token"], "rotation_type"));
    if token.refresh_token.is_some() {
        return Some(match rotation {
            Some("non-rotating") => Finding::warning(
                CHECK,
                "it is not replaced when it is used, so a stolen copy stays good",
                change_client(
                    facts,
                    &"--set refresh_token.rotation_type=rotating --set refresh_token.expiration_type=expiring".into(),
                    &"Refresh Token Rotation: on".into(),
                ),
            ),
            _ => Finding::ok(CHECK, "there is one"),
        });
    }
    let asked = facts.settings.scope.as_ref();
    if asked.is_some_and(|scope| !scope.iter().any(|scope| scope == "offline_access")) {
        return Some(Finding::ok(CHECK, "none was asked for"));
    }
    let login = facts.login("");
    if let Some(change) = missing_grant(facts) {
        return Some(Finding::warning(
            CHECK,
            "none came: the application may not use the grant Refresh Token",
            hint!("{}\nthen sign in again: {}", change, login),
        ));
    }
    if let Some(api) = facts.api.seen().filter(|api| api["allow_offline_access"] == false) {
        let change = match facts.administrator() {
            Some(profile) => hint!(
                "auth0-api PATCH resource-servers/{} -f allow_offline_access=true --profile {}",
                foreign(text(api, "id")).in_command("ID"),
                profile
            ),
            None => "in the dashboard, Applications → APIs → the API → Settings: turn on Allow Offline Access".into(),
        };
        return Some(Finding::warning(
            CHECK,
            "none came: the API does not allow offline access",
            hint!("{}\nthen sign in again: {}", change, login),
        ));
    }
    Some(unseen(CHECK, &facts.api, facts).unwrap_or_else(|| {
        Finding::warning(
            CHECK,
            "the login has none, and the tenant's settings allow one now",
            hint!("sign in again: {}", login),
        )
    }))
}

pub(super) fn client_grant(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "client grant";
    if !facts.is_machine() {
        return None;
    }
    let audience = facts.audience();
    let shown = foreign(&audience).shown();
    let login = facts.machine_login.as_ref();
    let refused = login.and_then(|login| login.as_ref().err()).map(MachineFault::of);
    let rows = facts.client_grants.seen().map(|body| match body {
        Value::Array(rows) => rows.clone(),
        body => body["client_grants"].as_array().cloned().unwrap_or_default(),
    });
    let none_there = rows.as_ref().is_some_and(Vec::is_empty);
    if refused == Some(MachineFault::ClientGrant) || (none_there && !matches!(login, Some(Ok(()))))
    {
        let client_id = facts.settings.client_id.as_deref().unwrap_or_default();
        let hint = match &facts.helper {
            Some(helper) => hint!(
                "auth0-api POST client-grants -f client_id={} -f audience={} -f \"scope[]=read:clients\" --profile {}",
                foreign(client_id).in_command("CLIENT-ID"),
                foreign(&audience).in_command("AUDIENCE"),
                helper
            ),
            None => hint!(
                "in the dashboard, Applications → APIs → the API → Machine to Machine Applications: authorize {}, and tick its scopes",
                foreign(client_id).shown()
            ),
        };
        return Some(Finding::fault(
            CHECK,
            format!("the application is not authorized for {shown}"),
            hint,
        ));
    }
    Some(match (login, rows) {
        (Some(Ok(())), _) => {
            Finding::ok(CHECK, format!("the application is authorized for {shown}"))
        }
        (_, Some(_)) => Finding::ok(CHECK, format!("there is one for {shown}")),
        _ => unseen(CHECK, &facts.client_grants, facts)?,
    })
}

pub(super) fn custom_domain(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "custom domain";
    let domain = facts.settings.domain.as_ref()?;
    if domain.host().ends_with(".auth0.com") || is_loopback(domain.host()) {
        return Some(Finding::ok(CHECK, "none is used: the profile has the tenant's own domain"));
    }
    if facts.audience() == domain.management_audience() {
        let audience = foreign("https://YOUR-TENANT.eu.auth0.com/api/v2/").shown();
        return Some(Finding::fault(
            CHECK,
            format!("the Management API's identifier has the tenant's own domain, not {domain}"),
            facts.set("audience", &audience),
        ));
    }
    if let Some(finding) = unseen(CHECK, &facts.custom_domains, facts) {
        return Some(finding);
    }
    let rows = match facts.custom_domains.seen()? {
        Value::Array(rows) => rows.clone(),
        body => body["custom_domains"].as_array().cloned().unwrap_or_default(),
    };
    let row = rows.iter().find(|row| text(row, "domain").eq_ignore_ascii_case(domain.host()));
    Some(match row {
        Some(row) if text(row, "status") != "ready" => Finding::fault(
            CHECK,
            format!("{domain} is not verified yet"),
            "finish it in the dashboard: Branding → Custom Domains",
        ),
        Some(_) => Finding::ok(CHECK, format!("{domain} is verified")),
        None => Finding::warning(
            CHECK,
            format!("{domain} is not among the tenant's custom domains"),
            "see them in the dashboard: Branding → Custom Domains",
        ),
    })
}

pub(super) fn rate_limit(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "rate limit";
    let Some(rate) = facts.rate else {
        return unseen(CHECK, &facts.custom_domains, facts);
    };
    let left = format!("{} of {} requests are left", rate.remaining, rate.limit);
    Some(if rate.remaining.saturating_mul(3) < rate.limit {
        Finding::warning(
            CHECK,
            format!("{left}: other programs use up the tenant's limit"),
            "find out which: Monitoring → Logs in the dashboard; then run auth0-doctor again",
        )
    } else {
        Finding::ok(CHECK, left)
    })
}

/// How to give the application the grant Refresh Token, or `None` if it has it or is not seen.
fn missing_grant(facts: &Facts) -> Option<Hint> {
    let mut all = facts.client.seen().map(|client| texts(client, "grant_types"))?;
    if all.contains(&"refresh_token") {
        return None;
    }
    all.push("refresh_token");
    Some(change_client(
        facts,
        &hint!("--grants {}", list(&all)),
        &"Advanced Settings → Grant Types: tick Refresh Token".into(),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::application::grants;
    use super::super::finding::CheckStatus;
    use super::super::look::{Look, RateStatus};
    use super::*;
    use crate::base::domain::Domain;
    use crate::base::time::Moment;
    use crate::profile::{ProfileName, Settings};

    fn facts(domain: &str, audience: Option<&str>) -> Facts {
        Facts {
            name: Some(ProfileName::parse("p").unwrap()),
            file: None,
            settings: Settings {
                domain: Some(Domain::parse(domain).unwrap()),
                client_id: Some("id".to_owned()),
                audience: audience.map(str::to_owned),
                ..Settings::default()
            },
            has_foreign_credential: false,
            token: None,
            helper: None,
            discovery: Some(Ok(())),
            proxy: None,
            moment: Moment::new(0, Some(0)),
            ports: Vec::new(),
            machine_login: None,
            client: Look::NoToken,
            api: Look::NoToken,
            similar_audience: None,
            client_grants: Look::NoToken,
            custom_domains: Look::NoToken,
            rate: None,
        }
    }

    /// The emulator has one name only, so a custom domain is judged here.
    #[test]
    fn a_custom_domain_needs_the_canonical_audience_and_must_be_verified() {
        let own = "https://acme.eu.auth0.com/api/v2/";
        let rows = |status: &str| Look::Seen(json!([{"domain": "id.acme.com", "status": status}]));
        for (domain, audience, look, status) in [
            ("acme.eu.auth0.com", None, Look::NoToken, CheckStatus::Ok),
            ("id.acme.com", None, rows("ready"), CheckStatus::Fault),
            ("id.acme.com", Some(own), rows("ready"), CheckStatus::Ok),
            ("id.acme.com", Some(own), rows("pending_verification"), CheckStatus::Fault),
            ("id.acme.com", Some(own), Look::Seen(json!([])), CheckStatus::Warning),
            ("id.acme.com", Some(own), Look::NoToken, CheckStatus::Unknown),
            (
                "id.acme.com",
                Some(own),
                Look::Hidden("read:custom_domains".into()),
                CheckStatus::Unknown,
            ),
        ] {
            let facts = Facts { custom_domains: look, ..facts(domain, audience) };
            assert_eq!(custom_domain(&facts).unwrap().status, status, "{domain} {audience:?}");
        }
    }

    #[test]
    fn a_rate_limit_is_low_below_a_third() {
        for (remaining, status) in
            [(10, CheckStatus::Ok), (4, CheckStatus::Ok), (3, CheckStatus::Warning)]
        {
            let rate = Some(RateStatus { limit: 10, remaining });
            let facts = Facts { rate, ..facts("acme.eu.auth0.com", None) };
            assert_eq!(rate_limit(&facts).unwrap().status, status, "{remaining}");
        }
    }

    #[test]
    fn the_dashboards_page_is_named_where_no_profile_may_change_the_application() {
        let seen = Look::Seen(json!({"name": "App", "app_type": "native", "callbacks": []}));
        let facts = Facts { client: seen, ..facts("acme.eu.auth0.com", None) };
        let finding = grants(&facts).unwrap();
        let hint = finding.hint.unwrap();
        let page = "https://manage.auth0.com/dashboard/eu/acme/applications/id/settings";
        assert!(hint.as_str().contains(page), "{hint}");
        assert!(hint.as_str().ends_with("tick Authorization Code"), "{hint}");
    }
}
