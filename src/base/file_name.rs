//! What names of files have in common on every system.

/// Whether Windows takes a file of this name for a device, whatever follows the first dot.
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    // Windows also counts with the superscript digits of Latin-1.
    let is_digit = |c: char| c.is_ascii_digit() || "¹²³".contains(c);
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(is_digit) && rest.chars().count() == 1)
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || numbered("com")
        || numbered("lpt")
}

/// Whether a name means the same file on every system: no separator, drive or stream, no device,
/// no character that a system refuses, and no ending that Windows drops. The promise that tests of
/// all names of ours check.
#[cfg(test)]
pub(crate) fn is_portable(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name.bytes().all(|b| (b' '..=b'~').contains(&b) && !br#"<>:"/\|?*"#.contains(&b))
        && !name.ends_with(['.', ' '])
        && !is_device(name)
}

#[cfg(test)]
mod tests {
    use super::{is_device, is_portable};

    #[test]
    fn a_device_is_one_with_any_ending_and_in_any_case() {
        for name in [
            "con",
            "CON",
            "con.toml",
            "Aux.",
            "aux. ",
            "nul .txt",
            "NUL.tar.gz",
            "prn",
            "com1",
            "COM0",
            "COM¹",
            "lpt².json",
            "LPT9",
            "conin$",
            "CONOUT$.x",
        ] {
            assert!(is_device(name) && !is_portable(name), "{name}");
        }
        for name in [
            "", "console", "com", "com10", "com1a", "COM¹²", "com⁴", "lpt", "my.con", "_con",
            "nul-x",
        ] {
            assert!(!is_device(name), "{name}");
        }
    }

    #[test]
    fn names_that_a_system_refuses_or_changes_are_not_portable() {
        for name in ["", "a.", "a ", "a/b", r"a\b", "C:x", "a:stream", "a?", "a\n", "Menü", "a\0"]
        {
            assert!(!is_portable(name), "{name:?}");
        }
        assert!(is_portable("My App.json") && is_portable(".config.lock"));
    }
}
