//! Compares the requested scopes with the granted ones, and explains what is missing.

use super::grant::GrantType;
use super::scope::{Granted, Scopes, is_management_api, missing};
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;

/// The scopes of OpenID Connect Core §5.4 and §11. They concern the person and the session, not an
/// API.
const OPENID_CONNECT: [&str; 6] =
    ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Facts about the login, for the explanation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoginContext<'a> {
    /// How the token was obtained.
    pub grant: GrantType,
    /// The API it is for.
    pub audience: &'a str,
    /// Whether there is a refresh token.
    pub refreshable: bool,
    /// The profile that suggested commands should name, if any.
    pub profile: Option<&'a str>,
    /// The tenant's domain and an unused profile name, for the command that signs in as a machine.
    /// `None` for placeholders.
    pub new_profile: Option<(&'a str, &'a str)>,
    /// The dashboard page on which applications are created, if known.
    pub applications_page: Option<&'a str>,
}

/// Requested, granted and missing scopes, and what to do about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopeReport {
    /// The requested scopes.
    pub asked: Scopes,
    /// The granted scopes.
    pub granted: Granted,
    /// Scopes of the API that were requested but not granted. Empty if the granted scopes are
    /// unknown. Scopes of OpenID Connect are only mentioned in the notes.
    pub missing: Scopes,
    /// Why scopes are missing, the most important reason first.
    pub notes: Vec<Note>,
    /// Whether a person's token for the Management API has no administrative scope. Then the first
    /// note says how to sign in as a machine.
    pub needs_machine: bool,
}

/// A reason and its remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// What is missing, and why.
    pub(crate) what: String,
    /// The command to run, or the setting to change. Alternatives are on separate lines.
    pub(crate) hint: Hint,
}

/// Compares the requested scopes with the granted ones. If `asked` is empty, all scopes of the
/// client grant were requested, so nothing is missing.
pub(crate) fn report(asked: Scopes, granted: Granted, context: LoginContext<'_>) -> ScopeReport {
    let all = match &granted {
        Granted::Known(granted) => missing(&asked, granted),
        Granted::Unknown => Scopes::default(),
    };
    let (personal, api): (Vec<_>, Vec<_>) =
        all.iter().partition(|scope| OPENID_CONNECT.contains(scope));
    let missing = Scopes::of(api);
    let mut notes = Vec::new();
    let needs_machine = lacks_administration(&granted, context);
    if !missing.is_empty() || needs_machine {
        notes.push(why_api_scopes_are_missing(&missing, &asked, context));
    }
    if asked_no_scope_of_the_api(&asked, &granted, context) {
        notes.push(why_no_api_scope(context));
    }
    if context.grant.is_machine() {
        notes.extend(why_no_person(&Scopes::of(personal)));
    } else if asked.contains("offline_access") && !context.refreshable {
        notes.push(why_no_refresh_token(context));
    }
    ScopeReport { asked, granted, missing, notes, needs_machine }
}

/// Whether a person's token for the Management API is limited to that person's own account.
fn lacks_administration(granted: &Granted, context: LoginContext<'_>) -> bool {
    let Granted::Known(granted) = granted else { return false };
    !context.grant.is_machine()
        && is_management_api(context.audience)
        && granted
            .iter()
            .all(|scope| OPENID_CONNECT.contains(&scope) || scope.contains(":current_user"))
}

/// Whether a person signed in for one of the tenant's own APIs without requesting a scope of it.
fn asked_no_scope_of_the_api(asked: &Scopes, granted: &Granted, context: LoginContext<'_>) -> bool {
    let Granted::Known(granted) = granted else { return false };
    !context.grant.is_machine()
        && !is_management_api(context.audience)
        && !asked.is_empty()
        && asked.iter().chain(granted.iter()).all(|scope| OPENID_CONNECT.contains(&scope))
}

fn why_no_api_scope(context: LoginContext<'_>) -> Note {
    Note {
        what: format!("no scope of {} was asked for", context.audience),
        hint: hint!(
            "if the API checks scopes, ask for them: `{} --add-scope SCOPE`",
            login(context)
        ),
    }
}

fn why_api_scopes_are_missing(missing: &Scopes, asked: &Scopes, context: LoginContext<'_>) -> Note {
    let LoginContext { grant, audience, .. } = context;
    let login = login(context);
    let management = is_management_api(audience);
    if grant.is_machine() {
        let api = foreign(if management { "Auth0 Management API" } else { audience }).shown();
        return Note {
            what: format!(
                "the application's client grant for {audience} does not include {missing}"
            ),
            hint: hint!(
                "tick them under Applications → APIs → {} → Machine to Machine Applications, then \
                 run `{} --client-credentials`",
                api,
                login
            ),
        };
    }
    if management {
        return Note {
            what:
                "most tenants grant a person only the current_user scopes of the Management API, \
                   even if others are asked for"
                    .to_owned(),
            hint: machine_steps(asked, context),
        };
    }
    Note {
        what: format!("{audience} does not define them, or this person does not have them"),
        hint: hint!(
            "an administrator can add them under Applications → APIs → {} → Permissions and, where \
             RBAC is on, give them under User Management; then run `{}`",
            foreign(audience).shown(),
            login
        ),
    }
}

/// How to sign in as a machine-to-machine application, with one step per line.
fn machine_steps(asked: &Scopes, context: LoginContext<'_>) -> Hint {
    let machine = machine_login(context);
    let page = match context.applications_page {
        Some(page) => hint!("at {}", foreign(page).shown()),
        None => "in the dashboard under Applications → Applications".into(),
    };
    let scopes = asked.iter().filter(|scope| !OPENID_CONNECT.contains(scope));
    let scopes: Vec<_> = scopes
        .filter(|scope| !scope.contains("current_user"))
        .map(|s| foreign(s).shown())
        .collect();
    let scopes = match scopes.is_empty() {
        true => "read:clients".into(),
        false => hint!("{}", Shown::join(scopes, " ")),
    };
    hint!(
        "1. create an application of type Machine to Machine {}\n\
         2. authorize it for the Auth0 Management API ({}) and tick what the work needs, at least: {}\n\
         3. copy its client ID and its secret from its Settings page, and sign in; you are asked for \
         the secret, which is not shown: `{} --client-id ITS-ID --client-credentials --save-secret`\n\
         4. see that it works: `auth0-clients list`\n\
         or bring a token from the dashboard (Applications → APIs → Auth0 Management API → \
         API Explorer): `{} --with-token`",
        page,
        foreign(context.audience).shown(),
        scopes,
        machine,
        machine
    )
}

fn why_no_person(missing: &Scopes) -> Option<Note> {
    (!missing.is_empty()).then(|| Note {
        what: format!("{missing} not granted: with client credentials no person signs in"),
        hint: "leave them out of --scope".into(),
    })
}

fn why_no_refresh_token(context: LoginContext<'_>) -> Note {
    let audience = context.audience;
    let login = login(context);
    if is_management_api(audience) {
        return Note {
            what: "no refresh token: the Management API does not allow offline access, so this \
                   login lasts until its token expires"
                .to_owned(),
            hint: hint!("then run `{}`", login),
        };
    }
    Note {
        what: "no refresh token although offline_access was asked for, so this login lasts until \
               its token expires"
            .to_owned(),
        hint: hint!(
            "turn on Applications → APIs → {} → Settings → Allow Offline Access, and Refresh Token \
             under Applications → your app → Settings → Advanced → Grant Types; then run `{}`",
            foreign(audience).shown(),
            login
        ),
    }
}

fn login(context: LoginContext<'_>) -> Hint {
    match context.profile {
        Some(profile) => {
            hint!("auth0-login --profile {}", foreign(profile).in_command("NAME"))
        }
        None => "auth0-login".into(),
    }
}

/// The beginning of the command that signs in as a machine into a new profile and makes it the
/// current one.
fn machine_login(context: LoginContext<'_>) -> Hint {
    let (domain, profile) = context.new_profile.unwrap_or(("YOUR-DOMAIN", "NEW-NAME"));
    let command = hint!(
        "auth0-login --use --profile {} --domain {}",
        foreign(profile).in_command("NEW-NAME"),
        foreign(domain).in_command("YOUR-DOMAIN")
    );
    let audience = context.audience;
    let default = [format!("https://{domain}/api/v2/"), format!("http://{domain}/api/v2/")];
    if default.iter().any(|default| default == audience) {
        command
    } else {
        hint!("{} --audience {}", command, foreign(audience).in_command("AUDIENCE"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANAGEMENT: &str = "https://acme.eu.auth0.com/api/v2/";

    fn context(grant: GrantType, audience: &str) -> LoginContext<'_> {
        LoginContext {
            grant,
            audience,
            refreshable: false,
            profile: None,
            new_profile: None,
            applications_page: None,
        }
    }

    fn known(text: &str) -> Granted {
        Granted::Known(Scopes::of([text]))
    }

    #[test]
    fn a_complete_grant_has_no_notes() {
        let report = report(
            Scopes::of(["openid read:clients"]),
            known("openid read:clients read:users"),
            context(GrantType::AuthorizationCode, MANAGEMENT),
        );
        assert!(report.missing.is_empty() && report.notes.is_empty());
    }

    #[test]
    fn a_person_at_the_management_api_is_sent_to_client_credentials() {
        let report = report(
            Scopes::of(["openid offline_access read:clients read:current_user"]),
            known("openid read:current_user"),
            LoginContext {
                profile: Some("work"),
                new_profile: Some(("acme.eu.auth0.com", "acme-admin")),
                ..context(GrantType::AuthorizationCode, MANAGEMENT)
            },
        );
        assert_eq!(report.missing.to_string(), "read:clients");
        assert_eq!(report.notes.len(), 2);
        assert!(report.notes[0].what.contains("current_user"));
        for command in ["--client-id ITS-ID --client-credentials --save-secret`", "--with-token`"] {
            let new = "`auth0-login --use --profile acme-admin --domain acme.eu.auth0.com";
            let command = format!("{new} {command}");
            assert!(report.notes[0].hint.as_str().contains(&command), "{command}");
        }
        assert!(report.notes[1].what.starts_with("no refresh token"));
    }

    #[test]
    fn a_person_without_administrative_scopes_is_told() {
        let person = context(GrantType::DeviceCode, MANAGEMENT);
        for granted in
            ["", "openid profile", "openid read:current_user update:current_user_metadata"]
        {
            let report = report(Scopes::of(["openid"]), known(granted), person);
            assert!(report.missing.is_empty());
            assert!(report.notes[0].hint.as_str().contains("--client-credentials"), "{granted}");
        }
        let asked = Scopes::of(["openid"]);
        let administrator = report(asked.clone(), known("openid read:clients"), person);
        assert!(administrator.notes.is_empty());
        // For other APIs, the note is about the scopes to request.
        let own = context(GrantType::DeviceCode, "https://api.example.com");
        let notes = report(asked, known("openid"), own).notes;
        assert_eq!(notes.len(), 1);
        assert!(notes[0].hint.as_str().contains("--add-scope"), "{notes:?}");
    }

    #[test]
    fn the_machines_command_names_another_audience_as_one_word_of_a_shell() {
        for (audience, named) in [
            (MANAGEMENT, None),
            (
                "https://other.eu.auth0.com/api/v2/",
                Some("--audience https://other.eu.auth0.com/api/v2/ "),
            ),
            ("https://a;b/api/v2/", Some("--audience \"https://a;b/api/v2/\" ")),
            ("https://$(id)/api/v2/", Some("--audience AUDIENCE ")),
        ] {
            let person = LoginContext {
                new_profile: Some(("acme.eu.auth0.com", "m")),
                ..context(GrantType::AuthorizationCode, audience)
            };
            let report = report(Scopes::of(["read:clients"]), known("openid"), person);
            let hint = report.notes[0].hint.as_str();
            match named {
                Some(named) => assert!(hint.contains(named), "{audience}: {hint}"),
                None => assert!(!hint.contains("--audience"), "{audience}: {hint}"),
            }
        }
    }

    #[test]
    fn a_machine_is_sent_to_its_client_grant() {
        let report = report(
            Scopes::of(["openid read:clients offline_access"]),
            known("read:users"),
            context(GrantType::ClientCredentials, MANAGEMENT),
        );
        assert_eq!(report.missing.to_string(), "read:clients");
        assert!(report.notes[0].what.contains("client grant"));
        assert!(report.notes[1].what.starts_with("openid offline_access not granted"));
        assert_eq!(report.notes.len(), 2, "there is no note about refresh tokens");
    }

    #[test]
    fn missing_offline_access_for_other_apis_names_the_settings() {
        let asked = Scopes::of(["openid offline_access read:orders"]);
        let own = context(GrantType::DeviceCode, "https://api.example.com");
        let without = report(asked.clone(), known("openid read:orders"), own);
        assert!(without.missing.is_empty());
        assert!(without.notes[0].hint.as_str().contains("Allow Offline Access"));
        let with = LoginContext { refreshable: true, ..own };
        assert!(report(asked, known("openid read:orders"), with).notes.is_empty());
    }

    #[test]
    fn an_api_without_requested_scopes_gets_a_placeholder() {
        let own = context(GrantType::AuthorizationCode, "https://api.example.com");
        let own = LoginContext { refreshable: true, ..own };
        let report = report(Scopes::of(["openid offline_access"]), known("openid"), own);
        assert!(report.notes[0].hint.as_str().ends_with("--add-scope SCOPE`"), "{report:?}");
    }

    #[test]
    fn unknown_grants_are_not_reported_as_missing() {
        let report = report(
            Scopes::of(["read:clients"]),
            Granted::Unknown,
            context(GrantType::AuthorizationCode, MANAGEMENT),
        );
        assert!(report.missing.is_empty() && report.notes.is_empty());
    }
}
