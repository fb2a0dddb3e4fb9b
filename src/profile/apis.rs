//! Tokens for further APIs of the same login: `[tokens."https://api.example.com"]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use super::{Endpoints, ParseError, StoredToken, domain};
use crate::base::secret::Secret;
use crate::base::time;

/// One of these tables, before its values are checked.
#[derive(Deserialize)]
pub(super) struct ApiTokenTable {
    access_token: Secret,
    expires_at: Datetime,
    #[serde(default)]
    scope: Vec<String>,
    domain: String,
    client_id: String,
}

/// Checks the tables. Returns the tokens by audience.
pub(super) fn validate(
    tables: BTreeMap<String, ApiTokenTable>,
) -> Result<BTreeMap<String, StoredToken>, ParseError> {
    let stored = |audience: &str, file: ApiTokenTable| {
        Ok(StoredToken {
            domain: domain("tokens: domain", &file.domain)?,
            expires_at: time::from_toml(&file.expires_at)
                .ok_or_else(|| ParseError::key("tokens: expires_at", "not a date and a time"))?,
            access_token: file.access_token,
            token_type: "Bearer".to_owned(),
            scope: file.scope,
            refresh_token: None,
            id_token: None,
            audience: audience.to_owned(),
            client_id: file.client_id,
            endpoints: Endpoints::default(),
        })
    };
    tables
        .into_iter()
        .map(|(audience, file)| stored(&audience, file).map(|token| (audience, token)))
        .collect()
}
