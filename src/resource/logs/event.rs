//! One event, as borrowed text: the fields that filters and tables use.

use std::borrow::Cow;

use crate::output::rawjson::{self, ValueType};

/// The fields of an event that the suite reads. A field that is missing or has another type is
/// empty: an event is never refused for its form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogEvent<'a> {
    /// `log_id`, or `_id`, which has the same value.
    pub id: Cow<'a, str>,
    /// `type`: the code.
    pub code: Cow<'a, str>,
    /// `date`, as it came (RFC 3339).
    pub date: Cow<'a, str>,
    /// `description`.
    pub description: Cow<'a, str>,
    /// `user_id`.
    pub user_id: Cow<'a, str>,
    /// `user_name`: an e-mail address or a user name, as it was typed at the login.
    pub user_name: Cow<'a, str>,
    /// `client_id`.
    pub client_id: Cow<'a, str>,
    /// `client_name`.
    pub client_name: Cow<'a, str>,
    /// `connection`: its name.
    pub connection: Cow<'a, str>,
    /// `connection_id`.
    pub connection_id: Cow<'a, str>,
    /// `ip`.
    pub ip: Cow<'a, str>,
    /// `organization_id`.
    pub organization_id: Cow<'a, str>,
}

impl<'a> LogEvent<'a> {
    /// Reads an event from JSON text.
    pub(crate) fn of(row: &'a str) -> Self {
        let mut event = Self::default();
        let mut other_id = Cow::Borrowed("");
        for (key, value) in rawjson::members(row.trim_ascii()) {
            let key = rawjson::string(key);
            let field = match &*key {
                "log_id" => &mut event.id,
                "_id" => &mut other_id,
                "type" => &mut event.code,
                "date" => &mut event.date,
                "description" => &mut event.description,
                "user_id" => &mut event.user_id,
                "user_name" => &mut event.user_name,
                "client_id" => &mut event.client_id,
                "client_name" => &mut event.client_name,
                "connection" => &mut event.connection,
                "connection_id" => &mut event.connection_id,
                "ip" => &mut event.ip,
                "organization_id" => &mut event.organization_id,
                _ => continue,
            };
            if rawjson::kind(value) == ValueType::String {
                *field = rawjson::string(value);
            }
        }
        if event.id.is_empty() {
            event.id = other_id;
        }
        event
    }

    /// Whether it says whom it is about.
    pub(crate) fn names_a_user(&self) -> bool {
        !self.user_id.is_empty() || !self.user_name.is_empty()
    }

    /// The user as a person knows them: the name, else the ID.
    pub(crate) fn user(&self) -> &str {
        if self.user_name.is_empty() { &self.user_id } else { &self.user_name }
    }

    /// The application as a person knows it: the name, else the ID.
    pub(crate) fn client(&self) -> &str {
        if self.client_name.is_empty() { &self.client_id } else { &self.client_name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_row_is_read() {
        let row = r#"{"date":"2026-11-24T12:00:00.000Z","type":"fp","log_id":"9001","user_name":"a\u0040b.example","details":{"type":"x"},"ip":7}"#;
        let event = LogEvent::of(row);
        assert_eq!((&*event.id, &*event.code, &*event.user_name), ("9001", "fp", "a@b.example"));
        assert_eq!(&*event.ip, "", "a number is no address");
        assert_eq!(event.user(), "a@b.example");
        assert_eq!(LogEvent::of(r#"{"_id":"9002"}"#).id, "9002");
        assert_eq!(LogEvent::of(r#"{"_id":"9002","log_id":"9001"}"#).id, "9001");
        for broken in ["", "{", "[1]", "null", r#"{"log_id":null}"#, r#"{"log_id"#] {
            assert_eq!(LogEvent::of(broken), LogEvent::default(), "{broken}");
        }
    }
}
