//! Which events are wanted: as a search for the API, and as a test on this side.

use jiff::Timestamp;

use super::codes::{self, Level};
use super::event::LogEvent;
use super::lucene::LuceneQuery;
use super::when;

/// A filter. All conditions must hold; an empty one selects every event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// A query in Lucene's syntax, as it was typed, and parsed where it can be run on this side.
    pub query: Option<(String, Option<LuceneQuery>)>,
    /// Only these types.
    pub types: Vec<String>,
    /// Only failures.
    pub failed: bool,
    /// Only events of this user: an ID, or the name used at a login as typed or in lower case.
    pub user: Option<String>,
    /// Only events of this application: an ID or a name.
    pub client: Option<String>,
    /// Only events of this connection: an ID or a name.
    pub connection: Option<String>,
    /// Only events from this address.
    pub ip: Option<String>,
    /// Only events at or after this moment.
    pub since: Option<Timestamp>,
    /// Only events before this moment.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// The search that selects the same events; `None` for all.
    pub(crate) fn search(&self) -> Option<String> {
        let mut parts = Vec::new();
        parts.extend(self.query.as_ref().map(|(text, _)| format!("({text})")));
        let wanted: Vec<_> = self.wanted_types().collect();
        if self.failed && self.types.is_empty() {
            parts.push(codes::failure_query());
        } else if !self.types.is_empty() {
            parts.push(either(&["type"], &wanted));
        }
        if let Some(user) = &self.user {
            let lower = user.to_lowercase();
            let names: &[&str] = if lower == *user { &[user] } else { &[user, &lower] };
            parts.push(format!("({} OR {})", term("user_id", user), either(&["user_name"], names)));
        }
        let by_either = [
            (&self.client, ["client_id", "client_name"]),
            (&self.connection, ["connection", "connection_id"]),
        ];
        for (text, fields) in by_either {
            parts.extend(text.as_ref().map(|text| either(&fields, &[text])));
        }
        parts.extend(self.ip.as_ref().map(|ip| term("ip", ip)));
        if self.since.is_some() || self.until.is_some() {
            let end = |at: Option<Timestamp>| at.map_or("*".to_owned(), when::api);
            parts.push(format!("date:[{} TO {}}}", end(self.since), end(self.until)));
        }
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    /// The types that may pass, where some are named: with `failed`, only failures among them.
    fn wanted_types(&self) -> impl Iterator<Item = &str> {
        let named = self.types.iter().map(String::as_str);
        named.filter(|code| !self.failed || codes::level(code) == Level::Failure)
    }

    /// Whether types are named and none of them can pass.
    pub(crate) fn selects_no_type(&self) -> bool {
        !self.types.is_empty() && self.wanted_types().next().is_none()
    }

    /// Whether it selects every event, whatever its date.
    pub(crate) fn selects_all(&self) -> bool {
        Self { since: None, until: None, ..self.clone() }.search().is_none()
    }

    /// Whether an event passes. `row` is the JSON text that `event` was read from.
    pub(crate) fn fits(&self, event: &LogEvent<'_>, row: &str) -> bool {
        let is = |wanted: &Option<String>, values: &[&str]| {
            wanted.as_deref().is_none_or(|wanted| values.contains(&wanted))
        };
        let user = self.user.as_ref().is_none_or(|user| {
            event.user_id == *user
                || event.user_name == *user
                || event.user_name == user.to_lowercase()
        });
        let dated = |holds: &dyn Fn(Timestamp) -> bool| {
            // An event without a readable date is shown rather than lost.
            when::of_event(&event.date).is_none_or(holds)
        };
        user && (self.types.is_empty() || self.wanted_types().any(|code| code == event.code))
            && (!self.failed || codes::level(&event.code) == Level::Failure)
            && is(&self.client, &[&event.client_id, &event.client_name])
            && is(&self.connection, &[&event.connection, &event.connection_id])
            && is(&self.ip, &[&event.ip])
            && self.since.is_none_or(|since| dated(&|at| at >= since))
            && self.until.is_none_or(|until| dated(&|at| at < until))
            && self
                .query
                .as_ref()
                .is_none_or(|(_, query)| query.as_ref().is_none_or(|query| query.fits(row)))
    }
}

/// One field with exactly this value.
pub(crate) fn term(field: &str, value: &str) -> String {
    format!("{field}:\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

/// One of the fields with one of the values.
pub(crate) fn either(fields: &[&str], values: &[&str]) -> String {
    let terms = fields.iter().flat_map(|field| values.iter().map(|value| term(field, value)));
    let terms: Vec<_> = terms.collect();
    if terms.len() == 1 { terms.concat() } else { format!("({})", terms.join(" OR ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<String> {
        let mut rows = Vec::new();
        for (code, user_id, user_name, client, date) in [
            ("fp", "auth0|1", "ann@a.example", "app1", "2026-11-24T12:00:00.000Z"),
            ("fp", "", "Ann@a.example", "app2", "2026-11-24T11:59:59.999Z"),
            ("s", "auth0|1", "ann@a.example", "app1", "2026-11-24T12:00:01.000Z"),
            ("f", "", "", "My \\\"App\\\"", "2026-11-24T13:00:00.000Z"),
            ("brand_new_failed", "auth0|2", "", "app1", "2026-11-25T00:00:00.000Z"),
        ] {
            rows.push(format!(
                r#"{{"type":"{code}","user_id":"{user_id}","user_name":"{user_name}","client_id":"{client}","ip":"192.0.2.1","connection":"db","date":"{date}"}}"#
            ));
        }
        rows
    }

    fn filters() -> Vec<Filter> {
        let text = |text: &str| Some(text.to_owned());
        let at = |text: &str| Some(text.parse().unwrap());
        vec![
            Filter::default(),
            Filter { types: vec!["fp".into(), "s".into()], ..Filter::default() },
            Filter { failed: true, ..Filter::default() },
            Filter { failed: true, types: vec!["fp".into(), "s".into()], ..Filter::default() },
            Filter { user: text("ann@a.example"), ..Filter::default() },
            Filter { user: text("Ann@a.example"), ..Filter::default() },
            Filter { user: text("auth0|2"), ..Filter::default() },
            Filter { client: text("My \"App\""), ..Filter::default() },
            Filter { ip: text("192.0.2.2"), ..Filter::default() },
            Filter { connection: text("db"), ..Filter::default() },
            Filter { since: at("2026-11-24T12:00:00Z"), ..Filter::default() },
            Filter { until: at("2026-11-24T12:00:00Z"), ..Filter::default() },
            Filter {
                query: Some(("type:f*".into(), LuceneQuery::parse("type:f*").ok())),
                client: text("app1"),
                ..Filter::default()
            },
        ]
    }

    #[test]
    fn the_search_and_the_test_select_the_same_events() {
        let mut passed = 0;
        for filter in filters() {
            let search = filter.search().map(|text| LuceneQuery::parse(&text).unwrap());
            for row in rows() {
                let here = filter.fits(&LogEvent::of(&row), &row);
                let there = search.as_ref().is_none_or(|query| query.fits(&row));
                assert_eq!(here, there, "{filter:?} {row}");
                passed += usize::from(here);
            }
        }
        assert!(passed > 20, "some pass: {passed}");
    }

    #[test]
    fn text_in_a_filter_cannot_leave_its_quotes() {
        let filter = Filter { user: Some("a\" OR type:\"s".into()), ..Filter::default() };
        assert!(!rows().iter().any(|row| filter.fits(&LogEvent::of(row), row)));
        let search = LuceneQuery::parse(&filter.search().unwrap()).unwrap();
        assert!(!rows().iter().any(|row| search.fits(row)));
    }

    #[test]
    fn successes_are_no_failures() {
        let filter = Filter { failed: true, types: vec!["s".into()], ..Filter::default() };
        assert!(filter.selects_no_type());
        assert!(!filters().iter().any(Filter::selects_no_type));
    }
}
