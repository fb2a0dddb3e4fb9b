//! `auth0-resources`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::resources::Resources>()
}
