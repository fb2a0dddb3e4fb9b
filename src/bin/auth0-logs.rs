//! `auth0-logs`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::logs::Logs>()
}
