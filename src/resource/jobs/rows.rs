//! The rows of an import: read from what an export wrote or from a JSON array, and turned into what
//! the API takes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use serde_json::{Map, Value};

/// The fields that a row of an import can have. The API refuses a row with any other.
const IMPORT_FIELDS: [&str; 18] = [
    "email",
    "email_verified",
    "phone_number",
    "phone_verified",
    "user_id",
    "username",
    "given_name",
    "family_name",
    "name",
    "nickname",
    "picture",
    "blocked",
    "password_hash",
    "custom_password_hash",
    "password_set_date",
    "app_metadata",
    "user_metadata",
    "mfa_factors",
];

/// The fields of a row that must never be shown.
pub(crate) const SECRET_FIELDS: [&str; 4] =
    ["password", "password_hash", "custom_password_hash", "mfa_factors"];

/// The fields that name a user, the surest first.
pub(crate) const NAMES: [&str; 4] = ["user_id", "email", "username", "phone_number"];

/// The provider of the users of database connections. Their IDs begin with it.
const DATABASE: &str = "auth0";

/// The longest row that is read. No body of an import can hold it.
const MAX_ROW: usize = 1 << 20;

/// Fields that are told by name where they are left out, at most.
const MOST_TOLD: usize = 40;

/// Reads JSON objects one after the other: one a line, one after the other in any layout, or the
/// items of one array.
pub(crate) struct Objects<R> {
    reader: R,
    place: ReaderState,
    line: usize,
    object: Vec<u8>,
}

/// An object, and the line on which it starts.
pub(crate) type Numbered = (usize, Map<String, Value>);

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReaderState {
    Start,
    /// Outside an array, between objects.
    Between,
    /// In an array. An item may follow, and nothing else but its end.
    ItemOrEnd,
    /// In an array, behind a comma.
    Item,
    /// In an array, behind an item.
    CommaOrEnd,
    /// Behind the array.
    End,
}

/// Why rows cannot be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// Reading failed.
    Io(io::Error),
    /// What is wrong at this line.
    Line(usize, String),
}

impl<R: BufRead> Objects<R> {
    /// A reader that has read nothing yet.
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, place: ReaderState::Start, line: 1, object: Vec::new() }
    }

    /// The next object and the line on which it starts; `None` at the end.
    ///
    /// # Errors
    /// [`Unreadable`], if something else stands there or the text ends too early.
    pub(crate) fn read_next(&mut self) -> Result<Option<Numbered>, Unreadable> {
        let wrong = |line: usize, what: &str| Err(Unreadable::Line(line, what.to_owned()));
        loop {
            let Some(byte) = self.peek()? else {
                return match self.place {
                    ReaderState::Start | ReaderState::Between | ReaderState::End => Ok(None),
                    _ => wrong(self.line, "the array does not end: the file may be cut off"),
                };
            };
            let next = match (self.place, byte) {
                (place, b' ' | b'\t' | b'\r') => place,
                (place, b'\n') => {
                    self.line += 1;
                    place
                }
                // A byte order mark, as editors on Windows write it.
                (ReaderState::Start, 0xef | 0xbb | 0xbf) => ReaderState::Start,
                (ReaderState::Start, b'[') => ReaderState::ItemOrEnd,
                (ReaderState::ItemOrEnd | ReaderState::CommaOrEnd, b']') => ReaderState::End,
                (ReaderState::CommaOrEnd, b',') => ReaderState::Item,
                (
                    ReaderState::Start
                    | ReaderState::Between
                    | ReaderState::ItemOrEnd
                    | ReaderState::Item,
                    b'{',
                ) => {
                    let start = self.line;
                    self.take_object()?;
                    let inside = matches!(self.place, ReaderState::ItemOrEnd | ReaderState::Item);
                    self.place =
                        if inside { ReaderState::CommaOrEnd } else { ReaderState::Between };
                    let object = serde_json::from_slice(&self.object)
                        .map_err(|e| Unreadable::Line(start, e.to_string()))?;
                    return Ok(Some((start, object)));
                }
                (ReaderState::End, _) => return wrong(self.line, "something follows the array"),
                (ReaderState::CommaOrEnd, _) => return wrong(self.line, "a comma is missing"),
                _ => return wrong(self.line, "a user must be a JSON object"),
            };
            self.place = next;
            self.reader.consume(1);
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, Unreadable> {
        loop {
            match self.reader.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Unreadable::Io(e)),
            }
        }
    }

    /// Reads up to the brace that closes the object at which the reader is.
    fn take_object(&mut self) -> Result<(), Unreadable> {
        let start = self.line;
        self.object.clear();
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        while self.peek()?.is_some() {
            let bytes = self.reader.fill_buf().map_err(Unreadable::Io)?;
            let mut used = 0;
            let mut is_whole = false;
            for &byte in bytes {
                used += 1;
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    b'\n' => self.line += 1,
                    b'{' | b'[' if !in_string => depth += 1,
                    b'}' | b']' if !in_string => {
                        depth -= 1;
                        is_whole = depth == 0;
                    }
                    _ => {}
                }
                if is_whole {
                    break;
                }
            }
            self.object.extend_from_slice(&bytes[..used]);
            self.reader.consume(used);
            if is_whole {
                return Ok(());
            }
            if self.object.len() > MAX_ROW {
                return Err(Unreadable::Line(start, "the user is too long".to_owned()));
            }
        }
        Err(Unreadable::Line(start, "the user does not end: the file may be cut off".to_owned()))
    }
}

/// What tells a row from the others, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowKey {
    /// The user's ID as it was read, or else the e-mail address, the user name or the phone number,
    /// or else the number of the line.
    pub item: String,
    /// The user's ID as the tenant will have it, if the row has one.
    pub id: Option<String>,
    /// What the first field that names the user has in it when the row is sent; empty if no field
    /// does. The tenant repeats it if it refuses the row.
    pub sent: String,
}

impl RowKey {
    /// The key of a row that a report names.
    pub(crate) fn reported(item: String, id: Option<String>) -> Self {
        let own = id.as_deref().and_then(|id| id.split_once('|')).map(|(_, own)| own.to_owned());
        let sent = own.unwrap_or_else(|| match item.starts_with("line ") {
            true => String::new(),
            false => item.clone(),
        });
        Self { item, id, sent }
    }
}

/// A row that the API takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// What it is called in reports.
    pub key: RowKey,
    /// The JSON text.
    pub json: String,
}

/// What becomes of a user of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Converted {
    /// It is imported.
    Row(Row),
    /// It signs in with this identity provider, so it cannot be a user of a database connection.
    OfProvider(RowKey, String),
}

/// What a person should know about the rows so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImportNotes {
    /// Rows that can be imported.
    pub rows: usize,
    /// Fields that no import takes.
    pub left_out: BTreeSet<String>,
    /// Users by identity provider that cannot be imported.
    pub of_providers: BTreeMap<String, usize>,
    /// Rows with no word on whether the e-mail address is verified.
    pub without_verification: usize,
    /// Rows without the hash of a password.
    pub without_password: usize,
    /// Users that have another identity beside their own.
    pub linked: usize,
    /// Users that have a second factor which the row does not bring along.
    pub with_mfa: usize,
}

impl ImportNotes {
    /// Turns a user of a file into a row, and takes note of what is lost. `line` is where the user
    /// stands in the file.
    pub(crate) fn convert(&mut self, line: usize, mut user: Map<String, Value>) -> Converted {
        let text = |user: &Map<String, Value>, field: &str| {
            user.get(field).and_then(Value::as_str).map(str::to_owned)
        };
        let given = text(&user, "user_id");
        let (provider, own_id) = match given.as_deref().and_then(|id| id.split_once('|')) {
            Some((provider, own)) => (Some(provider.to_owned()), Some(own.to_owned())),
            None => (None, given.clone()),
        };
        let named = NAMES.iter().skip(1).find_map(|name| text(&user, name));
        let sent = own_id.clone().or_else(|| named.clone()).unwrap_or_default();
        let key = RowKey {
            item: given.clone().or(named).unwrap_or_else(|| format!("line {line}")),
            id: own_id.as_ref().map(|own| format!("{DATABASE}|{own}")),
            sent,
        };
        if let Some(provider) = provider.filter(|provider| provider != DATABASE) {
            *self.of_providers.entry(provider.clone()).or_default() += 1;
            return Converted::OfProvider(RowKey { id: given, ..key }, provider);
        }
        if let Some(own) = own_id {
            user.insert("user_id".to_owned(), Value::String(own));
        }
        let is_filled = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
        self.linked += usize::from(is_filled(user.get("identities")) > 1);
        self.with_mfa += usize::from(
            is_filled(user.get("multifactor")) > 0 && is_filled(user.get("mfa_factors")) == 0,
        );
        let row: Map<String, Value> = user
            .into_iter()
            .filter(|(field, value)| {
                let known = IMPORT_FIELDS.contains(&field.as_str());
                if !known && self.left_out.len() < MOST_TOLD && !value.is_null() {
                    self.left_out.insert(field.clone());
                }
                known && !value.is_null()
            })
            .collect();
        self.rows += 1;
        self.without_verification += usize::from(!row.contains_key("email_verified"));
        let has_password = ["password_hash", "custom_password_hash"];
        self.without_password +=
            usize::from(!has_password.iter().any(|field| row.contains_key(*field)));
        Converted::Row(Row { key, json: Value::Object(row).to_string() })
    }
}

#[cfg(test)]
mod tests;
