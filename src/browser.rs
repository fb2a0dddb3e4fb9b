//! Opens a page in the user's browser, which gets none of our streams and is never waited for.

use std::process::{Command, Stdio};

use crate::error::{Error, Kind};
use crate::io::{Env, Talk};
use crate::threads;

/// Opens `url` with `command`, else with `$BROWSER`, else with the system's default browser.
///
/// A command is split at white space and run without a shell; `%s` stands for the URL, which is
/// appended where there is none. A launcher that fails later is reported to `talk` when it does.
///
/// # Errors
/// When nothing could be started. The caller shows the URL in any case.
pub fn open(url: &str, command: Option<&str>, env: Env, talk: &Talk) -> Result<(), Error> {
    if let Some(command) = command {
        return launch(command, url, talk);
    }
    if let Some(commands) = env.get("BROWSER")? {
        for command in commands.split(':').filter(|command| !command.trim().is_empty()) {
            match launch(command, url, talk) {
                Ok(()) => return Ok(()),
                Err(error) => talk.detail(1, || format!("BROWSER: {error}")),
            }
        }
    }
    webbrowser::open(url)
        .map_err(|e| Error::new(Kind::Failure, "no browser could be opened").caused_by(&e))
}

fn launch(command: &str, url: &str, talk: &Talk) -> Result<(), Error> {
    let mut words: Vec<String> =
        command.split_whitespace().map(|word| word.replace("%s", url)).collect();
    if !command.contains("%s") {
        words.push(url.to_owned());
    }
    let (program, arguments) = words.split_first().expect("the URL at least is there");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| {
            Error::new(Kind::Failure, format!("the browser command '{program}' cannot be run"))
                .caused_by(&e)
        })?;
    let (program, talk) = (program.clone(), talk.clone());
    // Without a thread nobody hears of a failure; the address has been shown.
    let _ = threads::start("browser", move || {
        if let Ok(status) = child.wait()
            && !status.success()
        {
            talk.say(format_args!(
                "the browser command '{program}' ended with {status}; open the address yourself"
            ));
        }
    });
    Ok(())
}
