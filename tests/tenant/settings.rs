//! The settings of the tenant, shown and changed.

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET};
use serde_json::Value;

use super::world::{World, insufficient};
use crate::support::{Home, Run};

#[test]
fn settings_are_shown() {
    let world = World::new();
    let json: Value = world.run(&["show", "-o", "json"]).exits(0).json();
    assert_eq!(json["friendly_name"], "Acme");
    world
        .run(&["show", "--fields", "friendly_nam", "-o", "tsv"])
        .exits(0)
        .says("did you mean 'friendly_name'");
    let asked = world.tenant.seen();
    assert_eq!(asked[1].param("fields"), Some("friendly_nam"));
    world.answers.refuse("/tenants/settings", 403, insufficient("read:tenant_settings"));
    world.run(&["show"]).exits(4).says("read:tenant_settings");
}

/// `auth0-tenant` on an emulator.
fn on(emulator: &Emulator, home: &Home, args: &[&str]) -> Run {
    home.command("auth0-tenant")
        .args(args)
        .env("AUTH0_DOMAIN", emulator.domain())
        .env("AUTH0_CLIENT_ID", MACHINE)
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .env("SSL_CERT_FILE", emulator.ca_file().unwrap())
}

#[test]
fn an_update_shows_the_difference_and_keeps_what_is_not_named() {
    let emulator = Emulator::start(Config { tls: true, ..Config::default() }).unwrap();
    let home = Home::new();
    let show = || on(&emulator, &home, &["show", "-o", "json"]).run().exits(0).json();
    let set = [
        "update",
        "--set",
        "friendly_name=Acme",
        "--set",
        "flags.disable_clickjack_protection_headers=true",
    ];
    on(&emulator, &home, &set).run().exits(0).says("friendly_name").says("updated");
    let before = show();
    assert_eq!(before["friendly_name"], "Acme");
    // A dry run sends nothing.
    let dry = ["update", "--set", "friendly_name=Other", "--dry-run", "-o", "json"];
    on(&emulator, &home, &dry).run().exits(0).says("\"Acme\" → \"Other\"");
    assert_eq!(show(), before);
    // One flag changes, the others stay.
    let flag = ["update", "--set", "flags.enable_sso=true"];
    on(&emulator, &home, &flag).run().exits(0).says("+ flags.enable_sso: true");
    assert_eq!(show()["flags"]["disable_clickjack_protection_headers"], true);
    assert_eq!(show()["flags"]["enable_sso"], true);
    // A document, and what it does not have.
    home.write("settings.json", r#"{"session_lifetime": 72, "support_email": "help@example.com"}"#);
    on(&emulator, &home, &["update", "--json", "settings.json"]).run().exits(0);
    assert_eq!(show()["session_lifetime"], 72);
    assert_eq!(show()["friendly_name"], "Acme");
    on(&emulator, &home, &["update", "--json", "settings.json"])
        .run()
        .exits(0)
        .says("like that already; nothing was sent");
}

#[test]
fn a_wrong_update_sends_nothing() {
    let world = World::new();
    world.run(&["update"]).exits(2).says("no change was given").says("auth0-tenant update --set");
    let strict = ["update", "--set", "friendly_nam=x", "--strict"];
    world.run(&strict).exits(2).says("did you mean friendly_name?");
    world.run(&["update", "--set", "sandbox_versions_available[]=1"]).exits(2);
    world.folder.write("list.json", "[]");
    world.run(&["update", "--json", "list.json"]).exits(2).says("not one object");
    let wrote = world.tenant.seen().into_iter().filter(|seen| seen.method != "GET").count();
    assert_eq!(wrote, 0);
}
