//! Compares a token with the request for it. A tenant may issue a token for another API, and drops
//! scopes silently.

use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::oauth::scope::{Scopes, is_management_api, missing};
use crate::profile::StoredToken;
use crate::profile::store::Store;
use crate::profile::suggest::AdminProfile;

/// An API, and the scopes that a token for it must have.
#[derive(Debug)]
pub struct RequiredApi {
    /// The API's identifier.
    pub audience: String,
    /// Scopes that the token must have.
    pub scope: Scopes,
}

/// Checks that a token is for an API.
///
/// # Errors
/// Refused if it is for another API, or has no audience.
pub(super) fn check_audience(
    api: &RequiredApi,
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
    Err(Error::new(ErrorKind::Refused, message)
        .code("wrong_audience")
        .hint(requester.api_hint(api)))
}

/// Checks that all requested scopes were granted.
///
/// # Errors
/// Refused if a scope is missing.
pub(super) fn check_scopes(
    api: &RequiredApi,
    granted: &Scopes,
    requester: Requester<'_>,
) -> Result<(), Error> {
    let lacking = missing(&api.scope, granted);
    if lacking.is_empty() {
        return Ok(());
    }
    let names = Shown::join(lacking.iter().map(|scope| foreign(scope).shown()), " ");
    let audience = foreign(&api.audience).shown();
    Err(Error::new(ErrorKind::Refused, format!("the token for {audience} has no scope {names}"))
        .code("missing_scope")
        .hint(match requester {
            Requester::GivenToken => "put a token with these scopes into AUTH0_ACCESS_TOKEN, or use a profile: --profile NAME",
            Requester::Machine => "have the scopes added to the application's client grant (Applications → APIs → the API → Machine to Machine Applications)",
            Requester::Person { .. } => "have the scopes added to refresh_token.policies of the application, or sign in with auth0-login --add-scope",
        }))
}

/// Who requests a token for another API. This decides which setting must allow it.
#[derive(Clone, Copy)]
pub(super) enum Requester<'a> {
    /// The user of the token in `AUTH0_ACCESS_TOKEN`.
    GivenToken,
    /// An application. Its client grants must allow the API.
    Machine,
    /// A person. The application's refresh token policies must allow the API.
    Person { login: &'a StoredToken, store: &'a Store },
}

impl Requester<'_> {
    /// The hint that names the setting to change for a token for the API.
    fn api_hint(self, api: &RequiredApi) -> Hint {
        let Self::Person { login, store } = self else {
            return "--audience must be exactly the Identifier of the API (Applications → APIs)"
                .into();
        };
        let admin = store.admin_profile(&login.domain);
        let audience = foreign(&api.audience).in_command("API");
        match admin {
            AdminProfile::Existing(name) if is_management_api_of(login, &api.audience) => hint!(
                "only a machine can get a token for the Management API as a second API: auth0-token --profile {} --audience {}",
                name,
                audience
            ),
            AdminProfile::New(name) if is_management_api_of(login, &api.audience) => hint!(
                "only a machine can get a token for the Management API as a second API: auth0-login --profile {} --domain {} --client-id MACHINE-CLIENT-ID --client-credentials --save-secret",
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

    /// Adds a hint to the error of a refresh for another API. If the tenant refused the API and not
    /// the refresh token, the hint names the setting to change.
    pub(super) fn with_policy_hint(self, api: &RequiredApi, error: Error) -> Error {
        let about_api = ["access_denied", "invalid_target", "invalid_scope", "unauthorized_client"];
        match about_api.contains(&error.code_text()) {
            true => error.hint(self.api_hint(api)),
            false => error,
        }
    }
}

/// Whether an audience is the Management API of the tenant that issued a token. At a custom domain,
/// the audience still has the tenant's canonical domain.
fn is_management_api_of(token: &StoredToken, audience: &str) -> bool {
    let canonical = audience.strip_suffix("/api/v2/").is_some_and(|at| at.ends_with(".auth0.com"));
    audience == token.domain.management_audience() || canonical && is_management_api(audience)
}
