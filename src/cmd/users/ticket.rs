//! `auth0-users password-ticket`.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::USER;
use crate::base::error::Error;
use crate::base::text::foreign;
use crate::cmd::examples;
use crate::cmd::options::duration;
use crate::cmd::resource_args::SafetyArgs;
use crate::management::change::Object;
use crate::output::Format;
use crate::resource::{ResourceContext, Write};

/// Where tickets are made.
const PATH: &str = "/tickets/password-change";

const NOTES: &str = "\
Nothing is mailed. Whoever opens the link can set the password, so hand it only to the user.";

/// Print a link with which a user sets a new password
#[derive(Args, Debug)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-users password-ticket")))]
pub(super) struct PasswordTicket {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    /// Make the link one of this custom domain of the tenant
    #[arg(long, value_name = "D")]
    custom_domain: Option<String>,

    /// How long the link is valid, such as 1h [default: 5 days]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    ttl: Option<Duration>,

    /// Where the browser goes once the password is set
    #[arg(long, value_name = "URL")]
    result_url: Option<String>,

    #[command(flatten)]
    pub(super) safety: SafetyArgs,
}

impl PasswordTicket {
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let user = context.lookup().find(&self.user)?;
        let question = format!("make a link that changes the password of the user {user}");
        context.confirm_if_protected(&self.safety.confirm.answer(), &question)?;
        let mut body = Object::new();
        body.insert("user_id".to_owned(), json!(user.id));
        if let Some(ttl) = self.ttl {
            body.insert("ttl_sec".to_owned(), json!(ttl.as_secs()));
        }
        if let Some(url) = &self.result_url {
            body.insert("result_url".to_owned(), json!(url));
        }
        let domain = self.custom_domain.iter();
        let headers: Vec<_> =
            domain.map(|domain| ("auth0-custom-domain".to_owned(), domain.clone())).collect();
        let body = Value::Object(body);
        let what = format!("make a link to change the password of the user {user}");
        let write = Write {
            what: &what,
            method: "POST",
            path: PATH,
            body: Some(&body),
            doubt: "run the command again: another link does no harm".into(),
        };
        let Some(answer) = context.write_with(&write, &headers)? else { return Ok(()) };
        let made = crate::resource::object(&answer, &what)?;
        let link = made.get("ticket").and_then(Value::as_str).unwrap_or_default();
        context.say_done("made a link to change the password of", &user);
        if context.view.format == Format::Table {
            return context.io.out.line(foreign(link).shown());
        }
        // The link is what was asked for.
        context.view.reveal_secrets = true;
        let shown = json!({"user_id": user.id, "ticket": link});
        context.show_at(PATH, shown.as_object().expect("it is made as one"))
    }
}
