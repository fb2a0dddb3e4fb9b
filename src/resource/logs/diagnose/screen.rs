//! The report on one screen: causes and commands whole, and as many failures as fit.

use serde_json::{Map, Value, json};

use super::{Evidence, Style};
use crate::resource::logs::codes;
use crate::resource::logs::event::LogEvent;

/// Failures that are shown where no screen limits them.
const OFF_SCREEN: usize = 10;

/// Failures that are shown on the smallest screen.
const LEAST: usize = 1;

/// Lines of the screen that are left for the shell's prompt and a message.
const SPARE: usize = 3;

impl Evidence {
    /// The report for a person. `height` is the number of lines on the screen, or `None` if the
    /// report goes elsewhere. Equal failures are one line with a count.
    pub(crate) fn screen(&self, style: &Style<'_>, height: Option<usize>) -> Value {
        let mut report = self.report(style);
        let line = |row: &String| summary(row, 1, style);
        let mut set = |key: &str, value: Value| {
            // None stays none: it says that it could not be read.
            if let Some(place) = report.get_mut(key).filter(|place| !place.is_null()) {
                *place = value;
            }
        };
        set("possibly_related", self.related().into_iter().map(line).collect());
        set("last_login", json!(self.last_login.as_ref().map(line)));
        set("user", json!(self.user.as_ref().map(|user| user_line(user, style))));
        set("mfa", self.methods.iter().flatten().map(method_line).collect());
        set("blocks", self.blocks.iter().flatten().map(block_line).collect());
        set(
            "causes",
            self.findings().iter().map(|finding| brief(&finding.report(style))).collect(),
        );
        let groups = groups(&self.shown_failures());
        set("failures", json!([]));
        let most = match height {
            Some(height) => height.saturating_sub(lines(&report) + SPARE).max(LEAST),
            None => OFF_SCREEN,
        };
        let shown: Vec<_> = groups.iter().take(most).collect();
        let hidden = groups.iter().skip(most).map(|(_, count)| count).sum::<usize>();
        let mut failures: Vec<_> =
            shown.iter().map(|(row, count)| summary(row, *count, style)).collect();
        if hidden > 0 {
            failures.push(format!("and {hidden} more: -o json shows all"));
        }
        report["failures"] = json!(failures);
        report
    }
}

/// Each failure with the number of those that are equal to it, the newest first.
fn groups<'r>(rows: &[&'r String]) -> Vec<(&'r String, usize)> {
    let mut groups: Vec<(&String, usize)> = Vec::new();
    for row in rows {
        let event = LogEvent::of(row);
        let same = groups.iter_mut().find(|(known, _)| {
            let known = LogEvent::of(known);
            known.code == event.code
                && known.description == event.description
                && known.client_id == event.client_id
                && known.connection == event.connection
                && known.ip == event.ip
        });
        match same {
            Some((_, count)) => *count += 1,
            None => groups.push((row, 1)),
        }
    }
    groups
}

/// A cause with its command, and the rest on one line.
fn brief(cause: &Value) -> Value {
    let mut brief = Map::new();
    for key in ["reason", "run"] {
        brief.insert(key.to_owned(), cause[key].clone());
    }
    let text = |key: &str| cause[key].as_str().unwrap_or_default().to_owned();
    let count = match cause["count"].as_u64() {
        None | Some(0) => String::new(),
        Some(1) => "once".to_owned(),
        Some(count) => format!("{count} times"),
    };
    let ips: Vec<_> = cause["ips"].as_array().into_iter().flatten().collect();
    let ips = match ips.as_slice() {
        [] => String::new(),
        [one] => one.as_str().unwrap_or_default().to_owned(),
        several => format!("{} addresses", several.len()),
    };
    let seen = [count, text("last"), text("client_id"), text("connection"), ips, text("says")];
    brief.insert("seen".to_owned(), json!(words(&seen)));
    Value::Object(brief)
}

/// An event on one line.
fn summary(row: &str, count: usize, style: &Style<'_>) -> String {
    let event = LogEvent::of(row);
    let count = if count > 1 { format!("{count} times") } else { String::new() };
    words(&[
        (style.date)(&event.date),
        event.code.clone().into_owned(),
        codes::meaning(&event.code).to_owned(),
        count,
        event.client().to_owned(),
        event.connection.clone().into_owned(),
        event.ip.clone().into_owned(),
        event.id.clone().into_owned(),
    ])
}

fn user_line(user: &Map<String, Value>, style: &Style<'_>) -> String {
    let text = |field: &str| user.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is = |field: &str, expected: bool| user.get(field) == Some(&json!(expected));
    let mark = |is: bool, words: &str| if is { words.to_owned() } else { String::new() };
    let last = text("last_login");
    let last = if last.is_empty() { last } else { format!("last login {}", (style.date)(&last)) };
    words(&[
        text("user_id"),
        text("email"),
        mark(is("email_verified", false), "(address not verified)"),
        text("name"),
        mark(is("blocked", true), "blocked"),
        last,
    ])
}

fn method_line(method: &Value) -> String {
    let text = |field: &str| method[field].as_str().unwrap_or_default().to_owned();
    let confirmed = if method["confirmed"] == false { "not confirmed" } else { "" };
    words(&[text("type"), text("name"), confirmed.to_owned()])
}

fn block_line(block: &Value) -> String {
    let text = |field: &str| block[field].as_str().unwrap_or_default().to_owned();
    words(&[text("identifier"), text("ip"), text("connection")])
}

/// Texts with two spaces between them. Empty ones are left out.
fn words(texts: &[String]) -> String {
    let texts: Vec<_> =
        texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    texts.join("  ")
}

/// Lines that a report takes.
fn lines(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(lines_of_member).sum(),
        _ => 1,
    }
}

fn lines_of_member(value: &Value) -> usize {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            1 + items.iter().map(lines).sum::<usize>()
        }
        Value::Array(items) => items.len().max(1),
        Value::Object(members) if !members.is_empty() => 1 + lines(value),
        _ => 1,
    }
}
