//! `auth0-tally`: counts the tenant's applications by type.
//!
//! A whole subcommand, as CONTRIBUTING.md builds it up, and a plugin: with the binary on `PATH`,
//! `auth0 tally` runs it.
//!
//! ```text
//! cargo run --example auth0-tally -- -o json
//! ```

use std::collections::BTreeMap;
use std::process::ExitCode;

use auth0_suite::base::error::{Error, ErrorKind};
use auth0_suite::cmd::options::{Network, Shared};
use auth0_suite::cmd::run::{self, Command};
use auth0_suite::management::Management;
use auth0_suite::management::catalog::{self, Method};
use auth0_suite::management::paging::Listing;
use auth0_suite::output::{Column, Options, Renderer};
use auth0_suite::session::Session;
use auth0_suite::term::Io;
use clap::Parser;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

const COLUMNS: [Column; 2] =
    [Column::new("app_type", "type"), Column::new("count", "count").right()];

/// Count the tenant's applications by type
#[derive(Debug, Parser)]
#[command(name = "auth0-tally", version)]
struct Tally {
    /// Only first-party applications
    #[arg(long)]
    first_party: bool,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

impl Command for Tally {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        let api = Management::open(&session)?;

        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        self.applications().each(&api, |row| {
            let row: serde_json::Value = serde_json::from_str(row).map_err(|e| bad(&e))?;
            let app_type = row["app_type"].as_str().unwrap_or("none");
            *counts.entry(app_type.to_owned()).or_default() += 1;
            Ok(true)
        })?;

        let options = Options { width: io.width(), color: io.color_out(), ..Options::default() };
        let mut renderer = Renderer::new(self.shared.format(), None, &COLUMNS, options);
        for (app_type, count) in counts {
            let row: Box<RawValue> = to_raw_value(&json!({"app_type": app_type, "count": count}))
                .map_err(|e| bad(&e))?;
            io.out.with(|out| renderer.row(out, row.get()))?;
        }
        io.out.with(|out| renderer.finish(out))
    }
}

impl Tally {
    fn applications(&self) -> Listing<'static> {
        let mut query = vec![
            ("fields".to_owned(), "app_type".to_owned()),
            ("include_fields".to_owned(), "true".to_owned()),
            ("is_global".to_owned(), "false".to_owned()),
        ];
        if self.first_party {
            query.push(("is_first_party".to_owned(), "true".to_owned()));
        }
        Listing {
            what: "count the applications",
            path: "/clients",
            operation: catalog::find(Method::Get, "/clients")
                .expect("it is in the catalog")
                .operation,
            query,
            limit: None,
        }
    }
}

fn bad(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "an application is not what the API promises")
        .caused_by(error)
}

fn main() -> ExitCode {
    run::main::<Tally>()
}
