//! The part of Lucene's query syntax that searches of users and logs support.

use serde_json::Value;

use crate::state::Object;

/// A parsed query.
#[derive(Debug)]
pub(super) enum Query {
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    /// A field (`None` for a bare term) and the condition for its value.
    Term(Option<String>, Pattern),
}

#[derive(Debug)]
pub(super) enum Pattern {
    /// Text in which `*` stands for anything.
    Text(String),
    /// A range: both ends, and whether each is included. `*` is open.
    Range(String, String, bool, bool),
}

/// Parses a query.
///
/// # Errors
/// A message that says what is malformed.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let mut words = Words { rest: text.trim() };
    let query = words.any(None, 0)?;
    match words.rest.is_empty() {
        true => Ok(query),
        false => Err(format!("unexpected text: {}", words.rest)),
    }
}

struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    fn skip(&mut self, text: &str) -> bool {
        let word = self.rest.strip_prefix(text).filter(|after| {
            !text.ends_with(char::is_alphabetic)
                || after.starts_with([' ', '('])
                || after.is_empty()
        });
        let found = word.is_some();
        self.rest = word.unwrap_or(self.rest).trim_start();
        found
    }

    fn any(&mut self, field: Option<&str>, depth: usize) -> Result<Query, String> {
        let mut parts = vec![self.all(field, depth)?];
        while self.skip("OR") {
            parts.push(self.all(field, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Query::Any(parts) })
    }

    fn all(&mut self, field: Option<&str>, depth: usize) -> Result<Query, String> {
        let mut parts = vec![self.one(field, depth)?];
        loop {
            let joined = self.skip("AND");
            let ended = self.rest.is_empty() || self.rest.starts_with([')']);
            let or = self.rest.starts_with("OR ") || self.rest.starts_with("OR(");
            if !joined && (ended || or) {
                break;
            }
            parts.push(self.one(field, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Query::All(parts) })
    }

    fn one(&mut self, field: Option<&str>, depth: usize) -> Result<Query, String> {
        if depth > 20 {
            return Err("the query is nested too deeply".to_owned());
        }
        if self.skip("NOT") || self.skip("-") {
            return Ok(Query::Not(Box::new(self.one(field, depth + 1)?)));
        }
        if self.skip("(") {
            let inner = self.any(field, depth + 1)?;
            return if self.skip(")") {
                Ok(inner)
            } else {
                Err("a parenthesis is open".to_owned())
            };
        }
        if let (Some(open), Some(end)) =
            (self.rest.chars().next().filter(|c| "[{".contains(*c)), self.rest.find([']', '}']))
        {
            let (from, to) = self.rest[1..end].split_once(" TO ").ok_or("a range lacks TO")?;
            let pattern = Pattern::Range(
                from.trim().trim_matches('"').to_owned(),
                to.trim().trim_matches('"').to_owned(),
                open == '[',
                self.rest[end..].starts_with(']'),
            );
            self.rest = self.rest[end + 1..].trim_start();
            return Ok(Query::Term(field.map(str::to_owned), pattern));
        }
        if let Some(quoted) = self.rest.strip_prefix('"') {
            let end = quoted.find('"').ok_or("a quotation mark is open")?;
            let pattern = Pattern::Text(quoted[..end].to_owned());
            self.rest = quoted[end + 1..].trim_start();
            return Ok(Query::Term(field.map(str::to_owned), pattern));
        }
        let end = self.rest.find([' ', ')', '(']).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        if word.is_empty() {
            return Err("a term is missing".to_owned());
        }
        if field.is_none()
            && let Some(colon) = word.find(':')
        {
            let name = word[..colon].to_owned();
            self.rest = self.rest[colon + 1..].trim_start();
            return self.one(Some(&name), depth + 1);
        }
        let pattern = Pattern::Text(word.replace('\\', ""));
        self.rest = self.rest[end..].trim_start();
        Ok(Query::Term(field.map(str::to_owned), pattern))
    }
}

impl Query {
    /// Every field that the query names.
    pub(super) fn fields(&self) -> Vec<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
            Self::Not(part) => part.fields(),
            Self::Term(field, _) => field.as_deref().into_iter().collect(),
        }
    }

    /// Whether a row matches. Bare terms search the fields in `bare`. Case is ignored unless
    /// `exact`.
    pub(super) fn fits(&self, row: &Object, bare: &[&str], exact: bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(row, bare, exact)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(row, bare, exact)),
            Self::Not(part) => !part.fits(row, bare, exact),
            Self::Term(Some(field), pattern) if field == "_exists_" => match pattern {
                Pattern::Text(name) => !values(row, name).is_empty(),
                Pattern::Range(..) => false,
            },
            Self::Term(Some(field), pattern) => {
                values(row, field).iter().any(|value| pattern.fits(value, exact))
            }
            Self::Term(None, pattern) => bare
                .iter()
                .any(|field| values(row, field).iter().any(|value| pattern.fits(value, exact))),
        }
    }
}

/// The values at a dotted path, including those in the items of lists.
fn values(row: &Object, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    let mut visit = |value: &Value| match (rest, value) {
        (Some(rest), Value::Object(inner)) => found.extend(values(inner, rest)),
        (None, Value::String(text)) => found.push(text.clone()),
        (None, Value::Null) | (Some(_), _) => {}
        (None, other) => found.push(other.to_string()),
    };
    match row.get(first) {
        Some(Value::Array(items)) => items.iter().for_each(&mut visit),
        Some(value) => visit(value),
        None => {}
    }
    found
}

impl Pattern {
    fn fits(&self, value: &str, exact: bool) -> bool {
        let folded = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
        match self {
            Self::Text(pattern) => like(&folded(pattern), &folded(value)),
            Self::Range(from, to, with_from, with_to) => {
                let lower = from == "*"
                    || value > from.as_str()
                    || *with_from && value.starts_with(from.as_str());
                let upper =
                    to == "*" || value < to.as_str() || *with_to && value.starts_with(to.as_str());
                lower && upper
            }
        }
    }
}

/// Whether a text matches a pattern with `*`.
fn like(pattern: &str, text: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
