//! Every operation of the Management API, known offline: method, path, scopes, paging.
//!
//! The catalog is the text of `data/management-operations.tsv`, searched line by line for each look-up:
//! nothing is parsed at start-up, and a program without look-ups does not contain it. A look-up reads
//! about 40 kB, which takes microseconds. `cargo run --example generate-catalog` makes the table.
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
    /// Creates, or acts.
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

    /// As HTTP spells it.
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
    /// For tenants that were admitted.
    EarlyAccess,
    /// May change.
    Beta,
    /// The API's documents do not say.
    Unlabelled,
}

impl Lifecycle {
    /// As the API's documents write it, or empty if they do not say.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GenerallyAvailable => "GA",
            Self::EarlyAccess => "EA",
            Self::Beta => "beta",
            Self::Unlabelled => "",
        }
    }
}

/// How a list goes on after its first page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// One answer holds it all.
    None,
    /// `take`, then `from` with the `next` of the page before.
    Checkpoint,
    /// `page` and `per_page`, with `include_totals`.
    Offset,
    /// Checkpoint or offset: the query decides.
    Both,
    /// `page` and `per_page`, with totals in every answer (`/actions/*`).
    OffsetWrapped,
    /// `/logs`: searched by page, or walked by log ID.
    Logs,
    /// `/events`: one answer that does not end. Its `from` is a cursor of the stream.
    Events,
    /// `/stats/daily`: one answer. Its `from` and `to` are dates.
    Stats,
}

impl Paging {
    /// The word for it in listings.
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

/// Where an answer keeps the items of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// It is not known to be a list.
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
    /// Whether the operation is refused without it.
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
    /// Repeated, one value each time.
    List,
}

impl ParamKind {
    /// The word for it in listings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }
}

/// One operation. It borrows from the table, so copying is cheap; its lists are parsed on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path under `/api/v2`, with placeholders: `/clients/{id}`.
    pub path: &'static str,
    /// Its lifecycle stage.
    pub lifecycle: Lifecycle,
    /// How its list goes on.
    pub paging: Paging,
    /// Where its items are.
    pub items: Items,
    /// The largest page size: above 0 if [`Paging::is_paged`], else 0.
    pub page_max: u32,
    /// The row after which the API refuses numbered pages, if it names one.
    pub window: Option<u32>,
    /// The kind of body that it takes.
    pub body: BodyKind,
    /// Whether no document states the scopes: they are inferred from sibling operations.
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

    /// Every scope that allows it, the most fitting first.
    pub fn scopes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.scopes.split([' ', ',']).filter(|scope| !scope.is_empty())
    }

    /// The scopes as groups: the token needs one scope of each group. Nearly every operation has one
    /// group.
    pub fn scope_groups(&self) -> impl Iterator<Item = std::str::Split<'static, char>> + use<> {
        self.scopes.split(' ').filter(|group| !group.is_empty()).map(|group| group.split(','))
    }

    /// The scopes to ask for so that a token with those `granted` may call it: empty if it may.
    pub fn missing_scopes<S: AsRef<str>>(&self, granted: &[S]) -> Vec<&'static str> {
        let has = |scope: &str| granted.iter().any(|granted| granted.as_ref() == scope);
        self.scope_groups()
            .filter(|group| !group.clone().any(has))
            .filter_map(|mut group| group.next())
            .collect()
    }

    /// The known query parameters. The API may take others.
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
    /// Whether the value of an ID is a plain word, such as `search` in `/clients/search`. Such a path is
    /// more likely one that the catalog does not know.
    ///
    /// A word with a hyphen after `/clients` is an ID: no path of the API has one there, and local
    /// tenants name their clients like this.
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

/// Lower-case letters and hyphens, as in the API's own paths; issued IDs have digits, capitals or
/// a prefix.
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

/// The methods of the operations that fit a path best; empty if no operation fits.
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
