//! The text below a command's options, taken apart: notes, and examples.

use crate::cmd::examples::{self, Example};

/// What `after_help` says.
#[derive(Debug)]
pub(super) struct HelpNotes {
    /// Paragraphs, each on one line.
    pub(super) paragraphs: Vec<String>,
    /// The examples.
    pub(super) examples: &'static [Example],
}

impl HelpNotes {
    /// The notes of a command; `name` is its full name, such as `auth0-api list`.
    pub(super) fn of(command: &clap::Command, name: &str) -> Self {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        Self { paragraphs: paragraphs(&text), examples: examples::of(name) }
    }
}

/// The paragraphs of a text, without the examples, which are indented.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut fresh = true;
    for line in text.lines() {
        if line.is_empty() || line == "Examples:" || line.starts_with("  ") {
            fresh = true;
        } else if let Some(last) = paragraphs.last_mut().filter(|_| !fresh) {
            last.push(' ');
            last.push_str(line.trim());
        } else {
            paragraphs.push(line.trim().to_owned());
            fresh = false;
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn paragraphs_are_joined_and_examples_left_out() {
        let text = "First\nof all.\n\nExamples:\n  # why\n  a --b\n\nAt last.";
        assert_eq!(paragraphs(text), ["First of all.", "At last."]);
    }
}
