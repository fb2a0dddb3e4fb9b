//! `auth0-resources` with many kinds against the emulator.

use serde_json::{Value, json};

use super::run::Tenant;

pub(super) fn tenant() -> Tenant {
    Tenant::new().with_every_scope()
}

pub(super) fn json_of(tenant: &Tenant, args: &[&str]) -> Value {
    let ran = tenant.resources(&[args, &["-o", "json"]].concat()).exits(0);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// A kind, what its creation sets, a nested or plain change of it by name, and the changed value as
/// a JSON pointer.
struct Case {
    kind: &'static str,
    id: &'static str,
    name: &'static str,
    create: &'static [&'static str],
    update: &'static str,
    changed: (&'static str, Value),
}

fn cases() -> Vec<Case> {
    let case = |kind, id, name, create, update, pointer, value| Case {
        kind,
        id,
        name,
        create,
        update,
        changed: (pointer, value),
    };
    vec![
        case(
            "roles",
            "id",
            "editor",
            &["name=editor", "description=a"],
            "description=b",
            "/description",
            json!("b"),
        ),
        case(
            "organizations",
            "id",
            "acme",
            &["name=acme", "metadata.tier=1"],
            "metadata.plan=2",
            "/metadata",
            json!({"tier": "1", "plan": "2"}),
        ),
        case(
            "apis",
            "id",
            "Shop API",
            &["name=Shop API", "identifier=https://shop.example.com"],
            "token_lifetime=600",
            "/token_lifetime",
            json!(600),
        ),
        case(
            "actions",
            "id",
            "enrich",
            &[
                "name=enrich",
                "supported_triggers=[{\"id\":\"post-login\",\"version\":\"v3\"}]",
                "code=x",
            ],
            "code=y",
            "/code",
            json!("y"),
        ),
        case(
            "custom-domains",
            "custom_domain_id",
            "login.example.com",
            &["domain=login.example.com", "type=auth0_managed_certs"],
            "domain_metadata.a=1",
            "/domain_metadata/a",
            json!("1"),
        ),
        case(
            "log-streams",
            "id",
            "sink",
            &["name=sink", "type=http", "sink={\"httpEndpoint\":\"https://logs.example.com\"}"],
            "status=paused",
            "/status",
            json!("paused"),
        ),
        case(
            "network-acls",
            "id",
            "block",
            &[
                "description=block",
                "active=false",
                "priority=1",
                "rule={\"action\":{\"block\":true},\"scope\":\"tenant\",\"match\":{\"geo_country_codes\":[\"XX\"]}}",
            ],
            "priority=2",
            "/priority",
            json!(2),
        ),
        case(
            "self-service-profiles",
            "id",
            "partner",
            &["name=partner"],
            "branding.logo_url=https://example.com/l.png",
            "/branding/logo_url",
            json!("https://example.com/l.png"),
        ),
        case(
            "connection-profiles",
            "id",
            "base",
            &["name=base"],
            "organization.assign_membership_on_login=optional",
            "/organization/assign_membership_on_login",
            json!("optional"),
        ),
        case("flows", "id", "greet", &["name=greet"], "name=greet", "/name", json!("greet")),
        case("forms", "id", "ask", &["name=ask"], "style.css=a{}", "/style/css", json!("a{}")),
        case(
            "users",
            "user_id",
            "zoe@example.com",
            &[
                "email=zoe@example.com",
                "connection=Username-Password-Authentication",
                "password=Correct-horse-9",
            ],
            "user_metadata.team=red",
            "/user_metadata/team",
            json!("red"),
        ),
    ]
}

#[test]
fn each_kind_is_created_found_by_name_changed_and_deleted() {
    let tenant = tenant();
    for case in cases() {
        let sets: Vec<_> = case.create.iter().flat_map(|set| ["--set", set]).collect();
        let created = json_of(&tenant, &[&[case.kind, "create"][..], &sets].concat());
        let id = created[case.id].as_str().unwrap_or_else(|| panic!("{}: {created}", case.kind));
        let listed = json_of(&tenant, &[case.kind, "list"]);
        let has = |list: &Value| list.as_array().unwrap().iter().any(|row| row[case.id] == id);
        assert!(has(&listed), "{}: {listed}", case.kind);
        let table = tenant.resources(&[case.kind, "list"]).exits(0);
        assert!(table.stdout.contains(id), "{}: {table:?}", case.kind);
        assert_eq!(json_of(&tenant, &[case.kind, "show", case.name])[case.id], id, "{}", case.kind);
        tenant.resources(&[case.kind, "update", case.name, "--set", case.update]).exits(0);
        let changed = json_of(&tenant, &[case.kind, "show", id]);
        assert_eq!(changed.pointer(case.changed.0), Some(&case.changed.1), "{changed}");
        tenant.resources(&[case.kind, "show", "no such thing"]).exits(5);
        tenant.resources(&[case.kind, "delete", case.name, "--yes"]).exits(0);
        assert!(!has(&json_of(&tenant, &[case.kind, "list"])), "{}", case.kind);
    }
}

#[test]
fn members_are_added_listed_and_removed_by_name() {
    let tenant = tenant();
    let create = |args: &[&str]| json_of(&tenant, args);
    create(&["roles", "create", "--set", "name=editor"]);
    create(&["organizations", "create", "--set", "name=acme"]);
    let api = "scopes=[{\"value\":\"read:items\"}]";
    let identifier = "identifier=https://shop.example.com";
    create(&["apis", "create", "--set", "name=Shop", "--set", identifier, "--set", api]);
    let user = ["email=zoe@example.com", "connection=Username-Password-Authentication"];
    let password = "password=Correct-horse-9";
    create(&["users", "create", "--set", user[0], "--set", user[1], "--set", password]);
    for (kind, members, one, member, field, value) in [
        (
            "roles",
            "permissions",
            "editor",
            "https://shop.example.com:read:items",
            "permission_name",
            "read:items",
        ),
        ("roles", "permissions", "editor", "Shop:read:items", "permission_name", "read:items"),
        ("roles", "users", "editor", "zoe@example.com", "email", "zoe@example.com"),
        ("users", "roles", "zoe@example.com", "editor", "name", "editor"),
        ("organizations", "members", "acme", "zoe@example.com", "email", "zoe@example.com"),
    ] {
        tenant.resources(&[kind, members, "add", one, member]).exits(0).says("added the");
        let rows = json_of(&tenant, &[kind, members, "list", one]);
        let has = |rows: &Value| rows.as_array().unwrap().iter().any(|row| row[field] == value);
        assert!(has(&rows), "{kind} {members}: {rows}");
        tenant.resources(&[kind, members, "remove", one, member]).exits(0).says("removed the");
        assert!(!has(&json_of(&tenant, &[kind, members, "list", one])), "{kind} {members}");
    }
    tenant.resources(&["roles", "permissions", "add", "editor", "nope:x"]).exits(5);
    let nothing = tenant.resources(&["roles", "users", "add", "editor", "zoe@example.com", "nope"]);
    tenant.writes();
    nothing.exits(5);
    let rows = json_of(&tenant, &["roles", "users", "list", "editor"]);
    assert_eq!(rows, json!([]), "a name that is nothing keeps the others from being sent");
}

#[test]
fn a_member_of_fields_is_made_and_removed_by_its_own_name() {
    let tenant = tenant();
    json_of(&tenant, &["organizations", "create", "--set", "name=acme"]);
    let set = ["--set", "domain=acme.example.com", "--set", "status=verified"];
    let add = ["organizations", "discovery-domains", "add", "acme"];
    tenant.resources(&[&add[..], &set].concat()).exits(0);
    let remove = ["organizations", "discovery-domains", "remove", "acme", "acme.example.com"];
    tenant.resources(&remove).exits(2).says("--yes");
    tenant.resources(&[&remove[..], &["--yes"]].concat()).exits(0);
    let list = ["organizations", "discovery-domains", "list", "acme"];
    assert_eq!(json_of(&tenant, &list), json!([]));
}

#[test]
fn singletons_are_shown_and_changed_without_a_name() {
    let tenant = tenant();
    for (kind, set, pointer, value) in [
        ("tenant-settings", "session_lifetime=72", "/session_lifetime", json!(72)),
        ("branding", "colors.primary=#ff0000", "/colors/primary", json!("#ff0000")),
        ("prompts", "identifier_first=true", "/identifier_first", json!(true)),
    ] {
        tenant.resources(&[kind, "update", "--set", set]).exits(0);
        assert_eq!(json_of(&tenant, &[kind, "show"]).pointer(pointer), Some(&value), "{kind}");
    }
    tenant.resources(&["branding", "list"]).exits(2);
}

#[test]
fn an_update_makes_a_singleton_that_answers_404_if_the_api_has_put() {
    let tenant = tenant();
    let kind = "universal-login-template";
    tenant.resources(&[kind, "show"]).exits(5);
    let page = "<html>{%- auth0:head -%}{%- auth0:widget -%}</html>";
    let set = format!("template={page}");
    tenant.resources(&[kind, "update", "--set", &set]).exits(0).says("updated");
    let path = "/api/v2/branding/templates/universal-login";
    let sent = tenant.emulator.requests_to("PUT", path);
    let body: Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!((sent.len(), body), (1, json!({"template": page})));
    tenant.resources(&[kind, "show"]).exits(0);
    // PATCH changes only what is there.
    let set = ["email-provider", "update", "--set", "enabled=false"];
    tenant.resources(&set).exits(5);
    assert!(tenant.emulator.requests_to("PATCH", "/api/v2/emails/provider").is_empty());
}

#[test]
fn a_client_grant_is_named_by_its_client_and_its_api() {
    let tenant = tenant();
    let identifier = "identifier=https://shop.example.com";
    json_of(&tenant, &["apis", "create", "--set", "name=Shop", "--set", identifier]);
    let client = "client_id=app00000000000000000000000000007";
    let audience = "audience=https://shop.example.com";
    let scope = "scope=[]";
    let create = ["client-grants", "create", "--set", client, "--set", audience, "--set", scope];
    let id = json_of(&tenant, &create)["id"].clone();
    for name in ["Billing:Shop", "Billing:https://shop.example.com"] {
        assert_eq!(json_of(&tenant, &["client-grants", "show", name])["id"], id, "{name}");
    }
    tenant.resources(&["client-grants", "show", "Billing:nope"]).exits(5);
    tenant.resources(&["client-grants", "show", "Billing"]).exits(5).says("CLIENT:API");
    tenant.resources(&["client-grants", "delete", "Billing:Shop", "--yes"]).exits(0);
}

#[test]
fn actions_are_deployed_and_bound_in_order() {
    let tenant = tenant();
    for name in ["one", "two"] {
        let name = format!("name={name}");
        let trigger = "supported_triggers=[{\"id\":\"post-login\",\"version\":\"v3\"}]";
        let create = ["actions", "create", "--set", &name, "--set", trigger, "--set", "code=x"];
        json_of(&tenant, &create);
        let deploy = ["actions", "deploy", &name["name=".len()..]];
        let deployed = tenant.resources(&deploy).exits(0).says("deployed");
        assert!(deployed.stdout.contains("built"), "{deployed:?}");
    }
    let set = ["actions", "bindings", "set", "post-login", "two", "one"];
    tenant.resources(&set).exits(2).says("--yes");
    tenant.resources(&[&set[..], &["--yes"]].concat()).exits(0);
    let rows = json_of(&tenant, &["actions", "bindings", "list", "post-login"]);
    let names: Vec<_> = rows.as_array().unwrap().iter().map(|row| &row["display_name"]).collect();
    assert_eq!(names, ["two", "one"]);
    assert_eq!(json_of(&tenant, &["actions", "versions", "list", "one"])[0]["number"], 1);
    assert_eq!(json_of(&tenant, &["actions", "show", "one"])["all_changes_deployed"], true);
    tenant.resources(&["actions", "update", "one", "--set", "code=y"]).exits(0);
    assert_eq!(json_of(&tenant, &["actions", "show", "one"])["all_changes_deployed"], false);
    tenant.resources(&["actions", "deploy", "one"]).exits(0);
    let back = json_of(&tenant, &["actions", "versions", "deploy", "one", "1"]);
    assert_eq!((&back["number"], &back["code"]), (&json!(3), &json!("x")), "{back}");
    tenant.resources(&["actions", "versions", "deploy", "one", "9"]).exits(5);
    let first = json_of(&tenant, &["actions", "versions", "show", "one", "1"]);
    assert_eq!(first["deployed"], false, "{first}");
}

#[test]
fn filters_fields_and_limits_reach_only_operations_that_take_them() {
    let tenant = tenant();
    for name in ["acme", "beta", "gamma"] {
        let name = format!("name={name}");
        json_of(&tenant, &["organizations", "create", "--set", &name]);
        json_of(&tenant, &["roles", "create", "--set", &name]);
    }
    tenant.emulator.forget_requests();
    for kind in ["users", "organizations", "roles"] {
        let rows = json_of(&tenant, &[kind, "list", "--fields", "name", "--limit", "2"]);
        let rows = rows.as_array().unwrap();
        assert_eq!(rows.len(), 2, "{kind}");
        assert!(rows.iter().all(|row| row.as_object().unwrap().len() == 1), "{kind}: {rows:?}");
    }
    for request in tenant.emulator.requests() {
        let takes = request.path.starts_with("/api/v2/users");
        assert_eq!(request.query.contains("fields="), takes, "{} {}", request.path, request.query);
    }
    let rows = json_of(&tenant, &["roles", "list", "--filter", "name_filter=be"]);
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let ran = tenant.resources(&["roles", "list", "--filter", "name_filte=be"]);
    ran.says("did you mean 'name_filter'?");
    tenant.resources(&["refresh-tokens", "list"]).exits(2).says("--filter user_id=VALUE");
    let ran = tenant.resources(&["roles", "list", "--fields", "nam"]).exits(0);
    ran.says("'nam' is not a known field of a role; did you mean 'name'?");
}

#[test]
fn kinds_are_listed_with_verbs_members_and_scopes() {
    let tenant = tenant();
    let rows = json_of(&tenant, &["kinds", "roles"]);
    let roles = rows.as_array().unwrap().iter().find(|row| row["kind"] == "roles").unwrap();
    assert_eq!(roles["members"], json!(["permissions", "users"]));
    assert_eq!(roles["verbs"], json!(["list", "show", "create", "update", "delete", "open"]));
    assert_eq!(
        roles["scopes"],
        json!(["read:roles", "create:roles", "update:roles", "delete:roles"])
    );
    let help = tenant.resources(&["roles", "--help"]).exits(0);
    for part in ["permissions", "create:roles", "name_filter", "Columns of the list"] {
        assert!(help.stdout.contains(part), "{part}: {}", help.stdout);
    }
}
