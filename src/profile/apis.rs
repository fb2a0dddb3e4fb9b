//! Tokens for further APIs of the same login: `[tokens."https://api.example.com"]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use super::{Endpoints, ParseError, StoredToken, domain};
use crate::base::secret::Secret;
use crate::base::time;

/// One of the tables, as it is typed.
#[derive(Deserialize)]
pub(super) struct WireApiToken {
    access_token: Secret,
    expires_at: Datetime,
    #[serde(default)]
    scope: Vec<String>,
    domain: String,
    client_id: String,
}

/// The tokens by audience.
pub(super) fn validate(
    tables: BTreeMap<String, WireApiToken>,
) -> Result<BTreeMap<String, StoredToken>, ParseError> {
    let stored = |audience: &str, wire: WireApiToken| {
        Ok(StoredToken {
            domain: domain("tokens: domain", &wire.domain)?,
            expires_at: time::from_toml(&wire.expires_at)
                .ok_or_else(|| ParseError::key("tokens: expires_at", "not a date and a time"))?,
            access_token: wire.access_token,
            token_type: "Bearer".to_owned(),
            scope: wire.scope,
            refresh_token: None,
            id_token: None,
            audience: audience.to_owned(),
            client_id: wire.client_id,
            endpoints: Endpoints::default(),
        })
    };
    tables
        .into_iter()
        .map(|(audience, wire)| stored(&audience, wire).map(|token| (audience, token)))
        .collect()
}
