//! Real shells, freshly started on a terminal, where somebody presses TAB.
//!
//! The commands of the suite are scripts here that print their arguments: a line that TAB has
//! completed is run, and what it was shows.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::home::{Home, text};
use crate::support::binary;

/// Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

const ECHO: &str = "printf 'RAN'\nfor arg; do printf '<%s>' \"$arg\"; done\necho .\n";

const PROMPT: &str = "READY>";

/// A shell on a terminal of its own.
struct Session {
    child: Child,
    keys: ChildStdin,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Session {
    /// `script`, which every Unix has, makes the terminal.
    fn start(home: &Home, shell: &str) -> Self {
        let mut command = home.command("script");
        command.args(["-q", "-f", "-e", "-c", shell, "/dev/null"]);
        command.env("TERM", "xterm").env("SHELL", "/bin/sh").env_remove("AUTH0_PROFILE");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let keys = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (send, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                if send.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, keys, screen, seen: String::new() }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for words on the screen, and forgets what was there up to them.
    #[track_caller]
    fn shows(&mut self, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.seen.contains(words) {
            let left = until.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("never saw {words:?}:\n{:?}", self.seen)
                }
            }
        }
        let end = self.seen.find(words).unwrap() + words.len();
        self.seen.drain(..end);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn furnished() -> Home {
    let home = Home::new();
    home.binary(binary("auth0-completions"));
    for name in ["auth0-clients", "auth0-profiles", "auth0-token", "auth0-api", "auth0"] {
        home.script(name, ECHO);
    }
    home.profile("staging", "https://a.example.com");
    home.cached("a.example.com", "clients\tid1abc\tThe shop: new\nclients\tid2xyz\tA robot\n");
    home
}

#[track_caller]
fn installs(home: &Home, shell: &str) {
    let output = home.run(&["install", shell]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Presses TAB in a shell that has been started after an installation.
fn drive(home: &Home, shell: &str) {
    let mut session = Session::start(home, shell);
    session.shows(PROMPT);
    let lines = [
        ("auth0-clients sho\tid1\t\r", "RAN<show><id1abc>."),
        ("auth0-clients list --app-ty\tnati\t\r", "RAN<list><--app-type><native>."),
        ("auth0-token --profile st\t\r", "RAN<--profile><staging>."),
        ("auth0-token --profile=st\t\r", "RAN<--profile=staging>."),
        ("auth0-api GET /users-by\t\r", "RAN<GET></users-by-email>."),
        ("auth0-profiles use st\t\r", "RAN<use><staging>."),
        ("auth0-profiles set grant=dev\t\r", "RAN<set><grant=device_code>."),
        ("auth0 profiles use st\t\r", "RAN<profiles><use><staging>."),
        ("auth0 clients sho\tid2\t\r", "RAN<clients><show><id2xyz>."),
    ];
    for (keys, ran) in lines {
        // The host's completions come with the host alone.
        if keys.starts_with("auth0 ") && !cfg!(feature = "host") {
            continue;
        }
        session.types(keys);
        session.shows(ran);
        session.shows(PROMPT);
    }
    // Where several fit, TAB lists them with their names.
    session.types("auth0-clients show id\t\t");
    session.shows("A robot");
}

#[test]
#[ignore = "needs the package bash-completion"]
fn bash_completes() {
    let package = "/usr/share/bash-completion/bash_completion";
    let home = furnished();
    installs(&home, "bash");
    home.file(".bashrc", &format!("PS1='{PROMPT}'\n. {package}\n"));
    drive(&home, "bash -i");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs the script of util-linux")]
fn bash_completes_without_the_package() {
    let home = furnished();
    home.file(".bashrc", &format!("PS1='{PROMPT}'\nsource <(auth0-completions bash)\n"));
    drive(&home, "bash -i");
}

#[test]
#[ignore = "needs zsh"]
fn zsh_completes() {
    let home = furnished();
    let before = format!("PROMPT='{PROMPT}'\nunsetopt PROMPT_SP");
    let file = home.file(".zshrc", &before);
    installs(&home, "zsh");
    let once = std::fs::read_to_string(&file).unwrap();
    assert!(once.starts_with(&format!("{before}\n\n# >>> auth0-suite")), "{once}");
    installs(&home, "zsh");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), once);
    drive(&home, "zsh -i");
}

/// From a folder of functions, as packages of distributions install it.
#[test]
#[ignore = "needs zsh"]
fn zsh_loads_the_committed_script_by_its_name() {
    let home = furnished();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");
    home.file(
        ".zshrc",
        &format!(
            "PROMPT='{PROMPT}'\nfpath=({folder} $fpath)\nautoload -Uz compinit\ncompinit -u\n"
        ),
    );
    drive(&home, "zsh -i");
}

#[test]
#[ignore = "needs fish"]
fn fish_completes() {
    let home = furnished();
    installs(&home, "fish");
    home.file(
        ".config/fish/config.fish",
        &format!("set fish_greeting\nfunction fish_prompt\n echo -n '{PROMPT}'\nend\nfunction fish_right_prompt\nend\n"),
    );
    drive(&home, "fish -i");
}
