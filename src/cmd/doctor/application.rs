//! Checks of the application that the profile signs in with.

use super::facts::{Facts, PortProblem};
use super::finding::Finding;
use super::local::MachineFault;
use super::shared::{change_client, list, text, texts, unseen};
use crate::base::text::{Shown, foreign};
use crate::hint;
use crate::loopback::RedirectUri;
use crate::profile::LoginMethod;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn application(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "application type";
    facts.settings.client_id.as_ref()?;
    if let Some(finding) = unseen(CHECK, &facts.client, facts) {
        return Some(finding);
    }
    let Some(client) = facts.client.seen() else {
        let id = foreign("CLIENT-ID").shown();
        return Some(Finding::fault(
            CHECK,
            "the tenant has no application with the profile's client ID",
            hint!(
                "copy it from Applications → the application → Settings, then: {}",
                facts.set("client_id", &id)
            ),
        ));
    };
    let name = foreign(text(client, "name")).quoted();
    let (kind, method) = (text(client, "app_type"), text(client, "token_endpoint_auth_method"));
    if facts.is_machine() {
        return Some(if method == "none" {
            Finding::fault(
                CHECK,
                format!("{name} has no secret or key, so it cannot sign in as a machine"),
                change_client(
                    facts,
                    &"--set token_endpoint_auth_method=client_secret_post".into(),
                    &"Credentials → Authentication Method: Client Secret (Post)".into(),
                ),
            )
        } else {
            Finding::ok(CHECK, format!("{name} is of type {}", foreign(kind).shown()))
        });
    }
    let public = "--set token_endpoint_auth_method=none --set app_type=native";
    if method != "none" && facts.settings.client_secret.is_none() {
        return Some(Finding::fault(
            CHECK,
            format!("{name} has to prove itself with a secret, and a person's login has none"),
            change_client(
                facts,
                &public.into(),
                &"Application Type: Native, and Credentials → Authentication Method: None".into(),
            ),
        ));
    }
    let device = facts.grant() == LoginMethod::DeviceCode;
    if device && (kind != "native" || client["oidc_conformant"] == false) {
        return Some(Finding::fault(
            CHECK,
            format!("{name} is not Native and OIDC Conformant, as the device code needs"),
            change_client(
                facts,
                &"--set app_type=native --set oidc_conformant=true".into(),
                &"Application Type: Native, and Advanced Settings → OAuth → OIDC Conformant".into(),
            ),
        ));
    }
    Some(if kind == "native" {
        Finding::ok(CHECK, format!("{name} is Native, without a secret"))
    } else {
        Finding::warning(
            CHECK,
            format!(
                "{name} is of type {}, and command lines are of type native",
                foreign(kind).shown()
            ),
            change_client(
                facts,
                &"--set app_type=native".into(),
                &"Application Type: Native".into(),
            ),
        )
    })
}

pub(super) fn signing_algorithm(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "ID token signature";
    if facts.is_machine() {
        return None;
    }
    let alg = facts.client.seen()?["jwt_configuration"]["alg"].as_str()?;
    Some(if matches!(alg, "RS256" | "PS256") {
        Finding::ok(CHECK, alg)
    } else {
        Finding::fault(
            CHECK,
            format!(
                "{} is refused, because a public application cannot check it",
                foreign(alg).shown()
            ),
            change_client(
                facts,
                &"--set jwt_configuration.alg=RS256".into(),
                &"Advanced Settings → OAuth → JSON Web Token Signature Algorithm: RS256".into(),
            ),
        )
    })
}

pub(super) fn callback_urls(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "callback URLs";
    if facts.grant() != LoginMethod::AuthorizationCode || facts.settings.client_id.is_none() {
        return None;
    }
    if let Some(finding) = unseen(CHECK, &facts.client, facts) {
        return Some(finding);
    }
    let registered = texts(facts.client.seen()?, "callbacks");
    let wanted = facts
        .ports
        .iter()
        .filter(|port| !matches!(port.problem, Some(PortProblem::Invalid | PortProblem::AnyPort)));
    let wanted: Vec<&str> = wanted.map(|port| port.uri.as_str()).collect();
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|uri| !registered.contains(uri)).collect();
    if missing.is_empty() {
        return Some(Finding::ok(CHECK, format!("{} may be called back", wanted.join(", "))));
    }
    let all: Vec<&str> = registered.iter().copied().chain(missing.iter().copied()).collect();
    let shown = Shown::join(missing.iter().map(|uri| foreign(uri).shown()), ", ");
    let mut remedy = change_client(
        facts,
        &hint!("--callbacks {}", list(&all)),
        &hint!("add to Allowed Callback URLs: {}", shown),
    );
    let usable = |uri: &&&str| RedirectUri::parse(uri).is_ok();
    if let Some(uri) = registered.iter().find(usable) {
        let set = facts.set("redirect_uris", &foreign(uri).in_command("URI"));
        remedy = hint!("{}\nor use one that is registered: {}", remedy, set);
    }
    let message = format!("{shown} is not among the application's Allowed Callback URLs");
    Some(if missing.len() == wanted.len() {
        Finding::fault(CHECK, message, remedy)
    } else {
        Finding::warning(CHECK, message, remedy)
    })
}

pub(super) fn grants(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "grant types";
    facts.settings.client_id.as_ref()?;
    let refused = facts.machine_login.as_ref().and_then(|login| login.as_ref().err());
    let refused = refused.is_some_and(|error| MachineFault::of(error) == MachineFault::Grant);
    if let Some(finding) = unseen(CHECK, &facts.client, facts).filter(|_| !refused) {
        return Some(finding);
    }
    let (needed, label) = match facts.grant() {
        LoginMethod::AuthorizationCode => ("authorization_code", "Authorization Code"),
        LoginMethod::DeviceCode => (DEVICE_GRANT, "Device Code"),
        LoginMethod::ClientCredentials => ("client_credentials", "Client Credentials"),
    };
    let ticked = facts.client.seen().map(|client| texts(client, "grant_types")).unwrap_or_default();
    if ticked.contains(&needed) {
        return Some(Finding::ok(CHECK, format!("{label} is allowed")));
    }
    if !refused && facts.client.seen().is_none() {
        return None;
    }
    let all: Vec<&str> = ticked.into_iter().chain([needed]).collect();
    Some(Finding::fault(
        CHECK,
        format!("the application may not use the grant {label}"),
        change_client(
            facts,
            &hint!("--grants {}", list(&all)),
            &hint!("Advanced Settings → Grant Types: tick {}", label),
        ),
    ))
}
