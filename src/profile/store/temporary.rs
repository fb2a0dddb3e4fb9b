//! The names of the temporary files of a write.

/// The suffix of a file that is being written.
pub(super) const TEMPORARY: &str = ".tmp";

/// The suffix of a complete file that is to replace the profile.
pub(super) const WAITING: &str = ".new";

/// Whether a name is that of a temporary file for `file`.
pub(super) fn is_temporary(name: &str, file: &str) -> bool {
    let Some(rest) = name.strip_prefix(file) else { return false };
    rest == TEMPORARY
        || rest
            .strip_suffix(WAITING)
            .is_some_and(|hash| hash.bytes().all(|b| b == b'.' || b.is_ascii_hexdigit()))
}
