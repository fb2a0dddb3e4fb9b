//! `auth0-tenant`.

fn main() -> std::process::ExitCode {
    auth0_suite::cmd::run::main::<auth0_suite::cmd::tenant::Tenant>()
}
