//! What names of files have in common on every system.

/// Whether Windows takes a file of this name for a device, whatever follows the first dot.
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
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
