//! Runs the commands of the demo in a folder of its own, and prints its text.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::visit;

/// Why the demo ended early.
pub(crate) enum End {
    /// Ctrl-C.
    Interrupted,
    /// What failed.
    Failed(String),
}

impl End {
    pub(crate) fn failed(what: &str, why: &dyn Display) -> Self {
        Self::Failed(format!("{what}: {why}"))
    }

    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Interrupted => ExitCode::from(130),
            Self::Failed(why) => {
                let _ = writeln!(io::stderr(), "error: {why}");
                ExitCode::FAILURE
            }
        }
    }
}

/// The folder of the demo, and how to print.
pub(crate) struct Stage {
    folder: PathBuf,
    color: bool,
    interrupted: Arc<AtomicBool>,
}

impl Stage {
    /// Creates the folder. From now on, Ctrl-C ends the demo and removes it.
    pub(crate) fn set() -> Result<Self, End> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
            .map_err(|e| End::failed("Ctrl-C cannot be caught", &e))?;
        let folder = private_folder().map_err(|e| End::failed("no temporary folder", &e))?;
        let set = |name| {
            std::env::var_os(name).is_some_and(|value: std::ffi::OsString| !value.is_empty())
        };
        let color = !set("NO_COLOR") && (set("CLICOLOR_FORCE") || io::stderr().is_terminal());
        Ok(Self { folder, color, interrupted })
    }

    /// The working folder of the commands.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Prints a remark between the commands.
    pub(crate) fn say(&self, words: &str) {
        self.put(&format!("\n{}\n", self.paint("36", &format!("# {words}"))));
    }

    /// Sets a variable for the commands, and prints it.
    pub(crate) fn export(&self, name: &str, value: &Path) {
        self.prompt(&auth0_emulator::assignment(name, &value.to_string_lossy()));
    }

    /// Sets a variable for one command, and prints it without its value.
    pub(crate) fn export_secret(&self, name: &str) {
        self.prompt(&auth0_emulator::assignment(name, "…"));
    }

    /// Prints and runs a command that must succeed.
    pub(crate) fn run(&self, command: Command) -> Result<(), End> {
        self.run_expecting(command, 0)
    }

    /// Prints and runs a command that must end with this exit code.
    pub(crate) fn run_expecting(&self, mut command: Command, code: i32) -> Result<(), End> {
        self.prompt(&typed(&command));
        self.wait(command.spawn(), &command, code)
    }

    /// Prints a command that does not end by itself, and runs it until it has printed this many
    /// lines.
    pub(crate) fn run_until(&self, mut command: Command, lines: usize) -> Result<(), End> {
        self.prompt(&typed(&command));
        // The width of a pipe is unknown, so colors and widths are those of a file.
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| End::failed("the command cannot be run", &e))?;
        let printed = child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines());
        for line in printed.map_while(Result::ok).take(lines) {
            let _ = writeln!(io::stdout(), "{line}");
        }
        let _ = child.kill();
        let _ = child.wait();
        if self.interrupted.load(Ordering::Relaxed) { Err(End::Interrupted) } else { Ok(()) }
    }

    /// Runs a command without printing it.
    pub(crate) fn run_quietly(&self, mut command: Command) -> Result<(), End> {
        self.wait(command.spawn(), &command, 0)
    }

    /// Prints and runs a login, and follows the URL that it prints like a browser.
    pub(crate) fn run_and_visit(&self, mut command: Command, ca: Option<&Path>) -> Result<(), End> {
        self.prompt(&typed(&command));
        if self.color {
            command.env("CLICOLOR_FORCE", "1");
        }
        let mut child = command.stderr(Stdio::piped()).spawn();
        let words = child.as_mut().ok().and_then(|child| child.stderr.take());
        thread::scope(|scope| {
            if let Some(words) = words {
                scope.spawn(move || {
                    for line in BufReader::new(words).lines().map_while(Result::ok) {
                        self.put(&format!("{line}\n"));
                        let address = line.trim();
                        if address.starts_with("https://") {
                            let visited = visit::follow(address, ca);
                            if let Err(why) = visited {
                                self.put(&format!("the page cannot be opened: {why}\n"));
                            }
                        }
                    }
                });
            }
            self.wait(child, &command, 0)
        })
    }

    fn wait(&self, child: io::Result<Child>, command: &Command, code: i32) -> Result<(), End> {
        let name = typed(command);
        let name = name.split(' ').next().unwrap_or_default();
        let mut child = child.map_err(|e| End::failed(&format!("{name} cannot be run"), &e))?;
        loop {
            let status =
                child.try_wait().map_err(|e| End::failed(&format!("{name} is lost"), &e))?;
            if self.interrupted.load(Ordering::Relaxed) {
                let _ = child.kill();
                let _ = child.wait();
                return Err(End::Interrupted);
            }
            match status {
                Some(status) => return ended(name, status, code),
                None => thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    fn prompt(&self, command: &str) {
        self.put(&format!("{} {}\n", self.paint("32;1", "$"), self.paint("1", command)));
    }

    fn paint(&self, sgr: &str, text: &str) -> String {
        if self.color { format!("\x1b[{sgr}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Prints in one write, so that lines of several threads are not mixed.
    fn put(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn ended(name: &str, status: ExitStatus, expected: i32) -> Result<(), End> {
    match status.code() {
        Some(code) if code == expected => Ok(()),
        Some(130) => Err(End::Interrupted),
        _ => Err(End::failed(name, &status)),
    }
}

/// A command as a person would type it.
fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// A new folder that other users cannot read.
fn private_folder() -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let folder =
        std::env::temp_dir().join(format!("auth0-demo-{:016x}", u64::from_be_bytes(random)));
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix sets a mode"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    Ok(folder)
}
