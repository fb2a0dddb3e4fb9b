//! The text below a command's options, taken apart: notes, and examples.

/// What `after_help` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// Paragraphs, each on one line.
    pub(super) paragraphs: Vec<String>,
    /// The examples.
    pub(super) examples: Vec<Example>,
}

/// A line under `Examples:`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Example {
    /// What one types.
    pub(super) line: String,
    /// What for, where it says.
    pub(super) purpose: Option<String>,
}

impl Notes {
    pub(super) fn of(command: &clap::Command) -> Self {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        Self::parse(&text)
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
    /// Two spaces or more stand between an example and its purpose.
    fn parse(text: &str) -> Self {
        match text.split_once("  ") {
            Some((line, purpose)) => {
                Self { line: line.to_owned(), purpose: Some(purpose.trim().to_owned()) }
            }
            None => Self { line: text.to_owned(), purpose: None },
        }
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
