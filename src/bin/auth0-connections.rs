//! `auth0-connections`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::connections::Connections>()
}
