//! `auth0-doctor`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::doctor::Doctor>()
}
