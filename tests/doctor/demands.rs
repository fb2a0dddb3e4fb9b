//! What the application or the API demands from a sign-in.

use auth0_emulator::{NATIVE, OWN_API};

use super::{api, doctor, follow, line, signed_in, status};
use crate::support::Tenant;

#[test]
fn a_demand_of_the_application_that_no_login_meets_is_a_fault() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let path = format!("clients/{NATIVE}");
    let run = || doctor(&tenant, &home, &["--profile", "p", "--with", "m"]);
    for change in [
        r#"{"require_pushed_authorization_requests": true}"#,
        r#"{"require_proof_of_possession": true}"#,
    ] {
        api(&tenant, &home, &["PATCH", &path, "-d", change]);
        let (status_now, message, hint) = line(&run().run().exits(1), "demands");
        assert_eq!(status_now, "fault", "{message}");
        follow(&tenant, &home, &hint, "auth0-clients");
        assert_eq!(status(&run().run().exits(0), "demands"), "ok", "{change}");
    }
    api(&tenant, &home, &["PATCH", &path, "-d", r#"{"organization_usage": "require"}"#]);
    let (status_now, _, hint) = line(&run().run().exits(1), "demands");
    assert_eq!(status_now, "fault");
    follow(&tenant, &home, &hint.replace("ORGANIZATION", "org_0000000000000001"), "auth0-profiles");
    assert_eq!(status(&run().run(), "demands"), "ok");
}

#[test]
fn an_api_that_wants_proofs_of_possession_is_a_fault() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    tenant.sign_in(&home, &["--profile", "own", "--audience", OWN_API]).0.exits(0);
    let run = || doctor(&tenant, &home, &["--profile", "own", "--with", "m"]);
    assert_eq!(status(&run().run(), "demands"), "ok");
    let proof = r#"{"proof_of_possession": {"mechanism": "dpop", "required": true}}"#;
    api(&tenant, &home, &["PATCH", "resource-servers/0000000000000000000000aa", "-d", proof]);
    let (status_now, message, hint) = line(&run().run().exits(1), "demands");
    assert_eq!(status_now, "fault", "{message}");
    follow(&tenant, &home, &hint, "auth0-api");
    assert_eq!(status(&run().run(), "demands"), "ok");
}
