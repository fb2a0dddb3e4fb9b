//! Actions on one resource, such as deploying or revoking it.

use std::thread;
use std::time::Duration;

use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::hint;
use crate::management::change::Object;
use crate::management::{Call, catalog};
use crate::resource::confirm::Confirmation;
use crate::resource::kinds::{Act, Await, Members};
use crate::resource::naming::text_of;
use crate::resource::{ResourceContext, Write, object};

/// Time between two reads of a state.
const PAUSE: Duration = Duration::from_secs(1);

/// Maximum number of reads of a state: five minutes of them.
const MOST_LOOKS: usize = 300;

/// The state in an answer.
enum State {
    Reached,
    Failed,
    Is(String),
}

impl ResourceContext<'_> {
    /// Runs the action on the resource that `text` names, or on the tenant, and shows the answer.
    ///
    /// # Errors
    /// Not found; failure, if a state that is waited for does not come; the API's refusal.
    pub fn act(&mut self, act: &Act, text: &str, confirm: &Confirmation) -> Result<(), Error> {
        if act.asks {
            self.check_confirmable(confirm)?;
        }
        if catalog::placeholders(act.path).next().is_none() {
            let what = format!("{} the {}", act.verb, self.kind.plural);
            return self.do_act(act, &what, &[], confirm);
        }
        let found = self.lookup().find(text)?;
        if let Some(state) = act.after.as_ref().filter(|_| !self.dry_run) {
            let what = format!("the {} {found}", self.kind.singular);
            let show = hint!(
                "see why: {} show {}",
                self.kind.command(),
                foreign(&found.id).in_command("ID")
            );
            self.wait_for(state, &what, |context| context.lookup().get(&found.id, None, false))
                .map_err(|error| match error.kind() {
                    ErrorKind::Failure => error.hint(show),
                    _ => error,
                })?;
        }
        let what = format!("{} the {} {found}", act.verb, self.kind.singular);
        self.do_act(act, &what, &[&found.id], confirm)
    }

    /// Runs the action on a member.
    ///
    /// # Errors
    /// As [`ResourceContext::act`].
    pub fn act_on_member(
        &mut self,
        members: &Members,
        act: &Act,
        (text, member): (&str, &str),
        confirm: &Confirmation,
    ) -> Result<(), Error> {
        if act.asks {
            self.check_confirmable(confirm)?;
        }
        let above = self.find_above(members, text, "")?;
        let found = self.find_member(members, &above, member)?;
        let what = format!("{} the {} {found} of {above}", act.verb, members.singular);
        self.do_act(act, &what, &[above.id(), &found.id], confirm)
    }

    fn do_act(
        &mut self,
        act: &Act,
        what: &str,
        ids: &[&str],
        confirm: &Confirmation,
    ) -> Result<(), Error> {
        let place = self.api.identity().place();
        if act.asks && !self.dry_run && !confirm.is_answered(self.api.identity())? {
            confirm.ask(&format!("{what} on {place}?"), self.api.identity(), self.io)?;
        }
        let path = catalog::fill(act.path, ids.iter().copied())?;
        let answer = self.write(&Write {
            what,
            method: act.method.as_str(),
            path: &path,
            body: None,
            doubt: "it may have been done all the same; look first".into(),
        })?;
        let Some(answer) = answer else { return Ok(()) };
        let mut answer = match answer.body.trim_ascii() {
            b"" => None,
            _ => Some(object(&answer, what)?),
        };
        if let (Some(follow), Some(made)) = (&act.then, &answer)
            && let (Some(above), Some(id)) = (ids.first(), made.get("id").and_then(text_of))
        {
            let path = catalog::fill(follow.path, [*above, id.as_str()])?;
            let last =
                self.wait_for(&follow.state, &format!("what was {}", act.done), |context| {
                    let look = format!("see what became of what was {}", act.done);
                    object(&context.api.call(&Call::get(&look, &path))?, &look)
                })?;
            answer = Some(last);
        }
        let object_of_verb = what.strip_prefix(act.verb).unwrap_or(what);
        self.io.ui.say(format_args!("{}{object_of_verb} on {place}", act.done));
        match answer {
            Some(answer) => self.show_at(act.path, &answer),
            None => Ok(()),
        }
    }

    /// Reads the state again and again until it is reached; returns the last answer.
    fn wait_for(
        &self,
        state: &Await,
        what: &str,
        look: impl Fn(&Self) -> Result<Object, Error>,
    ) -> Result<Object, Error> {
        let mut last = String::new();
        for at in 0..MOST_LOOKS {
            if at > 0 {
                thread::sleep(PAUSE);
            }
            let seen = look(self)?;
            match state.of(&seen) {
                State::Reached => return Ok(seen),
                State::Failed => {
                    let message = format!("{what} has the {} {}", state.field, state.failed);
                    return Err(Error::new(ErrorKind::Failure, message));
                }
                State::Is(now) if now != last => {
                    let named = foreign(&now).named();
                    self.io
                        .ui
                        .say(format_args!("waiting: {what} is {named}, not yet {}", state.until));
                    last = now;
                }
                State::Is(_) => {}
            }
        }
        let message = format!("{what} did not become {} in time", state.until);
        Err(Error::new(ErrorKind::Unavailable, message).hint("run the command again"))
    }
}

impl Await {
    /// An object that does not tell its state counts as done.
    fn of(&self, seen: &Object) -> State {
        match seen.get(self.field).and_then(text_of) {
            None => State::Reached,
            Some(now) if now == self.until => State::Reached,
            Some(now) if now == self.failed => State::Failed,
            Some(now) => State::Is(now),
        }
    }
}
