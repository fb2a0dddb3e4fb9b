//! The names of profiles, which are also used as file names.

use std::fmt;

use crate::base::error::Error;
use crate::base::file_name::is_device;

/// A profile's name: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`, but not a device name of Windows.
///
/// Such a name is always a file inside the profiles' folder. Two names that differ only in case are
/// the same profile, because many file systems treat them as one file: see [`ProfileName::key`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);

impl ProfileName {
    /// Checks a name.
    ///
    /// # Errors
    /// Usage error if the name is invalid.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let valid = (1..=64).contains(&name.len())
            && name.as_bytes()[0].is_ascii_alphanumeric()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        // The message does not repeat the name, because it may be a token that was pasted by
        // mistake.
        let refused = || Error::usage("invalid profile name");
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

    /// The name in lower case. Two names with the same key are the same profile.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl crate::base::text::sealed::Ours for ProfileName {}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ProfileName;
    use crate::base::file_name::is_portable;

    proptest! {
        /// The files of a profile, its lock and its unfinished writes.
        #[test]
        fn any_name_names_files_that_every_system_has(name in "[\\PC\\x00-\\x1f]{0,3}[a-zA-Z0-9._/\\\\: -]{0,6}") {
            if let Ok(parsed) = ProfileName::parse(&name) {
                for file in [
                    format!("{parsed}.toml"),
                    format!("{parsed}.toml.tmp"),
                    format!("{parsed}.toml.0123456789abcdef.new"),
                    format!("{}.lock", parsed.key()),
                ] {
                    prop_assert!(is_portable(&file), "{file}");
                    prop_assert!(!file.starts_with('.'), "{file}");
                }
                let upper = ProfileName::parse(&name.to_ascii_uppercase());
                prop_assert_eq!(upper.map(|upper| upper.key()).ok(), Some(parsed.key()));
            }
        }

        #[test]
        fn no_device_is_a_name(
            device in "(con|prn|aux|nul|com[0-9]|lpt[0-9])",
            rest in "( |\\.[a-z.]{0,5})?",
            upper in any::<bool>(),
        ) {
            let name = if upper { device.to_uppercase() + &rest } else { device + &rest };
            prop_assert!(ProfileName::parse(&name).is_err(), "{name}");
        }
    }
}
