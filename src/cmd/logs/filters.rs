//! The filters that `list` and `tail` share.

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::text::{Shown, foreign};
use crate::cmd::completer;
use crate::resource::logs::codes;
use crate::resource::logs::filter::Filter;
use crate::resource::logs::lucene::LuceneQuery;
use crate::resource::logs::when::When;
use crate::resource::query::group;
use crate::resource::unknown_name;
use crate::term::Io;

/// Which events are wanted.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArgs {
    /// Only events that match this Lucene query, such as 'type:f* AND client_name:"My App"'
    #[arg(short = 'q', long, value_name = "LUCENE")]
    query: Option<String>,

    /// Only events of these types; auth0-logs types lists them
    #[arg(long = "type", value_name = "T,…", value_delimiter = ',', add = completer::event_types())]
    types: Vec<String>,

    /// Only failures
    #[arg(long)]
    failed: bool,

    /// Only events of this user: an ID, or the e-mail address or name used at the login
    #[arg(long, value_name = "U")]
    user: Option<String>,

    /// Only events of this application: its ID or name
    #[arg(long, value_name = "C", add = completer::clients())]
    client: Option<String>,

    /// Only events of this connection: its ID or name
    #[arg(long, value_name = "C", add = completer::connections())]
    connection: Option<String>,

    /// Only events from this IP address
    #[arg(long, value_name = "A")]
    ip: Option<String>,
}

/// A time as it was typed.
#[derive(Clone, Debug)]
pub(super) struct Time {
    text: String,
    when: When,
}

impl Time {
    /// For clap.
    ///
    /// # Errors
    /// The forms that can be used, if it has none of them.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        When::parse(text).map(|when| Self { text: text.to_owned(), when })
    }

    /// The moment that it means now.
    pub(super) fn at(&self) -> Timestamp {
        self.when.at(Timestamp::now())
    }

    /// As it was typed, for a command.
    pub(super) fn in_command(&self) -> Shown {
        foreign(&self.text).in_command("TIME")
    }
}

impl FilterArgs {
    /// The filter. Warns about types that are not documented.
    ///
    /// # Errors
    /// Usage, if nothing can pass.
    pub(super) fn filter(
        &self,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
        io: &Io,
    ) -> Result<Filter, Error> {
        let known: Vec<_> = codes::all().iter().map(|known| known.code).collect();
        for code in &self.types {
            if let Some(warning) = unknown_name("event type", code, &known) {
                io.ui.warn(warning);
            }
        }
        let filter = Filter {
            query: self.query.as_ref().map(|text| (text.clone(), LuceneQuery::parse(text).ok())),
            types: self.types.clone(),
            failed: self.failed,
            user: self.user.clone(),
            client: self.client.clone(),
            connection: self.connection.clone(),
            ip: self.ip.clone(),
            since,
            until,
        };
        if let Some((query, _)) = &filter.query
            && (!self.is_only_query() || since.or(until).is_some())
        {
            group(query)?;
        }
        if filter.selects_no_type() {
            return Err(Error::usage("none of these types is a failure")
                .hint("leave out --failed, or see which types are failures: auth0-logs types"));
        }
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            return Err(Error::usage("--since is not before --until"));
        }
        Ok(filter)
    }

    /// Whether no other of these options selects events.
    fn is_only_query(&self) -> bool {
        let Self { query: _, types, failed, user, client, connection, ip } = self;
        let others = [user, client, connection, ip];
        types.is_empty() && !failed && others.iter().all(|other| other.is_none())
    }

    /// Checks that the query can be run on this side.
    ///
    /// # Errors
    /// Usage, with what is wrong with it.
    pub(super) fn check_query(&self) -> Result<(), Error> {
        let Some(text) = &self.query else { return Ok(()) };
        LuceneQuery::parse(text).map(drop).map_err(|why| {
            Error::usage("invalid value for --query")
                .because(why)
                .hint("write it like: -q 'type:(f OR fp) AND client_name:\"My App\"'")
        })
    }

    /// What to say before such a command if it cannot hold every value, and a word stands in place
    /// of one.
    pub(super) fn to_replace(&self) -> Shown {
        let gaps: Vec<_> = self
            .texts()
            .into_iter()
            .filter_map(|(_, value, placeholder)| {
                let word = foreign(value.as_deref()?).in_command(placeholder).to_string();
                (word == placeholder).then(|| foreign(placeholder).shown())
            })
            .collect();
        match gaps.is_empty() {
            true => foreign("").shown(),
            false => Shown::join(
                [foreign(", with your own value in place of").shown(), Shown::join(gaps, " and ")],
                " ",
            ),
        }
    }

    /// The options with a value: name, value, and the word for a value that no command can hold.
    fn texts(&self) -> [(&'static str, Option<String>, &'static str); 6] {
        let Self { query, types, failed: _, user, client, connection, ip } = self;
        let types = Some(types.join(",")).filter(|types| !types.is_empty());
        [
            ("-q", query.clone(), "LUCENE"),
            ("--type", types, "TYPES"),
            ("--user", user.clone(), "USER"),
            ("--client", client.clone(), "CLIENT"),
            ("--connection", connection.clone(), "CONNECTION"),
            ("--ip", ip.clone(), "ADDRESS"),
        ]
    }

    /// The same options, for a command that a person may paste.
    pub(super) fn in_command(&self) -> Vec<Shown> {
        let mut words = Vec::new();
        for (name, value, placeholder) in self.texts() {
            if let Some(value) = value {
                words.push(foreign(name).shown());
                words.push(foreign(&value).in_command(placeholder));
            }
        }
        if self.failed {
            words.push(foreign("--failed").shown());
        }
        words
    }
}
