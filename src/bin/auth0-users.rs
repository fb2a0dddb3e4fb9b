//! `auth0-users`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::users::Users>()
}
