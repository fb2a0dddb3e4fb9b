//! `auth0-clients`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::clients::Clients>()
}
