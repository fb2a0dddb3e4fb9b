//! One thing has one name, and one type, in every output of the suite.
//!
//! Rows of the Management API keep the API's own names. All other fields are ours, and are listed
//! here with what they mean.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::resources::run::Tenant;
use crate::support::Folder;
use crate::support::Ran;

/// Every field that is ours: its name, the types of its value, and what it is. Before you add one,
/// look for the thing: it may have a name.
const GLOSSARY: &[(&str, &[&str], &str)] = &[
    ("access_token", &["string"], "a token for an API"),
    ("arguments", &["array"], "of a command: arguments without dashes"),
    ("audience", &["string"], "the API that a token is for"),
    ("body", &["array", "object", "null"], "what a request sends"),
    ("check", &["string"], "of the doctor: what was looked at"),
    ("client_id", &["string"], "an application's ID"),
    ("command", &["string"], "of a command: how it is called"),
    ("credential_saved", &["boolean"], "whether a profile holds a secret or a key's path"),
    ("current", &["boolean"], "whether commands use this profile"),
    ("domain", &["string", "null"], "a tenant's domain"),
    ("email", &["string", "null"], "a person's address"),
    ("error", &["object", "null"], "what failed"),
    ("examples", &["array"], "of a command: lines to paste"),
    ("exit_codes", &["object"], "of a command: how it ends"),
    ("expires_at", &["string", "null"], "when a token expires, RFC 3339"),
    ("failure", &["boolean"], "whether a type of event is a failure"),
    ("first_party", &["boolean"], "whether a program is the suite's own"),
    ("grant", &["string", "null"], "how a profile gets its token"),
    ("group", &["string"], "the group of a type of event"),
    ("hint", &["string", "null"], "what helps"),
    ("id", &["string", "null"], "a resource's ID"),
    ("id_token", &["string"], "who signed in, as a token"),
    ("item", &["string"], "of a batch: a resource as it was named"),
    ("kind", &["string"], "a kind of resource"),
    ("level", &["string"], "how serious a type of event is"),
    ("lifecycle", &["string"], "of an operation: whether it is stable"),
    ("meaning", &["string"], "of a type of event, in words"),
    ("members", &["array"], "of a kind: what belongs to one"),
    ("message", &["string"], "of the doctor: what was found"),
    ("method", &["string"], "of an operation: GET, POST and so on"),
    ("name", &["string", "null"], "a name that people gave"),
    ("notes", &["array"], "of a command: paragraphs of its help"),
    ("options", &["array"], "of a command: arguments with dashes"),
    ("organization", &["string"], "an organization's ID or name"),
    ("paging", &["string"], "of an operation: how its list goes on"),
    ("parameters", &["array"], "of an operation: path and query"),
    ("path", &["string"], "where something is: a file, or below the API's base"),
    ("private_key", &["string"], "a key's path"),
    ("profile", &["string"], "a profile's name"),
    ("protected", &["boolean"], "whether a profile asks for its domain"),
    ("redirect_uris", &["array"], "where a login listens"),
    ("refreshable", &["boolean"], "whether a token renews by itself"),
    ("requested_scope", &["array"], "the scopes that the next login asks for"),
    ("scope", &["array", "null"], "the scopes that a token has"),
    ("scopes", &["array", "null"], "the scopes that a command, kind or operation needs"),
    ("state", &["string"], "of a profile's token, for programs"),
    ("status", &["string"], "how something stands, in a word or a few"),
    ("sub", &["string"], "a user's ID"),
    ("summary", &["string", "null"], "one line of description"),
    ("token_type", &["string"], "how a token is presented"),
    ("type", &["string"], "the code of a type of event"),
    ("user", &["object", "null"], "who signed in: sub, name, email"),
    ("verbs", &["array"], "of a kind: what can be done"),
];

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Takes note of the fields of an object or of the objects in a list, and of `user` below them.
fn collect(command: &str, value: &Value, found: &mut BTreeMap<(String, &'static str), String>) {
    match value {
        Value::Array(rows) => rows.iter().for_each(|row| collect(command, row, found)),
        Value::Object(members) => {
            for (name, value) in members {
                found.entry((name.clone(), type_of(value))).or_insert_with(|| command.to_owned());
                if name == "user" && value.is_object() {
                    collect(command, value, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn one_thing_has_one_name_in_every_output() {
    let tenant = Tenant::new().with_every_scope();
    let home = Folder::new();
    let lines = |line: &'static str| line.split(' ').collect::<Vec<_>>();
    let run = |line: &'static str| {
        let words = lines(line);
        let mut command = tenant.program(words[0], &words[1..]);
        command.env("AUTH0_CONFIG_DIR", &*home);
        if words[0] == "auth0-profiles" || words[0] == "auth0-login" {
            command.env_remove("AUTH0_DOMAIN").env_remove("AUTH0_ACCESS_TOKEN");
        }
        command
    };
    // A profile with everything in it.
    let login = Ran::fed(
        run("auth0-login --with-token --profile given -o json")
            .env("AUTH0_DOMAIN", tenant.emulator.domain()),
        tenant.token(),
    )
    .exits(0);
    home.write("profiles/whole.toml", "domain = \"acme.eu.auth0.com\"\nclient_id = \"x\"\naudience = \"https://a\"\nscope = [\"a\"]\nredirect_uris = [\"http://127.0.0.1:5000/callback\"]\nprotected = true\nprivate_key = \"/k\"\norganization = \"org_1\"\n[token]\naccess_token = \"t\"\ntoken_type = \"Bearer\"\nexpires_at = 2099-01-01T00:00:00Z\nscope = [\"a\"]\nid_token = \"i\"\nrefresh_token = \"r\"\ndomain = \"acme.eu.auth0.com\"\naudience = \"https://a\"\nclient_id = \"x\"\n[user]\nsub = \"auth0|1\"\nname = \"Ann\"\nemail = \"a@b.c\"\n");
    let mut found = BTreeMap::new();
    collect("auth0-login", &login.json(), &mut found);
    for line in [
        "auth0-profiles list -o json",
        "auth0-profiles show whole -o json",
        "auth0-profiles show given -o json",
        "auth0-profiles current --profile whole -o json",
        "auth0-profiles path whole -o json",
        "auth0-token -o json",
        "auth0-api list roles -o json",
        "auth0-completions commands -o json",
        "auth0-logs types login -o json",
        "auth0-connections status con_0000000000000001 -o json",
        "auth0-resources kinds role -o json",
        "auth0-doctor -o json",
        "auth0-clients delete nobody --yes -o json",
    ] {
        let ran = Ran::of(&mut run(line));
        collect(line, &ran.json(), &mut found);
    }
    // The headers of CSV are the same names.
    for line in [
        "auth0-profiles list -o csv",
        "auth0-api list roles -o csv",
        "auth0-completions commands -o csv",
        "auth0-logs types login -o csv",
        "auth0-resources kinds role -o csv",
        "auth0-doctor -o csv",
    ] {
        let ran = Ran::of(&mut run(line));
        for name in ran.lines()[0].trim_end().split(',') {
            for name in name.split('.') {
                let known = GLOSSARY.iter().any(|(known, _, _)| *known == name);
                assert!(known, "{line}: {name} is not in the glossary");
            }
        }
    }
    let mut wrong = Vec::new();
    for ((name, kind), command) in &found {
        match GLOSSARY.iter().find(|(known, _, _)| known == name) {
            None => wrong.push(format!("{command}: '{name}' is not in the glossary")),
            Some((_, types, _)) if !types.contains(kind) => {
                wrong.push(format!("{command}: '{name}' is {kind}, elsewhere {types:?}"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let meanings: std::collections::BTreeSet<_> = GLOSSARY.iter().map(|(_, _, it)| *it).collect();
    assert_eq!(meanings.len(), GLOSSARY.len(), "two names have one meaning");
}

#[test]
fn a_given_token_is_not_called_a_browser_login_and_m2m_is_called_so() {
    let tenant = Tenant::new().with_every_scope();
    let home = Folder::new();
    let mut login = tenant.program("auth0-login", &["--with-token"]);
    login.env("AUTH0_CONFIG_DIR", &*home).env_remove("AUTH0_ACCESS_TOKEN");
    Ran::fed(&mut login, tenant.token()).exits(0);
    let list = |args: &[&str]| {
        let mut list = tenant.program("auth0-profiles", args);
        list.env("AUTH0_CONFIG_DIR", &*home).env_remove("AUTH0_ACCESS_TOKEN");
        Ran::of(&mut list).exits(0)
    };
    let table = list(&["list"]).stdout;
    assert!(table.contains("token") && !table.contains("browser"), "{table}");
    assert_eq!(list(&["list", "-o", "json"]).json()[0]["grant"], Value::Null);
    let clients = tenant.clients(&["list", "--app-type", "m2m"]).exits(0).stdout;
    assert!(clients.contains("m2m") && !clients.contains("non_interactive"), "{clients}");
}
