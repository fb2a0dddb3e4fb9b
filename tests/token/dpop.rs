//! APIs that require tokens bound to a key of the application (RFC 9449), which the suite has not.

use auth0_emulator::{MACHINE, NATIVE};
use serde_json::json;

use super::{ORDERS, administer, machine, machine_token, person, tenant, token};
use crate::support::Home;

/// An API that gives only DPoP-bound tokens.
const BOUND: &str = "https://bound.example.com";
const SAID: &str = "this API requires DPoP-bound tokens";

#[test]
fn an_api_that_requires_dpop_is_named_at_every_login_and_refresh() {
    let tenant = tenant();
    administer(
        &tenant,
        &["POST", "resource-servers"],
        &json!({
            "identifier": BOUND, "name": "Bound", "allow_offline_access": true,
            "proof_of_possession": {"mechanism": "dpop", "required": true, "required_for": "all_clients"},
        }),
    );
    administer(
        &tenant,
        &["POST", "client-grants"],
        &json!({"client_id": MACHINE, "audience": BOUND, "scope": []}),
    );
    let policies = json!([{"audience": BOUND, "scope": []}]);
    administer(
        &tenant,
        &["PATCH", &format!("clients/{NATIVE}")],
        &json!({"refresh_token": {
            "rotation_type": "rotating", "expiration_type": "expiring", "policies": policies,
        }}),
    );
    let home = person(&tenant);
    let before = home.refresh_token();
    let refused = token(&tenant, &home, &["--audience", BOUND]).exits(3).prints("");
    refused.says(SAID).says(BOUND).says("Require Token Sender-Constraining");
    assert_eq!(home.refresh_token(), before);
    assert!(tenant.honours(&before), "no token was issued, so nothing was rotated");
    let (login, _) = tenant.sign_in(&home, &["--profile", "q", "--audience", BOUND]);
    login.exits(3).says(SAID).says(BOUND);

    let home = machine(&tenant);
    token(&tenant, &home, &["--audience", BOUND]).exits(3).prints("").says(SAID);
    tenant.machine_login(&home, "q").args(&["--audience", BOUND]).run().exits(3).says(SAID);
}

#[test]
fn every_answer_about_dpop_is_recognized() {
    use crate::api::fake::{self, Reply};
    for (error, description) in [
        ("use_dpop_nonce", "Authorization server requires nonce in DPoP proof"),
        ("invalid_request", "DPoP proof JWT is required for this resource server"),
        ("invalid_request", "Proof of possession is required"),
    ] {
        let tenant = fake::Tenant::new(move |_| {
            Reply::json(400, serde_json::json!({"error": error, "error_description": description}))
        });
        let home = Home::new();
        machine_token(&home, &tenant)
            .run()
            .exits(3)
            .says("this API requires DPoP-bound tokens")
            .says(ORDERS)
            .says("not supported");
    }
}
