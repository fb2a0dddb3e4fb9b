//! Puts scripts and pages where shells and `man` look for them.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::man;
use super::scripts::{self, Shell};
use crate::base::error::{Error, ErrorKind};
use crate::base::input::is_utf16;
use crate::base::platform::desktop::WINDOWS;
use crate::base::platform::open_regular_file;
use crate::base::text::{self, Shown, foreign};
use crate::hint;
use crate::term::{Env, Io};

/// What we add to a person's start-up file stands between these lines, once.
const BEGIN: &str = "# >>> auth0-suite completions >>>";
const END: &str = "# <<< auth0-suite completions <<<";

/// The largest start-up file that is read, in bytes.
const MAX_STARTUP: u64 = 8 << 20;

/// Installs the completions for a shell, or the one in `$SHELL`.
pub(super) fn install(shell: Option<Shell>, io: &Io) -> Result<(), Error> {
    let shell = match shell {
        Some(shell) => shell,
        None => login_shell(io.env)?,
    };
    let names = scripts::installed();
    match shell {
        Shell::Bash => {
            let folder = match io.env.path("BASH_COMPLETION_USER_DIR") {
                Some(folder) => folder,
                None => data_home(io.env)?.join("bash-completion"),
            };
            let folder = folder.join("completions");
            // bash-completion loads the file named after the command, when it is first typed.
            for name in &names {
                write(&folder.join(name), &scripts::script(shell, &[name]))?;
            }
            said(shell, &folder, io);
            io.ui.say_hint(
                "the package bash-completion loads them; without it, add to ~/.bashrc: ",
                &"source <(auth0-completions bash)".into(),
            );
        }
        Shell::Fish => {
            let folder = config_home(io.env)?.join("fish").join("completions");
            for name in &names {
                write(&folder.join(format!("{name}.fish")), &scripts::script(shell, &[name]))?;
            }
            said(shell, &folder, io);
        }
        Shell::Zsh => {
            let home = match io.env.path("ZDOTDIR") {
                Some(folder) => folder,
                None => home()?,
            };
            let folder = home.join(".zfunc");
            write(&folder.join(shell.file()), &scripts::script(shell, &names))?;
            said(shell, &folder, io);
            add_block(&home.join(".zshrc"), ZSH_BLOCK, io)?;
        }
        Shell::PowerShell => {
            for folder in powershell_folders(io.env)? {
                write(&folder.join(shell.file()), &scripts::script(shell, &names))?;
                said(shell, &folder, io);
                add_block(
                    &folder.join("Microsoft.PowerShell_profile.ps1"),
                    ". \"$PSScriptRoot/auth0-suite.ps1\"",
                    io,
                )?;
            }
        }
        Shell::Elvish => {
            let folder = if WINDOWS {
                dirs::config_dir().ok_or_else(homeless)?
            } else {
                config_home(io.env)?
            };
            let folder = folder.join("elvish");
            write(&folder.join("lib").join(shell.file()), &scripts::script(shell, &names))?;
            said(shell, &folder.join("lib"), io);
            add_block(&folder.join("rc.elv"), "use auth0-suite", io)?;
        }
    }
    io.ui.say(format_args!("they work in every {} that is started from now on", shell.name()));
    Ok(())
}

/// Works before and after a `compinit` of the person's own.
const ZSH_BLOCK: &str = "\
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
source \"${ZDOTDIR:-$HOME}/.zfunc/_auth0-suite\"";

/// Writes the man pages into a folder, or where `man` looks for those of our programs.
pub(super) fn man_pages(folder: Option<PathBuf>, io: &Io) -> Result<(), Error> {
    let folder = folder.or_else(beside_the_programs).ok_or_else(|| {
        Error::usage("there is no folder for man pages beside this program")
            .hint("name one: auth0-completions man --dir DIR")
    })?;
    let pages = man::pages();
    for (name, text) in &pages {
        write(&folder.join(name), text)?;
    }
    io.ui.say(format_args!("wrote {} man pages to {}", pages.len(), text::path(&folder).shown()));
    Ok(())
}

/// `man` looks in `X/share/man` for each `X/bin` on `PATH`.
fn beside_the_programs() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent().filter(|folder| folder.ends_with("bin"))?;
    Some(folder.parent()?.join("share").join("man").join("man1"))
}

fn login_shell(env: Env) -> Result<Shell, Error> {
    let path = env.path("SHELL");
    let name = path.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    match name.and_then(Shell::parse) {
        Some(shell) => Ok(shell),
        None if WINDOWS => Ok(Shell::PowerShell),
        None => Err(Error::usage("cannot tell which shell you use from $SHELL")
            .hint("name it: auth0-completions install bash, zsh, fish, powershell or elvish")),
    }
}

fn said(shell: Shell, folder: &Path, io: &Io) {
    io.ui.say(format_args!(
        "wrote the {} completions to {}",
        shell.name(),
        text::path(folder).shown()
    ));
}

/// The lines of a block of ours, for a hint.
fn lines(block: &str) -> Shown {
    Shown::join(block.lines().map(|line| foreign(line).shown()), "\n")
}

/// Adds a block to a start-up file, unless it has one. What is there already is not touched.
fn add_block(path: &Path, block: &str, io: &Io) -> Result<(), Error> {
    let cannot = |e: &std::io::Error| {
        Error::new(
            ErrorKind::Failure,
            format!("cannot add the completions to {}", text::path(path).shown()),
        )
        .caused_by(e)
        .hint(hint!("add these lines to it yourself:\n{}", lines(block)))
    };
    let mut text = Vec::new();
    match open_regular_file(path) {
        Ok(file) => {
            file.take(MAX_STARTUP).read_to_end(&mut text).map_err(|e| cannot(&e))?;
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(cannot(&e)),
    }
    // PowerShell 5.1 writes UTF-16 with `>>`.
    if is_utf16(&text) {
        return Err(cannot(&std::io::Error::other("it is UTF-16 text")));
    }
    let text = String::from_utf8_lossy(&text);
    if text.lines().any(|line| line.trim() == BEGIN) {
        return Ok(());
    }
    let gap = if text.is_empty() {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    make_folder(path)?;
    let mut file =
        OpenOptions::new().append(true).create(true).open(path).map_err(|e| cannot(&e))?;
    file.write_all(format!("{gap}{BEGIN}\n{block}\n{END}\n").as_bytes()).map_err(|e| cannot(&e))?;
    io.ui.say(format_args!(
        "added a block to {} that loads them; to undo, delete it with its marks",
        text::path(path).shown()
    ));
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    make_folder(path)?;
    replace(path, text).map_err(|e| {
        Error::new(ErrorKind::Failure, format!("cannot write {}", text::path(path).shown()))
            .caused_by(&e)
    })
}

/// Replaces the file itself. A link of its name is replaced too: where it leads, others may decide.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    // What a killed process left, if anything.
    let _ = fs::remove_file(&temporary);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn make_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|e| {
        Error::new(ErrorKind::Failure, format!("cannot create {}", text::path(folder).shown()))
            .caused_by(&e)
    })
}

fn home() -> Result<PathBuf, Error> {
    dirs::home_dir().ok_or_else(homeless)
}

fn homeless() -> Error {
    Error::usage("there is no home directory")
        .hint("print the script instead: auth0-completions SHELL")
}

/// These shells follow the XDG folders on every system, macOS too.
fn data_home(env: Env) -> Result<PathBuf, Error> {
    match env.path("XDG_DATA_HOME") {
        Some(folder) => Ok(folder),
        None => Ok(home()?.join(".local").join("share")),
    }
}

fn config_home(env: Env) -> Result<PathBuf, Error> {
    match env.path("XDG_CONFIG_HOME") {
        Some(folder) => Ok(folder),
        None => Ok(home()?.join(".config")),
    }
}

/// The folders of PowerShell's profiles: on Windows those of PowerShell 7 and of PowerShell 5.1,
/// which is part of the system.
fn powershell_folders(env: Env) -> Result<Vec<PathBuf>, Error> {
    if WINDOWS {
        Ok(in_documents(&dirs::document_dir().ok_or_else(homeless)?).into())
    } else {
        Ok(vec![config_home(env)?.join("powershell")])
    }
}

/// The folders of the profiles of PowerShell 7 and of PowerShell 5.1.
fn in_documents(documents: &Path) -> [PathBuf; 2] {
    ["PowerShell", "WindowsPowerShell"].map(|folder| documents.join(folder))
}

#[cfg(test)]
mod tests {
    use super::{Path, PathBuf, in_documents};

    #[test]
    fn windows_has_a_folder_for_each_powershell() {
        let folders = ["docs/PowerShell", "docs/WindowsPowerShell"].map(PathBuf::from);
        assert_eq!(in_documents(Path::new("docs")), folders);
    }
}
