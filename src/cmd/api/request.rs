//! From what was typed to a request: method, path, query, headers, body.

mod body;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::complete;
use super::prepared::Prepared;
use crate::base::domain::Domain;
use crate::base::error::Error;
use crate::base::text::foreign;
use crate::cmd::options::key_value;
use crate::hint;
use crate::management::body::Field;
use crate::management::catalog::{self, Method};
use crate::term::Io;

/// Headers that are not the user's to set: they say who asks, of whom, and how long the body is.
const OURS: [&str; 9] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
];

/// What a call is made of.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub(super) struct Typed {
    /// What to call: GET unless a method stands first (POST with a body). Each VALUE fills a
    /// {placeholder} of the path, in order
    #[arg(value_name = "METHOD] PATH [VALUE", add = ArgValueCompleter::new(complete::words))]
    pub(super) words: Vec<String>,

    /// Fill a {placeholder} of the path by its name
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = key_value)]
    pub(super) param: Vec<(String, String)>,

    /// Add a query parameter
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub(super) query: Vec<(String, String)>,

    /// Send this JSON; @FILE reads it from a file, - from stdin
    #[arg(short, long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub(super) data: Option<String>,

    /// Set a field of the JSON body, over --data where both are given: a.b=VALUE nests, a[]=VALUE
    /// appends. VALUE has the type that the API documents for the field (see auth0-api describe);
    /// for other fields it is JSON if it parses as JSON, else a string
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = Field::parse, add = ArgValueCompleter::new(complete::fields))]
    pub(super) field: Vec<Field>,

    /// Send a multipart form with this field; @FILE sends a file
    #[arg(short = 'F', long, value_name = "NAME=@FILE", value_parser = key_value, conflicts_with_all = ["data", "field"])]
    pub(super) form: Vec<(String, String)>,

    /// Add a header
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = header)]
    pub(super) header: Vec<(String, String)>,
}

impl Typed {
    /// Reads files and stdin as told, and checks all that can be checked before sending.
    pub(super) fn prepare(&self, io: &Io) -> Result<Prepared, Error> {
        let CallTarget { method, domain, template, path, query } = self.target()?;
        let (found, near) = match catalog::find(method, &template) {
            Some(found) if found.has_word_as_id() => (None, Some(found.operation)),
            found => (found.map(|found| found.operation), None),
        };
        let mut headers = self.header.clone();
        let body = self.body(method, found.as_ref(), body::content_type(&mut headers)?, io)?;
        let query = query.into_iter().chain(self.query.iter().cloned()).collect();
        Ok(Prepared { method, path, query, headers, body, domain, operation: found, near })
    }

    fn has_body(&self) -> bool {
        self.data.is_some() || !self.field.is_empty() || !self.form.is_empty()
    }

    fn target(&self) -> Result<CallTarget, Error> {
        let (method, words) = match self.words.split_first() {
            Some((first, rest)) if Method::parse(first).is_some() => (Method::parse(first), rest),
            _ => (None, &self.words[..]),
        };
        let Some((typed, values)) = words.split_first() else {
            return Err(Error::usage("which path? Nothing says what to call")
                .hint("auth0-api GET /clients; auth0-api list shows them all"));
        };
        if method.is_none() && !values.is_empty() && looks_like_a_method(typed) {
            return Err(Error::usage("this is not a method of the Management API")
                .hint("it has GET, POST, PUT, PATCH and DELETE"));
        }
        let default = if self.has_body() { Method::Post } else { Method::Get };
        let method = method.unwrap_or(default);
        let (domain, typed) = address(typed)?;
        let (template, query) = typed.split_once('?').unwrap_or((typed, ""));
        let path = catalog::request_path(&self.fill(method, template, values)?)?.path;
        let template = template.to_owned();
        Ok(CallTarget {
            method,
            domain,
            template,
            path,
            query: catalog::query_pairs(query).collect(),
        })
    }

    /// Puts the values into the placeholders: `-p` by name, the others in order.
    fn fill(&self, method: Method, template: &str, values: &[String]) -> Result<String, Error> {
        let names: Vec<&str> = catalog::placeholders(template).collect();
        if let Some((name, _)) = self.param.iter().find(|(name, _)| !names.contains(&name.as_str()))
        {
            return Err(Error::usage(format!("{template} has no placeholder {{{name}}}"))
                .hint("write the placeholder into the path where its value belongs"));
        }
        let mut in_order = values.iter();
        let mut chosen = Vec::with_capacity(names.len());
        for name in &names {
            let named = self.param.iter().find(|(named, _)| named == name).map(|(_, value)| value);
            let Some(value) = named.or_else(|| in_order.next()) else {
                return Err(Error::usage(format!("nothing fills {{{name}}} in {template}")).hint(
                    hint!(
                        "give it a value: auth0-api {} {} -p {}=VALUE",
                        method.as_str(),
                        foreign(template).in_command("PATH"),
                        foreign(name).in_command("NAME")
                    ),
                ));
            };
            chosen.push(value.as_str());
        }
        if in_order.next().is_some() {
            return Err(Error::usage("the path has no place for so many values")
                .hint("values behind the path fill its {placeholders}; -q KEY=VALUE is a query parameter, -f KEY=VALUE a field of the body"));
        }
        catalog::fill(template, chosen)
    }
}

struct CallTarget {
    method: Method,
    domain: Option<Domain>,
    /// The path as it was typed, placeholders included.
    template: String,
    path: String,
    query: Vec<(String, String)>,
}

/// Takes an address apart: the tenant, where there is one, and what stands behind it.
fn address(typed: &str) -> Result<(Option<Domain>, &str), Error> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        typed.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    let Some(scheme) = scheme else { return Ok((None, typed)) };
    let rest = &typed[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let domain = Domain::parse(&typed[..scheme.len() + end])?;
    let path = &rest[end..];
    if !path.starts_with("/api/v2/") {
        return Err(Error::usage(format!("this address is not below {}/api/v2/", domain.origin()))
            .hint("auth0-api only calls the Management API; for another API: curl -H \"$(auth0-token --header)\""));
    }
    Ok((Some(domain), path))
}

fn looks_like_a_method(word: &str) -> bool {
    word.len() <= 10 && word.bytes().all(|b| b.is_ascii_uppercase())
}

/// `NAME: VALUE`, where the name is a token (RFC 9110 §5.6.2) and the value cannot leave its line.
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write it as 'NAME: VALUE'")?;
    let (name, value) = (name.trim(), value.trim());
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        return Err("a header's name is made of letters, digits and dashes".to_owned());
    }
    if !value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b)) {
        return Err("a header's value is printable ASCII".to_owned());
    }
    if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
        return Err(match name.to_ascii_lowercase().as_str() {
            "authorization" => "the token is the profile's; choose another with --profile, or set AUTH0_ACCESS_TOKEN".to_owned(),
            _ => format!("{name} is set by auth0-api itself"),
        });
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Typed, address, header};
    use crate::management::catalog::Method;

    fn typed(words: &[&str]) -> Typed {
        Typed { words: words.iter().map(ToString::to_string).collect(), ..Typed::default() }
    }

    #[test]
    fn method_and_path_are_told_apart() {
        for (words, method, path) in [
            (&["clients"][..], Method::Get, "/clients"),
            (&["/api/v2/clients/"], Method::Get, "/clients"),
            (&["get", "/clients"], Method::Get, "/clients"),
            (&["Delete", "users/auth0|123"], Method::Delete, "/users/auth0%7C123"),
            (&["users/auth0%7C123"], Method::Get, "/users/auth0%7C123"),
            (&["/users/{id}/roles", "auth0|a/b"], Method::Get, "/users/auth0%7Ca%2Fb/roles"),
            (&["https://ACME.eu.auth0.com/api/v2/clients"], Method::Get, "/clients"),
        ] {
            let target = typed(words).target().unwrap();
            assert_eq!((target.method, target.path.as_str()), (method, path), "{words:?}");
        }
    }

    #[test]
    fn a_body_makes_it_a_post() {
        let mut with_body = typed(&["/clients"]);
        with_body.data = Some("{}".to_owned());
        assert_eq!(with_body.target().unwrap().method, Method::Post);
        with_body.words.insert(0, "PATCH".to_owned());
        assert_eq!(with_body.target().unwrap().method, Method::Patch);
    }

    #[test]
    fn placeholders_take_values_by_name_and_in_order() {
        let mut both = typed(&["/organizations/{id}/members/{user_id}/roles", "org_1"]);
        both.param = vec![("user_id".to_owned(), "google-oauth2|1".to_owned())];
        let path = both.target().unwrap().path;
        assert_eq!(path, "/organizations/org_1/members/google-oauth2%7C1/roles");
        both.param[0].0 = "nope".to_owned();
        assert!(both.target().is_err());
    }

    #[test]
    fn a_query_in_the_path_is_taken_along() {
        let target = typed(&["/users?q=email%3A%22a%40b%22&page=1"]).target().unwrap();
        assert_eq!(target.path, "/users");
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(target.query, [pair("q", "email:\"a@b\""), pair("page", "1")]);
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for words in [
            &[][..],
            &["GET"],
            &["HEAD", "/clients"],
            &["/clients/.."],
            &["/clients/%2e%2E/users"],
            &["/clients/{id}", ".."],
            &["/clients/{id}", ""],
            &["/clients/{id}"],
            &["/clients", "extra"],
            &["//evil.example/api/v2/clients"],
            &["ftp://acme.eu.auth0.com/api/v2/clients"],
            &["https://acme.eu.auth0.com/oauth/token"],
            &["https://acme.eu.auth0.com"],
            &["http://acme.eu.auth0.com/api/v2/clients"],
            &["https://user:pw@acme.eu.auth0.com/api/v2/clients"],
        ] {
            assert!(typed(words).target().is_err(), "{words:?}");
        }
        let (domain, path) = address("https://evil.example/api/v2/clients").unwrap();
        assert_eq!(domain.unwrap().authority(), "evil.example", "the caller compares it");
        assert_eq!(path, "/api/v2/clients");
    }

    #[test]
    fn headers_stay_headers() {
        assert_eq!(header("X-A:  b c ").unwrap(), ("X-A".to_owned(), "b c".to_owned()));
        for text in [
            "nope",
            ": x",
            "A B: x",
            "X: a\r\nY: b",
            "authorization: Bearer x",
            "HOST: evil.example",
            "Cookie: a=b",
            "content-length: 0",
            "Transfer-Encoding: chunked",
        ] {
            assert!(header(text).is_err(), "{text:?}");
        }
    }
}
