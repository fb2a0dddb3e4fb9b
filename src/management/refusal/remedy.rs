//! Hints on how to get a missing scope. They depend on the identity and on how its token was
//! granted.

use crate::base::domain::Domain;
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::management::dashboard;
use crate::oauth::jwt;
use crate::profile::store::Store;
use crate::profile::suggest::{AdminProfile, admin_name};
use crate::profile::{DEFAULT_SCOPE, LoginMethod, Profile, ProfileName, Settings};
use crate::session::Identity;
use crate::term::shell;

/// What to do about a scope that a token lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remedy {
    /// Request it: it was not requested, and can be granted to this identity.
    RequestScope,
    /// Sign in as a machine: the tenant does not grant it to a person.
    SignInAsMachine,
    /// Add it to the client grant, in the dashboard.
    AddToClientGrant,
}

/// How a token was granted.
#[derive(Clone, Copy, Debug)]
struct TokenFacts {
    /// Whether it was granted by client credentials.
    machine: bool,
    /// Whether the scope was requested, or all scopes were.
    asked: bool,
    /// Whether the token has an API scope other than the `current_user` ones.
    administrative: bool,
}

impl TokenFacts {
    fn remedy(self) -> Remedy {
        match self {
            Self { machine: true, asked: true, .. } => Remedy::AddToClientGrant,
            Self { machine: true, asked: false, .. } => Remedy::RequestScope,
            // This tenant grants administrative scopes to people.
            Self { asked: false, administrative: true, .. } => Remedy::RequestScope,
            _ => Remedy::SignInAsMachine,
        }
    }
}

/// The hint on how this identity can get a missing scope (or several, separated by spaces): a
/// command, or a page of the dashboard and a command.
pub(crate) fn how_to_get(scope: &str, identity: &Identity) -> Hint {
    let word = in_command(scope);
    match identity {
        Identity::GivenToken { domain, token } => {
            let claims = jwt::unverified(token.expose());
            let is_machine =
                claims.as_ref().and_then(|claims| claims.subject()).is_some_and(is_client);
            if is_machine {
                let client_id = claims.as_ref().and_then(|claims| claims.client_id());
                let grant = grant_page(domain, None, client_id, &word);
                return hint!("{}\nthen put a new token into AUTH0_ACCESS_TOKEN", grant);
            }
            let name = admin_name(domain);
            hint!(
                "a person's token rarely gets {}; sign in as a machine-to-machine application that has it: {}\nthen run this again with --profile {}",
                word,
                machine_login(&name, domain),
                name
            )
        }
        Identity::GivenCredentials { domain, client_id, audience, scope: asked, .. } => {
            if !asked.is_empty() && !is_asked(scope, asked) {
                return hint!(
                    "add {} to AUTH0_SCOPE, or remove the variable to get all that the client grant has: {}",
                    word,
                    shell::unset("AUTH0_SCOPE")
                );
            }
            let grant = grant_page(domain, Some(audience), Some(client_id), &word);
            hint!("{}\nthen run this again", grant)
        }
        Identity::Profile { store, name, profile, settings } => {
            of_profile(scope, store, name, profile, settings, identity)
        }
    }
}

/// The hint for an identity whose token is for another API. It suggests another profile for the
/// Management API, and leaves the current profile as it is.
pub(crate) fn how_to_reach(domain: &Domain, identity: &Identity) -> Hint {
    let machine = match identity {
        Identity::Profile { store, .. } => store.admin_profile(domain),
        Identity::GivenToken { .. } | Identity::GivenCredentials { .. } => {
            AdminProfile::New(admin_name(domain))
        }
    };
    match machine {
        AdminProfile::Existing(machine) => {
            hint!("run this again with --profile {}, which signs in as a machine", machine)
        }
        AdminProfile::New(machine) => hint!(
            "sign in as a machine-to-machine application: {}\nthen run this again with --profile {}",
            machine_login(&machine, domain),
            machine
        ),
    }
}

fn of_profile(
    scope: &str,
    store: &Store,
    name: &ProfileName,
    profile: &Profile,
    settings: &Settings,
    identity: &Identity,
) -> Hint {
    let word = in_command(scope);
    let login = hint!("auth0-login --profile {}", name);
    let client_id = settings.client_id.as_deref();
    match facts(scope, profile, settings).remedy() {
        Remedy::RequestScope => {
            hint!("sign in with it: {} --add-scope {}", login, add_scope(scope))
        }
        Remedy::AddToClientGrant => {
            let Some(domain) = identity.domain() else { return hint!("sign in: {}", login) };
            let audience = settings.audience();
            let grant = grant_page(domain, audience.as_deref(), client_id, &word);
            hint!("{}\nthen get a new token: {}", grant, login)
        }
        Remedy::SignInAsMachine => {
            let Some(domain) = identity.domain() else { return hint!("sign in: {}", login) };
            match store.admin_profile(domain) {
                AdminProfile::Existing(machine) => hint!(
                    "this tenant does not give {} to a person; run this again with --profile {}, which signs in as a machine",
                    word,
                    machine
                ),
                AdminProfile::New(machine) => hint!(
                    "this tenant does not give {} to a person; sign in as a machine-to-machine application that has it: {}\nthen run this again with --profile {}",
                    word,
                    machine_login(&machine, domain),
                    machine
                ),
            }
        }
    }
}

fn facts(scope: &str, profile: &Profile, settings: &Settings) -> TokenFacts {
    let token = profile.token.as_ref();
    let claims = token.and_then(|token| jwt::unverified(token.access_token.expose()));
    let machine = settings.grant == Some(LoginMethod::ClientCredentials)
        || claims.as_ref().and_then(|claims| claims.subject()).is_some_and(is_client);
    let asked = match settings.scope.as_deref() {
        Some(asked) if !asked.is_empty() => is_asked(scope, asked),
        // A machine gets every scope of its client grant.
        _ if machine => true,
        _ => scope.split(' ').all(|scope| DEFAULT_SCOPE.contains(&scope)),
    };
    let granted = token.map(|token| token.scope.as_slice()).unwrap_or_default();
    let administrative =
        granted.iter().any(|scope| scope.contains(':') && !scope.contains("current_user"));
    TokenFacts { machine, asked, administrative }
}

/// The scopes as they can be pasted into a command or the dashboard.
fn in_command(scopes: &str) -> Shown {
    Shown::join(scopes.split(' ').map(|scope| foreign(scope).in_command("SCOPE")), " ")
}

/// The scopes as values of `--add-scope`, without the first option.
fn add_scope(scopes: &str) -> Shown {
    let option = |scope| foreign(scope).in_command("SCOPE");
    Shown::join(scopes.split(' ').map(option), " --add-scope ")
}

fn is_asked(scopes: &str, asked: &[String]) -> bool {
    scopes.split(' ').all(|scope| asked.iter().any(|asked| asked == scope))
}

/// Whether a subject is an application: `CLIENT_ID@clients`.
fn is_client(subject: &str) -> bool {
    subject.ends_with("@clients")
}

/// The hint to add a scope to a client grant.
fn grant_page(
    domain: &Domain,
    audience: Option<&str>,
    client_id: Option<&str>,
    scope: &Shown,
) -> Hint {
    // The client ID may come from an unverified token, so only a plain one is used in a URL.
    let plain = |id: &&str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let client_id = client_id.filter(plain);
    let page = client_id.and_then(|id| dashboard::client_page(domain, audience, id, "apis"));
    let at = page.map_or("".into(), |page| hint!(" at {}", foreign(&page).shown()));
    let application = client_id
        .map_or("the application".into(), |id| hint!("the application {}", foreign(id).shown()));
    hint!(
        "add {} to the client grant of {}{} (in the dashboard: Applications → APIs → Auth0 Management API → Application Access, formerly Machine to Machine Applications)",
        scope,
        application,
        at
    )
}

fn machine_login(profile: &ProfileName, domain: &Domain) -> Hint {
    hint!(
        "auth0-login --profile {} --domain {} --client-credentials --save-secret",
        profile,
        domain
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_follows_from_the_grant() {
        for (machine, asked, administrative, remedy) in [
            (false, true, false, Remedy::SignInAsMachine),
            (false, false, false, Remedy::SignInAsMachine),
            (false, true, true, Remedy::SignInAsMachine),
            (false, false, true, Remedy::RequestScope),
            (true, true, true, Remedy::AddToClientGrant),
            (true, true, false, Remedy::AddToClientGrant),
            (true, false, true, Remedy::RequestScope),
        ] {
            let facts = TokenFacts { machine, asked, administrative };
            assert_eq!(facts.remedy(), remedy, "{facts:?}");
        }
    }

    #[test]
    fn the_page_of_a_client_grant_is_named() {
        let domain = Domain::parse("acme.eu.auth0.com").unwrap();
        let scope = foreign("read:logs").shown();
        let hint = grant_page(&domain, None, Some("abc"), &scope);
        assert!(
            hint.as_str()
                .contains("https://manage.auth0.com/dashboard/eu/acme/applications/abc/apis")
        );
        let hint = grant_page(&domain, None, Some("$(reboot)\n"), &scope);
        assert!(!hint.as_str().contains("reboot"), "{hint}");
    }
}
