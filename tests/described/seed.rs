//! Resources that the API cannot create.

use std::collections::BTreeMap;

use auth0_emulator::USER;
use serde_json::{Value, json};

use super::{CLIENT, Stage};
use crate::support::Home;

/// What a tenant has only after somebody signed in, synchronised a directory, or ran something: the
/// ID of one by kind.
pub(super) fn seed(stage: &Stage) -> BTreeMap<&'static str, String> {
    let tenant = &stage.tenant;
    let at = "2026-11-24T09:00:00.000Z";
    let add = |list: &str, row: Value| tenant.add_row(list, row);
    let group = "grp_aaaaaaaaaaaaaaaa";
    add(
        "groups",
        json!({"id": group, "name": "staff", "tenant_name": "emulator", "created_at": at, "updated_at": at}),
    );
    add(
        "grants",
        json!({"id": "grant1", "clientID": CLIENT, "user_id": USER, "audience": "a", "scope": ["openid"]}),
    );
    add("guardian/enrollments", json!({"id": "dev_1", "status": "confirmed"}));
    add("rules-configs", json!({"key": "A"}));
    for (id, domain) in [("cd_1", "other.example.com"), ("cd_2", "login.example.com")] {
        let methods = json!([{"name": "cname", "record": "edge.example.com", "domain": domain}]);
        add(
            "custom-domains",
            json!({"custom_domain_id": id, "domain": domain, "primary": false,
            "status": "ready", "type": "auth0_managed_certs", "verification": {"methods": methods}}),
        );
    }
    // One session is revoked, with its refresh token; the other one is deleted.
    for _ in 0..2 {
        tenant.sign_in(&Home::new(), &["--profile", "p"]).0.exits(0);
    }
    let nth = |words: &[&str], at: usize| {
        let found = stage.run(&[&["auth0-api"], words].concat()).exits(0).json();
        let rows = found.as_array().cloned().unwrap_or_else(|| {
            found.as_object().unwrap().values().find_map(Value::as_array).cloned().unwrap()
        });
        rows[at]["id"].as_str().unwrap().to_owned()
    };
    let user = USER.replace('|', "%7C");
    let job = stage.run(&["auth0-api", "POST", "jobs/users-exports", "-f", "format=json"]);
    BTreeMap::from([
        ("groups", group.to_owned()),
        ("grants", "grant1".to_owned()),
        ("guardian-enrollments", "dev_1".to_owned()),
        ("rules-configs", "A".to_owned()),
        ("sessions", nth(&[&format!("users/{user}/sessions")], 0)),
        ("sessions to delete", nth(&[&format!("users/{user}/sessions")], 1)),
        ("refresh-tokens", nth(&[&format!("users/{user}/refresh-tokens")], 1)),
        ("jobs", job.exits(0).json()["id"].as_str().unwrap().to_owned()),
    ])
}
