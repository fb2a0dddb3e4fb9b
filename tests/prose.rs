//! Phrases that readers stumble over, kept out of every text that a user can see.

use std::path::{Path, PathBuf};

/// "there is no X" is plain; "X is no Y" is not.
const STUMBLES: [&str; 4] = [" alone", " is none", " is no ", "nobody is"];

/// Phrases that are allowed although a stumbling phrase is in them.
const PLAIN: [&str; 4] = ["there is no ", "is no longer", "if there is none", "is no reason"];

/// Phrases kept out of comments and docstrings, besides those above.
const STUMBLES_IN_COMMENTS: [&str; 10] = [
    "nobody",
    "somebody",
    "whoever",
    " be had",
    " is had",
    " is to be ",
    " at hand",
    " speaks of ",
    " leads elsewhere",
    "'s own words",
];

/// The phrase in a text that readers stumble over.
fn stumble(text: &str) -> Option<&'static str> {
    first_of(&STUMBLES, text)
}

fn first_of(phrases: &[&'static str], text: &str) -> Option<&'static str> {
    let text = PLAIN.iter().fold(text.to_lowercase(), |text, plain| text.replace(plain, ""));
    phrases.iter().copied().find(|phrase| text.contains(phrase))
}

#[test]
fn help_is_in_plain_words() {
    let mut faults = Vec::new();
    let binaries = auth0_suite::cmd::suite::commands();
    let mut open: Vec<(String, clap::Command)> =
        binaries.iter().map(|binary| (binary.name.to_owned(), binary.command())).collect();
    while let Some((name, mut command)) = open.pop() {
        command.build();
        let help = command.render_long_help().to_string();
        // A phrase can be broken over two lines.
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        faults.extend(stumble(&help).map(|phrase| format!("{name} --help: {phrase}")));
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            open.push((format!("{name} {}", sub.get_name()), sub.clone()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn messages_are_in_plain_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut faults, mut read) = (Vec::new(), 0);
    for path in sources(&root) {
        let name = path.to_string_lossy();
        if name.contains("test") || name.ends_with("examples.rs") && name.contains("output") {
            continue;
        }
        let code = std::fs::read_to_string(&path).unwrap();
        let code = code.split("\n#[cfg(test)]\nmod ").next().unwrap();
        for line in code.lines().map(str::trim).filter(|line| is_shown(line)) {
            for text in literals(line) {
                read += 1;
                faults.extend(stumble(&text).map(|phrase| format!("{name}: {phrase}: {text}")));
            }
        }
    }
    assert!(read > 1000, "{read}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn comments_are_in_plain_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "emulator/src", "emulator/examples", "fuzz/src", "benches", "examples"];
    let (mut faults, mut read) = (Vec::new(), 0);
    for path in folders.iter().flat_map(|folder| sources(&root.join(folder))) {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        for comment in comments(&std::fs::read_to_string(&path).unwrap()) {
            read += 1;
            let found = stumble(&comment).or_else(|| first_of(&STUMBLES_IN_COMMENTS, &comment));
            faults.extend(found.map(|phrase| format!("{name}: {phrase}: {comment}")));
        }
    }
    assert!(read > 2000, "{read}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn documents_are_in_plain_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut faults = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        // What stands in quotes or in backticks is quoted, not said.
        let text = std::fs::read_to_string(&path).unwrap();
        let said: String = text.split(['"', '`']).step_by(2).collect::<Vec<_>>().join(" ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        faults.extend(stumble(&said).map(|phrase| format!("{}: {phrase}", path.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Only a hint keeps the commands in it whole when it is wrapped.
#[test]
fn commands_are_suggested_in_hints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    for path in sources(&root) {
        let code = std::fs::read_to_string(&path).unwrap();
        for call in [".say(", ".must_say(", ".warn("] {
            for text in code.split(call).skip(1) {
                let end = [");\n", ")),\n"].iter().filter_map(|end| text.find(end)).min();
                let text = &text[..end.unwrap_or(text.len())];
                let suggests = ["`auth0-", ": auth0-", "(auth0-", " <(auth0-"];
                if suggests.iter().any(|start| text.contains(start)) {
                    faults.push(format!("{}: {call}{text}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// Whether a line of code can hold text for a user: comments, lint reasons and panics do not.
fn is_shown(line: &str) -> bool {
    let hidden = ["reason = ", ".expect(", "panic!(", "unreachable!("];
    !line.starts_with("//") && hidden.iter().all(|part| !line.contains(part))
}

/// The string literals of a line; of one that continues a string, the line.
fn literals(line: &str) -> Vec<String> {
    let quotes = line.matches('"').count();
    if quotes < 2 {
        return vec![line.to_owned()];
    }
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The comments of a file, each block of lines as one text, because a phrase can be broken over two.
fn comments(code: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in code.lines() {
        match line.trim_start().strip_prefix("//") {
            Some(text) => {
                let block = blocks.last_mut().unwrap();
                block.push(' ');
                block.push_str(text.trim_start_matches(['/', '!']).trim());
            }
            None if blocks.last().unwrap().is_empty() => {}
            None => blocks.push(String::new()),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

#[test]
fn stumbling_phrases_are_found() {
    let code = "/// Where there is\n/// none, or it is\n/// none.\nfn f() {} // is none\n// a\n";
    assert_eq!(comments(code), [" Where there is none, or it is none.", " a"]);
    assert_eq!(stumble(&comments(code)[0]), Some(" is none"));
    assert_eq!(stumble("First-party clients alone"), Some(" alone"));
    assert_eq!(stumble("the text is no token"), Some(" is no "));
    assert_eq!(stumble("There is no profile yet"), None);
    assert_eq!(literals(r#"f("a b", x, "c")"#), ["a b", "c"]);
}
