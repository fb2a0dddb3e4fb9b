//! What tells tenants apart.

use serde_json::json;

use super::world::{ROBOT, World, insufficient, page};
use crate::support::Ran;

/// A tenant and its export in `out`.
fn exported() -> World {
    let world = World::new();
    world.export("out").exits(0);
    world
}

#[test]
fn an_unchanged_tenant_has_no_differences() {
    let world = exported();
    world.run(&["diff", "./out"]).exits(0).prints("").says("no differences");
    let json = world.run(&["diff", "./out", "out", "-o", "json"]).exits(0).json();
    assert_eq!(json["differences"], json!([]));
}

#[test]
fn differences_are_a_plan_with_exit_code_9() {
    let world = exported();
    world.answers.change("/clients", |page| {
        page["clients"][0]["callbacks"] = json!(["https://a", "https://c"]);
        let new = json!({"client_id": "n", "name": "new", "app_type": "spa"});
        page["clients"].as_array_mut().unwrap().push(new);
    });
    world.answers.change("/actions/actions", |page| {
        page["actions"][0]["code"] = json!("one\n2\nthree\n");
    });
    world.answers.set("/guardian/policies", json!([]));
    world.answers.refuse("/email-templates/verify_email", 404, json!({}));
    let ran = world.run(&["diff", "./out"]).exits(9);
    assert_eq!(
        ran.stdout,
        "email-templates\n  - verify_email\n\nclients\n  + new\n  ~ shop\n      - callbacks: \"https://b\"\n      + callbacks: \"https://c\"\n\nactions\n  ~ enrich\n      ~ code: 1 line removed, 1 added\n          - two\n          + 2\n\nmfa-policies\n  ~ mfa-policies\n      - value: \"all-applications\"\n"
    );
    // No error: the difference is what was asked for.
    assert!(ran.stderr.contains("5 differences") && !ran.stderr.contains("error"), "{ran:?}");
    let json = world.run(&["diff", "./out", "-o", "json"]).exits(9).json();
    let shop = json["differences"].as_array().unwrap().iter().find(|it| it["name"] == "shop");
    assert_eq!(
        shop.unwrap(),
        &json!({"kind": "clients", "name": "shop", "change": "changed", "fields": [
            {"path": "callbacks", "change": "removed", "before": "https://b"},
            {"path": "callbacks", "change": "added", "after": "https://c"}]})
    );
    let lines = world.run(&["-o", "jsonl", "diff", "./out"]).exits(9);
    assert_eq!(lines.lines().len(), 5);
    for args in [&["diff", "./out", "-o", "markdown"][..], &["-o", "markdown", "diff", "./out"]] {
        let markdown = world.run(args).exits(9).stdout;
        assert!(markdown.starts_with("## `./out ("), "{markdown}");
        assert!(
            markdown.contains("\n- changed `shop`\n\n  ```diff\n  - callbacks: \"https://b\"\n"),
            "{markdown}"
        );
    }
    world.run(&["diff", "./out", "-o", "csv"]).exits(2);
}

#[test]
fn a_rename_is_one_change_wherever_the_name_stands() {
    let world = exported();
    world.answers.change("/clients", |page| page["clients"][1]["name"] = json!("android"));
    let json = world.run(&["diff", "./out", "-o", "json"]).exits(9).json();
    assert_eq!(
        json["differences"],
        json!([{"kind": "clients", "name": "robot", "renamed_to": "android", "change": "changed",
                "fields": [{"path": "name", "change": "changed", "before": "robot", "after": "android"}]}])
    );
    world.run(&["diff", "./out"]).exits(9).says("1 difference ");
}

#[test]
fn two_tenants_are_compared_by_name() {
    let (world, other) = (World::new(), World::new());
    world.profile("staging", &world.tenant);
    world.profile("production", &other.tenant);
    // Other IDs, and the Management API of the other tenant.
    for world in [&world, &other] {
        let audience = format!("{}/api/v2/", world.tenant.origin);
        world.answers.change("/client-grants", |page| {
            page["client_grants"][0]["audience"] = json!(audience);
        });
    }
    other.answers.change("/roles", |page| page["roles"][0]["id"] = json!("rol_0000000000000002"));
    other.answers.set(
        "/roles/rol_0000000000000002/permissions",
        page(
            "permissions",
            json!([
        {"resource_server_identifier": "https://api.example.com", "permission_name": "read:a"}]),
        ),
    );
    world.run_with_profiles(&["diff", "staging", "production"]).exits(0).says("no differences");
    other.answers.change("/clients", |page| {
        page["clients"].as_array_mut().unwrap().retain(|client| client["client_id"] == ROBOT);
        page["total"] = json!(1);
    });
    let ran = world.run_with_profiles(&["diff", "staging", "production"]).exits(9);
    assert!(ran.stdout.contains("clients\n  - shop\n"), "{ran:?}");
    world
        .run_with_profiles(&["diff", "stagin", "production"])
        .exits(2)
        .says("there is no profile 'stagin'")
        .says("did you mean staging");
}

#[test]
fn a_kind_that_cannot_be_read_outranks_a_difference() {
    let world = exported();
    world.answers.refuse("/roles", 403, insufficient("read:roles"));
    world.run(&["diff", "./out"]).exits(4).says("roles: the token lacks read:roles");
    world.answers.change("/clients", |page| page["clients"][0]["callbacks"] = json!([]));
    let ran = world.run(&["diff", "./out"]).exits(4);
    assert!(ran.stdout.contains("~ shop") && !ran.stdout.contains("roles"), "{ran:?}");
    let json = world.run(&["diff", "./out", "-o", "json"]).exits(4).json();
    assert_eq!(json["not_read"][0]["side"], "b");
    world.run(&["diff", "./out", "--exclude", "roles"]).exits(9);
    world.run(&["diff", "./out", "--exclude", "roles,clients"]).exits(0);
    // In an export, too.
    world.export("partial").exits(4);
    world.run(&["diff", "./partial", "./out", "--kinds", "roles"]).exits(4).says("export again");
}

#[test]
fn only_what_both_sides_hold_is_compared_and_read() {
    let world = World::new();
    world.run(&["export", "roles", "--kinds", "roles"]).exits(0);
    world.tenant.seen();
    world.run(&["diff", "./roles"]).exits(0);
    assert_eq!(world.tenant.seen().len(), 2, "the list and the permissions");
    world
        .run(&["diff", "./roles", "--kinds", "roles,clients"])
        .exits(0)
        .says("clients: not compared, because one side was exported without it");
}

#[test]
fn fields_can_be_ignored() {
    let world = exported();
    world.answers.change("/clients", |page| page["clients"][0]["callbacks"] = json!(["https://z"]));
    world.answers.change("/tenants/settings", |it| it["flags"]["b"] = json!(false));
    world.run(&["diff", "./out"]).exits(9).says("2 differences");
    world.run(&["diff", "./out", "--ignore", "clients.callbacks"]).exits(9).says("1 difference ");
    let both = ["--ignore", "*.callbacks", "--ignore", "tenant-settings.flags.b"];
    world.run(&[&["diff", "./out"][..], &both].concat()).exits(0);
    world.run(&["diff", "./out", "--ignore", "callbacks"]).exits(2).says("KIND.PATH");
    world.run(&["diff", "./out", "--kinds", "no-such-kind"]).exits(2);
    world
        .run(&["export", "out", "--kinds", "roles", "--exclude", "roles"])
        .exits(2)
        .says("no kind is selected");
}

#[test]
fn edited_files_are_compared_as_they_are() {
    let world = exported();
    world.folder.write("out/actions/enrich.code.js", "one\n");
    world.run(&["diff", "./out", "--kinds", "actions"]).exits(9);
    world.folder.write("out/actions/enrich.json", "{");
    world.run(&["diff", "./out"]).exits(2).says("actions/enrich.json is not JSON");
    std::fs::remove_file(world.dir("out/actions/enrich.json")).unwrap();
    world.run(&["diff", "./out"]).exits(1).says("cannot read");
    world.run(&["diff", "./nothing"]).exits(2).says("no such folder").hides("nothing");
    world.folder.write("mine/notes.txt", "");
    world.run(&["diff", "./mine"]).exits(2).says("holds no export");
}

#[test]
fn what_a_server_says_cannot_pose_as_ours() {
    let world = exported();
    world.answers.change("/clients", |page| {
        page["clients"][0]["name"] = json!("x\nroles\n  - admin\u{1b}[2J");
    });
    for format in ["table", "markdown"] {
        let ran = world.run(&["diff", "./out", "-o", format]).exits(9);
        assert!(!ran.stdout.contains('\u{1b}'), "{ran:?}");
        assert!(!ran.stdout.lines().any(|line| line == "roles"), "{ran:?}");
    }
}

/// Color repeats what the sign says: it never replaces it.
#[test]
fn a_plan_is_colored_on_request() {
    let world = exported();
    world.answers.change("/clients", |page| {
        page["clients"][0]["callbacks"] = json!(["https://a", "https://c"]);
        page["clients"].as_array_mut().unwrap().push(json!({"client_id": "n", "name": "new"}));
    });
    let plain = world.run(&["diff", "./out"]).exits(9).stdout;
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let colored = world.run(&["diff", "./out", "--color", "always"]).exits(9).stdout;
    for styled in [
        "\u{1b}[1mclients\u{1b}[0m\n",
        "  \u{1b}[32m+ \u{1b}[0mnew\n",
        "  \u{1b}[33;1m~ \u{1b}[0mshop\n",
        "      \u{1b}[31;1m- \u{1b}[0mcallbacks: \"https://b\"\n",
    ] {
        assert!(colored.contains(styled), "{styled:?} in {colored:?}");
    }
    let styles = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[32m", "\u{1b}[33;1m", "\u{1b}[31;1m"];
    let stripped = styles.iter().fold(colored, |text, style| text.replace(style, ""));
    assert_eq!(stripped, plain);
    let environment = |name: &str, args: &[&str]| {
        let ran = Ran::of(world.command(args).env(name, "1")).exits(9);
        ran.stdout.contains('\u{1b}')
    };
    assert!(environment("CLICOLOR_FORCE", &["diff", "./out"]));
    assert!(!environment("NO_COLOR", &["diff", "./out"]));
    assert!(!environment("CLICOLOR_FORCE", &["diff", "./out", "--color", "never"]));
    // Markdown is never colored, and JSON only on request.
    let markdown = ["diff", "./out", "--color", "always", "-o", "markdown"];
    assert!(!world.run(&markdown).exits(9).stdout.contains('\u{1b}'));
    let json = ["diff", "./out", "-o", "json"];
    assert!(!world.run(&json).exits(9).stdout.contains('\u{1b}'));
}
