//! The options that binaries share, and the one way to parse their values.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args};

use crate::base::error::Error;
use crate::cmd::completer;
use crate::http::{Limits, Rate};
use crate::output::{Format, Options};
use crate::term::{Color, Io, UiOptions};

/// What every binary takes, before or after its subcommand.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Shared options")]
pub struct Shared {
    /// Use this profile instead of the current one
    #[arg(long, global = true, value_name = "NAME", add = completer::profiles())]
    pub profile: Option<String>,

    /// Print data as table, json, jsonl, csv or tsv
    #[arg(short, long, global = true, value_name = "FORMAT", hide_possible_values = true, value_parser = formats())]
    pub output: Option<Format>,

    /// Keep spreadsheets from reading CSV and TSV values as formulas
    #[arg(long, global = true)]
    pub csv_safe: bool,

    /// Leave the header out of tables, CSV and TSV
    #[arg(long, global = true)]
    pub no_header: bool,

    /// Only print errors and warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Say what is requested and answered, secrets redacted (-vv: bodies too)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,

    /// Color: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true, value_parser = colors())]
    pub color: Option<Color>,

    /// Never ask a question
    #[arg(long, global = true)]
    pub no_input: bool,
}

/// What binaries that speak to a tenant take too.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Network options")]
pub struct Network {
    /// Give up after this time in total, such as 30s or 5m
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,

    /// Maximum number of retries after a rate limit or an outage [default: 5]
    #[arg(long, global = true, value_name = "N")]
    pub max_retries: Option<u32>,

    /// Send at most N requests per second, counting all processes of the profile
    #[arg(long, global = true, value_name = "N", value_parser = rate)]
    pub rate: Option<Rate>,
}

impl Network {
    /// What was typed, with the defaults.
    pub fn limits(&self) -> Limits {
        Limits { rate: self.rate, ..Limits::new(self.timeout, self.max_retries) }
    }
}

impl Shared {
    /// Refuses the options of lists where one thing is printed, before anything is done.
    ///
    /// # Errors
    /// Usage error for CSV, TSV, `--csv-safe` and `--no-header`.
    pub fn refuse_rows(&self, what: &str) -> Result<(), Error> {
        match self.output {
            Some(Format::Csv | Format::Tsv) => Err(Error::usage(format!("{what} has no rows"))
                .hint("use -o json, or no format at all")),
            _ if self.csv_safe => {
                Err(Error::usage(format!("{what} has no rows")).hint("leave out --csv-safe"))
            }
            _ if self.no_header => {
                Err(Error::usage(format!("{what} has no rows")).hint("leave out --no-header"))
            }
            _ => Ok(()),
        }
    }

    /// How rows are rendered on this process's stdout. Secrets are redacted.
    pub fn rendering(&self, io: &Io) -> Options {
        Options {
            width: io.width(),
            color: io.color_out(),
            csv_safe: self.csv_safe,
            no_header: self.no_header,
            reveal_secrets: false,
            ..Options::default()
        }
    }

    /// How much is printed on stderr, and how.
    pub fn ui_options(&self) -> UiOptions {
        UiOptions {
            quiet: self.quiet,
            verbose: self.verbose,
            color: self.color.unwrap_or_default(),
            no_input: self.no_input,
            json_errors: matches!(self.output, Some(Format::Json | Format::Jsonl)),
        }
    }

    /// The format asked for, else a table.
    pub fn format(&self) -> Format {
        self.output.unwrap_or(Format::Table)
    }
}

/// A duration as people write it: `90s`, `5m`, `1h 30m`, or plain seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(text).map_err(|_| "write it like 30s, 5m or 1h 30m".to_owned())
}

fn rate(text: &str) -> Result<Rate, String> {
    let rate = text.parse().ok().and_then(Rate::new);
    rate.ok_or_else(|| "write a whole number from 1 to 1000".to_owned())
}

/// `KEY=VALUE`, split at the first `=`.
pub fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}

/// The names of a type that is defined below the shell, offered to clap.
pub(crate) fn one_of<T>(
    names: impl Iterator<Item = &'static str>,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names)
        .map(move |name| parse(&name).expect("clap only takes the listed names"))
}

fn formats() -> impl TypedValueParser<Value = Format> {
    one_of(Format::ALL.iter().map(|format| format.name()), |name| name.parse().ok())
}

fn colors() -> impl TypedValueParser<Value = Color> {
    one_of(["auto", "always", "never"].into_iter(), |name| match name {
        "always" => Some(Color::Always),
        "never" => Some(Color::Never),
        _ => Some(Color::Auto),
    })
}
