//! Scopes: what was asked for, what was granted, and why the two differ.

use std::fmt;

use super::token::GrantType;
use crate::error::Error;

/// The most scopes kept in one list; the whole Management API has fewer than 300.
const MAX_SCOPES: usize = 1000;

/// The scopes of OpenID Connect Core §5.4 and §11. They speak of the person and the session, not of
/// an API.
const OPENID_CONNECT: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "offline_access",
];

/// A list of scopes: each once, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads scopes as people and servers write them: apart by white space or commas, in one text
    /// or several. At most 1000 are kept.
    pub fn of<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut scopes = Self::default();
        for text in texts {
            for scope in text
                .as_ref()
                .split(|c: char| c == ',' || c.is_whitespace())
                .filter(|scope| !scope.is_empty())
            {
                if scopes.0.len() == MAX_SCOPES {
                    return scopes;
                }
                scopes.add(scope);
            }
        }
        scopes
    }

    /// [`Scopes::of`], for what a person set: a character that RFC 6749 §3.3 does not allow in a
    /// scope is a usage error.
    pub fn asked<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let scopes = Self::of(texts);
        let allowed = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\');
        if let Some(bad) = scopes.0.iter().find(|scope| !scope.bytes().all(allowed)) {
            return Err(Error::usage(format!("{bad:?} is not a scope"))
                .hint("scopes are words such as read:clients, apart by spaces or commas"));
        }
        Ok(scopes)
    }

    /// Adds one, unless it is there.
    pub fn add(&mut self, scope: &str) {
        if !self.contains(scope) {
            self.0.push(scope.to_owned());
        }
    }

    /// Adds those of another list that are not there yet.
    pub fn extend(&mut self, others: &Self) {
        for scope in others.iter() {
            self.add(scope);
        }
    }

    /// Whether a scope is in the list. Scopes are case-sensitive (RFC 6749 §3.3).
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// The scopes, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Apart by one space, as `scope` parameters have it.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// What a tenant granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// These scopes: the response named them, else the access token does.
    Known(Scopes),
    /// Neither says.
    Unknown,
}

/// The scopes asked for that are not among those granted, in the order asked.
pub fn missing(asked: &Scopes, granted: &Scopes) -> Scopes {
    Scopes(
        asked
            .iter()
            .filter(|scope| !granted.contains(scope))
            .map(str::to_owned)
            .collect(),
    )
}

/// Whether an audience is Auth0's Management API: `https://HOST/api/v2/`.
pub fn is_management_api(audience: &str) -> bool {
    let host = audience
        .strip_prefix("https://")
        .or_else(|| audience.strip_prefix("http://"))
        .and_then(|rest| rest.strip_suffix("/api/v2/"));
    host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
}

/// The login a report is about.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// How the token was obtained.
    pub grant: GrantType,
    /// The API it is for.
    pub audience: &'a str,
    /// Whether a refresh token came with it.
    pub refreshable: bool,
    /// The profile, where the commands named must say which.
    pub profile: Option<&'a str>,
}

/// Asked, granted and missing, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// As asked for.
    pub asked: Scopes,
    /// As granted.
    pub granted: Granted,
    /// The API's scopes that were asked for and not granted. Empty where the tenant does not say.
    /// OpenID Connect's own scopes are spoken of in the notes.
    pub missing: Scopes,
    /// Why, in order of importance.
    pub notes: Vec<Note>,
}

/// One reason, with its remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What is so, and why.
    pub what: String,
    /// The command to run, or the setting to change.
    pub hint: String,
}

/// Compares what was asked for with what came. An empty `asked` means "all there is" (client
/// credentials), so nothing is missing then.
pub fn report(asked: Scopes, granted: Granted, situation: Situation<'_>) -> Report {
    let (missing, mut notes) = match &granted {
        Granted::Unknown => (Scopes::default(), Vec::new()),
        Granted::Known(granted) => {
            let (identity, api): (Vec<_>, Vec<_>) = missing(&asked, granted)
                .0
                .into_iter()
                .partition(|scope| OPENID_CONNECT.contains(&scope.as_str()));
            let api = Scopes(api);
            let mut notes = Vec::new();
            if !api.is_empty() {
                notes.push(why_api_scopes_are_missing(&api, situation));
            }
            // Whether `offline_access` was granted is told by the refresh token, below.
            let identity = Scopes::of(identity.iter().filter(|scope| *scope != "offline_access"));
            if !identity.is_empty() && situation.grant.is_machine() {
                notes.push(Note {
                    what: format!(
                        "{identity} speak of a person, and client credentials sign nobody in"
                    ),
                    hint: "leave them out of --scope".to_owned(),
                });
            }
            (api, notes)
        }
    };
    if asked.contains("offline_access") && !situation.refreshable {
        notes.extend(why_no_refresh_token(situation));
    }
    Report {
        asked,
        granted,
        missing,
        notes,
    }
}

fn why_api_scopes_are_missing(missing: &Scopes, situation: Situation<'_>) -> Note {
    let Situation {
        grant, audience, ..
    } = situation;
    let login = login(situation);
    let management = is_management_api(audience);
    if grant.is_machine() {
        let api = if management {
            "Auth0 Management API"
        } else {
            audience
        };
        return Note {
            what: format!("the application's client grant for {audience} does not hold {missing}"),
            hint: format!(
                "tick them under Applications → APIs → {api} → Machine to Machine Applications, \
                 then run `{login} --client-credentials`"
            ),
        };
    }
    if management {
        return Note {
            what: format!(
                "{missing} not granted: for the Management API the tenant's policies give a \
                 person's token the current_user scopes at most, whatever is asked for"
            ),
            hint: format!(
                "sign in as a machine-to-machine application that has a client grant for \
                 {audience}: `{login} --client-credentials`; or bring a token from the dashboard \
                 (Applications → APIs → Auth0 Management API → API Explorer): `{login} --with-token`"
            ),
        };
    }
    Note {
        what: format!(
            "{missing} not granted: {audience} does not define them, or this person does not have \
             them"
        ),
        hint: format!(
            "an administrator can add them under Applications → APIs → {audience} → Permissions \
             and, where RBAC is on, give them under User Management; then run `{login}`"
        ),
    }
}

fn why_no_refresh_token(situation: Situation<'_>) -> Option<Note> {
    let Situation {
        grant, audience, ..
    } = situation;
    let login = login(situation);
    if grant.is_machine() {
        return None; // RFC 6749 §4.4.3: there is none, and none is needed
    }
    Some(if is_management_api(audience) {
        Note {
            what: "no refresh token: the Management API does not allow offline access, so this \
                   login lasts until its token expires"
                .to_owned(),
            hint: format!("run `{login}` again then"),
        }
    } else {
        Note {
            what: "no refresh token although offline_access was asked for, so this login lasts \
                   until its token expires"
                .to_owned(),
            hint: format!(
                "turn on Applications → APIs → {audience} → Settings → Allow Offline Access, and \
                 Refresh Token under Applications → your app → Settings → Advanced → Grant Types; \
                 then run `{login}`"
            ),
        }
    })
}

fn login(situation: Situation<'_>) -> String {
    match situation.profile {
        Some(profile) => format!("auth0-login --profile {profile}"),
        None => "auth0-login".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANAGEMENT: &str = "https://acme.eu.auth0.com/api/v2/";

    fn situation(grant: GrantType, audience: &str) -> Situation<'_> {
        Situation {
            grant,
            audience,
            refreshable: false,
            profile: None,
        }
    }

    fn known(text: &str) -> Granted {
        Granted::Known(Scopes::of([text]))
    }

    #[test]
    fn lists_keep_order_and_drop_repeats() {
        let scopes = Scopes::of([
            "openid profile,read:clients",
            " ,openid\tread:clients\n",
            "",
        ]);
        assert_eq!(scopes.to_string(), "openid profile read:clients");
        let mut more = Scopes::of(["b"]);
        more.extend(&Scopes::of(["a b c"]));
        assert_eq!(more.to_string(), "b a c");
        assert_eq!(
            missing(&Scopes::of(["c A b"]), &Scopes::of(["a b"])).to_string(),
            "c A"
        );
    }

    #[test]
    fn a_flood_of_scopes_is_cut() {
        let flood: String = (0..100_000).map(|n| format!("{n} ")).collect();
        assert_eq!(Scopes::of([flood]).len(), MAX_SCOPES);
    }

    #[test]
    fn asked_scopes_are_checked() {
        assert!(Scopes::asked(["read:clients https://api.example/x!"]).is_ok());
        for bad in ["a\"b", "a\\b", "é", "a\u{1b}b"] {
            assert!(Scopes::asked([bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn management_api() {
        assert!(is_management_api(MANAGEMENT));
        assert!(is_management_api("http://127.0.0.1:4400/api/v2/"));
        for other in [
            "https://acme.eu.auth0.com/api/v2",
            "https://api.example.com",
            "https:///api/v2/",
            "https://a/b/api/v2/",
            "urn:x/api/v2/",
        ] {
            assert!(!is_management_api(other), "{other}");
        }
    }

    #[test]
    fn nothing_missing_nothing_said() {
        let report = report(
            Scopes::of(["openid read:clients"]),
            known("openid read:clients read:users"),
            situation(GrantType::AuthorizationCode, MANAGEMENT),
        );
        assert!(report.missing.is_empty() && report.notes.is_empty());
    }

    #[test]
    fn a_person_at_the_management_api_is_sent_to_client_credentials() {
        let report = report(
            Scopes::of(["openid offline_access read:clients read:current_user"]),
            known("openid read:current_user"),
            Situation {
                profile: Some("work"),
                ..situation(GrantType::AuthorizationCode, MANAGEMENT)
            },
        );
        assert_eq!(report.missing.to_string(), "read:clients");
        assert_eq!(report.notes.len(), 2);
        assert!(report.notes[0].what.contains("current_user"));
        for command in ["--client-credentials`", "--with-token`"] {
            let command = format!("`auth0-login --profile work {command}");
            assert!(report.notes[0].hint.contains(&command), "{command}");
        }
        assert!(report.notes[1].what.starts_with("no refresh token"));
    }

    #[test]
    fn a_machine_is_sent_to_its_client_grant() {
        let report = report(
            Scopes::of(["openid read:clients offline_access"]),
            known("read:users"),
            situation(GrantType::ClientCredentials, MANAGEMENT),
        );
        assert_eq!(report.missing.to_string(), "read:clients");
        assert!(report.notes[0].what.contains("client grant"));
        assert!(report.notes[1].what.starts_with("openid"));
        assert_eq!(report.notes.len(), 2, "no word of refresh tokens");
    }

    #[test]
    fn offline_access_at_an_api_of_their_own_names_the_settings() {
        let asked = Scopes::of(["openid offline_access read:orders"]);
        let own = situation(GrantType::DeviceCode, "https://api.example.com");
        let without = report(asked.clone(), known("openid read:orders"), own);
        assert!(without.missing.is_empty());
        assert!(without.notes[0].hint.contains("Allow Offline Access"));
        let with = Situation {
            refreshable: true,
            ..own
        };
        assert!(
            report(asked, known("openid read:orders"), with)
                .notes
                .is_empty()
        );
    }

    #[test]
    fn silence_is_not_refusal() {
        let report = report(
            Scopes::of(["read:clients"]),
            Granted::Unknown,
            situation(GrantType::AuthorizationCode, MANAGEMENT),
        );
        assert!(report.missing.is_empty() && report.notes.is_empty());
    }
}
