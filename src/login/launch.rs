//! Opens a page in the user's browser. The browser does not inherit our standard streams or
//! `AUTH0_*` variables. We do not wait for its end.

mod command;

use std::path::Path;
use std::process::ExitStatus;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::base::child;
use crate::base::error::{Error, ErrorKind};
use crate::base::platform::desktop::{FILE_OPENER, NEEDS_DISPLAY, WINDOWS};
use crate::term::{Env, Ui};

/// How long to watch a launcher. One that still runs after this time counts as a browser.
const WATCH_TIME: Duration = Duration::from_millis(400);

/// Opens `page` with `command`, else with the commands in `BROWSER`, else with the system's default
/// browser. A launcher that fails later is reported to `ui`.
///
/// # Errors
/// The errors of [`launch`]. The caller prints the page's URL in any case.
pub(crate) fn open(page: &str, command: Option<&str>, env: Env, ui: &Ui) -> Result<(), Error> {
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
/// Failure, with the reason as its cause: there is no browser, the command is malformed, no command
/// could be started, or all failed at once. Usage error if `BROWSER` is not UTF-8.
pub(crate) fn launch(
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
    let candidates = if let Some(command) = command {
        vec![words(command)?]
    } else if let Some(variable) = env.get("BROWSER")? {
        let candidates = command::candidates(&variable, WINDOWS, is_file);
        candidates.into_iter().map(words).collect::<Result<_, _>>()?
    } else if let Some(why) = obstacle(|name| env.is_set(name), NEEDS_DISPLAY) {
        return Err(not_opened().because(why));
    } else {
        vec![default_browser(page)?]
    };
    let mut failed_later = Some(failed_later);
    let mut failures = Vec::new();
    for words in &candidates {
        match start(words, &mut failed_later) {
            Ok(()) => return Ok(()),
            Err(_) if words.get(1).is_some_and(|word| word == OPEN_PAGE) => {
                failures.push("the default browser cannot be opened".to_owned());
            }
            Err(failed) => failures.push(failed.to_string()),
        }
    }
    Err(failures.into_iter().fold(not_opened(), Error::because))
}

/// If this is the first argument, a program of the suite only opens the page in the second
/// argument.
const OPEN_PAGE: &str = "--open-page-in-default-browser";

/// The command that opens a page in the default browser: this program again, in which
/// [`open_page_if_asked`] opens the page. The crate that knows the default browsers starts them
/// with this process's environment, and [`child::command`] takes our variables out of it.
fn default_browser(page: &str) -> Result<Vec<String>, Error> {
    if let Some(opener) = FILE_OPENER.filter(|_| !page.starts_with("http")) {
        return Ok(vec![opener.to_owned(), page.to_owned()]);
    }
    let program =
        std::env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok());
    let program = program.ok_or_else(|| {
        not_opened().because("the path of this program is not known, or is not valid Unicode")
    })?;
    Ok(vec![program, OPEN_PAGE.to_owned(), page.to_owned()])
}

/// Opens a page in the default browser if this process was started for that, and returns the exit
/// code. `main` calls it first in each program that opens pages.
pub(crate) fn open_page_if_asked() -> Option<std::process::ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let page = (arguments.next()? == OPEN_PAGE).then(|| arguments.next())??;
    Some(match webbrowser::open(page.to_str()?) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(_) => std::process::ExitCode::FAILURE,
    })
}

/// Why no browser can be opened on this machine, or `None` if one may exist. `is_set` tells whether
/// an environment variable is set.
fn obstacle(is_set: impl Fn(&str) -> bool, needs_display: bool) -> Option<&'static str> {
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return Some("this is an SSH session");
    }
    // Windows Subsystem for Linux opens Windows' browser.
    let display = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(is_set);
    (needs_display && !display)
        .then_some("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)")
}

fn not_opened() -> Error {
    Error::new(ErrorKind::Failure, "no browser was opened")
}

/// Why a command opened no page.
enum LaunchError {
    NotFound(String),
    Start(String, std::io::Error),
    Ended(String, ExitStatus),
}

impl std::fmt::Display for LaunchError {
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

/// Starts a command and watches it for [`WATCH_TIME`]. If it still runs then, takes `failed_later`
/// for a later failure.
fn start<F: FnOnce(String) + Send + 'static>(
    words: &[String],
    failed_later: &mut Option<F>,
) -> Result<(), LaunchError> {
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let mut child = child::command(program).args(arguments).spawn().map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            LaunchError::NotFound(program.clone())
        } else {
            LaunchError::Start(program.clone(), error)
        }
    })?;
    // A channel without a buffer: a send succeeds only if the other side is receiving.
    let (sender, receiver) = sync_channel(0);
    let (handler_sender, handler) = sync_channel::<F>(1);
    let name = program.clone();
    let watcher = thread::Builder::new().name("browser".into()).spawn(move || {
        let Ok(status) = child.wait() else { return };
        if sender.send(status).is_err()
            && !status.success()
            && let Ok(failed_later) = handler.recv()
        {
            failed_later(LaunchError::Ended(name, status).to_string());
        }
    });
    if watcher.is_err() {
        return Ok(()); // It runs, but a failure is not noticed.
    }
    match receiver.recv_timeout(WATCH_TIME) {
        Ok(status) if !status.success() => Err(LaunchError::Ended(program.clone(), status)),
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
    fn no_browser_is_opened_over_ssh_or_without_a_display() {
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
