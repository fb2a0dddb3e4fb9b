//! Opens a page in the user's browser. The browser gets none of our streams and no `AUTH0_*`
//! variable, and nobody waits for it to end.

mod command;

use std::path::Path;
use std::process::ExitStatus;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::base::child;
use crate::base::error::{Error, Kind};
use crate::base::platform::desktop::{LAUNCHERS, NEEDS_DISPLAY, WINDOWS};
use crate::term::{Env, Ui};

/// A launcher that fails does so within this time, as a rule. One that still runs is taken for a
/// browser.
const AT_ONCE: Duration = Duration::from_millis(400);

/// Opens `page` with `command`, else with the commands in `BROWSER`, else with the system's default
/// browser. A launcher that fails later is reported to `ui`.
///
/// # Errors
/// As [`launch`]. The caller shows the page's address in any case.
pub fn open(page: &str, command: Option<&str>, env: Env, ui: &Ui) -> Result<(), Error> {
    let ui = ui.clone();
    launch(page, command, env, move |why| {
        ui.warn(format_args!("{why}; open the address yourself"));
    })
}

/// Opens `page` as [`open`] does. `failed_later` is called in another thread if the browser ends
/// with a failure after this function has returned.
///
/// Commands are run without a shell; `%s` stands for the page, which is appended where there is no
/// `%s`. The commands in `BROWSER` are tried in order.
///
/// # Errors
/// Failure, with the reason as its cause: there is no browser here, the command cannot be read, none
/// could be started, or all ended with a failure at once. Usage, if `BROWSER` is not UTF-8.
pub fn launch(
    page: &str,
    command: Option<&str>,
    env: Env,
    failed_later: impl FnOnce(String) + Send + 'static,
) -> Result<(), Error> {
    let is_file = |path: &str| Path::new(path).is_file();
    let words = |command: &str| {
        command::words(command, page, WINDOWS, is_file).ok_or_else(|| {
            not_opened().because("the browser command has a quote that is not closed")
        })
    };
    let mut is_default = false;
    let candidates = if let Some(command) = command {
        vec![words(command)?]
    } else if let Some(variable) = env.get("BROWSER")? {
        let candidates = command::candidates(&variable, WINDOWS, is_file);
        candidates.into_iter().map(words).collect::<Result<_, _>>()?
    } else if let Some(why) = obstacle(|name| env.is_set(name), NEEDS_DISPLAY) {
        return Err(not_opened().because(why));
    } else {
        is_default = true;
        let page = std::iter::once(&page);
        LAUNCHERS
            .iter()
            .map(|words| words.iter().chain(page.clone()).map(|word| (*word).to_owned()).collect())
            .collect()
    };
    let mut failed_later = Some(failed_later);
    let mut failures = Vec::new();
    for words in &candidates {
        match start(words, &mut failed_later) {
            Ok(()) => return Ok(()),
            // The default launchers are guesses.
            Err(Failed::NotFound(_)) if is_default => {}
            Err(failed) => failures.push(failed.to_string()),
        }
    }
    if failures.is_empty() {
        failures.push("none was found on this machine".to_owned());
    }
    Err(failures.into_iter().fold(not_opened(), Error::because))
}

/// Why no browser can be opened here by default, or `None` if one may be there. `is_set` says
/// whether an environment variable is set.
pub fn obstacle(is_set: impl Fn(&str) -> bool, needs_display: bool) -> Option<&'static str> {
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return Some("this is an SSH session");
    }
    // Windows Subsystem for Linux opens Windows' browser.
    let display = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(is_set);
    (needs_display && !display)
        .then_some("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)")
}

fn not_opened() -> Error {
    Error::new(Kind::Failure, "no browser was opened")
}

/// Why a command opened nothing.
enum Failed {
    NotFound(String),
    Start(String, std::io::Error),
    Ended(String, ExitStatus),
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound(program) => write!(f, "the browser command '{program}' was not found"),
            Self::Start(program, error) => {
                write!(f, "the browser command '{program}' cannot be run: {error}")
            }
            Self::Ended(program, status) => {
                write!(f, "the browser command '{program}' ended with {status}")
            }
        }
    }
}

/// Starts a command and looks at it for [`AT_ONCE`]. Takes `failed_later` if it still runs then.
fn start<F: FnOnce(String) + Send + 'static>(
    words: &[String],
    failed_later: &mut Option<F>,
) -> Result<(), Failed> {
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let mut child = child::command(program).args(arguments).spawn().map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            Failed::NotFound(program.clone())
        } else {
            Failed::Start(program.clone(), error)
        }
    })?;
    // Without a buffer: what is sent has been received.
    let (sender, receiver) = sync_channel(0);
    let (handler_sender, handler) = sync_channel::<F>(1);
    let name = program.clone();
    let watcher = thread::Builder::new().name("browser".into()).spawn(move || {
        let Ok(status) = child.wait() else { return };
        if sender.send(status).is_err()
            && !status.success()
            && let Ok(failed_later) = handler.recv()
        {
            failed_later(Failed::Ended(name, status).to_string());
        }
    });
    if watcher.is_err() {
        return Ok(()); // It runs; only nobody watches it.
    }
    match receiver.recv_timeout(AT_ONCE) {
        Ok(status) if !status.success() => Err(Failed::Ended(program.clone(), status)),
        Ok(_) => Ok(()),
        Err(_) => {
            if let Some(failed_later) = failed_later.take() {
                let _ = handler_sender.send(failed_later);
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_needs_a_desktop_of_ones_own() {
        let here =
            |set: &[&str], needs_display| obstacle(|name| set.contains(&name), needs_display);
        assert_eq!(here(&["DISPLAY"], true), None);
        assert_eq!(here(&["WAYLAND_DISPLAY"], true), None);
        assert_eq!(here(&["WSL_DISTRO_NAME"], true), None);
        assert_eq!(here(&[], false), None, "macOS and Windows have one desktop");
        assert!(here(&[], true).unwrap().contains("display"));
        for ssh in ["SSH_CONNECTION", "SSH_TTY"] {
            for needs_display in [true, false] {
                assert!(here(&[ssh, "DISPLAY"], needs_display).unwrap().contains("SSH"));
            }
        }
    }
}
