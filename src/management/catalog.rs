//! The catalog of all operations of the Management API: method, path, scopes, paging. It works
//! offline.
//!
//! The catalog is the text of `data/management-operations.tsv`. Each look-up searches it line by
//! line, so nothing is parsed at start-up, and programs without look-ups do not contain it. A
//! look-up reads about 40 kB, which takes microseconds. `cargo run --example generate-catalog`
//! makes the table.
//!
//! Paths can have a leading slash, `api/v2/` and a query.

#[cfg(test)]
mod generate;
mod path;
#[cfg(test)]
mod tests;

pub use path::{RequestPath, fill, placeholders, query_pairs, request_path};

const TABLE: &str = include_str!("../../data/management-operations.tsv");

/// An HTTP method that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates a resource, or starts an action.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// All five, in the order of listings.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// Reads a method in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(text))
    }

    /// The name in upper case, as in HTTP.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The lifecycle stage of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// For everyone.
    GenerallyAvailable,
    /// For tenants that Auth0 has admitted.
    EarlyAccess,
    /// May change.
    Beta,
    /// The API's documentation does not say.
    Unlabelled,
}

impl Lifecycle {
    /// The label in the API's documentation, or empty if there is none.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GenerallyAvailable => "GA",
            Self::EarlyAccess => "EA",
            Self::Beta => "beta",
            Self::Unlabelled => "",
        }
    }
}

/// How a list is divided into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// The first answer is the complete list.
    None,
    /// `take`, and `from` with the `next` of the previous page.
    Checkpoint,
    /// `page` and `per_page`, with `include_totals`.
    Offset,
    /// Checkpoint or offset, depending on the query.
    Both,
    /// `page` and `per_page`, with totals in every answer (`/actions/*`).
    OffsetWrapped,
    /// `/logs`: numbered pages of a search, or checkpoints by log ID.
    Logs,
    /// `/events`: one endless answer. Its `from` is a position in the stream.
    Events,
    /// `/stats/daily`: one answer. Its `from` and `to` are dates.
    Stats,
}

impl Paging {
    /// The name in listings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Checkpoint => "checkpoint",
            Self::Offset => "offset",
            Self::Both => "both",
            Self::OffsetWrapped => "wrapped",
            Self::Logs => "logs",
            Self::Events => "events",
            Self::Stats => "stats",
        }
    }

    /// Whether further pages can follow the first.
    pub const fn is_paged(self) -> bool {
        !matches!(self, Self::None | Self::Events | Self::Stats)
    }
}

/// Where the items of a list are in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Unknown: the answer may not be a list.
    Unknown,
    /// The answer itself is the array.
    Bare,
    /// Under this key.
    Key(&'static str),
}

impl Items {
    /// The key, if there is one.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Unknown | Self::Bare => None,
        }
    }
}

/// The kind of body that an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// No body is known.
    None,
    /// JSON.
    Json,
    /// `multipart/form-data`, with a file.
    Multipart,
}

/// A query parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryParam {
    /// Its name.
    pub name: &'static str,
    /// Whether the API requires it.
    pub required: bool,
    /// The type of its value.
    pub kind: ParamKind,
}

/// The type of a query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list: the parameter is repeated for each value.
    List,
}

impl ParamKind {
    /// The name in listings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }
}

/// An operation. It borrows from the table, so copying is cheap. Its lists are parsed when they are
/// read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path under `/api/v2`, with placeholders: `/clients/{id}`.
    pub path: &'static str,
    /// Its lifecycle stage.
    pub lifecycle: Lifecycle,
    /// How its list is divided into pages.
    pub paging: Paging,
    /// Where its items are.
    pub items: Items,
    /// The largest page size: above 0 if [`Paging::is_paged`], else 0.
    pub page_max: u32,
    /// The row after which the API refuses numbered pages, if there is such a limit.
    pub window: Option<u32>,
    /// The kind of body that it takes.
    pub body: BodyKind,
    /// Whether the scopes are not documented but inferred from similar operations.
    pub scopes_inferred: bool,
    scopes: &'static str,
    query: &'static str,
}

impl Operation {
    fn read(line: &'static str) -> Option<Self> {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().map(|text| if text == "-" { "" } else { text });
        let method = Method::parse(cell()?)?;
        let path = cell()?;
        let lifecycle = match cell()? {
            "GA" => Lifecycle::GenerallyAvailable,
            "EA" => Lifecycle::EarlyAccess,
            "beta" => Lifecycle::Beta,
            _ => Lifecycle::Unlabelled,
        };
        let scopes = cell()?;
        let (scopes, scopes_inferred) =
            scopes.strip_prefix('~').map_or((scopes, false), |scopes| (scopes, true));
        let paging = match cell()? {
            "checkpoint" => Paging::Checkpoint,
            "offset" => Paging::Offset,
            "both" => Paging::Both,
            "wrapped" => Paging::OffsetWrapped,
            "logs" => Paging::Logs,
            "events" => Paging::Events,
            "stats" => Paging::Stats,
            _ => Paging::None,
        };
        let items = match cell()? {
            "" => Items::Unknown,
            "[]" => Items::Bare,
            key => Items::Key(key),
        };
        let page_max = cell()?.parse().unwrap_or(0);
        let window = cell()?.parse().ok();
        let query = cell()?;
        let body = match cell()? {
            "json" => BodyKind::Json,
            "multipart" => BodyKind::Multipart,
            _ => BodyKind::None,
        };
        Some(Self {
            method,
            path,
            lifecycle,
            paging,
            items,
            page_max,
            window,
            body,
            scopes_inferred,
            scopes,
            query,
        })
    }

    /// Every scope that allows it, the best suited first.
    pub fn scopes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.scopes.split([' ', ',']).filter(|scope| !scope.is_empty())
    }

    /// The scopes as groups: the token needs one scope of each group. Nearly every operation has one
    /// group.
    pub fn scope_groups(&self) -> impl Iterator<Item = std::str::Split<'static, char>> + use<> {
        self.scopes.split(' ').filter(|group| !group.is_empty()).map(|group| group.split(','))
    }

    /// The scopes that a token with the `granted` scopes lacks for this operation. Empty if it has
    /// all of them.
    pub fn missing_scopes<S: AsRef<str>>(&self, granted: &[S]) -> Vec<&'static str> {
        let has = |scope: &str| granted.iter().any(|granted| granted.as_ref() == scope);
        self.scope_groups()
            .filter(|group| !group.clone().any(has))
            .filter_map(|mut group| group.next())
            .collect()
    }

    /// The known query parameters. The API may accept others.
    pub fn query(&self) -> impl Iterator<Item = QueryParam> + use<> {
        self.query.split(' ').filter(|text| !text.is_empty()).map(|text| {
            let (name, kind) = match text.split_once(':') {
                Some((name, "integer")) => (name, ParamKind::Integer),
                Some((name, "boolean")) => (name, ParamKind::Boolean),
                Some((name, _)) => (name, ParamKind::List),
                None => (text, ParamKind::Text),
            };
            let required = name.ends_with('!');
            QueryParam { name: name.trim_end_matches('!'), required, kind }
        })
    }

    /// The names of its path's placeholders, in order.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> + use<> {
        placeholders(self.path)
    }
}

/// The operation of a path, and the values of its placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationMatch<'a> {
    /// The operation.
    pub operation: Operation,
    /// Placeholders and their values in the path, still percent-encoded.
    pub params: Vec<(&'static str, &'a str)>,
}

impl OperationMatch<'_> {
    /// Whether the value of an ID is a plain word, such as `search` in `/clients/search`. Such a
    /// path is probably an operation that the catalog does not have.
    ///
    /// A word with a hyphen after `/clients` is an ID: the API has no such path, and the emulator
    /// has such client IDs.
    pub fn has_word_as_id(&self) -> bool {
        let of_client = self.operation.path.starts_with("/clients/{");
        let is_client = |value: &str| of_client && value.contains('-');
        self.params.iter().any(|(name, value)| is_id(name) && is_word(value) && !is_client(value))
    }
}

/// Whether a placeholder is for an ID that Auth0 issues. Triggers and themes have names.
fn is_id(placeholder: &str) -> bool {
    let named = ["triggerId", "themeId"].contains(&placeholder);
    !named && (placeholder == "id" || placeholder.ends_with("_id") || placeholder.ends_with("Id"))
}

/// Whether a segment has only lower-case letters and hyphens, as in the API's own paths. Issued IDs
/// have digits, capitals or a prefix.
fn is_word(segment: &str) -> bool {
    segment.len() >= 2 && segment.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

/// All operations, by path and then method.
pub fn operations() -> impl Iterator<Item = Operation> {
    TABLE.lines().skip(1).filter_map(Operation::read)
}

/// The operation of a concrete path or a template. A literal segment takes precedence over a
/// placeholder: `/clients/search` is not the client with the ID `search`.
pub fn find(method: Method, path: &str) -> Option<OperationMatch<'_>> {
    let path = path::relative(path);
    let mut best: Option<(u32, &'static str)> = None;
    for line in TABLE.lines().skip(1) {
        let Some(template) = template(line).filter(|_| starts_with_method(line, method)) else {
            continue;
        };
        if let Some(fit) = path::fit(template, path)
            && best.is_none_or(|(found, _)| fit > found)
        {
            best = Some((fit, line));
        }
    }
    let operation = Operation::read(best?.1)?;
    let params = path::captures(operation.path, path).collect();
    Some(OperationMatch { operation, params })
}

/// The methods of the operations that match a path best. Empty if no operation matches.
pub fn methods_of(path: &str) -> Vec<Method> {
    let path = path::relative(path);
    let fits =
        || TABLE.lines().skip(1).filter_map(|line| Some((path::fit(template(line)?, path)?, line)));
    let best = fits().map(|(fit, _)| fit).max();
    let lines = fits().filter(|(fit, _)| Some(*fit) == best);
    let mut methods: Vec<_> =
        lines.filter_map(|(_, line)| Some(Operation::read(line)?.method)).collect();
    methods.sort_unstable();
    methods
}

/// The operations that match a pattern: each of its words is a method, or part of the path or of a
/// scope, ignoring case. An empty pattern matches all.
pub fn search(pattern: &str) -> impl Iterator<Item = Operation> {
    let words: Vec<String> = pattern.split_whitespace().map(str::to_ascii_lowercase).collect();
    operations().filter(move |operation| {
        let path = operation.path.to_ascii_lowercase();
        words.iter().all(|word| {
            operation.method.as_str().eq_ignore_ascii_case(word)
                || path.contains(word.as_str())
                || operation.scopes().any(|scope| scope.contains(word.as_str()))
        })
    })
}

fn template(line: &'static str) -> Option<&'static str> {
    line.split('\t').nth(1)
}

fn starts_with_method(line: &str, method: Method) -> bool {
    line.split('\t').next() == Some(method.as_str())
}
