//! What a script of [`super::scripts`] asks at a TAB, and the answer.
//!
//! `auth0-completions complete SHELL [TYPE] -- WORD…`: the words of the line up to the cursor, the
//! last of them begun or empty. bash and PowerShell hand over the line itself as the one word.
//! One candidate a line, with its description behind a tab where the shell shows one. PowerShell also
//! gets the candidate as it must stand on the line.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use clap_complete::CompletionCandidate;

use super::scripts::Shell;
use crate::base::escape;
use crate::base::platform::desktop::WINDOWS;
use crate::cmd::completer;
use crate::cmd::suite;

/// The most candidates: more are of no use to a person.
const MOST: usize = 2_000;

/// `COMP_TYPE` of bash when TAB steps through the candidates: each is put on the line as it is.
const MENU: &str = "37";

/// Answers, when this process was started to: before clap, whose work on the completer's own
/// arguments would be for nothing.
pub fn if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    if args.next()? != "complete" {
        return None;
    }
    let shell = args.next().and_then(|name| Shell::parse(name.to_str()?))?;
    let mut words: Vec<OsString> = args.collect();
    let given = words.iter().position(|word| word == "--")?;
    let menu = words[..given].iter().any(|word| word == MENU);
    words.drain(..=given);
    let text = answer(shell, menu, words);
    // A shell that no longer reads does not care. It is a shell, and no terminal, that reads.
    #[expect(clippy::disallowed_methods, reason = "there is no command and so no door to stdout")]
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Some(ExitCode::SUCCESS)
}

/// The lines for a shell.
pub fn answer(shell: Shell, menu: bool, words: Vec<OsString>) -> String {
    let mut quote = None;
    let words = match shell {
        Shell::Bash | Shell::PowerShell => {
            let line = words.into_iter().next().unwrap_or_default();
            let mut line = line.to_string_lossy().into_owned();
            // PowerShell 5.1 puts the line in quotes, and a backslash before the last one makes that
            // part of the line. The script leaves no other double quote in it.
            if shell == Shell::PowerShell && line.ends_with('"') {
                line.pop();
                line.push('\\');
            }
            let (words, open) = split(&line, shell);
            quote = open;
            words.into_iter().map(OsString::from).collect()
        }
        _ => words,
    };
    let current = words.last().cloned().unwrap_or_default();
    let found = candidates(words);
    let mut text = String::new();
    match shell {
        Shell::Bash => bash(&found, &current.to_string_lossy(), quote, menu, &mut text),
        Shell::PowerShell => {
            for candidate in &found {
                let value = candidate.get_value().to_string_lossy();
                let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
                let help = escape::visible(help.lines().next().unwrap_or_default());
                let _ = writeln!(text, "{value}\t{help}\t{}", word_of_powershell(&value));
            }
        }
        _ => {
            for candidate in &found {
                push(&candidate.get_value().to_string_lossy(), candidate, "\t", "", &mut text);
            }
        }
    }
    text
}

/// What fits the last of these words; options only where nothing else does, or they are begun.
pub fn candidates(words: Vec<OsString>) -> Vec<CompletionCandidate> {
    let Some((program, seen)) = program(words.clone()) else { return Vec::new() };
    completer::notice(&words, &seen);
    let words = seen;
    let mut command = only_named(program.command(), &words);
    let current = words.last().cloned().unwrap_or_default();
    let index = words.len() - 1;
    let folder = std::env::current_dir().ok();
    let found = clap_complete::engine::complete(&mut command, words, index, folder.as_deref());
    let mut found = found.unwrap_or_default();
    let is_option = |candidate: &CompletionCandidate| begins(candidate.get_value(), b"-");
    if current.is_empty() && !found.iter().all(is_option) {
        found.retain(|candidate| !is_option(candidate));
    }
    // A shell's line is one line.
    found.retain(|candidate| !candidate.get_value().to_string_lossy().contains(char::is_control));
    found.truncate(MOST);
    found
}

/// The command without what is below the subcommands that these words do not name: the completer
/// would build all of it, and `auth0-resources` has hundreds of commands. Hidden ones are offered:
/// kinds of resource are too many for a help text, but not for a shell.
fn only_named(command: clap::Command, words: &[OsString]) -> clap::Command {
    command.mut_subcommands(|sub| {
        let is_clap_own = sub.get_name() == "help";
        let is_typed = |name: &str| words.iter().any(|word| word == name);
        if is_clap_own {
            return sub;
        }
        if is_typed(sub.get_name()) || sub.get_all_aliases().any(is_typed) {
            return sub.hide(false);
        }
        let aliases = sub.get_visible_aliases().map(str::to_owned).collect::<Vec<_>>();
        let bare = clap::Command::new(sub.get_name().to_owned()).visible_aliases(aliases);
        match sub.get_about() {
            Some(about) => bare.about(about.clone()),
            None => bare,
        }
    })
}

/// Whose words are completed.
enum Program {
    Binary(&'static suite::Binary),
    /// The names behind `auth0 help`.
    HostHelp,
}

impl Program {
    fn command(&self) -> clap::Command {
        match self {
            Self::Binary(binary) => binary.command(),
            Self::HostHelp => crate::cmd::host::names_alone(),
        }
    }
}

/// The program that stands first, and the words as that program sees them.
fn program(mut words: Vec<OsString>) -> Option<(Program, Vec<OsString>)> {
    let named = |word: &OsStr| {
        let name = std::path::Path::new(word).file_name()?.to_str()?;
        // File names on Windows ignore case.
        let name = if WINDOWS { name.to_ascii_lowercase() } else { name.to_owned() };
        suite::find(name.strip_suffix(".exe").unwrap_or(&name))
    };
    let binary = named(words.first()?)?;
    if binary.name != suite::HOST {
        return (words.len() > 1).then_some((Program::Binary(binary), words));
    }
    // The host's options may stand before the subcommand; those that take a value, with it.
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str())
        && word.starts_with('-')
    {
        at += if matches!(word, "--profile" | "--output" | "-o" | "--color") { 2 } else { 1 };
    }
    let last = words.len().checked_sub(1).filter(|last| *last > 0)?;
    if at >= last {
        return Some((Program::Binary(binary), words));
    }
    let mut name = words[at].to_str()?;
    // `auth0 help clients` has the names of commands behind it, and nothing else.
    if name == "help" {
        if at + 1 == last {
            words.drain(1..=at);
            return Some((Program::HostHelp, words));
        }
        words.remove(at);
        name = words[at].to_str()?;
    }
    let (binary, kind) = match suite::find(&format!("{}{name}", suite::PREFIX)) {
        Some(binary) => (binary, None),
        None => {
            let (program, kind) = suite::alias(name)?;
            (suite::find(program)?, kind)
        }
    };
    words.drain(..at);
    if let Some(kind) = kind {
        words.insert(1, kind.into());
    }
    Some((Program::Binary(binary), words))
}

/// Candidates as bash puts them on its line: quoted, and without what readline takes for a word of
/// its own.
fn bash(
    found: &[CompletionCandidate],
    current: &str,
    quote: Option<char>,
    menu: bool,
    text: &mut String,
) {
    // COMP_WORDBREAKS has them in it, so that the word that is replaced begins behind the last.
    let replaced = match quote {
        None => current.rfind(['=', ':']).map_or(0, |at| at + 1),
        Some(_) => 0,
    };
    let listed = found.len() > 1 && !menu;
    for candidate in found {
        let value = candidate.get_value().to_string_lossy();
        let Some(value) = value.get(replaced..) else { continue };
        let value = match quote {
            None => escaped(value),
            Some(mark) if value.contains([mark, '\\', '$', '`', '!']) => continue,
            Some(_) => value.to_owned(),
        };
        let opaque = candidate.get_tag().is_some_and(|tag| tag.to_string() == completer::OPAQUE);
        if listed && opaque {
            push(&value, candidate, "  (", ")", text);
        } else {
            text.push_str(&value);
            text.push('\n');
        }
    }
}

fn push(
    value: &str,
    candidate: &CompletionCandidate,
    before: &str,
    after: &str,
    text: &mut String,
) {
    text.push_str(value);
    if let Some(help) = candidate.get_help() {
        let help = help.to_string();
        let line = help.lines().next().unwrap_or_default();
        if !line.is_empty() {
            text.push_str(before);
            text.push_str(&escape::visible(line));
            text.push_str(after);
        }
    }
    text.push('\n');
}

/// A value as an unquoted word of bash. What it does not need to quote it leaves readable.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_./=:@%+,^".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// A value as one word of PowerShell, in single quotes unless it needs none. PowerShell reads
/// typographic quotes like plain ones.
fn word_of_powershell(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\:=+".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    let mut word = String::with_capacity(value.len() + 2);
    word.push('\'');
    for c in value.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            word.push(c);
        }
        word.push(c);
    }
    word.push('\'');
    word
}

/// The words of a line, the last of them begun, and the quote that it stands in.
fn split(line: &str, shell: Shell) -> (Vec<String>, Option<char>) {
    // In PowerShell a backslash is part of a path.
    let escape = if shell == Shell::PowerShell { '`' } else { '\\' };
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut begun = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let word = words.last_mut().expect("there is one from the start");
        match (quote, c) {
            // PowerShell's way to put a quote between quotes.
            (Some(mark), c)
                if c == mark && shell == Shell::PowerShell && chars.peek() == Some(&mark) =>
            {
                word.extend(chars.next());
            }
            (Some(mark), c) if c == mark => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                begun = true;
            }
            (None | Some('"'), c) if c == escape => {
                word.extend(chars.next());
                begun = true;
            }
            (None, ' ' | '\t' | '\n') => {
                if begun {
                    words.push(String::new());
                    begun = false;
                }
            }
            (_, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    // PowerShell's operator that runs a program whose path is in quotes.
    if shell == Shell::PowerShell && words.len() > 1 && words[0] == "&" {
        words.remove(0);
    }
    (words, quote)
}

fn begins(value: &OsStr, with: &[u8]) -> bool {
    value.as_encoded_bytes().starts_with(with)
}

#[cfg(test)]
mod tests {
    use super::{Shell, answer, escaped, only_named, split, suite, word_of_powershell};
    use crate::resource::kinds;

    fn at(line: &str) -> Vec<String> {
        let text = answer(Shell::Bash, false, vec![line.into()]);
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_split_as_a_shell_splits_them() {
        let words = |line: &str| split(line, Shell::Bash).0;
        assert_eq!(words("auth0-clients  show "), ["auth0-clients", "show", ""]);
        assert_eq!(words("a 'b c' d\\ e \"f\\\" g\" h"), ["a", "b c", "d e", "f\" g", "h"]);
        assert_eq!(split("a 'b c", Shell::Bash), (vec!["a".into(), "b c".into()], Some('\'')));
        assert_eq!(words("a ''"), ["a", ""]);
        assert_eq!(words(""), [""]);
        // A backslash is part of a path in PowerShell, whose escape is a backtick.
        let words = |line: &str| split(line, Shell::PowerShell).0;
        assert_eq!(words(r"a C:\Users\x d` e '"), ["a", r"C:\Users\x", "d e", ""]);
        assert_eq!(words("& 'C:\\my tools\\a.exe' 'It''s' b"), [r"C:\my tools\a.exe", "It's", "b"]);
    }

    #[test]
    fn powershell_gets_each_candidate_as_a_word_of_its_own() {
        let at = |line: &str| answer(Shell::PowerShell, false, vec![line.into()]);
        assert_eq!(at("auth0-clients sho").split('\t').next_back(), Some("show\n"));
        assert_eq!(at("AUTH0-Clients.EXE sho").is_empty(), !cfg!(windows));
        assert_eq!(at("& 'C:/my tools/auth0-clients.exe' sho"), at("auth0-clients sho"));
        assert!(at("auth0-api GET /clients/").contains("\t'/clients/{id}'\n"));
        for (value, word) in [
            ("My App", "'My App'"),
            ("--output=json", "--output=json"),
            (r"C:\x\", r"C:\x\"),
            ("Zoë", "Zoë"),
            ("", "''"),
            ("It's", "'It''s'"),
            // A name from a tenant runs nothing.
            ("x’; calc #", "'x’’; calc #'"),
            ("‘‚‛", "'‘‘‚‚‛‛'"),
            ("$(calc)", "'$(calc)'"),
            ("--%", "'--%'"),
            ("a*", "'a*'"),
            ("–x", "'–x'"),
        ] {
            assert_eq!(word_of_powershell(value), word);
        }
    }

    /// PowerShell 5.1 passes a line that ends with a backslash so that it ends with a quote.
    #[test]
    fn a_folder_is_completed_in_every_powershell() {
        let at = |line: &str| answer(Shell::PowerShell, false, vec![line.into()]);
        let files = at(r"auth0-users import src\");
        assert_eq!(at("auth0-users import src\""), files);
        assert_eq!(!files.is_empty(), cfg!(windows), "{files}");
    }

    #[test]
    fn words_of_every_kind_complete() {
        assert_eq!(at("auth0-clients sho"), ["show"]);
        assert_eq!(at("/usr/bin/auth0-clients sho"), ["show"]);
        assert_eq!(at("auth0-clients list -o js"), ["json", "jsonl"]);
        // Behind an equals sign bash replaces only the value.
        assert_eq!(at("auth0-clients list --output=js"), ["json", "jsonl"]);
        assert_eq!(at("auth0-clients list --app-type native,sp"), ["native,spa"]);
        assert_eq!(at("auth0-api GET /users-by"), ["/users-by-email"]);
        assert_eq!(at("auth0-completions po"), ["powershell"]);
        assert!(at("auth0-login --cl").contains(&"--client-credentials".to_owned()));
        assert!(at("something-else ").is_empty());
        assert!(at("auth0-clients").is_empty());
    }

    #[test]
    fn a_kind_completes_without_the_commands_of_other_kinds() {
        assert_eq!(at("auth0-resources rol"), ["roles"]);
        assert_eq!(at("auth0-resources roles upd"), ["update"]);
        assert_eq!(at("auth0 roles upd"), ["update"]);
        assert!(at("auth0-resources ").len() > kinds::all().count());
        let words = ["auth0-resources", "roles", ""].map(Into::into);
        let mut command = only_named(suite::find("auth0-resources").unwrap().command(), &words);
        command.build();
        let verbs = |kind: &str| command.find_subcommand(kind).unwrap().get_subcommands().count();
        assert!(verbs("roles") > 4);
        assert_eq!(verbs("organizations"), 0);
    }

    #[test]
    fn options_wait_until_they_are_begun() {
        let words = at("auth0-clients ");
        assert!(words.contains(&"list".to_owned()), "{words:?}");
        assert!(words.iter().all(|word| !word.starts_with('-')), "{words:?}");
        assert!(at("auth0-logout ").iter().any(|word| word == "--all"));
    }

    #[test]
    fn the_host_descends() {
        assert_eq!(at("auth0 clients sho"), ["show"]);
        assert_eq!(at("auth0 -o json clients sho"), ["show"]);
        assert_eq!(at("auth0 --profile x -q connections sta"), ["status"]);
        assert_eq!(at("auth0 help clients rot"), ["rotate-secret"]);
        assert!(at("auth0 --li").contains(&"--list".to_owned()));
        assert!(at("auth0 nothing-of-ours sho").is_empty());
    }

    #[test]
    fn nothing_runs_on_a_line() {
        assert_eq!(escaped("My App"), "My\\ App");
        assert_eq!(escaped("$(reboot);`x`"), "\\$\\(reboot\\)\\;\\`x\\`");
        // bash expands braces and a leading tilde.
        assert_eq!(escaped("/clients/{id}"), "/clients/\\{id\\}");
        assert_eq!(escaped("Pay{,roll}"), "Pay\\{,roll\\}");
        assert_eq!(escaped("~root"), "\\~root");
    }
}
