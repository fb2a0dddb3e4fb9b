//! Secrets that the API takes and never shows, and settings that are one value.

use serde_json::{Value, json};

use super::kinds::{json_of, tenant};
use super::run::Tenant;

/// What creates one of a kind, and changes of it that would erase a secret.
struct Case {
    kind: &'static str,
    name: &'static str,
    create: &'static [&'static str],
    refused: &'static [&'static str],
    allowed: &'static str,
}

const SINK: &str =
    r#"sink={"httpEndpoint":"https://logs.example.com","httpAuthorization":"s3cret"}"#;
const HOOK: &str = r#"destination={"type":"webhook","configuration":{"webhook_endpoint":"https://a.example.com","webhook_authorization":{"method":"basic","username":"u"}}}"#;
const TRIGGER: &str = r#"supported_triggers=[{"id":"post-login","version":"v3"}]"#;

const CASES: [Case; 7] = [
    Case {
        kind: "log-streams",
        name: "s",
        create: &["name=s", "type=http", SINK],
        refused: &[
            "sink.httpContentType=application/json",
            r#"sink={"httpEndpoint":"https://other.example.com"}"#,
        ],
        allowed: "status=paused",
    },
    Case {
        kind: "event-streams",
        name: "e",
        create: &["name=e", r#"subscriptions=[{"event_type":"user.created"}]"#, HOOK],
        refused: &["destination.configuration.webhook_endpoint=https://b.example.com"],
        allowed: "status=disabled",
    },
    Case {
        kind: "email-provider",
        name: "",
        create: &["name=mailgun", r#"credentials={"api_key":"s3cret","domain":"a.example.com"}"#],
        refused: &["credentials.domain=b.example.com"],
        allowed: "default_from_address=a@example.com",
    },
    Case {
        kind: "phone-providers",
        name: "twilio",
        create: &["name=twilio", r#"credentials={"auth_token":"s3cret"}"#],
        refused: &["credentials.auth_token=other"],
        allowed: "disabled=true",
    },
    Case {
        kind: "vault-connections",
        name: "v",
        create: &["name=v", "app_id=HTTP", r#"setup={"type":"BEARER","token":"s3cret"}"#],
        refused: &["setup.token=other"],
        allowed: "name=v2",
    },
    Case {
        kind: "actions",
        name: "a",
        create: &["name=a", TRIGGER, "code=x", r#"secrets=[{"name":"K","value":"s3cret"}]"#],
        refused: &["secrets[].name=L"],
        allowed: "code=y",
    },
    Case {
        kind: "captcha",
        name: "",
        create: &[],
        refused: &["hcaptcha.site_key=abc"],
        allowed: "active_provider_id=auth_challenge",
    },
];

fn with_sets<'a>(words: &[&'a str], sets: &[&'a str]) -> Vec<&'a str> {
    let words = words.iter().copied().filter(|word| !word.is_empty());
    words.chain(sets.iter().flat_map(|set| ["--set", set])).collect()
}

#[test]
fn an_update_that_would_erase_a_secret_is_refused_and_says_what_it_needs() {
    let tenant = tenant();
    for case in CASES {
        if !case.create.is_empty() {
            tenant.resources(&with_sets(&[case.kind, "create"], case.create)).exits(0);
        }
        tenant.writes();
        for set in case.refused {
            let ran = tenant.resources(&with_sets(&[case.kind, "update", case.name], &[set]));
            ran.exits(2).says("cannot be changed in part").says("--json FILE");
            assert!(tenant.writes().is_empty(), "{} {set}", case.kind);
        }
        let allowed = with_sets(&[case.kind, "update", case.name], &[case.allowed]);
        tenant.resources(&allowed).exits(0);
        assert_eq!(tenant.writes().len(), 1, "{}", case.kind);
    }
}

#[test]
fn a_secret_that_is_given_or_said_not_to_be_there_lets_the_rest_be_merged() {
    let tenant = tenant();
    tenant.resources(&with_sets(&["log-streams", "create"], CASES[0].create)).exits(0);
    tenant.writes();
    for secret in ["sink.httpAuthorization=other", "sink.httpAuthorization=null"] {
        let content = "sink.httpContentType=text/plain";
        let update = with_sets(&["log-streams", "update", "s"], &[content, secret]);
        tenant.resources(&update).exits(0);
        let sent = body_of(&tenant);
        assert_eq!(sent["sink"]["httpEndpoint"], "https://logs.example.com", "{sent}");
    }
}

#[test]
fn secrets_in_an_address_are_shown_only_on_request() {
    let tenant = tenant();
    let sink = r#"sink={"httpEndpoint":"https://u:hunter2@logs.example.com/?token=hunter2"}"#;
    let create = with_sets(&["log-streams", "create"], &["name=s", "type=http", sink]);
    tenant.resources(&create).exits(0).hides("hunter2");
    for format in ["json", "table"] {
        tenant.resources(&["log-streams", "show", "s", "-o", format]).exits(0).hides("hunter2");
    }
    let shown = json_of(&tenant, &["log-streams", "show", "s", "--reveal-secrets"]);
    let address = "https://u:hunter2@logs.example.com/?token=hunter2";
    assert_eq!(shown["sink"]["httpEndpoint"], address);
}

fn body_of(tenant: &Tenant) -> Value {
    tenant.write().1
}

#[test]
fn settings_of_the_email_provider_are_merged_with_what_a_plain_read_does_not_show() {
    let tenant = tenant();
    let settings = r#"settings={"message":{"view_control_link":true}}"#;
    let create = with_sets(&["email-provider", "create"], &[CASES[2].create, &[settings]].concat());
    tenant.resources(&create).exits(0);
    tenant.writes();
    let from = "default_from_address=a@example.com";
    tenant.resources(&["email-provider", "update", "--set", from]).exits(0);
    assert_eq!(body_of(&tenant), json!({"default_from_address": "a@example.com"}));
    assert_eq!(
        json_of(&tenant, &["email-provider", "show"])["settings"],
        json!({"message": {"view_control_link": true}})
    );
    tenant.resources(&["email-provider", "delete"]).exits(2).says("--yes");
    tenant
        .resources(&["email-provider", "delete", "--yes"])
        .exits(0)
        .says("deleted the email provider");
    tenant.resources(&["email-provider", "show"]).exits(5);
}

#[test]
fn policies_of_multi_factor_authentication_are_a_list_of_names() {
    let tenant = tenant();
    assert_eq!(json_of(&tenant, &["mfa-policies", "show"]), json!({"policies": []}));
    tenant.resources(&["mfa-policies", "update", "--set", "policies[]=all-applications"]).exits(0);
    assert_eq!(body_of(&tenant), json!(["all-applications"]));
    let again = ["mfa-policies", "update", "--set", "policies=[\"all-applications\"]"];
    tenant.resources(&again).exits(0).says("nothing was sent");
    let wrong = ["mfa-policies", "update", "--set", "policies[]=always", "--strict"];
    tenant.resources(&wrong).exits(2).says("policies[]");
    tenant.resources(&["mfa-policies", "update", "--set", "policies=[]"]).exits(0);
    assert_eq!(json_of(&tenant, &["mfa-policies", "show"]), json!({"policies": []}));
}

#[test]
fn texts_of_a_prompt_are_named_by_prompt_and_language_and_sent_whole() {
    let tenant = tenant();
    for set in ["login.title=Hello", "login.description=There"] {
        tenant.resources(&["prompt-texts", "update", "login:en", "--set", set]).exits(0);
    }
    let whole = json!({"login": {"title": "Hello", "description": "There"}});
    assert_eq!(json_of(&tenant, &["prompt-texts", "show", "login:en"]), whole);
    tenant.resources(&["prompt-texts", "show", "login"]).exits(5);
}

#[test]
fn options_of_a_connection_have_the_types_of_its_strategy() {
    let tenant = tenant().also("read:connections_options").also("update:connections_options");
    let create = ["create", "--name", "partner", "--strategy", "samlp"];
    let options = [
        "--set",
        "options.signInEndpoint=https://idp.example.com",
        "--set",
        "options.digestAlgorithm=sha255",
    ];
    let ran = tenant.connections(&[&create[..], &options, &["--dry-run"]].concat()).exits(0);
    ran.says("options.digestAlgorithm is not a documented value");
    tenant.connections(&[&create[..], &options[..2]].concat()).exits(0);
    let wrong = ["update", "partner", "--set", "options.digestAlgorithm=sha255", "--strict"];
    tenant.connections(&wrong).exits(2).says("options.digestAlgorithm is not a documented value");
    let generic =
        ["connections", "update", "partner", "--set", "options.digestAlgorithm=sha255", "--strict"];
    tenant.resources(&generic).exits(2).says("options.digestAlgorithm is not a documented value");
}

#[test]
fn settings_of_an_organizations_connection_are_changed_by_name() {
    let tenant = tenant();
    tenant.resources(&["organizations", "create", "--set", "name=acme"]).exits(0);
    let of =
        |verb| ["organizations", "connections", verb, "acme", "Username-Password-Authentication"];
    tenant.resources(&of("add")).exits(0);
    let set = ["--set", "assign_membership_on_login=true"];
    tenant.resources(&[&of("update")[..], &set].concat()).exits(0).says("updated the connection");
    let shown = json_of(&tenant, &of("show"));
    assert_eq!(shown["assign_membership_on_login"], true, "{shown}");
    let user = ["organizations", "member-roles", "list", "acme", "nobody@example.com"];
    tenant.resources(&user).exits(5);
}
