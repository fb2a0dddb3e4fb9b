//! `multipart/form-data` (RFC 7578): fields and files in one body.

use crate::base::error::{Error, ErrorKind};

/// One part of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormPart {
    /// The field's name.
    pub name: String,
    /// The file's name, if it is a file.
    pub file_name: Option<String>,
    /// The content.
    pub content: Vec<u8>,
}

/// A multipart form, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MultipartForm {
    /// `multipart/form-data` with its boundary.
    pub content_type: String,
    /// The bytes.
    pub body: Vec<u8>,
}

/// A random boundary. Random, so that no content contains it.
///
/// # Errors
/// Failure if the system provides no random bytes.
pub(crate) fn boundary() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Failure, "the system provides no random bytes"))?;
    Ok(format!("auth0-suite-{:032x}", u128::from_be_bytes(bytes)))
}

/// Writes a form. The boundary must not occur in any part.
pub(crate) fn form(parts: &[FormPart], boundary: &str) -> MultipartForm {
    let mut body = Vec::new();
    for part in parts {
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(&part.name)
        );
        if let Some(file_name) = &part.file_name {
            head.push_str(&format!(
                "; filename=\"{}\"\r\nContent-Type: {}",
                quoted(file_name),
                media_type(file_name)
            ));
        }
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    MultipartForm { content_type: format!("multipart/form-data; boundary={boundary}"), body }
}

/// Encodes quotes and line ends in a name as browsers do (WHATWG HTML, "multipart form data"). RFC
/// 7578 §2 does not fix an encoding.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn media_type(file_name: &str) -> &'static str {
    let extension = file_name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{FormPart, boundary, form};

    #[test]
    fn a_form_is_encoded_as_in_rfc_7578() {
        let parts = [
            FormPart { name: "connection_id".into(), file_name: None, content: b"con_1".to_vec() },
            FormPart {
                name: "users".into(),
                file_name: Some("users.json".into()),
                content: b"[\xff]\r\n".to_vec(),
            },
        ];
        let form = form(&parts, "b0");
        assert_eq!(form.content_type, "multipart/form-data; boundary=b0");
        assert_eq!(
            form.body,
            b"--b0\r\nContent-Disposition: form-data; name=\"connection_id\"\r\n\r\ncon_1\r\n\
              --b0\r\nContent-Disposition: form-data; name=\"users\"; filename=\"users.json\"\r\n\
              Content-Type: application/json\r\n\r\n[\xff]\r\n\r\n--b0--\r\n"
        );
    }

    #[test]
    fn names_cannot_end_their_quotes() {
        let name = "a\"\r\nX-Evil: 1";
        let part =
            FormPart { name: name.into(), file_name: Some(name.into()), content: Vec::new() };
        let body = String::from_utf8(form(&[part], "b").body).unwrap();
        assert_eq!(body.lines().count(), 6, "{body}");
        assert!(!body.contains("\r\nX-Evil"));
    }

    #[test]
    fn boundaries_differ_and_are_allowed() {
        let (a, b) = (boundary().unwrap(), boundary().unwrap());
        assert_ne!(a, b);
        assert!(a.len() <= 70, "RFC 2046 §5.1.1");
        assert!(a.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    }
}
