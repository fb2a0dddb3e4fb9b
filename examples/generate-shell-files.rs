//! Writes `completions/` and `man/` anew, from the definitions of the commands:
//! `cargo run --example generate-shell-files`. A test fails while they are stale.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use auth0_suite::cmd::completions::man;
use auth0_suite::cmd::completions::scripts::{self, Shell};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = scripts::all();
    let scripts = Shell::ALL.map(|shell| (shell.file().to_owned(), scripts::script(shell, &names)));
    replace(&root.join("completions"), scripts.into())?;
    replace(&root.join("man"), man::pages())
}

fn replace(folder: &Path, files: Vec<(String, String)>) -> io::Result<()> {
    if folder.is_dir() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir(folder)?;
    for (name, text) in files {
        File::create(folder.join(name))?.write_all(text.as_bytes())?;
    }
    Ok(())
}
