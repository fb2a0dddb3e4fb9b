//! The types of events: code, meaning, and whether each is a failure.
//!
//! Auth0 adds types every few weeks, so an unknown code is never an error.

use std::sync::LazyLock;

/// Sorted by code. Columns: code, group, level, source of the level, meaning. Levels are `F`
/// (failure), `W` (warning), `S` (success) and `N` (notice); sources are `d` (Auth0's dashboard),
/// `s` (log-stream filters), `c` (Auth0's catalogue of events) and `i` (inferred from the meaning).
const TABLE: &str = include_str!("../../../data/log-types.tsv");

static TYPES: LazyLock<Vec<EventType>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(EventType::of_line).collect());

/// What an event of some type means for the person who looks for trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Something did not work.
    Failure,
    /// Something needs attention.
    Warning,
    /// Something worked.
    Success,
    /// Neither.
    Notice,
}

impl Level {
    /// Its name in every format.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Warning => "warning",
            Self::Success => "success",
            Self::Notice => "notice",
        }
    }
}

/// One documented type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventType {
    /// The code in an event's `type`.
    pub code: &'static str,
    /// The group that it belongs to, such as `login` or `mfa`.
    pub group: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What it means, in words.
    pub meaning: &'static str,
}

impl EventType {
    fn of_line(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        let (code, group) = (columns.next()?, columns.next()?);
        let level = match columns.next()? {
            "F" => Level::Failure,
            "W" => Level::Warning,
            "S" => Level::Success,
            _ => Level::Notice,
        };
        let _source = columns.next()?;
        Some(Self { code, group, level, meaning: columns.next()? })
    }

    /// Whether the code or the meaning contains `pattern`, ignoring case.
    pub(crate) fn matches(&self, pattern: &str) -> bool {
        let pattern = pattern.to_lowercase();
        [self.code, self.group, self.meaning]
            .iter()
            .any(|text| text.to_lowercase().contains(&pattern))
    }
}

/// Every documented type, by code.
pub(crate) fn all() -> &'static [EventType] {
    &TYPES
}

/// The type with this code, or `None` if it is not documented.
pub(crate) fn find(code: &str) -> Option<&'static EventType> {
    let at = TYPES.binary_search_by(|known| known.code.cmp(code)).ok()?;
    TYPES.get(at)
}

/// What a code means, in words; the code itself if it is not documented.
pub(crate) fn meaning(code: &str) -> &str {
    find(code).map_or(code, |known| known.meaning)
}

/// The level of a code. The name of an undocumented code can say that it is a failure.
pub(crate) fn level(code: &str) -> Level {
    match find(code) {
        Some(known) => known.level,
        None if named_a_failure(code) => Level::Failure,
        None => Level::Notice,
    }
}

/// The endings by which newer codes say that they are failures.
const FAILURE_ENDINGS: [&str; 2] = ["_failed", "_failure"];

fn named_a_failure(code: &str) -> bool {
    FAILURE_ENDINGS.iter().any(|ending| code.ends_with(ending))
}

/// A search for every failure: exact codes, and the endings for codes that are not documented yet.
pub(crate) fn failure_query() -> String {
    let codes: Vec<_> = all()
        .iter()
        .filter(|known| known.level == Level::Failure && !named_a_failure(known.code))
        .map(|known| known.code)
        .collect();
    let endings = FAILURE_ENDINGS.map(|ending| format!(" OR type:*{ending}")).concat();
    format!("(type:({}){endings})", codes.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert_eq!(all().len(), TABLE.lines().count() - 1, "every line is read");
        assert!(all().is_sorted_by(|a, b| a.code < b.code), "codes are found by halves");
        for known in all() {
            assert!(!known.meaning.is_empty() && known.meaning.is_ascii(), "{known:?}");
        }
        let count = |level| all().iter().filter(|known| known.level == level).count();
        assert_eq!(
            [Level::Failure, Level::Warning, Level::Success, Level::Notice].map(count),
            [86, 7, 69, 17]
        );
    }

    #[test]
    fn codes_have_meanings_and_unknown_codes_pass() {
        assert_eq!(meaning("fp"), "login failed: wrong password");
        assert_eq!(level("fp"), Level::Failure);
        assert_eq!(level("gd_otp_rate_limit_exceed"), Level::Warning);
        assert_eq!((meaning("brand_new"), level("brand_new")), ("brand_new", Level::Notice));
        assert_eq!(level("brand_new_failed"), Level::Failure);
        assert_eq!(level(""), Level::Notice);
    }

    #[test]
    fn the_search_for_failures_finds_exactly_the_failures() {
        let query = super::super::lucene::LuceneQuery::parse(&failure_query()).unwrap();
        for known in all() {
            let row = format!(r#"{{"type":"{}"}}"#, known.code);
            assert_eq!(query.fits(&row), known.level == Level::Failure, "{}", known.code);
        }
        assert!(query.fits(r#"{"type":"brand_new_failure"}"#));
        assert!(failure_query().len() < 1_500, "a URL must hold it: {}", failure_query().len());
    }
}
