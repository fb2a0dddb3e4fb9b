//! A choice from a numbered list, on a terminal.

use super::Io;
use crate::base::error::{Error, ErrorKind};

/// More choices than this are a search, and not a list to choose from.
pub(crate) const MOST: usize = 200;

/// Names that are longer do not push the notes further to the right.
const WIDEST: usize = 40;

/// How often a person may try before the command gives up.
const ATTEMPTS: usize = 3;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is typed to choose it, besides its number: a name or an ID.
    pub name: String,
    /// What tells it from the others; may be empty.
    pub note: String,
}

impl Io {
    /// Lets a person choose one of several. Returns its position, or `None` if no question may be
    /// asked here, if nothing was typed, or if there is nothing (or far too much) to choose from.
    ///
    /// # Errors
    /// Failure, if the terminal cannot be read or no choice was made in several attempts.
    pub fn pick(&self, question: &str, choices: &[Choice]) -> Result<Option<usize>, Error> {
        if !self.interactive || choices.is_empty() || choices.len() > MOST {
            return Ok(None);
        }
        let digits = choices.len().to_string().len();
        let names = choices.iter().map(|choice| choice.name.chars().count());
        let width = names.max().unwrap_or(0).min(WIDEST);
        for (at, Choice { name, note }) in choices.iter().enumerate() {
            let line = format!("{:>digits$}  {name:width$}  {note}", at + 1);
            self.ui.must_say(line.trim_end());
        }
        for _ in 0..ATTEMPTS {
            let Some(answer) =
                self.ask(&format!("{question} (number or name, empty to stop): "))?
            else {
                return Ok(None);
            };
            match chosen(&answer, choices) {
                Some(at) => return Ok(Some(at)),
                None => self.ui.warn(format_args!(
                    "type a number from 1 to {}, or the beginning of one name",
                    choices.len()
                )),
            }
        }
        Err(Error::new(ErrorKind::Failure, "nothing was chosen"))
    }
}

/// The position of what an answer means: a name, else a number, else the beginning of one name.
fn chosen(answer: &str, choices: &[Choice]) -> Option<usize> {
    let answer = answer.trim();
    let mut named = choices.iter().enumerate().filter(|(_, choice)| choice.name == answer);
    match (named.next(), named.next()) {
        (Some((at, _)), None) => return Some(at),
        // Two have the same name: only the number tells them apart.
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    if let Ok(number) = answer.parse::<usize>() {
        return number.checked_sub(1).filter(|at| *at < choices.len());
    }
    let key = answer.to_lowercase();
    let mut begun = choices
        .iter()
        .enumerate()
        .filter(|(_, choice)| !key.is_empty() && choice.name.to_lowercase().starts_with(&key));
    match (begun.next(), begun.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_a_name_a_number_or_the_beginning_of_one_name() {
        let choices = ["acme", "acme-admin", "staging", "2"]
            .map(|name| Choice { name: name.to_owned(), note: String::new() });
        for (answer, at) in [
            ("acme", Some(0)),
            ("1", Some(0)),
            ("3", Some(2)),
            (" St ", Some(2)),
            ("acme-", Some(1)),
            // A name outranks a number.
            ("2", Some(3)),
            ("0", None),
            ("5", None),
            ("ac", None),
            ("x", None),
            ("", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(chosen(answer, &choices), at, "{answer:?}");
        }
        let twins =
            ["app", "app"].map(|name| Choice { name: name.to_owned(), note: String::new() });
        assert_eq!(chosen("app", &twins), None);
        assert_eq!(chosen("2", &twins), Some(1));
    }
}
