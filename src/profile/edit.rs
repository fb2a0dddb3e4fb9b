//! Edits a profile's text. Comments, order and unknown keys are kept.

use toml_edit::{Array, DocumentMut, Item, Table, TomlError, Value, value};

use super::{ParseError, Profile, Settings, StoredToken, User, without_quoted_value};
use crate::base::domain::Domain;
use crate::base::secret::Secret;
use crate::base::time;

/// A profile's text that can be edited.
pub struct Document(DocumentMut);

impl Document {
    /// An empty profile.
    pub fn new() -> Self {
        Self(DocumentMut::new())
    }

    /// Parses a profile's text, for its settings and for edits.
    ///
    /// # Errors
    /// The same as [`Profile::parse`].
    pub fn parse(text: &str) -> Result<(Self, Profile), ParseError> {
        let profile = Profile::parse(text)?;
        // The editor accepts texts that the parser refuses, such as a number that is too large.
        let document = text.parse().map_err(|e: TomlError| {
            ParseError::at(text, e.span(), without_quoted_value(e.message()))
        })?;
        Ok((Self(document), profile))
    }

    /// Sets a setting to a string. A comment on its line is kept.
    pub fn set(&mut self, key: &str, text: &str) {
        self.put(key, text.into());
    }

    /// Sets a setting to true or false.
    pub fn set_bool(&mut self, key: &str, value: bool) {
        self.put(key, value.into());
    }

    /// Sets a setting to a list of strings.
    pub fn set_list(&mut self, key: &str, items: &[String]) {
        self.put(key, Value::Array(array(items)));
    }

    /// Removes a setting. Returns whether it was set.
    pub fn unset(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// Writes the token of a new login, and removes the earlier login's tokens for other APIs.
    pub fn set_login(&mut self, token: &StoredToken, user: Option<&User>) {
        self.clear("tokens");
        self.set_token(token, user);
    }

    /// Writes a token of the same login for another API.
    pub fn set_api_token(&mut self, token: &StoredToken) {
        let tables = self.table("tokens");
        if tables.is_empty() {
            // Only the tables inside get a header.
            tables.set_implicit(true);
        }
        put_access(table_in(tables, &token.audience), token);
    }

    /// Writes the token, and the user if a person signed in. Comments and unknown keys in these
    /// tables are kept, and tokens for other APIs too.
    pub fn set_token(&mut self, token: &StoredToken, user: Option<&User>) {
        let table = self.table("token");
        put_access(table, token);
        let exposed = |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned());
        put_or_remove(table, "refresh_token", exposed(&token.refresh_token).as_deref());
        put_or_remove(table, "id_token", exposed(&token.id_token).as_deref());
        put(table, "audience", token.audience.as_str().into());
        put_or_remove(table, "token_endpoint", token.endpoints.token.as_deref());
        put_or_remove(table, "revocation_endpoint", token.endpoints.revocation.as_deref());
        match user {
            Some(user) => {
                let table = self.table("user");
                put(table, "sub", user.sub.as_str().into());
                put_or_remove(table, "name", user.name.as_deref());
                put_or_remove(table, "email", user.email.as_deref());
            }
            None => {
                self.0.remove("user");
            }
        }
    }

    /// Writes which tenant and application a saved secret or key is for. It is never sent to
    /// another.
    pub fn bind_credential(&mut self, domain: &Domain, client_id: &str) {
        let table = self.table("credential");
        put(table, "domain", domain.to_string().into());
        put(table, "client_id", client_id.into());
    }

    /// Does the same for a profile that has a credential but does not say what it is for.
    /// `settings` are the profile's own.
    pub fn bind_old_credential(&mut self, settings: &Settings) {
        if let (Some(domain), Some(client_id)) = (&settings.domain, &settings.client_id)
            && settings.saves_credential()
            && !self.0.contains_key("credential")
        {
            self.bind_credential(domain, client_id);
        }
    }

    /// Removes a saved secret or key and its related settings, except those named in `keep`.
    /// Returns whether there was a secret or a key.
    pub fn drop_credential(&mut self, keep: &[&str]) -> bool {
        let mut unset = |key: &str| !keep.contains(&key) && self.unset(key);
        let had_one = [unset("client_secret"), unset("private_key")].contains(&true);
        unset("key_id");
        unset("signing_alg");
        self.clear("credential");
        had_one
    }

    /// Removes the tokens and the user. The settings are kept. Returns whether there was a token.
    pub fn clear_token(&mut self) -> bool {
        let had_token = [self.clear("token"), self.clear("tokens")].contains(&true);
        self.clear("user");
        had_token
    }

    /// Removes a table and the tables in it. Comments above them move to the document's end.
    fn clear(&mut self, key: &str) -> bool {
        let Some(item) = self.0.remove(key) else { return false };
        let inner = item.as_table().into_iter().flat_map(Table::iter).map(|(_, item)| item);
        for table in std::iter::once(&item).chain(inner).filter_map(Item::as_table) {
            let above = table.decor().prefix().and_then(|prefix| prefix.as_str());
            if let Some(above) = above.filter(|text| text.contains('#')) {
                let end = self.0.trailing().as_str().unwrap_or_default();
                self.0.set_trailing(format!("{end}{above}"));
            }
        }
        true
    }

    /// The table with this name. An inline table or another value is replaced by a table with a
    /// header.
    fn table(&mut self, key: &str) -> &mut Table {
        table_in(self.0.as_table_mut(), key)
    }

    fn put(&mut self, key: &str, new: Value) {
        put(self.0.as_table_mut(), key, new);
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn table_in<'t>(parent: &'t mut Table, key: &str) -> &'t mut Table {
    let item = parent.entry(key).or_insert_with(|| Item::Table(Table::new()));
    if !item.is_table() {
        let table = match std::mem::take(item) {
            Item::Value(Value::InlineTable(inline)) => inline.into_table(),
            _ => Table::new(),
        };
        *item = Item::Table(table);
    }
    item.as_table_mut().expect("made a table above")
}

/// Writes the keys that every stored token has.
fn put_access(table: &mut Table, token: &StoredToken) {
    put(table, "access_token", token.access_token.expose().into());
    put(table, "token_type", token.token_type.as_str().into());
    let expires_at = time::rfc3339(token.expires_at);
    put(
        table,
        "expires_at",
        Value::from(expires_at.parse::<toml_edit::Datetime>().expect("our own RFC 3339")),
    );
    put(table, "scope", Value::Array(array(&token.scope)));
    put(table, "domain", token.domain.to_string().into());
    put(table, "client_id", token.client_id.as_str().into());
}

/// Sets a value. White space and comments around the old one are kept.
fn put(table: &mut Table, key: &str, mut new: Value) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *new.decor_mut() = old.decor().clone();
        *old = new;
    } else {
        table.insert(key, value(new));
    }
}

fn put_or_remove(table: &mut Table, key: &str, new: Option<&str>) {
    match new {
        Some(text) => put(table, key, text.into()),
        None => {
            table.remove(key);
        }
    }
}

fn array(items: &[String]) -> Array {
    items.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::Document;
    use crate::base::domain::Domain;
    use crate::base::secret::Secret;
    use crate::profile::{Endpoints, Profile, StoredToken, User};

    const EDITED: &str = "# Production: ask before you touch it.\n\nclient_id = 'abc'   # the CLI\nunknown = [ 1,2 ]\ndomain = \"acme.eu.auth0.com\"\n";

    fn token(refresh: Option<&str>) -> StoredToken {
        StoredToken {
            access_token: Secret::new("AT \"quoted\" \n \\ ünï"),
            token_type: "Bearer".to_owned(),
            expires_at: 1_795_435_200,
            scope: vec!["read:clients".to_owned()],
            refresh_token: refresh.map(Secret::new),
            id_token: None,
            domain: Domain::parse("acme.eu.auth0.com").unwrap(),
            audience: "https://acme.eu.auth0.com/api/v2/".to_owned(),
            client_id: "abc".to_owned(),
            endpoints: Endpoints::default(),
        }
    }

    #[test]
    fn an_edit_error_has_a_line_and_column() {
        let error = Document::parse("a = 1\nx = 99999999999999999999\n").err().unwrap();
        assert_eq!(error.place, Some((2, 5)), "{error}");
    }

    #[test]
    fn a_token_is_added_and_removed_without_other_changes() {
        let (mut document, _) = Document::parse(EDITED).unwrap();
        let user =
            User { sub: "auth0|1".to_owned(), name: None, email: Some("a@b.example".to_owned()) };
        document.set_token(&token(Some("RT")), Some(&user));
        let with_token = document.to_string();
        assert!(with_token.starts_with(EDITED), "{with_token}");
        let read = Profile::parse(&with_token).unwrap();
        let stored = read.token.unwrap();
        assert_eq!(stored.access_token, token(None).access_token);
        assert_eq!(stored.expires_at, 1_795_435_200);
        assert_eq!(read.user, Some(user));

        document.set_token(&token(None), None);
        let read = Profile::parse(&document.to_string()).unwrap();
        assert!(
            read.token.unwrap().refresh_token.is_none(),
            "a token of another login leaves nothing behind"
        );
        assert!(read.user.is_none());

        assert!(document.clear_token());
        assert_eq!(document.to_string(), EDITED);
    }

    #[test]
    fn a_comment_above_a_removed_token_is_kept() {
        let text = format!(
            "{EDITED}\n# ask Ann\n[token]\naccess_token = \"x\"\nexpires_at = 2026-11-23T12:00:00Z\n\
             domain = \"a.b\"\naudience = \"c\"\nclient_id = \"d\"\n\n# who\n[user]\nsub = \"x\"\n# end\n"
        );
        let (mut document, _) = Document::parse(&text).unwrap();
        assert!(document.clear_token());
        let left = document.to_string();
        assert!(left.starts_with(EDITED), "{left}");
        for comment in ["# ask Ann\n", "# who\n", "# end\n"] {
            assert_eq!(left.matches(comment).count(), 1, "{left}");
        }
        document.set_token(&token(None), None);
        assert!(Profile::parse(&document.to_string()).unwrap().token.is_some());
        assert!(document.clear_token());
        assert_eq!(document.to_string(), left);
    }

    #[test]
    fn tokens_for_other_apis_end_with_the_login() {
        let (mut document, _) = Document::parse(EDITED).unwrap();
        document.set_login(&token(Some("RT")), None);
        for audience in ["https://api.example.com", "a \"b\" ]\n#"] {
            document
                .set_api_token(&StoredToken { audience: audience.to_owned(), ..token(Some("RT")) });
        }
        // A refresh keeps them.
        document.set_token(&token(Some("RT2")), None);
        let text = document.to_string();
        assert!(text.contains("\n[tokens.\"https://api.example.com\"]\n"), "{text}");
        let read = Profile::parse(&text).unwrap();
        assert_eq!(read.tokens.len(), 2);
        assert!(read.tokens["a \"b\" ]\n#"].refresh_token.is_none());
        let above = text.replace("\n[tokens.\"h", "\n# orders\n[tokens.\"h");
        let (mut document, _) = Document::parse(&above).unwrap();
        document.set_login(&token(None), None);
        assert!(Profile::parse(&document.to_string()).unwrap().tokens.is_empty());
        assert!(document.clear_token());
        assert_eq!(document.to_string().replace("\n# orders\n", ""), EDITED);
    }

    #[test]
    fn a_setting_keeps_the_comment_on_its_line() {
        let (mut document, _) = Document::parse(EDITED).unwrap();
        document.set("client_id", "xyz");
        assert!(document.to_string().contains("client_id = \"xyz\"   # the CLI\n"), "{document}");
        assert!(document.unset("unknown") && !document.unset("unknown"));
    }

    #[test]
    fn tables_in_any_spelling_take_a_token() {
        for text in [
            "token = { access_token = \"x\", expires_at = 2026-11-23T12:00:00Z, domain = \"a.b\", audience = \"c\", client_id = \"d\", mine = 1 }\n",
            "token.access_token = \"x\"\ntoken.expires_at = 2026-11-23T12:00:00Z\ntoken.domain = \"a.b\"\ntoken.audience = \"c\"\ntoken.client_id = \"d\"\ntoken.mine = 1\n",
        ] {
            let (mut document, _) = Document::parse(text).unwrap();
            document.set_token(&token(None), None);
            let written = document.to_string();
            assert_eq!(
                Profile::parse(&written).unwrap().token.unwrap().client_id,
                "abc",
                "{written}"
            );
            assert!(written.contains("mine"), "{written}");
        }
    }

    const SAVED: &str = "domain = \"acme.eu.auth0.com\"\nclient_id = \"abc\"\n\
                         private_key = \"PEM\"\nkey_id = \"k1\"\nsigning_alg = \"RS384\"\n";

    #[test]
    fn a_credential_is_bound_once_to_its_tenant_and_application() {
        let (mut document, profile) = Document::parse(SAVED).unwrap();
        document.bind_old_credential(&profile.settings);
        let bound = document.to_string();
        let table = "[credential]\ndomain = \"acme.eu.auth0.com\"\nclient_id = \"abc\"\n";
        assert!(bound.ends_with(table), "{bound}");

        // A later change of the settings does not move the credential to another tenant.
        let moved = bound.replacen("acme.eu", "evil.eu", 1);
        let (mut document, _) = Document::parse(&moved).unwrap();
        let (_, mut other) = Document::parse(SAVED).unwrap();
        other.settings.domain = Some(Domain::parse("evil.eu.auth0.com").unwrap());
        document.bind_old_credential(&other.settings);
        assert_eq!(document.to_string(), moved);

        let (mut document, profile) = Document::parse(EDITED).unwrap();
        document.bind_old_credential(&profile.settings);
        assert_eq!(document.to_string(), EDITED, "there is no credential to bind");
    }

    #[test]
    fn a_dropped_credential_leaves_nothing_behind() {
        let (mut document, profile) = Document::parse(SAVED).unwrap();
        document.bind_old_credential(&profile.settings);
        assert!(document.drop_credential(&[]));
        let left = "domain = \"acme.eu.auth0.com\"\nclient_id = \"abc\"\n";
        assert_eq!(document.to_string(), left);
        assert!(!document.drop_credential(&[]), "there is none any more");

        let (mut document, _) = Document::parse(SAVED).unwrap();
        assert!(!document.drop_credential(&["private_key", "key_id"]));
        let kept = document.to_string();
        assert!(kept.contains("private_key") && kept.contains("key_id"), "{kept}");
        assert!(!kept.contains("signing_alg"), "{kept}");
    }

    #[test]
    fn settings_of_every_type_are_written() {
        let mut document = Document::new();
        document.set_bool("protected", true);
        document.set_list("scopes", &["a".to_owned(), "b".to_owned()]);
        assert_eq!(document.to_string(), "protected = true\nscopes = [\"a\", \"b\"]\n");
    }
}
