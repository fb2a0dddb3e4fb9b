//! Parses the browser commands in `--browser` and `BROWSER`. Pure.

/// Splits a command into words, and replaces `%s` by `target`. Without `%s`, appends `target`.
///
/// If `is_file` is true for the whole text, it is one word, so that a path with spaces needs no
/// quotes. Else words are separated by white space; single and double quotes hold a word together.
/// A backslash takes the next character literally outside single quotes, except on Windows, where
/// it is part of a path. `None` for a quote that is not closed.
pub(super) fn words(
    command: &str,
    target: &str,
    windows: bool,
    is_file: impl Fn(&str) -> bool,
) -> Option<Vec<String>> {
    let command = command.trim();
    let mut words =
        if is_file(command) { vec![command.to_owned()] } else { split(command, windows)? };
    let mut placed = false;
    for word in words.iter_mut().skip(1) {
        if word.contains("%s") {
            placed = true;
            *word = word.replace("%s", target);
        }
    }
    if !placed {
        words.push(target.to_owned());
    }
    Some(words)
}

fn split(text: &str, windows: bool) -> Option<Vec<String>> {
    let mut words = Vec::new();
    // `None` between words, because '' is a word.
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) if !windows => {
                word.get_or_insert_default().push(chars.next().unwrap_or('\\'));
            }
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The commands in the variable `BROWSER`, to be tried in order. They are separated like the
/// folders in `PATH`: by `;` on Windows, where paths contain colons, else by `:`. If the whole text
/// is an existing file, it is one command.
pub(super) fn candidates(
    variable: &str,
    windows: bool,
    is_file: impl Fn(&str) -> bool,
) -> Vec<&str> {
    let variable = variable.trim();
    if is_file(variable) {
        return vec![variable];
    }
    let separator = if windows { ';' } else { ':' };
    variable.split(separator).map(str::trim).filter(|command| !command.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1:5000/x";

    fn on(windows: bool, command: &str, files: &[&str]) -> Option<Vec<String>> {
        words(command, URL, windows, |path| files.contains(&path))
    }

    #[test]
    fn quotes_hold_words_together() {
        for (command, expected) in [
            ("firefox", &["firefox", URL][..]),
            ("open -a 'Google Chrome'", &["open", "-a", "Google Chrome", URL]),
            ("open -a \"Google Chrome\" %s", &["open", "-a", "Google Chrome", URL]),
            ("'/opt/my browser/run' --new", &["/opt/my browser/run", "--new", URL]),
            ("/opt/my\\ browser/run", &["/opt/my browser/run", URL]),
            ("b --app=%s --x", &["b", "--app=http://127.0.0.1:5000/x", "--x"]),
            ("b ''", &["b", "", URL]),
            ("  b\t'a'\"b\"c  ", &["b", "abc", URL]),
            ("b 'a\\b'", &["b", "a\\b", URL]),
        ] {
            assert_eq!(on(false, command, &[]).unwrap(), expected, "{command}");
        }
        for open in ["b 'x", "b \"x", "'"] {
            assert_eq!(on(false, open, &[]), None, "{open}");
        }
    }

    #[test]
    fn windows_paths_keep_their_backslashes() {
        let path = r"C:\Program Files\Mozilla Firefox\firefox.exe";
        assert_eq!(on(true, path, &[path]).unwrap(), [path, URL]);
        let quoted = format!("\"{path}\" -new-tab %s");
        assert_eq!(on(true, &quoted, &[]).unwrap(), [path, "-new-tab", URL]);
    }

    #[test]
    fn an_existing_file_is_taken_whole() {
        let path = "/opt/it's a browser";
        assert_eq!(on(false, path, &[path]).unwrap(), [path, URL]);
        assert_eq!(on(false, path, &[]), None);
    }

    #[test]
    fn the_variable_is_split_like_path() {
        let none = |_: &str| false;
        assert_eq!(candidates("a: b %s::c", false, none), ["a", "b %s", "c"]);
        assert_eq!(candidates(r"C:\b.exe;D:\c.exe %s", true, none), [r"C:\b.exe", r"D:\c.exe %s"]);
        assert_eq!(candidates("/odd:name", false, |path| path == "/odd:name"), ["/odd:name"]);
        assert!(candidates(" : ", false, none).is_empty());
    }
}
