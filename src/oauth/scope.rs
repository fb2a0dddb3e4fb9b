//! Lists of scopes (RFC 6749 §3.3).

use std::fmt;

use crate::base::error::Error;

/// The most scopes in a list. The Management API has fewer than 300.
const MAX_SCOPES: usize = 1000;

/// A list of scopes without repeats, in their original order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads scopes from one or several texts, separated by white space or commas. At most 1000 are
    /// kept.
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

    /// Like [`Scopes::of`], for scopes that a person typed. Usage error if a scope has a character
    /// that RFC 6749 §3.3 does not allow.
    pub fn parse_request<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let scopes = Self::of(texts);
        let allowed = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\');
        if !scopes.0.iter().all(|scope| scope.bytes().all(allowed)) {
            return Err(Error::usage("a scope contains invalid characters")
                .hint("scopes are words such as read:clients, separated by spaces or commas"));
        }
        Ok(scopes)
    }

    /// Adds a scope, unless it is already in the list.
    pub fn add(&mut self, scope: &str) {
        if !self.contains(scope) {
            self.0.push(scope.to_owned());
        }
    }

    /// Adds the scopes of another list that are not in this one.
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

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of scopes.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Separated by one space, as in `scope` parameters.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// The scopes that a tenant granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// These scopes, according to the response or else the access token.
    Known(Scopes),
    /// Neither the response nor the token names them.
    Unknown,
}

/// The requested scopes that were not granted, in the order of the request.
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
    fn long_lists_are_cut() {
        let flood: String = (0..100_000).map(|n| format!("{n} ")).collect();
        assert_eq!(Scopes::of([flood]).len(), MAX_SCOPES);
    }

    #[test]
    fn invalid_characters_are_refused_in_requested_scopes() {
        assert!(Scopes::parse_request(["read:clients https://api.example/x!"]).is_ok());
        for bad in ["a\"b", "a\\b", "é", "a\u{1b}b"] {
            assert!(Scopes::parse_request([bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_management_api_is_recognized() {
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
