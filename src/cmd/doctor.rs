//! `auth0-doctor`: checks a profile's set-up, and names what mends each fault.
//!
//! `facts` reads. `local`, `application`, `demands` and `tenant` judge what was read, as functions over
//! data. This file prints.

mod application;
mod demands;
mod facts;
mod finding;
mod local;
mod look;
mod shared;
mod tenant;

use std::time::Duration;

use clap::Parser;
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use self::facts::Facts;
use self::finding::{CheckStatus, Finding};
use crate::base::error::{Error, ErrorKind};
use crate::base::escape;
use crate::base::text::{TextKind, wrapped};
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::{self, Shared};
use crate::cmd::run::Command;
use crate::http::Limits;
use crate::output::{Column, Format, Renderer};
use crate::term::{Io, style};

const NOTES: &str = "\
Each line is ok, a warning, a fault, or unknown if no token at hand can read it. Nothing is changed: \
not the profile, and not the tenant. A profile that signs in as a machine is tried with its own \
secret or key, so each run gets one token from the tenant.";

/// The columns for CSV and TSV.
const COLUMNS: [Column; 4] = [
    Column::new("status", "Status"),
    Column::new("check", "Check"),
    Column::new("message", "Message"),
    Column::new("hint", "Hint"),
];

/// One retry: an outage is a finding here, and not to be waited out.
const RETRIES: u32 = 1;

/// Check a profile's set-up and name the command or setting that mends each fault
#[derive(Debug, Parser)]
#[command(name = "auth0-doctor", version, after_help = examples::help(NOTES, examples::DOCTOR))]
pub struct Doctor {
    /// Read the tenant's settings with this machine profile of the same tenant
    #[arg(long, value_name = "PROFILE", add = completer::profiles())]
    with: Option<String>,

    /// Give up after this long in all, such as 30s or 5m
    #[arg(long, value_name = "TIME", value_parser = options::duration, help_heading = "Network options")]
    timeout: Option<Duration>,

    /// Maximum number of retries after a rate limit or an outage [default: 1]
    #[arg(long, value_name = "N", help_heading = "Network options")]
    max_retries: Option<u32>,

    #[command(flatten)]
    shared: Shared,
}

impl Command for Doctor {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let limits = Limits::new(self.timeout, self.max_retries.or(Some(RETRIES)));
        let profile = self.shared.profile.as_deref();
        let findings = match Facts::gather(profile, self.with.as_deref(), &limits, io)? {
            Ok(facts) => examine(&facts),
            Err(unreadable) => vec![unreadable],
        };
        match self.shared.format() {
            Format::Table => print(&findings, io)?,
            format => self.render(format, &findings, io)?,
        }
        let faults = findings.iter().filter(|finding| finding.status == CheckStatus::Fault).count();
        match faults {
            0 => Ok(()),
            1 => Err(Error::new(ErrorKind::Failure, "there is 1 fault").hint("run auth0-doctor again after mending it")),
            _ => Err(Error::new(ErrorKind::Failure, format!("there are {faults} faults"))
                .hint("mend the first one first, then run auth0-doctor again: it may be the cause of others")),
        }
    }
}

/// Every check, in the order in which faults should be mended.
fn examine(facts: &Facts) -> Vec<Finding> {
    let checks: [fn(&Facts) -> Option<Finding>; 18] = [
        local::profile_file,
        local::domain,
        local::connection,
        local::clock,
        local::callback_ports,
        local::credential,
        local::token,
        application::application,
        application::signing_algorithm,
        application::callback_urls,
        application::grants,
        demands::demands,
        tenant::audience,
        tenant::refresh_token,
        tenant::client_grant,
        local::scopes,
        tenant::custom_domain,
        tenant::rate_limit,
    ];
    checks.iter().filter_map(|check| check(facts)).collect()
}

impl Doctor {
    fn render(&self, format: Format, findings: &[Finding], io: &mut Io) -> Result<(), Error> {
        let mut renderer = Renderer::new(format, None, &COLUMNS, self.shared.rendering(io));
        let ui = io.ui.clone();
        io.out.with(|out| {
            for finding in findings {
                let row = json!({
                    "status": finding.status.name(),
                    "check": finding.check,
                    "message": finding.message,
                    "hint": finding.hint.as_ref().map(|hint| ui.suggested(hint).as_str().to_owned()),
                });
                renderer.row(out, &row.to_string())?;
            }
            renderer.finish(out)
        })
    }
}

/// The table for people. Its cells wrap, because a remedy that is cut is of no use.
fn print(findings: &[Finding], io: &mut Io) -> Result<(), Error> {
    const STATUS: usize = 9;
    const ARROW: &str = "→ ";
    let check = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0) + 2;
    let (width, color) = (io.width(), io.color_out());
    let narrow = width.is_some_and(|width| width < STATUS + check + 40);
    let column = if narrow { 4 } else { STATUS + check };
    let pad = " ".repeat(column);
    let laid_out = |text: &str, taken: usize, kind: TextKind| {
        let clean = escape::visible(text);
        let text = match width {
            Some(width) => wrapped(&clean, taken, width.saturating_sub(column), kind),
            None => clean.into_owned(),
        };
        text.replace('\n', &format!("\n{pad}"))
    };
    for finding in findings {
        let word = match narrow {
            true => format!("{}  ", finding.status.name()),
            false => format!("{:STATUS$}", finding.status.name()),
        };
        let word = match color {
            true => format!("{}{word}{}", finding.status.style(), style::PLAIN),
            false => word,
        };
        let message = laid_out(&finding.message, 0, TextKind::Prose);
        let between = if narrow { format!("\n{pad}") } else { String::new() };
        let name = finding.check;
        let line = if narrow {
            format!("{word}{name}{between}{message}")
        } else {
            format!("{word}{name:check$}{message}")
        };
        io.out.with(|out| writeln!(out, "{line}"))?;
        let hint = finding.hint.as_ref().map(|hint| io.ui.suggested(hint).into_owned());
        for remedy in hint.iter().flat_map(|hint| hint.as_str().split('\n')) {
            let remedy = laid_out(remedy, ARROW.width(), TextKind::Hint);
            io.out.with(|out| writeln!(out, "{pad}{ARROW}{remedy}"))?;
        }
    }
    Ok(())
}
