//! A token for every tool: several APIs of one login, `exec`, `kube` and the ID token.

mod apis;
mod dpop;
#[cfg(unix)] // the commands are scripts for sh
mod exec;
mod exec_program;
mod kube;
mod lifetime;

use serde_json::{Value, json};

use auth0_emulator::{MACHINE, NATIVE, OWN_API};

use crate::support::{Home, Ran, Run, Tenant};

pub(crate) const ORDERS: &str = "https://orders.example.com";
pub(crate) const STOCK: &str = "https://stock.example.com";
/// An API that no policy lists.
pub(crate) const CLOSED: &str = "https://closed.example.com";

/// A tenant with several APIs, two of which a person's refresh token serves too.
#[track_caller]
fn tenant() -> Tenant {
    let tenant = Tenant::new();
    for audience in [ORDERS, STOCK, CLOSED] {
        let scopes = json!([{"value": "read:rows"}, {"value": "write:rows"}]);
        administer(
            &tenant,
            &["POST", "resource-servers"],
            &json!({"identifier": audience, "name": audience, "scopes": scopes}),
        );
        if audience != CLOSED {
            administer(
                &tenant,
                &["POST", "client-grants"],
                &json!({"client_id": MACHINE, "audience": audience, "scope": ["read:rows"]}),
            );
        }
    }
    let policies = [ORDERS, STOCK].map(|api| json!({"audience": api, "scope": ["read:rows"]}));
    let client = format!("clients/{NATIVE}");
    administer(
        &tenant,
        &["PATCH", &client],
        &json!({"refresh_token": {
            "rotation_type": "rotating", "expiration_type": "expiring", "policies": policies,
        }}),
    );
    tenant.forget_requests();
    tenant
}

#[track_caller]
fn administer(tenant: &Tenant, operation: &[&str], body: &Value) {
    let scope = "create:resource_servers update:clients create:client_grants";
    Home::new()
        .command("auth0-api")
        .trust(tenant)
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_ACCESS_TOKEN", tenant.access_token(scope, None, 600))
        .args(operation)
        .args(&["-d", &body.to_string()])
        .run()
        .exits(0);
}

/// A person who signed in for an API of the tenant's own.
#[track_caller]
fn person(tenant: &Tenant) -> Home {
    let home = Home::new();
    let args = ["--profile", "p", "--audience", OWN_API];
    tenant.sign_in(&home, &args).0.exits(0);
    tenant.forget_requests();
    home
}

/// A machine with a saved secret.
#[track_caller]
fn machine(tenant: &Tenant) -> Home {
    let home = tenant.machine_signed_in("p");
    tenant.forget_requests();
    home
}

/// A machine's token for [`ORDERS`], with nothing but the environment.
fn machine_token(home: &Home, tenant: &crate::api::fake::Tenant) -> Run {
    home.command("auth0-token")
        .env("AUTH0_DOMAIN", &tenant.origin)
        .env("AUTH0_CLIENT_ID", "c")
        .env("AUTH0_CLIENT_SECRET", "s")
        .args(&["--audience", ORDERS])
}

fn token(tenant: &Tenant, home: &Home, args: &[&str]) -> Ran {
    home.command("auth0-token").trust(tenant).args(args).run()
}
