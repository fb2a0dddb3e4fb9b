//! `auth0-api`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::api::Api>()
}
