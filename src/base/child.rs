//! Starts programs that are not plugins, such as browser launchers.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// A command whose process inherits neither our streams nor an `AUTH0_*` variable. Those variables
/// may hold secrets, and a browser passes its environment on to every program it starts.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if is_ours(&name) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Whether this is a variable of the suite. Windows ignores the case of variable names.
fn is_ours(name: &OsStr) -> bool {
    const PREFIX: &[u8] = b"AUTH0_";
    name.as_encoded_bytes()
        .get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    /// Plugins, and commands that a person names, get the environment unchanged. Every other
    /// program must be started through [`super::command`].
    #[test]
    fn only_this_module_starts_programs() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let exceptions = ["base/child.rs", "cmd/hand_over.rs", "cmd/host/programs.rs", "cmd/token"];
        let mut folders = vec![source.clone()];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&source).unwrap().to_str().unwrap().replace('\\', "/");
                let text = std::fs::read_to_string(&path).unwrap();
                let starts =
                    text.contains("process::Command") || text.contains("process::{Command");
                seen += usize::from(starts);
                assert!(
                    !starts || exceptions.iter().any(|exception| name.starts_with(exception)),
                    "{name} starts a program without child::command"
                );
            }
        }
        assert!(seen >= 2);
    }

    #[test]
    fn only_the_suites_variables_are_removed() {
        for name in ["AUTH0_", "AUTH0_CLIENT_SECRET", "auth0_token"] {
            assert!(is_ours(name.as_ref()), "{name}");
        }
        for name in ["", "AUTH0", "MY_AUTH0_TOKEN", "PATH", "DISPLAY"] {
            assert!(!is_ours(name.as_ref()), "{name}");
        }
    }
}
