//! `--fields a,b.c`: selects parts of a row and their order.

use std::str::FromStr;

use crate::base::error::Error;
use crate::output::rawjson::{self, Finder, ValueType};

/// Dotted paths in the order of the option. Never empty.
///
/// `b.c` is the member `c` of the object `b`, `callbacks.0` is the first item of an array. A dot or
/// comma that belongs to a name is written `\.` or `\,`. Repeated paths count once.
///
/// JSON output keeps the nesting (`{"b":{"c":1}}`) and the order of the paths, and leaves out what
/// a row does not have. In a table, CSV or TSV each path is a column.
#[derive(Clone, Debug)]
pub struct Fields {
    paths: Vec<FieldPath>,
    tree: PathTree,
}

impl Fields {
    /// The names for the API's own `fields` parameter: the first part of each path, without
    /// repeats.
    pub fn top_level(&self) -> impl Iterator<Item = &str> {
        self.tree.parts.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn paths(&self) -> &[FieldPath] {
        &self.paths
    }

    /// Appends the selected parts of a row as compact JSON, or `{}` if the row has none of them.
    pub(super) fn push_selection(&self, row: &str, out: &mut String) {
        let start = out.len();
        if !self.tree.push(row, out) {
            out.truncate(start);
            out.push_str("{}");
        }
    }
}

impl FromStr for Fields {
    type Err = Error;

    /// Parses the text of `--fields`. Usage error if a path or a part of one is empty.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut fields = Self { paths: Vec::new(), tree: PathTree::default() };
        for text in split(text, ',') {
            let path = FieldPath::parse(text.trim())?;
            if fields.paths.iter().any(|known| known.parts == path.parts) {
                continue;
            }
            fields.tree.add(&path.parts);
            fields.paths.push(path);
        }
        Ok(fields)
    }
}

/// One dotted path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldPath {
    /// As the user wrote it. This is the heading of its column.
    pub(super) text: String,
    parts: Vec<String>,
}

/// The most parts of a path. Selection recurses over them, and Auth0's answers are much flatter.
const MAX_PARTS: usize = 32;

impl FieldPath {
    fn parse(text: &str) -> Result<Self, Error> {
        let parts: Vec<_> = split(text, '.').map(unescape).collect();
        if parts.iter().any(String::is_empty) || parts.len() > MAX_PARTS {
            return Err(Error::usage("invalid list of fields")
                .hint("name fields like --fields client_id,jwt_configuration.alg,callbacks.0"));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The path of a column that the program chose. Dots separate, and nothing is escaped.
    pub(super) fn of_column(path: &str) -> Self {
        Self { text: path.to_owned(), parts: path.split('.').map(str::to_owned).collect() }
    }

    /// The path of one member with any name.
    pub(super) fn of_key(key: String) -> Self {
        Self { text: key.clone(), parts: vec![key] }
    }

    /// The row itself, for rows that are not objects.
    pub(super) fn of_row(text: &str) -> Self {
        Self { text: text.to_owned(), parts: Vec::new() }
    }

    /// Whether the value is an ID, judging by Auth0's names.
    pub(super) fn is_id(&self) -> bool {
        self.parts.last().is_some_and(|name| name == "id" || name.ends_with("_id"))
    }

    /// The value at this path in the finder's row.
    pub(super) fn find<'a>(&self, row: &mut Finder<'a>) -> Option<&'a str> {
        let Some((first, rest)) = self.parts.split_first() else {
            return Some(row.value());
        };
        rest.iter().try_fold(step(row, first)?.1, |value, part| {
            step(&mut Finder::new(value), part).map(|(_, value)| value)
        })
    }
}

/// The paths as a tree, so that a selection contains each object once.
#[derive(Clone, Debug, Default)]
struct PathTree {
    parts: Vec<(String, PathTree)>,
    /// A path ends here, so the whole value is selected, even if longer paths go on.
    whole: bool,
}

impl PathTree {
    fn add(&mut self, path: &[String]) {
        let Some((first, rest)) = path.split_first() else {
            self.whole = true;
            return;
        };
        let at = self.parts.iter().position(|(name, _)| name == first);
        let at = at.unwrap_or_else(|| {
            self.parts.push((first.clone(), Self::default()));
            self.parts.len() - 1
        });
        if let Some((_, node)) = self.parts.get_mut(at) {
            node.add(rest);
        }
    }

    /// Appends what the tree selects from a value. `false` if that is nothing.
    fn push(&self, value: &str, out: &mut String) -> bool {
        if self.whole {
            rawjson::push_compact(value, out);
            return true;
        }
        let (open, close) = match rawjson::kind(value) {
            ValueType::Object => ('{', '}'),
            ValueType::Array => ('[', ']'),
            _ => return false,
        };
        out.push(open);
        let mut found = false;
        let mut members = Finder::new(value);
        for (part, node) in &self.parts {
            let Some((key, inner)) = step(&mut members, part) else {
                continue;
            };
            let before = out.len();
            if found {
                out.push(',');
            }
            if let Some(key) = key {
                out.push_str(key);
                out.push(':');
            }
            if node.push(inner, out) {
                found = true;
            } else {
                out.truncate(before);
            }
        }
        out.push(close);
        found
    }
}

/// One step: a member of an object with its quoted key, or an item of an array.
fn step<'a>(from: &mut Finder<'a>, part: &str) -> Option<(Option<&'a str>, &'a str)> {
    match rawjson::kind(from.value()) {
        ValueType::Object => from.find(part).map(|(key, value)| (Some(key), value)),
        ValueType::Array => {
            let index: usize = part.parse().ok()?;
            let item = rawjson::items(from.value()).nth(index)?;
            Some((None, item))
        }
        _ => None,
    }
}

/// Splits at each separator that has no backslash before it.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let splits = c == separator && !escaped;
        escaped = c == '\\' && !escaped;
        splits
    })
}

/// Removes the backslash before a separator. Other backslashes are kept.
fn unescape(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next @ ('.' | ',' | '\\')) if c == '\\' => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"client_id":"c","name":"n","jwt":{"alg":"RS256","life":1.0,"scopes":null},
        "callbacks":["a","b",{"x":1,"y":2}],"a.b":{"c,d":5,"e\\f":6},"k\u0065y":7}"#;

    fn select(fields: &str) -> String {
        let mut out = String::new();
        let fields: Fields = fields.parse().unwrap();
        fields.push_selection(ROW, &mut out);
        out
    }

    #[test]
    fn selections_keep_nesting_and_the_order_asked_for() {
        for (fields, expected) in [
            ("name,client_id", r#"{"name":"n","client_id":"c"}"#),
            (" jwt.life , name ", r#"{"jwt":{"life":1.0},"name":"n"}"#),
            ("jwt.scopes,none,jwt.none", r#"{"jwt":{"scopes":null}}"#),
            ("jwt.life,name,jwt.alg", r#"{"jwt":{"life":1.0,"alg":"RS256"},"name":"n"}"#),
            ("jwt.life,jwt", r#"{"jwt":{"alg":"RS256","life":1.0,"scopes":null}}"#),
            ("callbacks.1,callbacks.2.x", r#"{"callbacks":["b",{"x":1}]}"#),
            ("none.x,callbacks.9,callbacks.x,name.x,jwt.scopes.deep,jwt.none", "{}"),
            (r"a\.b.c\,d,a\.b.e\\f", r#"{"a.b":{"c,d":5,"e\\f":6}}"#),
            ("key", r#"{"k\u0065y":7}"#),
        ] {
            assert_eq!(select(fields), expected, "{fields}");
        }
    }

    #[test]
    fn the_api_gets_the_top_level_names() {
        let fields: Fields = r"jwt.alg,name,jwt.life,x\.y.z,name".parse().unwrap();
        let names: Vec<_> = fields.top_level().collect();
        assert_eq!(names, ["jwt", "name", "x.y"]);
        assert_eq!(fields.paths().len(), 4);
    }

    #[test]
    fn a_path_finds_its_value() {
        let fields: Fields = r"jwt.alg,callbacks.2.y,callbacks.-1,jwt.alg.x,a\.b".parse().unwrap();
        let mut row = Finder::new(ROW);
        let found: Vec<_> = fields.paths().iter().map(|path| path.find(&mut row)).collect();
        assert_eq!(
            found,
            [Some("\"RS256\""), Some("2"), None, None, Some(r#"{"c,d":5,"e\\f":6}"#)]
        );
    }

    #[test]
    fn empty_paths_are_refused() {
        let long = ["x"; MAX_PARTS + 1].join(".");
        for text in ["", " ", ",", "a,,b", "a,", ".", "a.", ".a", "a..b", &long] {
            assert!(text.parse::<Fields>().is_err(), "{text:?}");
        }
    }
}
