use serde_json::json;

use super::super::shape::{TenantContext, shape};
use super::*;

fn snapshot() -> Snapshot {
    let kind = |name: &str, rows: Value| {
        let entry = table::find(name).unwrap();
        let Value::Array(rows) = rows else { panic!("rows are a list") };
        let resources = shape(entry, rows, &TenantContext::default()).resources;
        KindSnapshot { entry, resources }
    };
    Snapshot {
        tenant: "acme.eu.auth0.com".into(),
        kinds: vec![
            kind(
                "tenant-settings",
                json!([{"friendly_name": "Acme", "change_password": {"html": "<p>\r\n"}}]),
            ),
            kind(
                "clients",
                json!([{"client_id": "1", "name": "App", "z": 1, "a": {"c": 1, "b": 2}},
                                   {"client_id": "2", "name": "app"}, {"client_id": "3", "name": "../x"}]),
            ),
            kind(
                "connections",
                json!([{"id": "con_1", "name": "Users", "strategy": "auth0",
                "options": {"customScripts": {"login": "one", "Login": "two", "../x": "three"}}}]),
            ),
            kind("actions", json!([])),
        ],
        unread: vec![Unread {
            kind: "roles".into(),
            part: Some("permissions".into()),
            scopes: vec!["read:roles".into()],
            reason: "no".into(),
        }],
    }
}

#[test]
fn files_become_the_snapshot_that_they_were_written_from() {
    let snapshot = snapshot();
    let (manifest, files) = write(&snapshot);
    let manifest = Manifest::parse(&manifest.to_text()).unwrap();
    let back = read(&manifest, |file| Ok(files[file].clone())).unwrap();
    assert_eq!(back.tenant, snapshot.tenant);
    assert_eq!(back.unread, snapshot.unread);
    let kinds = |snapshot: &Snapshot| {
        snapshot
            .kinds
            .iter()
            .map(|kind| (kind.entry.name, kind.resources.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&back), kinds(&snapshot));
}

#[test]
fn each_resource_is_a_file_and_long_texts_stand_beside_it() {
    let (_, files) = write(&snapshot());
    assert_eq!(files["tenant-settings.change_password.html"], "<p>\r\n");
    assert_eq!(
        files["tenant-settings.json"],
        "{\n  \"change_password\": {\n    \"html\": {\n      \"$file\": \"tenant-settings.change_password.html\"\n    }\n  },\n  \"friendly_name\": \"Acme\"\n}\n"
    );
    let scripts: Vec<_> = files.keys().filter(|file| file.starts_with("connections/")).collect();
    assert_eq!(scripts.len(), 4, "{scripts:?}");
    assert!(files.keys().all(|file| name::is_ours(file)), "{:?}", files.keys());
}

#[test]
fn the_same_rows_in_another_order_make_the_same_files() {
    let mut other = snapshot();
    other.kinds[1].resources.reverse();
    assert_eq!(write(&snapshot()).1, write(&other).1);
}

#[test]
fn a_manifest_cannot_name_a_file_elsewhere() {
    let (manifest, _) = write(&snapshot());
    for file in
        ["../x", "/etc/passwd", "a/../../x", "a/b/c", "C:x", "a\\..\\x", ".git", "", MANIFEST]
    {
        let mut manifest = manifest.clone();
        manifest.files.insert(file.to_owned());
        let error = Manifest::parse(&manifest.to_text()).unwrap_err();
        assert!(error.message().contains("not the manifest"), "{file:?}");
    }
    for text in ["", "{}", "[]", "{\"format\": 2}", &manifest.to_text().replace(": 1,", ": 2,")] {
        assert!(Manifest::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_resource_is_a_json_file_in_the_folder_of_its_kind() {
    let (clients, settings) = (table::find("clients").unwrap(), table::find("branding").unwrap());
    for (entry, file, expected) in [
        (clients, "clients/App.json", true),
        (clients, "clients/App.login.js", false),
        (clients, "clients.json", false),
        (clients, "clients-old/App.json", false),
        (clients, "roles/App.json", false),
        (settings, "branding.json", true),
        (settings, "branding/x.json", false),
        (settings, "branding.html", false),
        (settings, "roles.json", false),
    ] {
        assert_eq!(is_resource(entry, file), expected, "{} {file}", entry.name);
    }
}
