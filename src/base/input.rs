//! Text that people write with their editors and shells, which do not all write plain UTF-8.

use crate::base::error::Error;

/// The text of a file or of standard input, without the byte-order mark that some editors and
/// PowerShell 5.1 put before it. `what` names the input in errors.
///
/// # Errors
/// Usage, if it is not UTF-8. UTF-16, which PowerShell 5.1 writes with `>`, is named as such.
pub(crate) fn text(bytes: Vec<u8>, what: &str) -> Result<String, Error> {
    if is_utf16(&bytes) {
        return Err(Error::usage(format!("{what} is UTF-16 text")).hint(
            "save it as UTF-8; PowerShell 5.1 writes UTF-16 with '>', and UTF-8 with: \
             Set-Content -Encoding utf8",
        ));
    }
    let mut text = String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::usage(format!("{what} is not UTF-8 text"))
            .because(format!("line {line} has other bytes"))
            .hint("save it as UTF-8")
    })?;
    if text.starts_with(MARK) {
        text.drain(..MARK.len_utf8());
    }
    Ok(text)
}

/// The byte-order mark.
const MARK: char = '\u{feff}';

/// Whether this is UTF-16: it has the mark of one of its byte orders, or an ASCII character and its
/// zero byte come first.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0x7f, ..] | [1..=0x7f, 0, ..])
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(text(b"\xef\xbb\xbfs3cret".to_vec(), "x").unwrap(), "s3cret");
        assert_eq!(text("ü".as_bytes().to_vec(), "x").unwrap(), "ü");
        assert_eq!(text(Vec::new(), "x").unwrap(), "");
    }

    #[test]
    fn other_encodings_are_named() {
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let little = |text: &str| units(text).into_iter().flat_map(u16::to_le_bytes).collect();
        let big = |text: &str| units(text).into_iter().flat_map(u16::to_be_bytes).collect();
        for bytes in [little("\u{feff}s3cret"), big("\u{feff}s3cret"), little("s"), big("s")] {
            let error = text(bytes, "the file").unwrap_err();
            assert!(error.to_string().contains("the file is UTF-16 text"), "{error}");
        }
        let error = text(b"caf\xe9".to_vec(), "the file").unwrap_err();
        assert!(error.to_string().contains("the file is not UTF-8 text"), "{error}");
    }
}
