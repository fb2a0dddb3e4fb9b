//! The names of files that a write uses before it is done.

/// The ending of a file that is being filled.
pub(super) const TEMPORARY: &str = ".tmp";

/// The ending of a finished file that waits to replace the profile.
pub(super) const WAITING: &str = ".new";

/// Whether a file's name is one that a write of `file` uses before it is done.
pub(super) fn is_temporary(name: &str, file: &str) -> bool {
    let Some(rest) = name.strip_prefix(file) else { return false };
    rest == TEMPORARY
        || rest
            .strip_suffix(WAITING)
            .is_some_and(|hash| hash.bytes().all(|b| b == b'.' || b.is_ascii_hexdigit()))
}
