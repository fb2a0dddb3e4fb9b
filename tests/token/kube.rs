//! `kube` and `--id-token`: the ID token, renewed when it is too old.

use auth0_emulator::{Fault, FaultKind, IdTokenFault};
use serde_json::{Value, json};

use super::{ORDERS, machine, person, tenant, token};
use crate::support::{Home, Ran, Tenant, claims};

fn id_token(home: &Home) -> String {
    home.profile("p").token.unwrap().id_token.unwrap().expose().to_owned()
}

fn kube(tenant: &Tenant, home: &Home, info: Option<&Value>) -> Ran {
    let command = home.command("auth0-token").trust(tenant).arg("kube");
    match info {
        Some(info) => command.env("KUBERNETES_EXEC_INFO", info.to_string()).run(),
        None => command.run(),
    }
}

#[test]
fn kube_prints_the_id_token_with_its_own_expiry() {
    let tenant = tenant();
    let home = person(&tenant);
    let id_token = id_token(&home);
    let expiry = claims(&id_token)["exp"].as_i64().unwrap();
    let credential = kube(&tenant, &home, None).exits(0).json();
    assert_eq!(
        credential,
        json!({
            "apiVersion": "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "status": {
                "token": id_token,
                "expirationTimestamp": auth0_suite::base::time::rfc3339(expiry),
            },
        })
    );
    let info = json!({"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential",
        "spec": {"interactive": false}});
    let credential = kube(&tenant, &home, Some(&info)).exits(0).json();
    assert_eq!(credential["apiVersion"], info["apiVersion"]);
    for info in [json!({"apiVersion": "evil/v1"}), json!({}), json!(3)] {
        kube(&tenant, &home, Some(&info)).exits(2).prints("").says("KUBERNETES_EXEC_INFO");
    }
    assert!(tenant.requests().is_empty(), "a valid token needs no network");
    let access = token(&tenant, &home, &["kube", "--access-token", "--audience", ORDERS]);
    let access = access.exits(0).json()["status"]["token"].clone();
    assert_eq!(access, home.profile("p").tokens[ORDERS].access_token.expose());
    token(&tenant, &home, &["kube", "--audience", ORDERS]).exits(2).says("--access-token");
    token(&tenant, &home, &["--claims", "kube"]).exits(2);
}

#[test]
fn a_machine_is_not_told_to_sign_in_as_a_person_in_its_own_profile() {
    let tenant = tenant();
    let home = machine(&tenant);
    for args in [&["kube"][..], &["--id-token"]] {
        token(&tenant, &home, args)
            .exits(3)
            .prints("")
            .says("auth0-token kube --access-token --profile p")
            .says(&format!("auth0-login --profile NEW-NAME --domain {}", tenant.domain()));
    }
    token(&tenant, &home, &["kube", "--access-token"]).exits(0);
}

#[test]
fn an_old_id_token_is_renewed() {
    let tenant = tenant();
    let home = person(&tenant);
    let old = id_token(&home);
    token(&tenant, &home, &["--id-token"]).exits(0).prints_line(&old);
    let before = home.refresh_token();
    let printed = token(&tenant, &home, &["--id-token", "--refresh", "-o", "json"]).exits(0).json();
    assert_eq!(printed["id_token"], id_token(&home));
    assert_ne!(id_token(&home), old);
    assert_ne!(home.refresh_token(), before);
    assert!(tenant.honours(&home.refresh_token()));
    let said = token(&tenant, &home, &["--id-token", "--claims"]).exits(0).json();
    assert_eq!(said["sub"], home.profile("p").user.unwrap().sub);
    // A plain renewal keeps the one that was validated.
    let kept = id_token(&home);
    token(&tenant, &home, &["--refresh"]).exits(0);
    assert_eq!(id_token(&home), kept);
    token(&tenant, &home, &["--id-token", "--min-valid", "20h"])
        .exits(3)
        .prints("")
        .says("--min-valid");
}

#[test]
fn an_invalid_new_id_token_does_not_lose_the_refresh_token() {
    use IdTokenFault as F;
    let tenant = tenant();
    let home = person(&tenant);
    let kept = id_token(&home);
    for fault in [F::WrongIssuer, F::WrongAudience, F::Expired, F::AlgNone, F::Hs256, F::OtherKey] {
        tenant.configure(|config| config.id_token_fault = Some(fault));
        let before = home.refresh_token();
        token(&tenant, &home, &["kube", "--refresh"]).exits(3).prints("").says("hint: ");
        assert_ne!(home.refresh_token(), before);
        assert!(tenant.honours(&home.refresh_token()), "{fault:?}");
        assert_eq!(id_token(&home), kept, "{fault:?}");
    }
    tenant.configure(|config| {
        config.id_token_fault = None;
        config.faults = vec![Fault::always(FaultKind::Status(503), "/.well-known/jwks.json")];
    });
    token(&tenant, &home, &["kube", "--refresh", "--max-retries", "0"]).exits(7).prints("");
    assert!(tenant.honours(&home.refresh_token()));
    tenant.configure(|config| config.faults.clear());
    // It is about the person who signed in, and about nobody else.
    home.edit("p", |text| text.replace("sub = \"auth0|", "sub = \"auth0|another-"));
    token(&tenant, &home, &["kube", "--refresh"]).exits(3).prints("");
    assert!(tenant.honours(&home.refresh_token()));
}

#[test]
fn many_clients_that_find_an_old_id_token_renew_it_once() {
    let tenant = tenant();
    let home = person(&tenant);
    home.edit("p", |text| {
        let at = text.find("id_token = ").unwrap();
        let end = at + text[at..].find('\n').unwrap() + 1;
        format!("{}{}", &text[..at], &text[end..])
    });
    let crowd: Vec<_> = (0..20)
        .map(|_| home.command("auth0-token").trust(&tenant).args(&["kube", "-q"]).start())
        .collect();
    for running in crowd {
        assert_eq!(running.wait().exits(0).json()["status"]["token"], id_token(&home));
    }
    assert_eq!(tenant.token_requests(), 1);
}

#[test]
fn a_machine_has_no_id_token() {
    let tenant = tenant();
    let home = machine(&tenant);
    for args in [&["kube"][..], &["--id-token"], &["--id-token", "--refresh"]] {
        token(&tenant, &home, args).exits(3).prints("").says("ID token").says("auth0-login");
    }
    token(&tenant, &home, &["kube", "--access-token"]).exits(0);
    assert!(tenant.token_requests() == 0);
    // Neither has a person's login that got no refresh token, once it is too old.
    let home = person(&tenant);
    home.edit("p", |text| {
        let at = text.find("refresh_token = ").unwrap();
        let end = at + text[at..].find('\n').unwrap() + 1;
        format!("{}{}", &text[..at], &text[end..])
    });
    token(&tenant, &home, &["kube"]).exits(0);
    token(&tenant, &home, &["kube", "--min-valid", "300d"])
        .exits(3)
        .prints("")
        .says("no refresh token");
}
