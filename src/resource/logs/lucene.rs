//! The part of Lucene's query syntax that Auth0's log search understands, evaluated on this side:
//! reading by checkpoint cannot search.
//!
//! Case counts, and fields are compared whole unless there is a `*`, as in Auth0's search. Two terms
//! without `AND` or `OR` between them are refused, because Auth0 does not document what they mean.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::output::rawjson::{self, Finder, ValueType};

/// The fields of Auth0's log search, one per line; `*` marks those that a term without a field looks
/// into. Auth0 refuses other fields.
const FIELDS: &str = include_str!("../../../data/log-search-fields.txt");

/// Maximum depth of parentheses and `NOT`.
const MAX_DEPTH: usize = 20;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LuceneQuery(Node);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// The field, or `None` for a term without one, and what its value must be like.
    Term(Option<&'static str>, Pattern),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// The pieces between the `*`s of a text.
    Text(Vec<String>),
    Range {
        from: Bound,
        to: Bound,
    },
}

/// One end of a range. No text is an open end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    text: Option<String>,
    inclusive: bool,
}

impl LuceneQuery {
    /// Parses a query.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { rest: text.trim() };
        let node = parser.any(None, 0)?;
        match parser.rest.chars().next() {
            None => Ok(Self(node)),
            Some(')') => Err("a closing parenthesis has no opening one".to_owned()),
            Some(_) => Err("write AND or OR between two terms".to_owned()),
        }
    }

    /// Whether an event (JSON text) fits.
    pub fn fits(&self, row: &str) -> bool {
        self.0.fits(row)
    }
}

struct Parser<'q> {
    rest: &'q str,
}

impl Parser<'_> {
    /// Takes an operator or a bracket if it is next.
    fn skip(&mut self, word: &str) -> bool {
        let Some(after) = self.rest.strip_prefix(word) else { return false };
        let is_word = word.ends_with(char::is_alphabetic);
        if is_word && !after.is_empty() && !after.starts_with([' ', '(', '"']) {
            return false;
        }
        self.rest = after.trim_start();
        true
    }

    fn any(&mut self, field: Option<&'static str>, depth: usize) -> Result<Node, String> {
        let mut parts = vec![self.all(field, depth)?];
        while self.skip("OR") || self.skip("||") {
            parts.push(self.all(field, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Any(parts) })
    }

    fn all(&mut self, field: Option<&'static str>, depth: usize) -> Result<Node, String> {
        let mut parts = vec![self.one(field, depth)?];
        while self.skip("AND") || self.skip("&&") {
            parts.push(self.one(field, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::All(parts) })
    }

    fn one(&mut self, field: Option<&'static str>, depth: usize) -> Result<Node, String> {
        if depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        if self.skip("NOT") || self.skip("!") || self.skip("-") {
            return Ok(Node::Not(Box::new(self.one(field, depth + 1)?)));
        }
        if self.skip("(") {
            let inner = self.any(field, depth + 1)?;
            return if self.skip(")") {
                Ok(inner)
            } else if self.rest.is_empty() {
                Err("a parenthesis is not closed".to_owned())
            } else {
                Err("write AND or OR between two terms".to_owned())
            };
        }
        if self.rest.starts_with(['[', '{']) {
            return Ok(Node::Term(field, self.range()?));
        }
        if self.rest.starts_with('"') {
            return Ok(Node::Term(field, Pattern::Text(vec![self.phrase()?])));
        }
        let end = self.rest.find([' ', ')', '(', ':', '"']).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        if let (None, Some(value)) = (field, after.strip_prefix(':')) {
            let known = searchable().find(|known| *known == word);
            let known = known.ok_or_else(|| {
                let all: Vec<_> = searchable().collect();
                format!("a field cannot be searched; those that can: {}", all.join(", "))
            })?;
            self.rest = value.trim_start();
            return self.one(Some(known), depth + 1);
        }
        // An IPv6 address has colons of its own.
        let end = self.rest.find([' ', ')', '(', '"']).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        if word.is_empty() || matches!(word, "AND" | "OR" | "NOT") {
            return Err("a term is missing".to_owned());
        }
        self.rest = after.trim_start();
        Ok(Node::Term(field, Pattern::Text(word.split('*').map(unescaped).collect())))
    }

    fn phrase(&mut self) -> Result<String, String> {
        let body = self.rest.get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = body.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.ok_or("a quotation mark is not closed")?;
        let (inner, after) = body.split_at(end);
        self.rest = after.get(1..).unwrap_or_default().trim_start();
        Ok(unescaped(inner))
    }

    fn range(&mut self) -> Result<Pattern, String> {
        let malformed = || "a range must be like [A TO B] or {A TO B}".to_owned();
        let end = self.rest.find([']', '}']).ok_or_else(malformed)?;
        let (from, to) = self
            .rest
            .get(1..end)
            .and_then(|inner| inner.split_once(" TO "))
            .ok_or_else(malformed)?;
        let bound = |text: &str, inclusive| {
            let text = text.trim();
            let text = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
            let text = Some(text).filter(|text| *text != "*").map(unescaped);
            Bound { text, inclusive }
        };
        let from = bound(from, self.rest.starts_with('['));
        let to = bound(to, self.rest[end..].starts_with(']'));
        self.rest = self.rest.get(end + 1..).unwrap_or_default().trim_start();
        Ok(Pattern::Range { from, to })
    }
}

fn searchable() -> impl Iterator<Item = &'static str> {
    FIELDS.lines().map(|line| line.trim_end_matches('*'))
}

/// The fields that a term without a field looks into.
fn bare() -> impl Iterator<Item = &'static str> {
    FIELDS.lines().filter_map(|line| line.strip_suffix('*'))
}

/// Text without Lucene's backslashes.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

impl Node {
    fn fits(&self, row: &str) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(row)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(row)),
            Self::Not(part) => !part.fits(row),
            Self::Term(Some(field), pattern) => pattern.fits_field(row, field),
            Self::Term(None, pattern) => bare().any(|field| pattern.fits_field(row, field)),
        }
    }
}

impl Pattern {
    fn fits_field(&self, row: &str, field: &str) -> bool {
        let Some((_, value)) = Finder::new(row).find(field) else { return false };
        let text = match rawjson::kind(value) {
            ValueType::String => rawjson::string(value),
            ValueType::Null | ValueType::Object | ValueType::Array => return false,
            ValueType::Number | ValueType::Bool => Cow::Borrowed(value),
        };
        self.fits(&text, field == "date")
    }

    fn fits(&self, value: &str, is_date: bool) -> bool {
        match self {
            Self::Text(pieces) => like(pieces, value),
            Self::Range { from, to } => {
                // `2026-11-24` stands for the whole day.
                let at = |bound: &str| value == bound || is_date && value.starts_with(bound);
                from.text
                    .as_deref()
                    .is_none_or(|text| if at(text) { from.inclusive } else { value > text })
                    && to
                        .text
                        .as_deref()
                        .is_none_or(|text| if at(text) { to.inclusive } else { value < text })
            }
        }
    }
}

/// Whether a text consists of the pieces, with anything between them.
fn like(pieces: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|piece| piece == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}
