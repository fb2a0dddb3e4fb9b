//! What the documents say is so: links lead somewhere, snippets are the code, commands parse.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;

/// Every document a reader is sent to.
fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let here =
        std::fs::read_dir(root).unwrap().chain(std::fs::read_dir(root.join("docs")).unwrap());
    let mut paths: Vec<_> = here
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 7, "{paths:?}");
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut followed = 0;
    for (path, text) in documents() {
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if target.starts_with("http") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file =
                if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(file.exists(), "{}: {target} is not there", path.to_string_lossy());
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&file).unwrap();
                let found =
                    text.lines().any(|line| heading_anchor(line).as_deref() == Some(anchor));
                assert!(found, "{}: {target} has no such heading", path.to_string_lossy());
            }
            followed += 1;
        }
    }
    assert!(followed > 15, "{followed}");
}

/// The anchor of a heading, as hosts of Markdown make it.
fn heading_anchor(line: &str) -> Option<String> {
    let title = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))?;
    let kept = title
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>();
    Some(kept.replace(' ', "-"))
}

/// What it is, a picture, how to start, the tools, the comparison, the exit codes, where the rest is.
#[test]
fn the_readme_is_one_page_and_dates_its_comparison() {
    let readme = include_str!("../README.md");
    assert!(readme.lines().count() <= 150, "{}", readme.lines().count());
    let comparison = readme
        .split("\n## ")
        .find(|section| section.starts_with("Compared with"))
        .expect("a section that compares");
    // Every tool that is named has the version that was looked at, and the whole has a date.
    for dated in ["As of November 2026", "1.36 (September 2026)", "8.44", "0.1.0-beta"] {
        assert!(comparison.contains(dated), "{dated}");
    }
    let order: Vec<_> =
        ["cargo demo", "cargo install --locked", "## The tools", "## Compared", "## Exit codes"]
            .map(|part| readme.find(part).unwrap_or_else(|| panic!("no {part}")))
            .into();
    assert!(order.is_sorted(), "{order:?}");
    assert!(
        readme.contains("## Working on it\n\n```sh\ncargo test --workspace --all-features\n```")
    );
}

#[test]
fn the_worked_example_is_the_code() {
    let example = include_str!("../examples/auth0-tally.rs");
    let kinds = include_str!("../src/resource/kinds/people.rs");
    let guide = include_str!("../CONTRIBUTING.md");
    let snippets = blocks(guide, "rust");
    assert!(snippets.len() >= 5);
    for snippet in snippets {
        let is_code = example.contains(&snippet) || kinds.contains(&snippet);
        assert!(is_code, "not in examples/auth0-tally.rs, nor a kind:\n{snippet}");
    }
}

/// Every command line of the suite that a document or a help text shows is one that parses.
#[test]
fn commands_shown_are_commands_that_parse() {
    let known: BTreeMap<String, clap::Command> =
        commands().into_iter().map(|command| (command.get_name().to_owned(), command)).collect();
    let mut shown: Vec<(String, String)> = Vec::new();
    for (path, text) in documents() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        shown.extend(blocks(&text, "sh").into_iter().map(|block| (name.clone(), block)));
        // In a sentence or a table: only what stands in backticks and has arguments.
        let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
        shown.extend(
            spans
                .filter(|span| span.starts_with("auth0-"))
                .map(|span| (name.clone(), span.to_owned())),
        );
    }
    for command in known.values() {
        collect_examples(command, &mut shown);
    }
    let (mut parsed, mut wrong) = (0, Vec::new());
    let mut seen = BTreeSet::new();
    for (place, text) in &shown {
        for words in command_lines(text) {
            let Some(command) = known.get(&words[0]) else { continue };
            // A sentence may stop at the name, or leave values open.
            if words.len() == 1 || words.iter().any(|word| word.contains('…')) {
                continue;
            }
            seen.insert(words[0].clone());
            if let Err(error) = command.clone().try_get_matches_from(&words)
                && error.use_stderr()
                && !(words.len() == 2 && error.kind() == ErrorKind::MissingRequiredArgument)
            {
                wrong.push(format!("{place}: {}\n{error}", words.join(" ")));
            }
            parsed += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(parsed > 20, "{parsed}");
    for name in known.keys().filter(|name| *name != "auth0") {
        assert!(seen.contains(name), "no document shows {name}");
    }
}

fn commands() -> Vec<clap::Command> {
    auth0_suite::cmd::suite::commands()
        .iter()
        .map(auth0_suite::cmd::suite::Binary::command)
        .collect()
}

/// Clap wraps prose; a remark behind an example has to fit by itself.
#[test]
fn remarks_in_help_fit_a_screen() {
    fn check(command: &clap::Command) {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in text.lines() {
            let remark = line.trim_start().contains("  ");
            assert!(!remark || line.chars().count() <= 80, "{}: {line}", command.get_name());
        }
        command.get_subcommands().for_each(check);
    }
    commands().iter().for_each(check);
}

/// The examples that end a help text: indented lines that begin with the command.
fn collect_examples(command: &clap::Command, shown: &mut Vec<(String, String)>) {
    let place = format!("{} --help", command.get_name());
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
    // A remark stands two spaces or more behind the command, or on a line of its own.
    let lines = lines.map(|line| line.trim_start().split("  ").next().unwrap());
    shown.push((place, lines.collect::<Vec<_>>().join("\n")));
    for subcommand in command.get_subcommands() {
        collect_examples(subcommand, shown);
    }
}

/// The fenced blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(tag) = line.trim_start().strip_prefix("```") else { continue };
        let indent = line.len() - line.trim_start().len();
        let block: Vec<_> = lines
            .by_ref()
            .take_while(|line| line.trim_start() != "```")
            .map(|line| line.get(indent..).unwrap_or_default())
            .collect();
        if tag == language {
            found.push(block.join("\n"));
        }
    }
    found
}

/// The simple commands in a piece of shell whose program is of the suite, as words.
///
/// As much of the grammar as the documents use: quotes, continued lines, pipes, lists,
/// redirections, assignments, command substitutions, comments.
fn command_lines(shell: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = shell.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            // A substitution in double quotes is a command of its own.
            (Some('"') | None, '$') if chars.peek() == Some(&'(') => {
                let inner: String = chars.by_ref().skip(1).take_while(|c| *c != ')').collect();
                commands.splice(0..0, command_lines(&inner));
                word.get_or_insert_default().push('X');
            }
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') if chars.peek() == Some(&'\n') => {
                chars.next();
            }
            (None, '#') if word.is_none() => {
                chars.by_ref().find(|c| *c == '\n');
                commands.push(Vec::new());
            }
            (None, c) => {
                let ends_command = matches!(c, '|' | '&' | ';' | '\n' | ')' | '(');
                if c.is_whitespace() || ends_command || matches!(c, '<' | '>') {
                    commands.last_mut().unwrap().extend(word.take());
                    if matches!(c, '<' | '>') {
                        // What follows is a file; mark it.
                        word = Some(c.to_string());
                        while chars.next_if(|c| *c == ' ' || *c == '&').is_some() {}
                    }
                    if ends_command {
                        commands.push(Vec::new());
                    }
                } else {
                    word.get_or_insert_default().push(c);
                }
            }
        }
    }
    commands.last_mut().unwrap().extend(word);
    commands.into_iter().filter_map(suite_command).collect()
}

/// Drops assignments and keywords before the program and redirections behind it.
fn suite_command(words: Vec<String>) -> Option<Vec<String>> {
    let keywords = ["do", "then", "else", "if", "while", "!", "sudo"];
    let mut words =
        words.into_iter().filter(|word| !word.starts_with(['<', '>'])).skip_while(|word| {
            keywords.contains(&word.as_str())
                || word.split_once('=').is_some_and(|(name, _)| {
                    !name.is_empty()
                        && name
                            .bytes()
                            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                })
        });
    let program = words.next().filter(|word| word == "auth0" || word.starts_with("auth0-"))?;
    Some(std::iter::once(program).chain(words.filter(|word| word != "$@")).collect())
}

#[test]
fn shell_is_read_as_the_documents_use_it() {
    let lines = command_lines(
        "FOO=1 auth0-a -x 'b c' \\\n  --d | jq . # auth0-no\ncurl -H \"$(auth0-t --header)\" u && auth0-b - < f > g",
    );
    let lines: Vec<String> = lines.iter().map(|words| words.join("·")).collect();
    assert_eq!(lines, ["auth0-t·--header", "auth0-a·-x·b c·--d", "auth0-b·-"]);
}

/// The page for people who come from the official CLI has a row for each of its commands: what to
/// type here, or why there is no equivalent.
#[test]
fn every_command_of_the_official_cli_is_translated_or_has_a_reason() {
    let page = include_str!("../docs/from-other-tools.md");
    // Commands of later versions stand in a section of their own, several to a row.
    let every_command = page.split("\n### Every command").nth(1).unwrap();
    let every_command = every_command.split("\n### ").next().unwrap();
    let mut translated = BTreeSet::new();
    for line in every_command.lines() {
        let Some(row) = line.strip_prefix("| `auth0 ") else { continue };
        let (command, here) = row.split_once("` | ").unwrap();
        assert!(here.contains("`auth0-") || here.contains("no equivalent"), "{line}");
        assert!(translated.insert(command), "{command} twice");
    }
    let official: BTreeSet<&str> = include_str!("data/official-commands.txt").lines().collect();
    let difference: Vec<_> = translated.symmetric_difference(&official).collect();
    assert!(difference.is_empty(), "{difference:?}");
    assert_eq!(official.len(), 196);
}
