//! The errors of the first ten minutes, provoked for real and kept as they read.
//!
//! `transcript.txt` is what a newcomer sees: the command, what it says, its exit code. Read it
//! aloud after changing a word; then
//!
//! ```text
//! NEWCOMER=rewrite cargo test --test suite newcomer
//! ```
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests are tests")]

mod cases;
mod desk;

use std::fmt::Write as _;
use std::path::Path;

const TRANSCRIPT: &str = include_str!("transcript.txt");

#[test]
fn errors_of_the_first_ten_minutes_read_well() {
    let mut transcript = String::new();
    for (title, case) in cases::ALL {
        let said = case();
        let _ = write!(transcript, "## {title}\n\n{}\n", said.trim_end());
        transcript.push('\n');
    }
    if std::env::var_os("NEWCOMER").is_some_and(|value| value == "rewrite") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/newcomer/transcript.txt");
        std::fs::write(path, &transcript).unwrap();
        return;
    }
    let sections = |text: &str| text.split("## ").map(str::to_owned).collect::<Vec<_>>();
    for (is, was) in sections(&transcript).iter().zip(sections(TRANSCRIPT)) {
        assert_eq!(*is, was, "it reads otherwise now; if better, NEWCOMER=rewrite");
    }
    assert_eq!(transcript, TRANSCRIPT);
}

/// Each case has a next step to offer.
#[test]
fn every_error_says_what_to_do_next() {
    for section in TRANSCRIPT.split("## ").skip(1) {
        let (title, said) = section.split_once('\n').unwrap();
        let has_next_step =
            ["hint: ", "→ ", "Open this address"].iter().any(|mark| said.contains(mark));
        assert!(has_next_step, "{title} leaves the reader alone");
        assert!(said.contains("(exit "), "{title} has no exit code");
    }
}
