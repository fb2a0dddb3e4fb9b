//! The question before something is done that cannot be undone.

use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::hint;
use crate::session::Identity;
use crate::term::Io;

/// What the command line answers to the question.
#[derive(Clone, Debug, Default)]
pub struct Confirmation {
    /// `--yes`: do not ask, unless the profile is protected.
    pub yes: bool,
    /// `--confirm DOMAIN`: do not ask if this is the tenant that would be changed.
    pub domain: Option<String>,
}

impl Confirmation {
    /// Whether either option is given.
    pub fn says_something(&self) -> bool {
        self.yes || self.domain.is_some()
    }

    /// Asks `question`, unless the command line has answered it. A protected profile takes only its
    /// domain for an answer.
    ///
    /// # Errors
    /// Usage, if `--confirm` names another tenant, or if there is no terminal to ask on; failure, if
    /// the answer is no.
    pub fn ask(&self, question: &str, identity: &Identity, io: &Io) -> Result<(), Error> {
        if self.is_answered(identity)? {
            return Ok(());
        }
        if !identity.is_protected() {
            return io.confirm(question);
        }
        let (domain, place) = (domain_of(identity)?, identity.place());
        if !io.interactive {
            return Err(needs_the_domain(identity, domain, self.yes));
        }
        io.ui.must_say(question);
        match io.ask(&format!("{place} is protected; type {domain} to go ahead: "))? {
            Some(typed) if is_domain(&typed, domain) => Ok(()),
            Some(_) => {
                Err(Error::new(ErrorKind::Failure, "this is not the domain; nothing was done"))
            }
            None => Err(Error::new(ErrorKind::Failure, "not confirmed; nothing was done")),
        }
    }

    /// Fails early where [`Confirmation::ask`] could only fail: before anything is looked up.
    ///
    /// # Errors
    /// As [`Confirmation::ask`].
    pub fn check(&self, identity: &Identity, io: &Io) -> Result<(), Error> {
        if self.is_answered(identity)? || io.interactive {
            return Ok(());
        }
        if identity.is_protected() {
            return Err(needs_the_domain(identity, domain_of(identity)?, self.yes));
        }
        io.confirm("")
    }

    /// Whether the command line answers the question, so that nothing is asked.
    ///
    /// # Errors
    /// Usage, if `--confirm` names another tenant.
    pub fn is_answered(&self, identity: &Identity) -> Result<bool, Error> {
        let Some(typed) = &self.domain else { return Ok(self.yes && !identity.is_protected()) };
        let domain = domain_of(identity)?;
        if is_domain(typed, domain) {
            return Ok(true);
        }
        Err(Error::usage(format!(
            "--confirm names another tenant; this would change {}",
            identity.place()
        ))
        .hint("choose the profile of the tenant that you mean: --profile NAME"))
    }
}

fn is_domain(typed: &str, domain: &Domain) -> bool {
    Domain::parse(typed).is_ok_and(|typed| typed == *domain)
}

fn domain_of(identity: &Identity) -> Result<&Domain, Error> {
    identity.domain().ok_or_else(|| {
        Error::usage("no domain is known")
            .hint("give it: auth0-login --domain YOUR-TENANT.eu.auth0.com")
    })
}

fn needs_the_domain(identity: &Identity, domain: &Domain, yes: bool) -> Error {
    let why = if yes { "so --yes is not enough" } else { "so this must be confirmed" };
    Error::usage(format!("{} is protected, {why}", identity.place()))
        .hint(hint!("name the tenant that would be changed: --confirm {}", domain))
}
