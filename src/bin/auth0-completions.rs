//! `auth0-completions`.

use auth0_suite::cmd::completions::{Completions, answer};

fn main() -> std::process::ExitCode {
    answer::if_asked().unwrap_or_else(auth0_suite::cmd::run::main::<Completions>)
}
