//! What is done to one resource beside reading and changing it.

use std::thread;
use std::time::Duration;

use crate::base::error::{Error, Kind as ErrorKind};
use crate::base::text::foreign;
use crate::hint;
use crate::management::catalog;
use crate::resource::kinds::{Act, Await};
use crate::resource::naming::{ResourceRef, text_of};
use crate::resource::{ResourceContext, Write};

/// Between two looks at a state.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks at a state, at most: five minutes of them.
const MOST_LOOKS: usize = 300;

impl ResourceContext<'_> {
    /// Does it to the one that `text` names, and shows what the API answers.
    ///
    /// # Errors
    /// As [`crate::resource::Lookup::find`]; failure, if the state that is waited for does not come;
    /// the API's refusal.
    pub fn act(&mut self, act: &Act, text: &str) -> Result<(), Error> {
        let found = self.lookup().find(text)?;
        if let Some(state) = act.after.as_ref().filter(|_| !self.dry_run) {
            self.wait_for(state, &found)?;
        }
        let what = format!("{} the {} {found}", act.verb, self.kind.singular);
        let path = catalog::fill(act.path, [found.id.as_str()])?;
        let answer = self.write_object(&Write {
            what: &what,
            method: "POST",
            path: &path,
            body: None,
            doubt: "it may have been done all the same; look first".into(),
        })?;
        let Some(answer) = answer else { return Ok(()) };
        self.say_done(act.done, &found);
        self.show_at(act.path, &answer)
    }

    fn wait_for(&self, state: &Await, found: &ResourceRef) -> Result<(), Error> {
        let singular = self.kind.singular;
        let mut last = String::new();
        for look in 0..MOST_LOOKS {
            if look > 0 {
                thread::sleep(PAUSE);
            }
            let now = self.lookup().get(&found.id, None, false)?;
            let Some(now) = now.get(state.field).and_then(text_of) else { return Ok(()) };
            if now == state.until {
                return Ok(());
            }
            if now == state.failed {
                let id = foreign(&found.id).in_command("ID");
                return Err(Error::new(
                    ErrorKind::Failure,
                    format!("the {singular} {found} has the {} {}", state.field, state.failed),
                )
                .hint(hint!("see why: {} show {}", self.kind.command(), id)));
            }
            if now != last {
                self.io.ui.say(format_args!(
                    "waiting: the {singular} {found} is {}, not yet {}",
                    foreign(&now).named(),
                    state.until
                ));
                last = now;
            }
        }
        Err(Error::new(
            ErrorKind::Unavailable,
            format!("the {singular} {found} did not become {} in time", state.until),
        )
        .hint("run the command again"))
    }
}
