//! What cannot be read, and what the tenant does not have.

use serde_json::json;

use super::world::{World, files, insufficient};

#[test]
fn a_kind_without_its_scope_is_listed_and_the_rest_is_exported() {
    let world = World::new();
    world.answers.refuse("/roles", 403, insufficient("read:roles"));
    world
        .export("out")
        .exits(4)
        .says("1 kind was not read completely")
        .says("caused by: roles: the token lacks read:roles")
        .says("hint:")
        .says("read:roles");
    let files = files(&world.dir("out"));
    assert!(files.contains_key("clients/shop.json"));
    assert!(!files.keys().any(|name| name.starts_with("roles/")), "{:?}", files.keys());
    let manifest = world.json("out/auth0-tenant.json");
    assert_eq!(manifest["not_read"][0]["kind"], "roles");
    assert_eq!(manifest["not_read"][0]["scopes"], json!(["read:roles"]));
    assert!(!manifest["kinds"].as_array().unwrap().contains(&json!("roles")));
    let error = world.run(&["export", "-", "-o", "json"]).exits(4);
    let last: serde_json::Value =
        serde_json::from_str(error.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["error"]["causes"], json!(["roles: the token lacks read:roles"]));
}

#[test]
fn what_the_plan_does_not_have_is_none() {
    let world = World::new();
    for (path, status, message) in [
        ("/custom-domains", 403, "The account is not allowed to perform this operation"),
        ("/supplemental-signals", 403, "Please upgrade your subscription"),
        ("/rate-limit-policies", 501, "not implemented"),
        ("/rules", 410, "gone"),
        ("/organizations", 404, "Not Found"),
        ("/roles/rol_0000000000000001/permissions", 403, "The account is not allowed to do this"),
    ] {
        let code = if status == 403 { "insufficient_scope" } else { "x" };
        let body = json!({"statusCode": status, "message": message, "errorCode": code});
        world.answers.refuse(path, status, body);
    }
    world.export("out").exits(0);
    let manifest = world.json("out/auth0-tenant.json");
    assert_eq!(manifest["not_read"], json!([]));
    assert!(manifest["kinds"].as_array().unwrap().contains(&json!("custom-domains")));
    assert_eq!(world.json("out/roles/admin.json"), json!({"name": "admin"}));
}

#[test]
fn a_part_without_its_scope_is_listed_and_not_taken_for_empty() {
    let world = World::new();
    let path = "/roles/rol_0000000000000001/permissions";
    world.answers.refuse(path, 403, insufficient("read:roles"));
    world.answers.change("/connections", |page| {
        page["connections"][0].as_object_mut().unwrap().remove("options");
    });
    world
        .export("out")
        .exits(4)
        .says("2 kinds were not read completely")
        .says("connections (options): the token lacks read:connections_options")
        .says("roles (permissions): the token lacks read:roles");
    assert_eq!(world.json("out/roles/admin.json"), json!({"name": "admin"}));
}

#[test]
fn a_summary_of_a_client_is_no_client() {
    let world = World::new();
    world.answers.change("/clients", |page| {
        let keep = |row: &mut serde_json::Value| {
            row.as_object_mut().unwrap().retain(|key, _| key == "name" || key == "client_id");
        };
        page["clients"].as_array_mut().unwrap().iter_mut().for_each(keep);
    });
    world
        .run(&["export", "out", "--kinds", "clients,client-grants"])
        .exits(4)
        .says("clients: the token lacks read:clients");
    assert!(!world.dir("out/clients").exists());
    // The names are known all the same.
    let grants = files(&world.dir("out"));
    assert!(grants.keys().any(|name| name.starts_with("client-grants/robot~")), "{grants:?}");
}

#[test]
fn names_that_cannot_be_read_are_said() {
    let world = World::new();
    world.answers.refuse("/clients", 403, insufficient("read:clients"));
    world
        .run(&["export", "out", "--kinds", "client-grants"])
        .exits(4)
        .says("clients (names): the token lacks read:clients")
        .says("client-grants: 1 client referred to by ID");
}

#[test]
fn names_that_nothing_refers_to_are_not_missed() {
    let world = World::new();
    for (path, scope) in [
        ("/organizations", "read:organizations"),
        ("/connection-profiles", "read:connection_profiles"),
        ("/user-attribute-profiles", "read:user_attribute_profiles"),
    ] {
        world.answers.refuse(path, 403, insufficient(scope));
    }
    let only = |command: &[&str]| world.run(&[command, &["--kinds", "clients"]].concat());
    only(&["export", "out"]).exits(0).hides("not read").hides("hint: add");
    assert_eq!(world.json("out/auth0-tenant.json")["not_read"], json!([]));
    only(&["diff", "./out"]).exits(0);
    // In a whole export they are kinds of their own.
    let ran = world.export("whole").exits(4).says("3 kinds were not read");
    let scopes = "read:connection_profiles read:organizations read:user_attribute_profiles";
    ran.says(&format!("gets {scopes}; sign in")).hides("SCOPE");
    only(&["diff", "./whole"]).exits(0);
    only(&["diff", "./whole", "./out"]).exits(0);
    world.answers.change("/clients", |page| {
        page["clients"][0]["default_organization"] =
            json!({"organization_id": "org_0000000000000001", "flows": ["client_credentials"]});
    });
    let said = "organizations (names): the token lacks read:organizations";
    only(&["export", "out"]).exits(4).says(said).says("1 kind was not read");
    only(&["diff", "./out"]).exits(4).says(said);
    only(&["diff", "./out", "./out"]).exits(4).says(said);
}

#[test]
fn a_failing_tenant_changes_nothing() {
    let world = World::new();
    world.export("out").exits(0);
    let before = files(&world.dir("out"));
    world.answers.change("/clients", |page| page["clients"][0]["name"] = json!("changed"));
    world.answers.refuse("/roles", 500, json!({"message": "oops"}));
    world.run(&["export", "out", "--max-retries", "0"]).exits(7);
    world.answers.refuse("/roles", 401, json!({"message": "Expired token"}));
    world.export("out").exits(3);
    assert_eq!(files(&world.dir("out")), before);
}

#[test]
fn an_answer_of_another_shape_is_an_error() {
    let world = World::new();
    for body in
        [json!("text"), json!([1, 2]), json!({"clients": {"a": 1}}), json!({"clients": [5]})]
    {
        world.answers.set("/clients", body);
        world.run(&["export", "-", "--kinds", "clients"]).exits(7);
    }
    world.answers.set("/roles", json!([1, "x", null, {"id": 5, "name": {}}]));
    world.run(&["export", "-", "--kinds", "roles"]).exits(7).says("a row is not an object");
    // An object with values of other types is still an object.
    world.answers.set("/roles", json!([{"id": 5, "name": {}}]));
    world.run(&["export", "-", "--kinds", "roles"]).exits(0);
}

#[test]
fn one_broken_trigger_is_skipped_with_a_word() {
    let world = World::new();
    let path = "/actions/triggers/post-login/bindings";
    world.answers.refuse(path, 400, json!({"message": "not for this trigger"}));
    world.export("out").exits(0).says("skipped").says("not for this trigger");
}
