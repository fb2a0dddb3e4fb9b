//! Lists of scopes (RFC 6749 §3.3).

use std::fmt;

use crate::base::error::Error;

/// The most scopes kept in one list; the whole Management API has fewer than 300.
const MAX_SCOPES: usize = 1000;

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
        if !scopes.0.iter().all(|scope| scope.bytes().all(allowed)) {
            return Err(Error::usage("a scope has characters that no scope can have")
                .hint("scopes are words such as read:clients, separated by spaces or commas"));
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
    Scopes(asked.iter().filter(|scope| !granted.contains(scope)).map(str::to_owned).collect())
}

/// Whether an audience is Auth0's Management API: `https://HOST/api/v2/`.
pub fn is_management_api(audience: &str) -> bool {
    let host = audience
        .strip_prefix("https://")
        .or_else(|| audience.strip_prefix("http://"))
        .and_then(|rest| rest.strip_suffix("/api/v2/"));
    host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_order_and_drop_repeats() {
        let scopes = Scopes::of(["openid profile,read:clients", " ,openid\tread:clients\n", ""]);
        assert_eq!(scopes.to_string(), "openid profile read:clients");
        let mut more = Scopes::of(["b"]);
        more.extend(&Scopes::of(["a b c"]));
        assert_eq!(more.to_string(), "b a c");
        assert_eq!(missing(&Scopes::of(["c A b"]), &Scopes::of(["a b"])).to_string(), "c A");
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
        assert!(is_management_api("https://acme.eu.auth0.com/api/v2/"));
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
}
