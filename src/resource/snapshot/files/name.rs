//! Names of files that are safe on every system.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::base::file_name::is_device;

/// The longest name that is kept whole. With folder, label and extension a path stays far below the
/// 260 characters of Windows.
const MAX_LEN: usize = 80;

/// The longest hash, in hexadecimal digits: two names like this, the one of a resource and that of
/// a text in it, stay below the 255 bytes that file systems allow.
const MAX_DIGITS: usize = 32;

/// What separates the columns of a key. No column can hold it unchanged.
const BETWEEN: &str = "~";

/// A name for each key, in the same order.
pub(super) struct FileNames(pub(super) Vec<String>);

impl FileNames {
    /// Chooses the names. One that had to be changed gets a hash of its key, and so do those that
    /// only differ in case, whatever their order.
    pub(super) fn choose(keys: Vec<Vec<String>>) -> Self {
        let mut digits: Vec<usize> =
            keys.iter().map(|key| if is_kept(key) { 0 } else { 8 }).collect();
        loop {
            let names: Vec<_> =
                keys.iter().zip(&digits).map(|(key, digits)| name(key, *digits)).collect();
            let mut counts: HashMap<String, u32> = HashMap::new();
            for name in &names {
                *counts.entry(name.to_ascii_lowercase()).or_default() += 1;
            }
            let is_taken = |name: &str| counts.get(&name.to_ascii_lowercase()) != Some(&1);
            let mut longer = false;
            for (name, digits) in names.iter().zip(&mut digits) {
                if is_taken(name) && *digits < MAX_DIGITS {
                    *digits = if *digits == 0 { 8 } else { MAX_DIGITS };
                    longer = true;
                }
            }
            if !longer {
                return Self(names);
            }
        }
    }
}

fn name(key: &[String], digits: usize) -> String {
    let mut name: String = key.iter().map(|column| kept(column)).collect::<Vec<_>>().join(BETWEEN);
    name.truncate(MAX_LEN);
    if name.is_empty() {
        name.push_str("unnamed");
    }
    if name.starts_with(['.', '-', ' ', '~']) || is_device(&name) {
        name.insert(0, '_');
    }
    if digits > 0 {
        let digest = Sha256::digest(serde_json::to_string(key).unwrap_or_default().as_bytes());
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        name = format!(
            "{}-{}",
            name.trim_end_matches(['.', ' ']),
            hash.get(..digits).unwrap_or(&hash)
        );
    }
    name
}

/// Whether the key is its own name.
fn is_kept(key: &[String]) -> bool {
    let plain = key.iter().all(|column| kept(column) == *column && !column.is_empty());
    let name = key.join(BETWEEN);
    plain
        && name.len() <= MAX_LEN
        && !name.starts_with(['.', '-', ' '])
        && !name.ends_with(['.', ' '])
        && !is_device(&name)
}

/// A column in characters that no system gives a meaning to.
fn kept(column: &str) -> String {
    column.chars().take(2 * MAX_LEN).map(|c| if is_plain(c) { c } else { '_' }).collect()
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-' | '@' | '+' | ',')
}

/// Whether an export can have a file of this path: `NAME` or `FOLDER/NAME`, each of plain
/// characters.
pub(super) fn is_ours(path: &str) -> bool {
    let parts: Vec<_> = path.split('/').collect();
    let is_name = |part: &&str| {
        !part.is_empty()
            && part.len() <= 255
            && part.chars().all(|c| is_plain(c) || c == '~')
            && !part.starts_with(['.', '-', ' '])
            && !part.ends_with(['.', ' '])
            && !is_device(part)
    };
    parts.len() <= 2 && parts.iter().all(is_name) && path != super::MANIFEST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::file_name::is_portable;

    fn names(keys: &[&str]) -> Vec<String> {
        FileNames::choose(keys.iter().map(|key| vec![(*key).to_owned()]).collect()).0
    }

    #[test]
    fn plain_names_are_kept() {
        assert_eq!(
            names(&["My App", "api.example.com", "a_b-c"]),
            ["My App", "api.example.com", "a_b-c"]
        );
    }

    #[test]
    fn hostile_names_stay_one_plain_word() {
        for key in [
            "..",
            ".",
            "",
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "C:x",
            "con",
            "NUL.txt",
            "aux .x",
            "COM1",
            "COM¹",
            "con.json",
            "aux.",
            "a\0b",
            "-rf",
            ".git",
            "a ",
            "a.",
            "\u{202e}x",
            "Menü",
            "日本語",
            "~root",
            "a\nb",
        ] {
            let name = &names(&[key])[0];
            assert!(is_ours(&format!("clients/{name}.json")), "{key:?}: {name:?}");
            assert_ne!(name, key);
        }
        let long = names(&[&"x".repeat(5_000)]);
        assert!(long[0].len() < 100, "{}", long[0]);
    }

    #[test]
    fn names_that_differ_in_case_only_are_told_apart_in_any_order() {
        let mut one = names(&["App", "app", "other"]);
        let mut two = names(&["other", "app", "App"]);
        one.sort();
        two.sort();
        assert_eq!(one, two);
        assert!(one[0].starts_with("App-") && one[1].starts_with("app-"), "{one:?}");
    }

    /// macOS finds a file by either spelling of a letter with an accent, and Windows by either case.
    #[test]
    fn names_that_are_equal_after_unicode_normalization_or_case_folding_are_told_apart() {
        let keys =
            ["Menü", "Menu\u{308}", "MENÜ", "ﬁle", "file", "ſ", "s", "\u{212a}", "k", "ß", "ss"];
        let mut folded: Vec<_> =
            names(&keys).iter().map(|name| name.to_ascii_lowercase()).collect();
        assert!(folded.iter().all(|name| name.is_ascii()), "{folded:?}");
        folded.sort();
        folded.dedup();
        assert_eq!(folded.len(), keys.len(), "{folded:?}");
    }

    #[test]
    fn a_name_cannot_take_the_hash_of_another() {
        let hashed = names(&["a/b"]).remove(0);
        let both = names(&["a/b", &hashed]);
        assert_ne!(both[0].to_ascii_lowercase(), both[1].to_ascii_lowercase());
    }

    proptest! {
        #[test]
        fn any_keys_get_different_safe_names(keys in prop::collection::btree_set(
            prop::collection::vec("(con|NUL|com1|COM¹)?[aAnN./~ éÉe\u{301}\\\\-]{0,4}", 1..3), 0..12))
        {
            let names = FileNames::choose(keys.into_iter().collect()).0;
            let mut folded: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
            folded.sort();
            folded.dedup();
            prop_assert_eq!(folded.len(), names.len());
            for name in &names {
                let path = format!("roles/{name}.json");
                prop_assert!(is_ours(&path), "{}", name);
                prop_assert!(is_portable(&format!("{name}.json")), "{}", name);
            }
        }
    }
}
