//! `auth0-logout`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::logout::Logout>()
}
