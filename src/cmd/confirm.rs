//! The options that answer the question before something is done that cannot be undone.

use clap::Args;

use crate::resource::confirm::Confirmation;

/// What the command line says to the question.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Safety")]
pub(crate) struct ConfirmArgs {
    /// Do not ask first (a protected profile needs --confirm)
    #[arg(short, long)]
    pub yes: bool,

    /// Do not ask first if DOMAIN is the tenant that would be changed
    #[arg(long, value_name = "DOMAIN")]
    pub confirm: Option<String>,
}

impl ConfirmArgs {
    /// The answer.
    pub(crate) fn answer(&self) -> Confirmation {
        Confirmation { yes: self.yes, domain: self.confirm.clone() }
    }
}
