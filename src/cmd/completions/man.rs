//! Man pages, one a command: options from its definition, and what all commands share.

use std::fmt::Write as _;

use clap_mangen::Man;

use super::describe::{EXIT_CODES, is_shown};
use super::notes::HelpNotes;
use crate::cmd::suite;

/// Of the pages' words: it moves with a release.
const DATE: &str = "2026-11-23";

/// clap_mangen's options use this string, which groff has and others need.
const APOSTROPHE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// Every page's file name and text, in order.
pub fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for binary in suite::commands() {
        let mut command = binary.command();
        command.build();
        let tops: Vec<String> = suite::commands().iter().map(|b| b.name.to_owned()).collect();
        page(&command, binary.name, &tops, &mut pages);
    }
    pages
}

/// The page of a command, and those of its subcommands. `name` is the page's: words with hyphens.
fn page(command: &clap::Command, name: &str, near: &[String], pages: &mut Vec<(String, String)>) {
    let subs: Vec<_> = command.get_subcommands().filter(|sub| is_shown(sub)).collect();
    let below: Vec<String> = subs.iter().map(|sub| format!("{name}-{}", sub.get_name())).collect();
    let mut see = below.clone();
    see.extend(near.iter().filter(|other| *other != name).cloned());
    pages.push((format!("{name}.1"), text(command, name, &subs, &see)));
    for (sub, page_name) in subs.iter().zip(&below) {
        let mut near = vec![name.to_owned()];
        near.extend(below.iter().cloned());
        page(sub, page_name, &near, pages);
    }
}

fn text(command: &clap::Command, name: &str, subs: &[&clap::Command], see: &[String]) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let notes = HelpNotes::of(command, &spoken(name));
    let mut page = format!(
        "{APOSTROPHE}.TH {} 1 \"{DATE}\" \"auth0-suite {}\" \"auth0-suite\"\n.SH NAME\n{} \\- {}\n",
        escaped(&name.to_uppercase()),
        env!("CARGO_PKG_VERSION"),
        escaped(name),
        escaped(&about),
    );
    page.push_str(".SH SYNOPSIS\n");
    let usage = command.clone().render_usage().to_string();
    let lines: Vec<_> = usage.trim_start_matches("Usage:").lines().map(str::trim).collect();
    let lines: Vec<_> = lines.iter().map(|line| format!("{}\n", escaped(line))).collect();
    page.push_str(&lines.join(".br\n"));
    page.push_str(".SH DESCRIPTION\n");
    let _ = writeln!(page, "{}.", escaped(&about));
    for paragraph in &notes.paragraphs {
        let _ = writeln!(page, ".PP\n{}", escaped(paragraph));
    }
    page.push_str(&options(command));
    if !subs.is_empty() {
        page.push_str(".SH SUBCOMMANDS\n");
        for sub in subs {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            let page_name = escaped(&format!("{name}-{}", sub.get_name()));
            let _ = writeln!(page, ".TP\n\\fB{page_name}\\fR(1)\n{}", escaped(&about));
        }
    }
    if !notes.examples.is_empty() {
        page.push_str(".SH EXAMPLES\n");
        for (index, example) in notes.examples.iter().enumerate() {
            if index > 0 {
                page.push_str(".PP\n");
            }
            let _ = writeln!(page, "{}:", escaped(&sentence_start(&example.purpose)));
            let _ = writeln!(page, ".RS 4\n.nf\n{}\n.fi\n.RE", escaped_lines(&example.lines()));
        }
    }
    page.push_str(".SH EXIT STATUS\n.TP\n\\fB0\\fR\nDone.\n");
    for (kind, text) in EXIT_CODES {
        let text = sentence(text);
        let _ = writeln!(page, ".TP\n\\fB{}\\fR\n{}", kind.exit_code(), escaped(&text));
    }
    section(&mut page, "ENVIRONMENT", &ENVIRONMENT);
    section(&mut page, "FILES", &FILES);
    page.push_str(".SH SEE ALSO\n");
    let see: Vec<_> = see.iter().map(|other| format!("\\fB{}\\fR(1)", escaped(other))).collect();
    page.push_str(&see.join(",\n"));
    page.push('\n');
    ascii(&page)
}

/// Readers of pages differ in the encoding they expect; all know these names of characters.
fn ascii(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    for c in page.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let _ = write!(text, "\\[u{:04X}]", u32::from(c));
        }
    }
    text
}

/// The sections of options, by their headings.
fn options(command: &clap::Command) -> String {
    let mut bytes = Vec::new();
    let rendered = Man::new(command.clone()).render_options_section(&mut bytes);
    rendered.expect("memory takes all that is written");
    let text = String::from_utf8_lossy(&bytes);
    // Its own preamble, the apostrophe, stands at the top of the page already.
    text.find(".SH").map_or_else(String::new, |at| text[at..].to_owned())
}

fn section(page: &mut String, title: &str, entries: &[(&str, &str)]) {
    let _ = writeln!(page, ".SH {title}");
    for (name, text) in entries {
        let _ = writeln!(page, ".TP\n\\fB{}\\fR\n{}", escaped(name), escaped(text));
    }
}

/// The name of a command as it is typed, from its page's name.
fn spoken(page: &str) -> String {
    let is_binary = |name: &&suite::Binary| {
        page.strip_prefix(name.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    // The host's name begins the names of all others.
    let binary = suite::commands().iter().filter(is_binary).max_by_key(|it| it.name.len());
    let Some(binary) = binary else { return page.to_owned() };
    let mut words = binary.name.to_owned();
    let mut command = binary.command();
    let mut rest = &page[binary.name.len()..];
    // Names of commands have hyphens too, so each word is looked up.
    while let Some((name, after)) = first_word(&command, rest) {
        words.push(' ');
        words.push_str(name.get_name());
        rest = after;
        command = name.clone();
    }
    words
}

/// The subcommand whose name begins the rest of a page's name, and what comes after it.
fn first_word<'c, 'p>(
    command: &'c clap::Command,
    rest: &'p str,
) -> Option<(&'c clap::Command, &'p str)> {
    let rest = rest.strip_prefix('-')?;
    let begins = |name: &str| {
        rest.strip_prefix(name).filter(|after| after.is_empty() || after.starts_with('-'))
    };
    command
        .get_subcommands()
        .filter_map(|sub| begins(sub.get_name()).map(|after| (sub, after)))
        .min_by_key(|(_, after)| after.len())
}

fn escaped_lines(lines: &[String]) -> String {
    lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n")
}

fn sentence(text: &str) -> String {
    sentence_start(text) + "."
}

fn sentence_start(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// Text as roff takes it: backslashes and hyphens as themselves, no line that is a request.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    if text.starts_with(['.', '\'']) {
        escaped.push_str("\\&");
    }
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\e"),
            '-' => escaped.push_str("\\-"),
            // As they are typed, not as typography has them.
            '\'' => escaped.push_str("\\(aq"),
            '`' => escaped.push_str("\\(ga"),
            '^' => escaped.push_str("\\(ha"),
            '~' => escaped.push_str("\\(ti"),
            c => escaped.push(c),
        }
    }
    escaped
}

const ENVIRONMENT: [(&str, &str); 12] = [
    ("AUTH0_PROFILE", "The profile to use where --profile does not say."),
    ("AUTH0_DOMAIN", "The tenant, over what the profile says."),
    ("AUTH0_CLIENT_ID", "The application, over what the profile says."),
    (
        "AUTH0_CLIENT_SECRET",
        "Its secret. With AUTH0_DOMAIN and AUTH0_CLIENT_ID, no profile is needed and nothing is written.",
    ),
    (
        "AUTH0_ACCESS_TOKEN",
        "A token to use as it is. With AUTH0_DOMAIN, no profile is needed and nothing is written.",
    ),
    ("AUTH0_AUDIENCE", "The API a token is for, over what the profile says."),
    ("AUTH0_SCOPE", "The scopes to ask for, over what the profile says."),
    ("AUTH0_CONFIG_DIR", "The folder of profiles."),
    ("AUTH0_CACHE_DIR", "The folder of what completions know."),
    ("BROWSER", "The command that opens a page."),
    ("SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY, NO_PROXY", "Certificates to trust, and proxies."),
    ("NO_COLOR, CLICOLOR_FORCE", "No colors, or colors off a terminal too."),
];

const FILES: [(&str, &str); 3] = [
    (
        "~/.config/auth0-suite/config.toml",
        "Which profile is current. On macOS the folder is in ~/Library/Application Support, on \
         Windows in %APPDATA%.",
    ),
    ("~/.config/auth0-suite/profiles/NAME.toml", "A profile: its settings and its token."),
    (
        "~/.cache/auth0-suite/DOMAIN.tsv",
        "IDs and names that lists have shown, for completions. It can be deleted at any time. On \
         macOS the folder is in ~/Library/Caches, on Windows in %LOCALAPPDATA%.",
    ),
];

#[cfg(test)]
mod tests {
    use super::{escaped, sentence};

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped(".SH 'x' a\\b --c"), "\\&.SH \\(aqx\\(aq a\\eb \\-\\-c");
        assert_eq!(sentence("refused: 403"), "Refused: 403.");
    }
}
