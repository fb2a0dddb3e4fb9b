//! The names of profiles, which become names of files.

use std::fmt;

use crate::base::error::Error;

/// `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`, without the device names of Windows.
///
/// Such a name cannot lead out of the profiles' folder. Two names that differ only in case are the same
/// profile, because many file systems treat them as one file: see [`ProfileName::key`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);

impl ProfileName {
    /// Checks a name.
    ///
    /// # Errors
    /// Usage, if the name cannot be a profile's.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let valid = (1..=64).contains(&name.len())
            && name.as_bytes()[0].is_ascii_alphanumeric()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        // The message does not repeat the name: it may be a token that was pasted by mistake.
        let refused = || Error::usage("this cannot be a profile's name");
        if !valid {
            return Err(refused().hint(
                "use letters, digits, '.', '_' and '-', at most 64, with a letter or a digit first",
            ));
        }
        if is_device(name) {
            return Err(refused()
                .because("Windows reserves it for a device")
                .hint("choose another name, such as my-profile"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in lower case: equal for two names of the same profile.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// Whether Windows takes a file of this name for a device, whatever follows the first dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        port => ["com", "lpt"].iter().any(|kind| {
            port.strip_prefix(kind).is_some_and(|number| {
                number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit())
            })
        }),
    }
}

impl crate::base::text::sealed::Ours for ProfileName {}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
