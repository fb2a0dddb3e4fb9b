//! Commands of the suite inside a hint.

/// The programs that act on a profile, without `auth0-`. The others take no `--profile`, or name
/// profiles as arguments.
const OF_A_PROFILE: [&str; 11] = [
    "api",
    "clients",
    "connections",
    "doctor",
    "login",
    "logout",
    "logs",
    "resources",
    "tenant",
    "token",
    "users",
];

/// Puts ` --profile NAME` behind the program of each suggested command that names no profile, so
/// that a pasted command goes to the same tenant. `profile` must be one plain word.
///
/// Text in single quotes is foreign and stays as it is. So do the arguments of a command, which may
/// look like a program.
pub(super) fn with_profile(text: &str, profile: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    let mut before = ' ';
    while let Some(next) = rest.chars().next() {
        let starts_word = matches!(before, ' ' | '\n' | '`' | '(');
        let program = starts_word.then(|| program(rest)).flatten();
        let end = match (program, next) {
            (Some(program), _) => {
                let command = rest.get(..command_end(rest)).unwrap_or(rest);
                let (program, arguments) = command.split_at(program.len());
                out.push_str(program);
                let is_complete = arguments.contains("--profile") || arguments.ends_with("--help");
                if !is_complete {
                    out.push_str(" --profile ");
                    out.push_str(profile);
                }
                out.push_str(arguments);
                rest = rest.get(command.len()..).unwrap_or_default();
                before = 'x';
                continue;
            }
            (None, '\'') if starts_word => quoted_end(rest),
            (None, next) => next.len_utf8(),
        };
        let (part, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push_str(part);
        before = part.chars().next_back().unwrap_or(' ');
        rest = tail;
    }
    out
}

/// The program of a profile that a text begins with.
fn program(text: &str) -> Option<&str> {
    let name = text.strip_prefix("auth0-")?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"-._/".contains(c));
    // A sentence may end behind a program's name.
    let name = name.get(..end.unwrap_or(name.len()))?.trim_end_matches('.');
    OF_A_PROFILE.contains(&name).then(|| text.get(.."auth0-".len() + name.len())).flatten()
}

/// Where a command ends: before a `;`, `,` or `?` at the end of a word, a backtick, a pipe or a line
/// break, none of them in double quotes.
fn command_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        let ends_word = || {
            text.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\n']))
        };
        match c {
            '"' => quoted = !quoted,
            '`' | '\n' => return at,
            ';' | ',' | '?' if !quoted && ends_word() => return at,
            '|' if !quoted && text.get(..at).is_some_and(|head| head.ends_with(' ')) => return at,
            _ => {}
        }
    }
    text.len()
}

/// Where a text in single quotes ends, behind the closing quote.
fn quoted_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '\'' && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::with_profile;

    #[test]
    fn each_command_without_a_profile_gets_one() {
        for (text, expected) in [
            ("auth0-users unblock \"auth0|1\"", "auth0-users --profile t6 unblock \"auth0|1\""),
            ("sign in: auth0-login", "sign in: auth0-login --profile t6"),
            (
                "get every user: auth0-users export > users.ndjson; or narrow the list",
                "get every user: auth0-users --profile t6 export > users.ndjson; or narrow the list",
            ),
            ("run `auth0-login` again", "run `auth0-login --profile t6` again"),
            (
                "auth0-login, then auth0-token --id-token",
                "auth0-login --profile t6, then auth0-token --profile t6 --id-token",
            ),
            (
                "auth0-users list | auth0-users block -",
                "auth0-users --profile t6 list | auth0-users --profile t6 block -",
            ),
            (
                "curl -H \"$(auth0-token --header)\"",
                "curl -H \"$(auth0-token --profile t6 --header)\"",
            ),
            ("mend it, then run auth0-doctor.", "mend it, then run auth0-doctor --profile t6."),
        ] {
            assert_eq!(with_profile(text, "t6"), expected);
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "auth0-users list --profile m",
            "sign in: auth0-login --client-id X --profile=m",
            "choose one: auth0-profiles use m; see auth0-profiles list",
            "auth0-completions bash",
            "start it: auth0-emulator --port 4400",
            "see auth0-users --help",
            "there is 'x: auth0-login --domain evil.example', or 'it\\'s auth0-login'",
            "the manifest auth0-tenant.json, of auth0-suite and not-auth0-users",
        ] {
            assert_eq!(with_profile(text, "t6"), text);
        }
        // A client may be called like a program.
        assert_eq!(
            with_profile("auth0-clients show auth0-login", "t6"),
            "auth0-clients --profile t6 show auth0-login"
        );
        assert_eq!(
            with_profile("auth0-clients show \"a; auth0-login, b\"", "t6"),
            "auth0-clients --profile t6 show \"a; auth0-login, b\""
        );
    }
}
