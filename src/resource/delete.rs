//! Deleting, one or many.

use serde_json::Value;

use crate::base::error::Error;
use crate::resource::confirm::Confirmation;
use crate::resource::each::{NOT_SENT, Work};
use crate::resource::naming::ResourceRef;
use crate::resource::{ResourceContext, Write};

const DELETE: Work =
    Work { verb: "delete", doing: "deleting", done: "deleted", for_good: true, consequence: "" };

impl ResourceContext<'_> {
    /// Deletes what `names` name, once that is confirmed, and goes on past a failure.
    ///
    /// # Errors
    /// The worst failure of any of them.
    pub fn delete(&mut self, names: &[String], confirm: &Confirmation) -> Result<(), Error> {
        self.each(&DELETE, names, confirm, Self::delete_one)
    }

    /// Deletes the only one that a tenant has, once that is confirmed.
    ///
    /// # Errors
    /// Usage, if it is not confirmed; the API's refusal.
    pub fn delete_only(&mut self, confirm: &Confirmation) -> Result<(), Error> {
        self.check_confirmable(confirm)?;
        let singular = self.kind.singular;
        let identity = self.api.identity();
        if !self.dry_run && !confirm.is_answered(identity)? {
            let question = format!("delete the {singular} on {}?", identity.place());
            confirm.ask(&question, identity, self.io)?;
        }
        let what = format!("delete the {singular}");
        let sent = self.write(&Write {
            what: &what,
            method: "DELETE",
            path: self.kind.item,
            body: None,
            doubt: "try again".into(),
        })?;
        if sent.is_some() {
            let place = self.api.identity().place();
            self.io.ui.say(format_args!("deleted the {singular} on {place}"));
        }
        Ok(())
    }

    /// Deletes one; what became of it, for a report.
    fn delete_one(&mut self, found: &ResourceRef) -> Result<&'static str, Error> {
        let what = format!("delete the {} {found}", self.kind.singular);
        let path = self.kind.path_of(&found.id)?;
        let Some(answer) = self.write(&Write {
            what: &what,
            method: "DELETE",
            path: &path,
            body: None,
            doubt: "try again".into(),
        })?
        else {
            return Ok(NOT_SENT);
        };
        let begun = answer.status == 202
            && serde_json::from_slice::<Value>(&answer.body)
                .is_ok_and(|body| body.get("deleted_at").is_some());
        let singular = self.kind.singular;
        let place = self.api.identity().place();
        if begun {
            self.io.ui.say(format_args!(
                "deleting the {singular} {found} on {place}: the tenant has accepted it and finishes it later"
            ));
        } else if found.name.is_some() {
            self.io.ui.say(format_args!("deleted the {singular} {found} on {place}"));
        } else {
            // The API answers the same for an ID that does not exist.
            self.io.ui.say(format_args!(
                "{place} has accepted the deletion of the {singular} {found}; whether it was there is not known, because the token may not read it"
            ));
        }
        Ok(if begun { "accepted" } else { "deleted" })
    }
}
