//! What the API's clients and connections have in common, and what tells them apart.

use crate::management::change::Object;
use crate::management::known;

/// A kind of thing that the API lists, shows, creates, updates and deletes.
#[derive(Debug)]
pub struct Resource {
    /// One of them, in a sentence.
    pub singular: &'static str,
    /// Several.
    pub plural: &'static str,
    /// The binary that works with them.
    pub command: &'static str,
    /// Below `/api/v2`: the list; with `/ID` behind it, one of them.
    pub path: &'static str,
    /// The key that holds a list's rows.
    pub key: &'static str,
    /// The field that holds the ID.
    pub id: &'static str,
    /// Whether a text may be an ID, so that asking for it is worth a request.
    pub may_be_id: fn(&str) -> bool,
    /// Whether a text has the exact form of the IDs that Auth0 issues, so that it can be used as an
    /// ID although the token may not look it up.
    pub is_issued_id: fn(&str) -> bool,
    /// Whether the list can be asked for one exact name.
    pub finds_names: bool,
    /// Top-level fields that hold nothing but secrets: not asked for.
    pub secrets: &'static [&'static str],
    /// Objects in which a null, sent, deletes a field.
    pub keep_null: &'static [&'static str],
    /// Fields that an update must send back if they are set, or the API resets them.
    pub sent_back: &'static [&'static str],
    /// Fields that the API alone sets: a document with them was shown by it.
    pub read_only: &'static [&'static str],
    /// Fields that are set for good when it is created.
    pub fixed: &'static [&'static str],
    /// Objects whose values are strings, whatever they look like: `tier=1` means `"1"`.
    pub text_values: &'static [&'static str],
    /// Its documented top-level fields.
    pub fields: &'static [&'static str],
    /// When a read shows too little to merge a nested change with.
    pub seen: Seen,
}

/// How a read tells that the token may not see what a nested change would be merged with: sending
/// it would delete what is hidden.
#[derive(Debug)]
pub struct Seen {
    /// For a change inside this field; of any object without.
    pub inside: Option<&'static str>,
    /// Whether what was read shows enough.
    pub enough: fn(&Object) -> bool,
    /// What lets a token see it.
    pub scope: &'static str,
}

/// What the scope `read:client_summary` shows of a client.
const SUMMARY: [&str; 5] = ["client_id", "name", "app_type", "description", "tenant"];

/// The tenant's applications.
pub static CLIENTS: Resource = Resource {
    singular: "client",
    plural: "clients",
    command: "auth0-clients",
    path: "/clients",
    key: "clients",
    id: "client_id",
    // Issued ones have 32 letters and digits; older and imported ones differ.
    may_be_id: |text| {
        text.len() >= 20
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    },
    is_issued_id: |text| text.len() == 32 && text.bytes().all(|b| b.is_ascii_alphanumeric()),
    finds_names: false,
    secrets: &["client_secret", "encryption_key", "signing_keys"],
    keep_null: &["client_metadata"],
    sent_back: &[],
    read_only: &["client_id", "tenant", "global", "callback_url_template"],
    fixed: &[],
    text_values: &["client_metadata"],
    fields: &known::CLIENT_FIELDS,
    seen: Seen {
        inside: None,
        enough: |client| client.keys().any(|key| !SUMMARY.contains(&key.as_str())),
        scope: "read:clients",
    },
};

/// The tenant's connections.
pub static CONNECTIONS: Resource = Resource {
    singular: "connection",
    plural: "connections",
    command: "auth0-connections",
    path: "/connections",
    key: "connections",
    id: "id",
    may_be_id: |text| {
        text.strip_prefix("con_")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
    },
    is_issued_id: |text| {
        text.strip_prefix("con_")
            .is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
    },
    finds_names: true,
    secrets: &[],
    keep_null: &[],
    sent_back: &["display_name"],
    read_only: &["id", "provisioning_ticket_url"],
    fixed: &["name", "strategy"],
    text_values: &["metadata"],
    fields: &known::CONNECTION_FIELDS,
    seen: Seen {
        inside: Some("options"),
        enough: |connection| connection.contains_key("options"),
        scope: "read:connections_options",
    },
};

impl Resource {
    /// The API's path of one of them.
    pub fn path_of(&self, id: &str) -> String {
        format!("{}/{}", self.path, crate::base::url::encoded(id))
    }

    /// Whether a list that asks for these top-level fields shows each row's ID and name.
    pub fn shows_names(&self, wanted: Option<&[String]>) -> bool {
        wanted.is_none_or(|wanted| {
            [self.id, "name"].iter().all(|needed| wanted.iter().any(|field| field == needed))
        })
    }

    /// The `fields` parameters for what will be shown: the top level of `wanted`, or everything; in
    /// either case without the secrets unless they are revealed.
    pub fn fields(
        &self,
        wanted: Option<&[String]>,
        reveal_secrets: bool,
    ) -> crate::management::Query {
        let pair = |key: &str, value: String| (key.to_owned(), value);
        match wanted {
            Some(wanted) => {
                let asked = |field: &&str| reveal_secrets || !self.secrets.contains(field);
                let mut fields: Vec<_> = wanted.iter().map(String::as_str).filter(asked).collect();
                if fields.is_empty() {
                    // No field at all would mean every field.
                    fields.push(self.id);
                }
                vec![pair("fields", fields.join(",")), pair("include_fields", "true".to_owned())]
            }
            None if reveal_secrets || self.secrets.is_empty() => Vec::new(),
            None => vec![
                pair("fields", self.secrets.join(",")),
                pair("include_fields", "false".to_owned()),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_names() {
        for id in ["abcdefghijklmnopqrstuvwxyzABCDEF", "tpc_0123456789abcdefghij"] {
            assert!((CLIENTS.may_be_id)(id), "{id}");
        }
        for name in ["My App", "spa", "..", "an application with spaces in it"] {
            assert!(!(CLIENTS.may_be_id)(name), "{name}");
        }
        assert!((CONNECTIONS.may_be_id)("con_0123456789abcdef"));
        for name in ["con_", "con_/..", "google-oauth2", ".."] {
            assert!(!(CONNECTIONS.may_be_id)(name), "{name}");
        }
    }

    #[test]
    fn only_issued_ids_are_used_unseen() {
        assert!((CLIENTS.is_issued_id)("abcdefghijklmnopqrstuvwxyzABCDEF"));
        assert!((CONNECTIONS.is_issued_id)("con_0123456789abcdef"));
        for name in
            ["my-production-billing-app", "tpc_0123456789abcdefghij", "con_0123456789abcdef"]
        {
            assert!(!(CLIENTS.is_issued_id)(name), "{name}");
        }
        for name in ["con_0123", "con_0123456789abcde-", "0123456789abcdef"] {
            assert!(!(CONNECTIONS.is_issued_id)(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_not_asked_for() {
        let query = |wanted: Option<&[String]>, reveal| {
            CLIENTS
                .fields(wanted, reveal)
                .into_iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join("&")
        };
        assert_eq!(
            query(None, false),
            "fields=client_secret,encryption_key,signing_keys&include_fields=false"
        );
        assert_eq!(query(None, true), "");
        let wanted = ["client_id".to_owned(), "name".to_owned()];
        assert_eq!(query(Some(&wanted), false), "fields=client_id,name&include_fields=true");
        let wanted = ["client_secret".to_owned(), "name".to_owned()];
        assert_eq!(query(Some(&wanted), false), "fields=name&include_fields=true");
        assert_eq!(query(Some(&wanted), true), "fields=client_secret,name&include_fields=true");
        assert_eq!(query(Some(&wanted[..1]), false), "fields=client_id&include_fields=true");
    }
}
