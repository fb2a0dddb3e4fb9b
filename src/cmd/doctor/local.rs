//! Checks of the profile, the way to the tenant, the clock, and the token.

use super::facts::{Facts, PortProblem};
use super::finding::Finding;
use crate::base::error::Error;
use crate::base::text::{Shown, foreign};
use crate::base::time;
use crate::hint;
use crate::management::dashboard;
use crate::oauth::grant::GrantType;
use crate::oauth::id_token::LEEWAY;
use crate::oauth::report::{LoginContext, report};
use crate::oauth::scope::{Granted, Scopes, is_management_api};
use crate::profile::suggest::admin_name;
use crate::profile::{DEFAULT_SCOPE, LoginMethod, ProfileName};

/// What went wrong when a machine asked for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MachineFault {
    /// The secret or the key was not accepted.
    Credential,
    /// The application may not use the grant `client_credentials`.
    Grant,
    /// It has no client grant for the API.
    ClientGrant,
    /// There is no such API.
    Audience,
    /// Anything else.
    Other,
}

impl MachineFault {
    /// By the error's code, and for `access_denied` by the tenant's words: Auth0 uses it for three
    /// different refusals.
    pub(super) fn of(error: &Error) -> Self {
        let words = error.causes().join(" ").to_lowercase();
        match error.code_text() {
            "access_denied" if words.contains("service not found") => Self::Audience,
            "access_denied" if words.contains("not authorized to access") => Self::ClientGrant,
            "access_denied" if error.http_status() == Some(401) => Self::Credential,
            "invalid_client" => Self::Credential,
            "unauthorized_client" => Self::Grant,
            _ => Self::Other,
        }
    }
}

pub(super) fn profile_file(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "profile file";
    let settings = &facts.settings;
    if settings.domain.is_none() {
        let domain = foreign("YOUR-TENANT.eu.auth0.com").shown();
        return Some(Finding::fault(CHECK, "it names no domain", facts.set("domain", &domain)));
    }
    let needs_client = facts.token.is_none() || settings.grant.is_some();
    if settings.client_id.is_none() && needs_client {
        let id = foreign("CLIENT-ID").shown();
        return Some(Finding::fault(CHECK, "it names no client ID", facts.set("client_id", &id)));
    }
    Some(Finding::ok(
        CHECK,
        match &facts.file {
            Some(file) => format!("{file} can be read"),
            None => "none is used: the environment says who signs in".to_owned(),
        },
    ))
}

pub(super) fn domain(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "domain";
    let domain = facts.settings.domain.as_ref()?;
    Some(match facts.discovery.as_ref()? {
        Ok(()) => Finding::ok(CHECK, format!("{domain} is an Auth0 tenant")),
        Err(error) if is_about_connection(error) => {
            Finding::unknown(CHECK, format!("{domain} could not be asked"), None)
        }
        Err(error) => {
            let mut finding = Finding::of_error(CHECK, error);
            let set = facts.set("domain", &foreign("YOUR-TENANT.eu.auth0.com").shown());
            finding.hint = Some(match &finding.hint {
                Some(hint) => hint!("{}\nif it is another: {}", hint, set),
                None => set,
            });
            finding
        }
    })
}

/// Whether an error is about TLS or a proxy, and not about the tenant.
fn is_about_connection(error: &Error) -> bool {
    error.code_text() == "tls" || error.message().contains("proxy")
}

pub(super) fn connection(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "TLS and proxy";
    let domain = facts.settings.domain.as_ref()?;
    Some(match facts.discovery.as_ref()? {
        Err(error) if is_about_connection(error) => Finding::of_error(CHECK, error),
        Err(_) => Finding::unknown(CHECK, "there was no connection to judge", None),
        Ok(()) => {
            let tls = if domain.origin().starts_with("https:") {
                "the certificate is trusted"
            } else {
                "plain HTTP, which never leaves this machine"
            };
            let way = match facts.proxy {
                Some(variable) => format!("; through the proxy of {variable}"),
                None => "; no proxy".to_owned(),
            };
            Finding::ok(CHECK, format!("{tls}{way}"))
        }
    })
}

pub(super) fn clock(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "clock";
    facts.discovery.as_ref()?;
    let Some(ahead) = facts.moment.ahead() else {
        return Some(Finding::unknown(CHECK, "the tenant did not say what time it is", None));
    };
    let set = "set this computer's clock, and look at it with: date -u";
    Some(match facts.moment.clock_fault() {
        None => Finding::ok(CHECK, "it agrees with the tenant's"),
        Some(fault) if ahead.unsigned_abs() > LEEWAY => {
            Finding::fault(CHECK, format!("{fault}, so the tenant's tokens look invalid"), set)
        }
        Some(fault) => Finding::warning(CHECK, fault, set),
    })
}

pub(super) fn callback_ports(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "callback ports";
    if facts.grant() != LoginMethod::AuthorizationCode || facts.ports.is_empty() {
        return None;
    }
    let with = |problem: Option<PortProblem>| -> Vec<&str> {
        let ports = facts.ports.iter().filter(|port| port.problem == problem);
        ports.map(|port| port.uri.as_str()).collect()
    };
    let (free, taken) = (with(None), with(Some(PortProblem::Taken)));
    let invalid = with(Some(PortProblem::Invalid));
    if let Some(uri) = invalid.first() {
        let default = foreign(crate::profile::DEFAULT_REDIRECT_URI).shown();
        return Some(Finding::fault(
            CHECK,
            format!("{uri} is not an address on this machine that a login can listen on"),
            facts.set("redirect_uris", &default),
        ));
    }
    let another = || {
        let free = ["http://127.0.0.1:8484/callback", "http://127.0.0.1:8485/callback"];
        let new = free.into_iter().find(|uri| !taken.contains(uri)).unwrap_or(free[0]);
        let all: Vec<&str> =
            facts.ports.iter().map(|port| port.uri.as_str()).chain([new]).collect();
        let set = facts.set("redirect_uris", &foreign(&all.join(",")).in_command("URI,URI"));
        hint!("end the program that listens there, or name one more port: {}", set)
    };
    if !with(Some(PortProblem::AnyPort)).is_empty() {
        return Some(Finding::warning(
            CHECK,
            "port 0 means any port, and Auth0 calls back only to ports that are registered",
            facts.set("redirect_uris", &foreign(crate::profile::DEFAULT_REDIRECT_URI).shown()),
        ));
    }
    Some(match (free.first(), taken.is_empty()) {
        (Some(_), true) => Finding::ok(CHECK, format!("{} can be listened on", free.join(", "))),
        (Some(free), false) => Finding::warning(
            CHECK,
            format!("another program listens on {}; a login uses {free}", taken.join(", ")),
            another(),
        ),
        (None, _) => Finding::fault(
            CHECK,
            format!("another program listens on {}", taken.join(", ")),
            another(),
        ),
    })
}

pub(super) fn credential(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "credential";
    if !facts.is_machine() {
        return None;
    }
    let save = facts.login(" --client-credentials --save-secret");
    let kind = if facts.settings.private_key.is_some() { "private key" } else { "secret" };
    Some(match &facts.machine_login {
        Some(Ok(())) => Finding::ok(CHECK, format!("the tenant accepts the saved {kind}")),
        Some(Err(error)) => match MachineFault::of(error) {
            MachineFault::Credential => Finding::fault(
                CHECK,
                format!("the tenant does not accept the saved {kind}"),
                hint!("copy it from the application's settings, and save it: {}", save),
            ),
            MachineFault::Other => Finding::of_error(CHECK, error),
            _ => Finding::ok(CHECK, format!("the tenant accepts the saved {kind}")),
        },
        None if facts.has_foreign_credential => Finding::fault(
            CHECK,
            "the saved secret or key is for another domain or application, so it is not used",
            save,
        ),
        None if !facts.settings.saves_credential() => Finding::warning(
            CHECK,
            "no secret or key is saved, so nothing renews the token when it expires",
            save,
        ),
        None => Finding::unknown(CHECK, "the tenant could not be asked", None),
    })
}

pub(super) fn token(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "token";
    if matches!(facts.machine_login, Some(Err(_))) {
        return None;
    }
    let login = facts.login("");
    let Some(token) = &facts.token else {
        return Some(Finding::fault(CHECK, "no login is saved", login));
    };
    let settings = &facts.settings;
    if settings.domain.as_ref().is_some_and(|domain| *domain != token.domain) {
        let message =
            format!("it was issued by {}, and the profile names another domain", token.domain);
        return Some(Finding::fault(CHECK, message, login));
    }
    if facts.audience() != token.audience {
        let message = format!("it is for {}, not for {}", token.audience, facts.audience());
        return Some(Finding::fault(CHECK, message, login));
    }
    let now = i64::try_from(facts.moment.here()).unwrap_or(i64::MAX);
    let left = token.seconds_left(now);
    let renews = token.refresh_token.is_some() || settings.has_credential();
    Some(match (left > 0, renews) {
        (true, true) => {
            Finding::ok(CHECK, format!("valid for {}, and renews by itself", time::roughly(left)))
        }
        (true, false) => Finding::ok(CHECK, format!("valid for {}", time::roughly(left))),
        (false, true) => Finding::ok(CHECK, "expired; the next command renews it"),
        (false, false) => {
            Finding::fault(CHECK, "it has expired, and there is nothing to renew it with", login)
        }
    })
}

pub(super) fn scopes(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "scopes";
    let (token, domain) = (facts.token.as_ref()?, facts.settings.domain.as_ref()?);
    if token.scope.is_empty() {
        return Some(Finding::unknown(CHECK, "the token does not say which it has", None));
    }
    let machine = facts.is_machine();
    let asked = match &facts.settings.scope {
        Some(asked) if !asked.is_empty() => Scopes::of(asked),
        _ if !machine && is_management_api(&token.audience) => Scopes::of(DEFAULT_SCOPE),
        _ => Scopes::default(),
    };
    let (domain_text, admin) = (domain.to_string(), admin_name(domain));
    let page = dashboard::page(domain, Some(&token.audience), "applications");
    let report = report(
        asked,
        Granted::Known(Scopes::of(&token.scope)),
        LoginContext {
            grant: match facts.grant() {
                LoginMethod::AuthorizationCode => GrantType::AuthorizationCode,
                LoginMethod::DeviceCode => GrantType::DeviceCode,
                LoginMethod::ClientCredentials => GrantType::ClientCredentials,
            },
            audience: &token.audience,
            // Another check covers refresh tokens.
            refreshable: true,
            profile: facts.name.as_ref().map(ProfileName::as_str),
            new_profile: Some((&domain_text, admin.as_str())),
            applications_page: page.as_deref(),
        },
    );
    let held = Shown::join(token.scope.iter().take(8).map(|scope| foreign(scope).shown()), " ");
    let more = token.scope.len().saturating_sub(8);
    let held = if more > 0 { format!("{held} and {more} more") } else { held.to_string() };
    Some(match report.notes.into_iter().next() {
        None => Finding::ok(CHECK, held),
        Some(note) if report.missing.is_empty() => Finding::fault(CHECK, note.what, note.hint),
        Some(note) => Finding::fault(
            CHECK,
            format!("{} not granted: {}", report.missing, note.what),
            note.hint,
        ),
    })
}
