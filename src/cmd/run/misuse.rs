//! Wrong command lines, in our own form. What was given is never repeated: it could be a token that
//! stands where an option or a name was expected.

use std::error::Error as _;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::base::error::Error;
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;

/// The longest text that is taken for the name of an option.
const LONGEST_OPTION: usize = 24;

/// Why there is no option that takes a secret.
const WHY_NO_SECRET: &str =
    "every user of this computer can read a command's arguments, and the shell remembers them";

/// Turns clap's error into ours. `given` is the whole command line.
pub(super) fn explain(error: &clap::Error, command: &Command, given: &[String]) -> Error {
    let context = ErrorContext(error);
    let argument = context.one(ContextKind::InvalidArg);
    let named = || argument.clone().unwrap_or_else(|| "an argument".to_owned());
    let explained = match error.kind() {
        ErrorKind::UnknownArgument => return unknown(&context, command, given),
        ErrorKind::InvalidSubcommand => Error::usage("there is no such subcommand"),
        ErrorKind::MissingSubcommand => Error::usage("a subcommand is missing"),
        ErrorKind::InvalidValue if context.one(ContextKind::InvalidValue).is_none() => {
            Error::usage(format!("{} needs a value", named()))
        }
        ErrorKind::InvalidValue => Error::usage(format!("invalid value for {}", named())),
        ErrorKind::ValueValidation => {
            let error_ = Error::usage(format!("invalid value for {}", named()));
            match why(error, &context) {
                Some(why) => error_.because(why),
                None => error_,
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = context.all(ContextKind::InvalidArg);
            let arguments = if missing.len() == 1 { "an argument is" } else { "arguments are" };
            Error::usage(format!("{arguments} missing: {}", missing.join(", ")))
        }
        ErrorKind::ArgumentConflict => {
            let others = context.all(ContextKind::PriorArg);
            if others.is_empty() || argument.as_ref().is_some_and(|one| others.contains(one)) {
                Error::usage(format!("{} is given more than once", named()))
            } else {
                let others = others.join(" or ");
                Error::usage(format!("{} cannot be used with {others}", named()))
            }
        }
        ErrorKind::NoEquals => Error::usage(format!("{} needs = before its value", named())),
        ErrorKind::TooManyValues => Error::usage(format!("too many values for {}", named())),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            Error::usage(format!("the number of values for {} is wrong", named()))
        }
        ErrorKind::InvalidUtf8 => Error::usage("an argument is not valid UTF-8"),
        _ => Error::usage("the command line cannot be used"),
    };
    explained.hint(suggestion(&context, command))
}

/// Whether a command line lacks only the name of a resource.
pub(super) fn lacks_only_a_name(error: &clap::Error) -> bool {
    let missing = ErrorContext(error).all(ContextKind::InvalidArg);
    error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(&*missing, [one] if ["<ID|NAME>", "<ID|NAME>...", "<CONNECTION>"].contains(&one.as_str()))
}

/// An option that does not exist, or a word where none is expected.
fn unknown(context: &ErrorContext<'_>, command: &Command, given: &[String]) -> Error {
    let argument = context.one(ContextKind::InvalidArg).unwrap_or_default();
    let is_secret = |name: &str| {
        ["secret", "token", "password", "api-key"].iter().any(|word| name.contains(word))
    };
    match option_name(&argument) {
        // `--client-secret-file` is near to it, and would make the secret a file's name.
        Some(name) if is_secret(name) => {
            Error::usage(format!("there is no option {name}")).because(WHY_NO_SECRET).hint(
                "put a client secret into AUTH0_CLIENT_SECRET or an access token into AUTH0_ACCESS_TOKEN; \
                 auth0-login reads either from stdin: --client-secret-file - and --with-token",
            )
        }
        Some(name) => Error::usage(format!("there is no option {name}"))
            .hint(suggestion(context, command)),
        None => {
            let error = Error::usage("there is an argument that the command does not take");
            if given.iter().any(|word| word == "--with-token") {
                error
                    .because(WHY_NO_SECRET)
                    .hint("--with-token reads the token from stdin: auth0-login --with-token < token.txt")
            } else {
                error.hint(suggestion(context, command))
            }
        }
    }
}

/// The name of an option, if it can be nothing else: a secret can begin with dashes too.
fn option_name(argument: &str) -> Option<&str> {
    let long = |name: &str| {
        argument.len() <= LONGEST_OPTION
            && name
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let short = |name: &str| name.len() == 1 && name.bytes().all(|b| b.is_ascii_alphabetic());
    let fits = match argument.strip_prefix("--") {
        Some(name) => long(name),
        None => argument.strip_prefix('-').is_some_and(short),
    };
    fits.then_some(argument)
}

/// What a parser of ours says about a value, unless it repeats it.
fn why(error: &clap::Error, context: &ErrorContext<'_>) -> Option<String> {
    let mut why = error.source()?;
    // A parser's own error has more to say than its message.
    let mut text = why.to_string();
    while let Some(next) = why.source() {
        text = format!("{text}: {next}");
        why = next;
    }
    let value = context.one(ContextKind::InvalidValue).unwrap_or_default();
    (value.is_empty() || !text.contains(&value)).then_some(text)
}

/// What to type in its place: all of it is from the command's own definition.
fn suggestion(context: &ErrorContext<'_>, command: &Command) -> Hint {
    let name = foreign(command.get_name()).shown();
    let near: Vec<_> =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            .flat_map(|kind| context.all(kind))
            .collect();
    if !near.is_empty() {
        return hint!("did you mean {}? see {} --help", list(&near, " or "), name);
    }
    for kind in [ContextKind::ValidValue, ContextKind::ValidSubcommand] {
        let valid = context.all(kind);
        if !valid.is_empty() {
            return hint!("choose one of {}", list(&valid, ", "));
        }
    }
    hint!("see {} --help", name)
}

fn list(words: &[String], between: &'static str) -> Shown {
    Shown::join(words.iter().map(|word| foreign(word).named()), between)
}

/// What clap knows of an error.
struct ErrorContext<'e>(&'e clap::Error);

impl ErrorContext<'_> {
    fn one(&self, kind: ContextKind) -> Option<String> {
        self.all(kind).into_iter().next()
    }

    fn all(&self, kind: ContextKind) -> Vec<String> {
        let texts = match self.0.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            _ => Vec::new(),
        };
        texts.into_iter().filter(|text| !text.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::option_name;

    #[test]
    fn only_what_can_be_nothing_else_is_an_options_name() {
        for name in ["--client-secret", "--frobnicate", "-x", "--all"] {
            assert_eq!(option_name(name), Some(name));
        }
        for secret in [
            "",
            "-",
            "--",
            "--Secret",
            "--a_b",
            "--x1",
            "-xy",
            "-9",
            "--a--b",
            "--averylongsecretoflowercaseletters",
            "eyJhbGciOi.x.y",
            "plain",
        ] {
            assert_eq!(option_name(secret), None, "{secret}");
        }
    }
}
