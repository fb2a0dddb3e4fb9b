//! The file of an export: unpacked if it is packed, line by line, with bounded memory.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::url;

/// The longest line that is read. A user with all metadata has at most a few hundred KiB.
pub(crate) const MAX_LINE: usize = 16 << 20;

/// The first bytes of a gzip file (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Text in pieces of this size.
const BUFFER: usize = 64 << 10;

/// The bytes of a stream, unpacked if it begins like a gzip file. Its name and its headers may say
/// anything.
///
/// # Errors
/// Those of the stream.
pub(crate) fn unpacked<'r>(
    mut stream: impl Read + Send + 'r,
) -> io::Result<Box<dyn BufRead + Send + 'r>> {
    let mut head = Vec::with_capacity(GZIP.len());
    stream.by_ref().take(GZIP.len() as u64).read_to_end(&mut head)?;
    let packed = head == GZIP;
    let whole = Cursor::new(head).chain(stream);
    Ok(if packed {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(whole)))
    } else {
        Box::new(BufReader::with_capacity(BUFFER, whole))
    })
}

/// Why a line cannot be used.
#[derive(Debug)]
pub(crate) enum BadLine {
    /// The stream ended early or is damaged.
    Stream(io::Error),
    /// The line is too long or not a JSON object: what is wrong, and the number of the line.
    Content(&'static str, usize),
}

impl From<io::Error> for BadLine {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

/// The lines of an export.
pub(crate) struct Lines<'r> {
    reader: Box<dyn BufRead + Send + 'r>,
    line: Vec<u8>,
    number: usize,
}

impl<'r> Lines<'r> {
    /// The lines of a stream, packed or not.
    ///
    /// # Errors
    /// Those of the stream.
    pub(crate) fn new(stream: impl Read + Send + 'r) -> io::Result<Self> {
        Ok(Self { reader: unpacked(stream)?, line: Vec::new(), number: 0 })
    }

    /// The next line that is not empty, without its end; `None` at the end of the file. It is a
    /// JSON object.
    ///
    /// # Errors
    /// [`BadLine`].
    pub(crate) fn read_next(&mut self) -> Result<Option<&str>, BadLine> {
        loop {
            self.line.clear();
            self.number += 1;
            let most = MAX_LINE as u64 + 1;
            let read = self.reader.by_ref().take(most).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            if read > MAX_LINE {
                return Err(BadLine::Content("is too long", self.number));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        let line = self.line.trim_ascii();
        let text = std::str::from_utf8(line).ok().filter(|text| text.starts_with('{'));
        text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
            .map(Some)
            .ok_or(BadLine::Content("is not a JSON object", self.number))
    }
}

/// A line without the tokens of identity providers, which the API may add to `identities`.
///
/// Nothing else is left out: metadata must come back as it was, whatever its keys sound like.
pub(crate) fn without_provider_tokens(line: &str) -> Cow<'_, str> {
    const TOKENS: [&str; 3] = ["access_token", "access_token_secret", "refresh_token"];
    if memchr::memmem::find(line.as_bytes(), b"_token").is_none() {
        return Cow::Borrowed(line);
    }
    let Ok(Value::Object(mut user)) = serde_json::from_str(line) else {
        return Cow::Borrowed(line);
    };
    let mut found = false;
    let identities = user.get_mut("identities").and_then(Value::as_array_mut);
    for identity in identities.into_iter().flatten().filter_map(Value::as_object_mut) {
        for token in TOKENS {
            found |= identity.shift_remove(token).is_some();
        }
    }
    if found { Cow::Owned(Value::Object(user).to_string()) } else { Cow::Borrowed(line) }
}

/// Checks the address of a file: users must not be readable on the way. Plain HTTP is only for a
/// tenant on this machine.
///
/// # Errors
/// Unavailable if it is not such an address.
pub(crate) fn check_address(address: &Secret) -> Result<(), Error> {
    let safe = url::split(address.expose()).is_some_and(|(scheme, authority, _)| {
        let host = url::split_authority(authority).map_or("", |(host, _)| host);
        !authority.contains('@')
            && (scheme == "https" && !host.is_empty() || scheme == "http" && url::is_loopback(host))
    });
    if safe {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unavailable,
        "the tenant named no address from which users can be downloaded",
    )
    .because("it is not an https address"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<String>, BadLine> {
        let mut lines = Lines::new(bytes)?;
        let mut found = Vec::new();
        while let Some(line) = lines.read_next()? {
            found.push(line.to_owned());
        }
        Ok(found)
    }

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_file_is_read_packed_or_not() {
        let text = "{\"a\":1}\n\n{\"b\": \"\u{e9}\"}\r\n{\"c\":3}";
        let expected = ["{\"a\":1}", "{\"b\": \"\u{e9}\"}", "{\"c\":3}"];
        assert_eq!(all(text.as_bytes()).unwrap(), expected);
        assert_eq!(all(&packed(text)).unwrap(), expected);
        // A gzip file may have several members.
        let two = [packed("{\"a\":1}\n{\"b\": "), packed("2}\n")].concat();
        assert_eq!(all(&two).unwrap(), ["{\"a\":1}", "{\"b\": 2}"]);
        assert!(all(b"").unwrap().is_empty());
        assert!(all(&packed("")).unwrap().is_empty());
    }

    #[test]
    fn a_file_that_is_cut_off_or_damaged_is_an_error() {
        let whole = packed(&"{\"a\":1}\n".repeat(1_000));
        for cut in [3, 12, whole.len() / 2, whole.len() - 1] {
            assert!(matches!(all(&whole[..cut]), Err(BadLine::Stream(_))), "{cut}");
        }
        let mut damaged = whole.clone();
        let at = damaged.len() - 6;
        damaged[at] ^= 1;
        assert!(matches!(all(&damaged), Err(BadLine::Stream(_))));
        assert!(matches!(all(b"{\"a\":1}\n{\"b\":"), Err(BadLine::Content(_, 2))));
    }

    #[test]
    fn only_objects_are_lines() {
        for bad in [&b"[1]"[..], b"<Error/>", b"\xff", b"{\"a\":\"\xff\"}", b"{} {}", b"1"] {
            assert!(matches!(all(bad), Err(BadLine::Content(_, 1))), "{bad:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_read_to_its_end() {
        let mut lines = Lines::new(io::repeat(b' ').take(u64::MAX)).unwrap();
        assert!(matches!(lines.read_next(), Err(BadLine::Content("is too long", 1))));
    }

    #[test]
    fn tokens_of_identity_providers_are_left_out_and_metadata_is_not() {
        let line = r#"{"user_id":"a|1","identities":[{"provider":"a","access_token":"s3cr3t","refresh_token":"s3cr3t"}],"app_metadata":{"access_token":"kept","api_key":"kept"}}"#;
        assert_eq!(
            without_provider_tokens(line),
            r#"{"user_id":"a|1","identities":[{"provider":"a"}],"app_metadata":{"access_token":"kept","api_key":"kept"}}"#
        );
        let plain = r#"{"app_metadata":{"access_token":"kept"},"n":1.0}"#;
        assert!(matches!(without_provider_tokens(plain), Cow::Borrowed(_)));
    }

    #[test]
    fn users_are_only_downloaded_where_nobody_can_read_along() {
        let check = |url: &str| check_address(&Secret::new(url)).is_ok();
        assert!(check("https://user-exports.example/t/f.json.gz?Signature=x"));
        assert!(check("http://127.0.0.1:4401/job_1/users.json.gz?token=x"));
        for bad in [
            "http://files.example/f",
            "ftp://a/f",
            "file:///etc/passwd",
            "https://u:p@a/f",
            "https:///f",
            "",
            "x",
        ] {
            assert!(!check(bad), "{bad}");
        }
    }
}
