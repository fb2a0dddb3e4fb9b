//! The paths that the store makes from names.

use std::path::{Component, Path};

use proptest::prelude::*;

use crate::profile::ProfileName;
use crate::profile::store::{CONFIG_FILE, CONFIG_LOCK, Store, lock_file, temporary::is_temporary};
use crate::term::{Io, UiOptions};

fn store() -> Store {
    let ui = Io::new(UiOptions::default()).ui;
    Store { dir: "/config".into(), ui, deadline: None }
}

/// Names of profiles, and texts that are similar to names.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9._-]{1,66}",
        "[cC][oO][nNmM][0-9.]{0,2}",
        "(config|CONFIG|p)(\\.(toml|lock|tmp|new|0123456789abcdef\\.new)){0,2}",
        "[./\\\\:a~\u{0}-\u{20}é]{0,6}",
    ]
}

/// Whether a path is that of a file directly inside a folder.
fn is_in(path: &Path, folder: &str) -> bool {
    let inside = path.strip_prefix(folder).map(|rest| rest.components().collect::<Vec<_>>());
    matches!(inside.as_deref(), Ok([Component::Normal(_)]))
}

proptest! {
    #[test]
    fn a_name_is_a_file_inside_the_folder(text in text()) {
        let Ok(name) = ProfileName::parse(&text) else { return Ok(()) };
        let store = store();
        prop_assert!(is_in(&store.exact_path(&name), "/config/profiles"));
        prop_assert!(is_in(&store.locks_dir().join(lock_file(&name)), "/config/locks"));
    }

    #[test]
    fn two_names_share_neither_a_file_nor_a_lock(one in text(), other in text()) {
        let (Ok(one), Ok(other)) = (ProfileName::parse(&one), ProfileName::parse(&other)) else {
            return Ok(());
        };
        let store = store();
        // Compared as on a file system that ignores case.
        let file = |name| store.exact_path(name).to_str().unwrap().to_ascii_lowercase();
        let same = one.as_str().eq_ignore_ascii_case(other.as_str());
        prop_assert_eq!(file(&one) == file(&other), same);
        prop_assert_eq!(lock_file(&one) == lock_file(&other), same);
        prop_assert_ne!(lock_file(&one), CONFIG_LOCK);
        // A profile is never mistaken for a temporary file of another.
        let taken = is_temporary(&format!("{one}.toml"), &format!("{other}.toml"));
        prop_assert!(!taken);
    }
}

#[test]
fn check_writable_only_leaves_folders_and_a_lock() {
    let dir = std::env::temp_dir().join(format!("auth0-suite-store-{}", std::process::id()));
    let name = ProfileName::parse("p").unwrap();
    let at = |dir: &Path| Store { dir: dir.to_owned(), ..store() };
    at(&dir).check_writable(&name).unwrap();
    assert_eq!(std::fs::read_dir(dir.join("profiles")).unwrap().count(), 0);
    let error = at(&dir.join("locks/p.lock")).check_writable(&name).unwrap_err();
    assert!(error.message().contains("is not a folder"), "{error}");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn temporary_names_are_recognized() {
    for name in ["config.toml.tmp", "config.toml.new", "config.toml.0123456789abcdef.new"] {
        assert!(is_temporary(name, CONFIG_FILE), "{name}");
    }
    for name in ["config.toml", "config.toml.bak", "config.toml.old.new", "p.toml.tmp"] {
        assert!(!is_temporary(name, CONFIG_FILE), "{name}");
    }
}
