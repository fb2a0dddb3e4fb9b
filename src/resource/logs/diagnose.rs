//! From the events and the state of one user to what went wrong and what mends it.

mod screen;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::codes;
use super::event::LogEvent;
use super::filter::{either, term};
use super::reason::{self, FailureContext, FailureReason};
use crate::base::text::Hint;

/// How a report is written.
pub(crate) struct Style<'a> {
    /// Writes the date of an event.
    pub date: fn(&str) -> String,
    /// Completes a suggested command.
    pub suggested: &'a dyn Fn(&Hint) -> Hint,
}

/// Events without a user that are shown, at most.
const RELATED: usize = 5;

/// What was found out. What could not be read is `None`, and `unknown` says why.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// What was asked for.
    pub asked: String,
    /// Where the events begin, in RFC 3339.
    pub since: String,
    /// The user; `None` if there is none, or none that the token can see.
    pub user: Option<Map<String, Value>>,
    /// Whether it is known that there is no such user.
    pub no_such_user: bool,
    /// The failures and warnings that name the user, newest first, as JSON text.
    pub failures: Vec<String>,
    /// Failures of the same time that name no user, newest first.
    pub unattributed: Vec<String>,
    /// Whether those were asked for by application or address, and so belong to the matter.
    pub unattributed_asked_for: bool,
    /// The last login that worked.
    pub last_login: Option<String>,
    /// The blocks that follow failed logins: `blocked_for`.
    pub blocks: Option<Vec<Value>>,
    /// The user's authentication methods.
    pub methods: Option<Vec<Value>>,
    /// The user's connections.
    pub connections: Vec<UserConnection>,
    /// What could not be read, in words.
    pub unknown: Vec<String>,
}

/// One of the user's connections, and the applications of the failures that may not use it.
#[derive(Debug, Default)]
pub(crate) struct UserConnection {
    /// Its name.
    pub name: String,
    /// IDs of applications that it is not enabled for.
    pub disabled_for: Vec<String>,
}

/// One thing that went wrong.
struct Symptom {
    reason: FailureReason,
    code: String,
    /// How often it happened, or 0 if it is a state and not an event.
    count: usize,
    last: String,
    client: String,
    connection: String,
    ips: BTreeSet<String>,
    says: String,
    run: Hint,
}

impl Evidence {
    /// The ID of the user, or what was asked for.
    fn user_word(&self) -> &str {
        let id = self.user.as_ref().and_then(|user| user.get("user_id")).and_then(Value::as_str);
        id.unwrap_or(&self.asked)
    }

    /// The names that events may call the user, each once.
    pub(crate) fn names(asked: &str, user: Option<&Map<String, Value>>) -> BTreeSet<String> {
        let fields = ["email", "username", "phone_number", "name"];
        let user_names = fields.iter().filter_map(|field| user?.get(*field)?.as_str());
        let names = std::iter::once(asked).chain(user_names).filter(|name| !name.is_empty());
        names.flat_map(|name| [name.to_owned(), name.to_lowercase()]).collect()
    }

    /// The applications and addresses of the user's own events.
    fn whereabouts(&self) -> BTreeSet<String> {
        let rows = self.failures.iter().chain(&self.last_login);
        let events = rows.map(|row| LogEvent::of(row));
        let places = events.flat_map(|event| [event.client_id.into_owned(), event.ip.into_owned()]);
        places.filter(|place| !place.is_empty()).collect()
    }

    /// The failures that name no user but may be related.
    fn related(&self) -> Vec<&String> {
        if self.unattributed_asked_for {
            return Vec::new();
        }
        let known = self.whereabouts();
        let near = |row: &&String| {
            let event = LogEvent::of(row);
            known.is_empty() || known.contains(&*event.client_id) || known.contains(&*event.ip)
        };
        self.unattributed.iter().filter(near).take(RELATED).collect()
    }

    fn findings(&self) -> Vec<Symptom> {
        let mut found = self.states();
        let own = self.unattributed_asked_for.then_some(&self.unattributed);
        let mut rows: Vec<_> = self.failures.iter().chain(own.into_iter().flatten()).collect();
        rows.sort_by(|a, b| LogEvent::of(b).date.cmp(&LogEvent::of(a).date));
        for row in rows {
            self.add_event(row, &mut found);
        }
        found
    }

    /// What keeps the user out now, whatever the log says.
    fn states(&self) -> Vec<Symptom> {
        let state = |reason: FailureReason, place: FailureContext<'_>| Symptom {
            reason,
            code: String::new(),
            count: 0,
            last: String::new(),
            client: place.client_id.to_owned(),
            connection: place.connection.to_owned(),
            ips: BTreeSet::new(),
            says: String::new(),
            run: reason.remedy(&place),
        };
        let place = FailureContext { user: self.user_word(), ..FailureContext::default() };
        let mut found = Vec::new();
        let is_blocked =
            |user: &Map<String, Value>| user.get("blocked").and_then(Value::as_bool) == Some(true);
        if self.user.as_ref().is_some_and(is_blocked) {
            found.push(state(FailureReason::Blocked, place));
        }
        if self.blocks.as_ref().is_some_and(|blocks| !blocks.is_empty()) {
            let mut finding = state(FailureReason::BruteForce, place);
            let ips = self.blocks.iter().flatten().filter_map(|block| block["ip"].as_str());
            finding.ips = ips.map(str::to_owned).collect();
            found.push(finding);
        }
        for connection in &self.connections {
            for client_id in &connection.disabled_for {
                let place = FailureContext { client_id, connection: &connection.name, ..place };
                found.push(state(FailureReason::ConnectionDisabled, place));
            }
        }
        if self.no_such_user {
            found.push(state(FailureReason::NoSuchUser, place));
        }
        found
    }

    /// Adds an event to the finding that it belongs to. Events come newest first.
    fn add_event(&self, row: &str, found: &mut Vec<Symptom>) {
        let event = LogEvent::of(row);
        let details: Value = serde_json::from_str(row).unwrap_or_default();
        let details = &details["details"];
        let reason = FailureReason::of(&event, details);
        let same = |finding: &&mut Symptom| {
            let same_place = finding.client.is_empty() || finding.client == event.client_id;
            // States are of the user, and an event of the same kind tells when it was noticed.
            finding.reason == reason
                && (finding.count == 0 || same_place)
                && (reason != FailureReason::Other || finding.code == event.code)
        };
        let ip = (!event.ip.is_empty()).then(|| event.ip.clone().into_owned());
        if let Some(finding) = found.iter_mut().find(same) {
            finding.count += 1;
            if finding.last.is_empty() {
                finding.last = event.date.into_owned();
                finding.code = event.code.into_owned();
                finding.says = event.description.into_owned();
            }
            finding.ips.extend(ip);
            return;
        }
        let url = reason::url(&event, details);
        let place = FailureContext {
            user: self.user_word(),
            client_id: &event.client_id,
            connection: &event.connection,
            ip: &event.ip,
            organization: &event.organization_id,
            url: &url,
            execution: reason::execution(details),
            event: &event.id,
        };
        found.push(Symptom {
            reason,
            count: 1,
            run: reason.remedy(&place),
            code: event.code.into_owned(),
            last: event.date.into_owned(),
            client: event.client_id.into_owned(),
            connection: event.connection.into_owned(),
            ips: ip.into_iter().collect(),
            says: event.description.into_owned(),
        });
    }

    /// The failures of the report, newest first.
    pub(super) fn shown_failures(&self) -> Vec<&String> {
        let mut rows: Vec<_> = self.failures.iter().collect();
        if self.unattributed_asked_for {
            rows.extend(&self.unattributed);
            rows.sort_by(|a, b| LogEvent::of(b).date.cmp(&LogEvent::of(a).date));
        }
        rows
    }

    /// The report, as one JSON object.
    pub(crate) fn report(&self, style: &Style<'_>) -> Value {
        let date = style.date;
        let of_user = |field: &str| self.user.as_ref().and_then(|user| user.get(field).cloned());
        let user = self.user.as_ref().map(|_| {
            let fields = ["user_id", "email", "email_verified", "name", "blocked", "logins_count"];
            let fields =
                fields.iter().filter_map(|field| Some(((*field).to_owned(), of_user(field)?)));
            let mut user: Map<String, Value> = fields.collect();
            if let Some(last) = of_user("last_login").as_ref().and_then(Value::as_str) {
                user.insert("last_login".to_owned(), json!(date(last)));
            }
            user
        });
        let causes: Vec<_> = self.findings().iter().map(|finding| finding.report(style)).collect();
        let summary = |row: &String| {
            let event = LogEvent::of(row);
            json!({
                "date": date(&event.date),
                "type": event.code,
                "meaning": codes::meaning(&event.code),
                "description": event.description,
                "client": event.client(),
                "connection": event.connection,
                "ip": event.ip,
                "log_id": event.id,
            })
        };
        let rows = self.shown_failures();
        let connections = self.connections.iter();
        let methods = self.methods.as_ref().map(|methods| {
            let shown = |method: &Value| {
                json!({"type": method["type"], "confirmed": method["confirmed"], "name": method["name"]})
            };
            methods.iter().map(shown).collect::<Vec<_>>()
        });
        json!({
            "asked": self.asked,
            "since": date(&self.since),
            "causes": causes,
            "failures": rows.iter().map(|row| summary(row)).collect::<Vec<_>>(),
            "failures_in_all": rows.len(),
            "possibly_related": self.related().into_iter().map(summary).collect::<Vec<_>>(),
            "last_login": self.last_login.as_ref().map(summary),
            "user": user,
            "blocks": self.blocks,
            "mfa": methods,
            "connections": connections.map(|it| it.name.as_str()).collect::<Vec<_>>(),
            "unknown": self.unknown,
        })
    }
}

impl Symptom {
    fn report(&self, style: &Style<'_>) -> Value {
        let mut report = Map::new();
        let mut add = |key: &str, value: Value| {
            if !matches!(&value, Value::String(text) if text.is_empty()) {
                report.insert(key.to_owned(), value);
            }
        };
        add("reason", json!(self.reason.words(&self.code)));
        add("run", json!((style.suggested)(&self.run).as_str()));
        add("cause", json!(self.reason.name()));
        if self.count > 0 {
            add("count", json!(self.count));
            add("last", json!((style.date)(&self.last)));
        } else {
            add("last", json!("it is so now"));
        }
        add("says", json!(self.says));
        add("client_id", json!(self.client));
        add("connection", json!(self.connection));
        add("ips", json!(self.ips));
        Value::Object(report)
    }
}

/// The search for what names the user.
pub(crate) fn of_user(user_id: Option<&str>, names: &BTreeSet<String>) -> String {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let by_name = either(&["user_name"], &names);
    let typed = names.iter().copied().filter(|name| name.contains('|'));
    let ids: BTreeSet<_> = user_id.into_iter().chain(typed).collect();
    match ids.is_empty() {
        true => by_name,
        false => {
            let by_id: Vec<_> = ids.into_iter().map(|id| term("user_id", id)).collect();
            format!("({} OR {by_name})", by_id.join(" OR "))
        }
    }
}
