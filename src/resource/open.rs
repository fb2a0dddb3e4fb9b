//! Dashboard pages.

use crate::base::error::{Error, ErrorKind};
use crate::base::text::{foreign, with_article};
use crate::base::url::encoded;
use crate::hint;
use crate::login::launch;
use crate::management::dashboard;
use crate::resource::ResourceContext;

impl ResourceContext<'_> {
    /// Opens the dashboard page of one of them; with `print`, only prints its address.
    ///
    /// # Errors
    /// Failure, if the kind or the tenant has no page; as [`crate::resource::Lookup::find`].
    pub fn open(&mut self, text: &str, print: bool) -> Result<(), Error> {
        let kind = self.kind;
        let Some(page) = kind.dashboard else {
            return Err(Error::usage(format!(
                "the dashboard has no page for {}",
                with_article(kind.singular)
            )));
        };
        let id = if kind.is_singleton() { String::new() } else { self.lookup().find(text)?.id };
        let token = self.api.token()?;
        let page = page.replace("{id}", &encoded(&id).to_string());
        let Some(url) = dashboard::page(&token.domain, token.audience.as_deref(), &page) else {
            let what = format!(
                "the dashboard of {} is not known: only tenants at auth0.com have a page there",
                token.domain
            );
            let here = if id.is_empty() {
                hint!("see it here: {} show", kind.command())
            } else {
                let id = foreign(&id).in_command("ID");
                hint!("see the {} here: {} show {}", kind.singular, kind.command(), id)
            };
            return Err(Error::new(ErrorKind::Failure, what).hint(here));
        };
        drop(token);
        if print {
            return self.io.out.line(url);
        }
        self.io.ui.say(format_args!("opening {url}"));
        launch::open(&url, None, self.io.env, &self.io.ui).map_err(|error| {
            error.hint(hint!("open it yourself: {}", foreign(&url).in_command("ADDRESS")))
        })
    }
}
