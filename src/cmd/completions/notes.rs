//! The text below a command's options, taken apart: notes, and examples.

use crate::cmd::examples;

/// What `after_help` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// Paragraphs, each on one line.
    pub(super) paragraphs: Vec<String>,
    /// The examples.
    pub(super) examples: Vec<Example>,
}

/// An example, on one line and as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Example {
    /// What to type.
    pub(super) line: String,
    /// The same on lines that fit a terminal.
    pub(super) lines: Vec<String>,
    /// What it does, if it is said.
    pub(super) purpose: Option<String>,
}

impl Notes {
    /// The notes of a command; `name` is its full name, such as `auth0-api list`.
    pub(super) fn of(command: &clap::Command, name: &str) -> Self {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let notes = Self::parse(&text);
        // Only commands whose examples are not data yet have them read from their text.
        match examples::of(name) {
            [] => notes,
            known => Self { examples: known.iter().map(Example::of).collect(), ..notes },
        }
    }

    fn parse(text: &str) -> Self {
        let mut notes = Self::default();
        let mut fresh = true;
        for line in text.lines() {
            if let Some(example) = line.strip_prefix("  ") {
                notes.examples.push(Example::parse(example.trim()));
                fresh = true;
            } else if line.is_empty() || line == "Examples:" {
                fresh = true;
            } else if let Some(last) = notes.paragraphs.last_mut().filter(|_| !fresh) {
                last.push(' ');
                last.push_str(line.trim());
            } else {
                notes.paragraphs.push(line.trim().to_owned());
                fresh = false;
            }
        }
        notes
    }
}

impl Example {
    fn of(example: &examples::Example) -> Self {
        Self {
            line: example.command.to_owned(),
            lines: example.lines(),
            purpose: Some(example.purpose.to_owned()),
        }
    }

    /// Two spaces or more stand between an example and its purpose.
    fn parse(text: &str) -> Self {
        let (line, purpose) = match text.split_once("  ") {
            Some((line, purpose)) => (line.to_owned(), Some(purpose.trim().to_owned())),
            None => (text.to_owned(), None),
        };
        Self { lines: vec![line.clone()], line, purpose }
    }
}

#[cfg(test)]
mod tests {
    use super::Notes;

    #[test]
    fn notes_and_examples_come_apart() {
        let notes =
            Notes::parse("First\nof all.\n\nExamples:\n  a --b          why\n  c | d\n\nAt last.");
        assert_eq!(notes.paragraphs, ["First of all.", "At last."]);
        let examples: Vec<_> =
            notes.examples.iter().map(|e| (e.line.as_str(), e.purpose.as_deref())).collect();
        assert_eq!(examples, [("a --b", Some("why")), ("c | d", None)]);
    }
}
