//! Compares a token with what was asked for. A tenant may answer with a token for another API, and
//! drops scopes silently.

use crate::base::error::{Error, Kind};
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::oauth::scope::{Scopes, is_management_api, missing};
use crate::profile::StoredToken;
use crate::profile::store::Store;
use crate::profile::suggest::AdminProfile;

/// An API, and the scopes that a token for it must have.
#[derive(Debug)]
pub struct Api {
    /// Its identifier.
    pub audience: String,
    /// Scopes that the token must have.
    pub scope: Scopes,
}

/// Checks that a token is for an API.
///
/// # Errors
/// Refused if it is for another API, or if it does not name one.
pub(super) fn check_audience(
    api: &Api,
    audiences: &[&str],
    requester: Requester<'_>,
) -> Result<(), Error> {
    if audiences.contains(&api.audience.as_str()) {
        return Ok(());
    }
    let wanted = foreign(&api.audience).shown();
    let message = match audiences {
        [] => format!("the tenant's token does not say that it is for {wanted}"),
        _ => {
            let named = audiences.iter().take(3).map(|audience| foreign(audience).shown());
            let named = Shown::join(named, " and ");
            format!("the tenant gave a token for {named}, not for {wanted}")
        }
    };
    Err(Error::new(Kind::Refused, message).code("wrong_audience").hint(requester.api_hint(api)))
}

/// Checks that the granted scopes include all that were asked for.
///
/// # Errors
/// Refused if one is missing.
pub(super) fn check_scopes(
    api: &Api,
    granted: &Scopes,
    requester: Requester<'_>,
) -> Result<(), Error> {
    let lacking = missing(&api.scope, granted);
    if lacking.is_empty() {
        return Ok(());
    }
    let names = Shown::join(lacking.iter().map(|scope| foreign(scope).shown()), " ");
    let audience = foreign(&api.audience).shown();
    Err(Error::new(Kind::Refused, format!("the token for {audience} has no scope {names}"))
        .code("missing_scope")
        .hint(match requester {
            Requester::GivenToken => "put a token with these scopes into AUTH0_ACCESS_TOKEN, or use a profile: --profile NAME",
            Requester::Machine => "have the scopes added to the application's client grant (Applications → APIs → the API → Machine to Machine Applications)",
            Requester::Person { .. } => "have the scopes added to refresh_token.policies of the application, or sign in with auth0-login --add-scope",
        }))
}

/// Who asks for a token of a further API: it decides which setting allows that.
#[derive(Clone, Copy)]
pub(super) enum Requester<'a> {
    /// Whoever has set `AUTH0_ACCESS_TOKEN`.
    GivenToken,
    /// An application, by its client grants.
    Machine,
    /// A person, by the application's policies of refresh tokens.
    Person { login: &'a StoredToken, store: &'a Store },
}

impl Requester<'_> {
    /// What allows a token for the API.
    fn api_hint(self, api: &Api) -> Hint {
        let Self::Person { login, store } = self else {
            return "--audience must be the Identifier of the API, letter by letter (Applications → APIs)".into();
        };
        let admin = store.admin_profile(&login.domain);
        let audience = foreign(&api.audience).in_command("API");
        match admin {
            AdminProfile::Existing(name) if is_management_api_of(login, &api.audience) => hint!(
                "only a machine gets a token for the Management API beside another login: auth0-token --profile {} --audience {}",
                name,
                audience
            ),
            AdminProfile::New(name) if is_management_api_of(login, &api.audience) => hint!(
                "only a machine gets a token for the Management API beside another login: auth0-login --profile {} --domain {} --client-id MACHINE-CLIENT-ID --client-credentials --save-secret",
                name,
                login.domain
            ),
            AdminProfile::Existing(name) => hint!(
                "an administrator has to list this API in refresh_token.policies of the application; a machine's profile shows them: auth0-api clients/{} -q fields=refresh_token --profile {}",
                foreign(&login.client_id).in_command("CLIENT-ID"),
                name
            ),
            AdminProfile::New(name) => hint!(
                "an administrator has to list this API in refresh_token.policies of the application\nsign in as a machine to see them: auth0-login --profile {} --domain {} --client-id MACHINE-CLIENT-ID --client-credentials --save-secret\nthen: auth0-api clients/{} -q fields=refresh_token --profile {}",
                name,
                login.domain,
                foreign(&login.client_id).in_command("CLIENT-ID"),
                name
            ),
        }
    }

    /// The error of a refresh for another API. If the tenant refuses the API, and not the refresh
    /// token, the hint says which setting allows it.
    pub(super) fn with_policy_hint(self, api: &Api, error: Error) -> Error {
        let about_api = ["access_denied", "invalid_target", "invalid_scope", "unauthorized_client"];
        match about_api.contains(&error.code_text()) {
            true => error.hint(self.api_hint(api)),
            false => error,
        }
    }
}

/// Whether an audience is the Management API of the tenant that issued a token. With a custom
/// domain, the audience has the tenant's own domain.
fn is_management_api_of(token: &StoredToken, audience: &str) -> bool {
    let canonical = audience.strip_suffix("/api/v2/").is_some_and(|at| at.ends_with(".auth0.com"));
    audience == token.domain.management_audience() || canonical && is_management_api(audience)
}
