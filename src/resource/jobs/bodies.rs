//! Rows of an import, put together to bodies that the API takes.

use super::rows::{Row, RowKey};
use crate::management::multipart::{self, FormPart, MultipartForm};

/// The longest body of an import, in bytes, with everything around the users. The API refuses more
/// than 512,000.
pub(crate) const MAX_BODY: usize = 500_000;

/// What an import says beside its users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// The ID of the connection.
    pub connection: String,
    /// Whether a user that is there already is changed.
    pub upsert: bool,
    /// Separates the parts.
    pub boundary: String,
}

impl Envelope {
    /// The request's body for a JSON array of users. No owner of the tenant gets a mail about it.
    pub(crate) fn form(&self, users: Vec<u8>) -> MultipartForm {
        let field = |name: &str, value: &str| FormPart {
            name: name.to_owned(),
            file_name: None,
            content: value.as_bytes().to_vec(),
        };
        let parts = [
            field("connection_id", &self.connection),
            field("upsert", if self.upsert { "true" } else { "false" }),
            field("send_completion_email", "false"),
            FormPart {
                name: "users".to_owned(),
                file_name: Some("users.json".to_owned()),
                content: users,
            },
        ];
        multipart::form(&parts, &self.boundary)
    }
}

/// The users of one job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    /// A JSON array.
    pub users: Vec<u8>,
    /// What the rows are called.
    pub keys: Vec<RowKey>,
}

/// Collects rows until a body is full.
#[derive(Debug)]
pub(crate) struct Packer {
    /// The longest JSON array.
    most: usize,
    batch: Batch,
}

/// A row that does not fit into any body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong(pub RowKey);

impl Packer {
    /// A packer for bodies of at most `max_body` bytes.
    pub(crate) fn new(envelope: &Envelope, max_body: usize) -> Self {
        let around = envelope.form(Vec::new()).body.len();
        Self { most: max_body.saturating_sub(around), batch: Batch::default() }
    }

    /// Adds a row. Hands out the rows before it if they fill a body.
    ///
    /// # Errors
    /// The row's name, if it does not fit into any body.
    pub(crate) fn push(&mut self, row: Row) -> Result<Option<Batch>, TooLong> {
        // The array's brackets, or the comma and the closing bracket.
        if row.json.len() + 2 > self.most {
            return Err(TooLong(row.key));
        }
        let full =
            !self.batch.keys.is_empty() && self.batch.users.len() + row.json.len() + 2 > self.most;
        let done = if full { self.finish() } else { None };
        self.batch.users.push(if self.batch.keys.is_empty() { b'[' } else { b',' });
        self.batch.users.extend_from_slice(row.json.as_bytes());
        self.batch.keys.push(row.key);
        Ok(done)
    }

    /// Hands out the rows that are left.
    pub(crate) fn finish(&mut self) -> Option<Batch> {
        let mut batch = std::mem::take(&mut self.batch);
        if batch.keys.is_empty() {
            return None;
        }
        batch.users.push(b']');
        Some(batch)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn envelope() -> Envelope {
        Envelope { connection: "con_1".to_owned(), upsert: false, boundary: "b".repeat(40) }
    }

    fn row(number: usize, length: usize) -> Row {
        let json = format!("{{\"email\":\"{}\"}}", "x".repeat(length));
        Row { key: RowKey { item: number.to_string(), id: None, sent: String::new() }, json }
    }

    proptest! {
        #[test]
        fn every_body_is_within_the_limit_and_no_row_is_lost(
            lengths in proptest::collection::vec(0_usize..400, 0..60),
            max_body in 700_usize..1_500,
        ) {
            let envelope = envelope();
            let mut packer = Packer::new(&envelope, max_body);
            let (mut batches, mut too_long) = (Vec::new(), Vec::new());
            for (number, length) in lengths.iter().enumerate() {
                match packer.push(row(number, *length)) {
                    Ok(batch) => batches.extend(batch),
                    Err(TooLong(key)) => too_long.push(key.item),
                }
            }
            batches.extend(packer.finish());
            prop_assert!(packer.finish().is_none());
            let mut found = Vec::new();
            for batch in batches {
                let users: Value = serde_json::from_slice(&batch.users).unwrap();
                prop_assert_eq!(users.as_array().unwrap().len(), batch.keys.len());
                found.extend(batch.keys.into_iter().map(|key| key.item));
                let body = envelope.form(batch.users).body;
                prop_assert!(body.len() <= max_body, "{} of {}", body.len(), max_body);
            }
            found.extend(too_long);
            found.sort_by_key(|item| item.parse::<usize>().unwrap());
            let all: Vec<_> = (0..lengths.len()).map(|number| number.to_string()).collect();
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn a_body_is_filled_to_its_last_byte() {
        let envelope = envelope();
        let around = envelope.form(Vec::new()).body.len();
        let (first, second) = (row(1, 10), row(2, 20));
        let exact = around + first.json.len() + second.json.len() + 3;
        let mut packer = Packer::new(&envelope, exact);
        assert_eq!(packer.push(first.clone()), Ok(None));
        assert_eq!(packer.push(second.clone()), Ok(None));
        assert_eq!(envelope.form(packer.finish().unwrap().users).body.len(), exact);
        let mut packer = Packer::new(&envelope, exact - 1);
        assert_eq!(packer.push(first), Ok(None));
        assert_eq!(packer.push(second).unwrap().unwrap().keys.len(), 1);
    }

    #[test]
    fn no_mail_goes_to_the_owners() {
        let body = String::from_utf8(envelope().form(b"[]".to_vec()).body).unwrap();
        assert!(body.contains("name=\"send_completion_email\"\r\n\r\nfalse\r\n"), "{body}");
        assert!(body.contains("name=\"upsert\"\r\n\r\nfalse\r\n"), "{body}");
    }
}
