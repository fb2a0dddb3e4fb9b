//! "Done" is said only when it is done: what is not known, wrong or left over is said too.

use auth0_emulator::{Config, Fault, FaultKind};
use serde_json::Value;

use super::run::Tenant;

const BILLING: &str = "app00000000000000000000000000007";

#[test]
fn a_name_that_looks_like_an_id_is_never_deleted_as_one() {
    let tenant = Tenant::new().without(&["read:clients", "update:client_keys"]);
    let ran = tenant.clients(&["delete", "my-production-billing-app", "--yes"]).exits(4);
    ran.says("read:clients").says("nothing was sent").hides("deleted");
    assert!(tenant.writes().is_empty());
    // An ID in the form that Auth0 issues needs no look-up, but what is not known is said.
    let ran = tenant.clients(&["delete", BILLING, "--yes"]).exits(0);
    ran.says("whether it was there is not known");
    assert_eq!(tenant.writes().len(), 1);
    assert!(tenant.emulator.client(BILLING).is_none());
}

#[test]
fn many_issued_ids_are_deleted_without_read_access() {
    let tenant = Tenant::with(Config { clients: 40, ..Config::default() });
    let tenant = tenant.without(&["read:clients", "update:client_keys"]);
    let ids: String = (10..35).map(|index| format!("app{index:029}\n")).collect();
    tenant.piped("clients", &["delete", "-", "--yes"], &ids).exits(0);
    assert_eq!(tenant.writes().len(), 25);
    let ran = tenant.piped("clients", &["delete", "-", "--yes"], &format!("{ids}a name\n"));
    ran.exits(4).says("read:clients");
    assert!(tenant.writes().is_empty());
}

#[test]
fn names_that_the_api_does_not_document_are_warned_about() {
    let tenant = Tenant::new();
    let near = |args: &[&str], warning: &str| {
        tenant.clients(args).exits(0).says(&format!("warning: {warning}"));
    };
    near(
        &["list", "--fields", "nme"],
        "'nme' is not a known field of a client; did you mean 'name'",
    );
    near(&["show", BILLING, "--fields", "callback"], "'callback' is not a known field");
    near(
        &["list", "--app-type", "spaa"],
        "'spaa' is not a known type of a client; did you mean 'spa'",
    );
    near(
        &["create", "--name", "a", "--type", "nativ", "--dry-run"],
        "app_type is not a documented value; did you mean native?",
    );
    let strict = ["create", "--name", "a", "--type", "nativ", "--strict"];
    tenant.clients(&strict).exits(2).says("app_type is not a documented value");
    assert!(tenant.writes().is_empty());
    let ran = tenant.connections(&["list", "--strategy", "sampl"]).exits(8);
    ran.says("warning: 'sampl' is not a known strategy; did you mean 'samlp'?");
    for args in [
        &["list", "--fields", "client_id,jwt_configuration.alg", "--app-type", "m2m,spa"][..],
        &["list", "--app-type", "non_interactive,sso_integration"],
    ] {
        let ran = tenant.clients(args).exits(0);
        assert!(!ran.stderr.contains("warning"), "{ran:?}");
    }
}

#[test]
fn a_batch_reports_each_item_and_is_taken_up_again() {
    let tenant = Tenant::new();
    let name = "Café Menü".to_owned();
    let path = "/api/v2/clients/app00000000000000000000000000005";
    tenant.emulator.configure(|config| {
        // The look-up passes, the deletion does not.
        config.faults = vec![Fault { after: 1, ..Fault::always(FaultKind::Status(500), path) }];
    });
    let input = format!("{BILLING}\n{name}\nnope\napp00000000000000000000000000005\n");
    let ran = tenant.piped("clients", &["delete", "-", "--yes", "-o", "jsonl"], &input).exits(7);
    let mut rows: Vec<Value> =
        ran.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    rows.sort_by_key(|row| row["item"].to_string());
    let told = |row: &Value| {
        ["id", "item", "status"].map(|key| row[key].as_str().unwrap_or("-").to_owned())
    };
    assert_eq!(told(&rows[0]), ["app00000000000000000000000000003", &name, "deleted"]);
    assert_eq!(rows[0]["error"], Value::Null);
    assert_eq!(told(&rows[1])[2], "failed");
    assert_eq!(rows[1]["error"]["status"], 500);
    assert_eq!(told(&rows[2]), [BILLING, BILLING, "deleted"]);
    assert_eq!(told(&rows[3]), ["-", "nope", "failed"]);
    assert_eq!(rows[3]["error"]["code"], "not_found");

    // A later run does only what is left; a last line that was cut off is passed over.
    let folder = crate::support::Folder::new();
    let report = folder.write("report.jsonl", &(ran.stdout.clone() + "{\"id\":\"ap"));
    tenant.emulator.configure(|config| config.faults.clear());
    tenant.writes();
    let args = ["delete", "-", "--yes", "-o", "jsonl", "--resume", report.to_str().unwrap()];
    let again = tenant.piped("clients", &args, &input).exits(5).says("2 of 4 are done already");
    assert_eq!(again.lines().len(), 2);
    assert_eq!(tenant.writes().len(), 1);
    let args = ["delete", "-", "--yes", "--resume", "/no/such/file"];
    tenant.piped("clients", &args, &input).exits(2).says("cannot open");
    // People read the messages; stdout stays empty.
    tenant.clients(&["delete", "app00000000000000000000000000006", "--yes"]).exits(0).prints("");
}
