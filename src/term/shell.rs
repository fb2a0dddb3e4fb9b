//! Lines that set and remove variables, as the shell of the reader spells them.

use std::ffi::OsString;
use std::fmt;

use crate::base::platform::desktop::WINDOWS;
use crate::base::text::sealed::Ours;
use crate::term::Env;

/// The language of a shell's command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    /// bash, zsh and other shells of Unix, also Git Bash on Windows.
    Posix,
    /// PowerShell of any version.
    Power,
    /// `cmd.exe`.
    Cmd,
}

impl Language {
    /// The shell that has probably started this program. No variable names it on Windows: Git Bash
    /// sets `SHELL`, PowerShell adds a folder of the user's to `PSModulePath`, and `cmd.exe` sets
    /// `PROMPT`, which a PowerShell inside it inherits.
    fn of(windows: bool, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        if !windows || variable("SHELL").is_some() {
            return Self::Posix;
        }
        let text = |name: &str| {
            variable(name).map(|value| value.to_string_lossy().to_lowercase()).unwrap_or_default()
        };
        let home = text("USERPROFILE");
        let has_own_modules = !home.is_empty() && text("PSModulePath").contains(&home);
        if !has_own_modules && !text("PROMPT").is_empty() { Self::Cmd } else { Self::Power }
    }
}

/// A line for the reader's shell that sets or removes a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShellLine {
    language: Language,
    name: &'static str,
    value: Option<&'static str>,
}

/// The line that sets a variable to `value`, which needs no quotes in any shell.
pub(crate) fn set(name: &'static str, value: &'static str) -> ShellLine {
    ShellLine { language: here(), name, value: Some(value) }
}

/// The line that removes a variable.
pub(crate) fn unset(name: &'static str) -> ShellLine {
    ShellLine { language: here(), name, value: None }
}

fn here() -> Language {
    Language::of(WINDOWS, |name| Env.get_os(name))
}

impl fmt::Display for ShellLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match (self.language, self.value) {
            (Language::Posix, Some(value)) => write!(f, "export {name}={value}"),
            (Language::Posix, None) => write!(f, "unset {name}"),
            (Language::Power, Some(value)) => write!(f, "$env:{name} = '{value}'"),
            (Language::Power, None) => write!(f, "Remove-Item Env:{name}"),
            (Language::Cmd, Some(value)) => write!(f, "set {name}={value}"),
            (Language::Cmd, None) => write!(f, "set {name}="),
        }
    }
}

impl Ours for ShellLine {}

#[cfg(test)]
mod tests {
    use super::{Language, ShellLine};

    #[test]
    fn the_shell_is_told_by_what_it_leaves_in_the_environment() {
        let modules =
            r"C:\Users\Ada\Documents\PowerShell\Modules;C:\Program Files\PowerShell\Modules";
        let system = r"C:\Program Files\WindowsPowerShell\Modules";
        let home = ("USERPROFILE", r"C:\Users\ada");
        for (windows, variables, shell) in [
            (false, &[("PROMPT", "$P$G")][..], Language::Posix),
            (true, &[("SHELL", "/usr/bin/bash"), ("PROMPT", "$P$G")], Language::Posix),
            (true, &[home, ("PSModulePath", modules)], Language::Power),
            (true, &[home, ("PSModulePath", modules), ("PROMPT", "$P$G")], Language::Power),
            (true, &[home, ("PSModulePath", system), ("PROMPT", "$P$G")], Language::Cmd),
            (true, &[("PROMPT", "$P$G")], Language::Cmd),
            (true, &[], Language::Power),
        ] {
            let get = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            };
            assert_eq!(Language::of(windows, get), shell, "{variables:?}");
        }
    }

    #[test]
    fn each_shell_gets_its_own_words() {
        let line = |language, value| ShellLine { language, name: "X", value }.to_string();
        for (shell, set, unset) in [
            (Language::Posix, "export X=/y", "unset X"),
            (Language::Power, "$env:X = '/y'", "Remove-Item Env:X"),
            (Language::Cmd, "set X=/y", "set X="),
        ] {
            assert_eq!((line(shell, Some("/y")), line(shell, None)), (set.into(), unset.into()));
        }
    }
}
