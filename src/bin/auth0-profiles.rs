//! `auth0-profiles`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::profiles::Profiles>()
}
