//! What the API documents decides which names, values and fields the commands take.

use serde_json::{Value, json};

use super::kinds::{json_of, tenant};
use super::run::Tenant;
use crate::support::Ran;

fn api(tenant: &Tenant, args: &[&str]) -> Ran {
    Ran::of(&mut tenant.program("auth0-api", args))
}

#[test]
fn an_undocumented_name_in_a_path_is_unknown_and_nothing_is_sent() {
    let tenant = tenant();
    let set = ["--set", "login.title=Hi"];
    for (args, near) in [
        (&["prompt-texts", "update", "logn:en"][..], "login"),
        (&["prompt-texts", "update", "login:zz"], "did you mean"),
        (&["prompt-texts", "update", "bogus:zz"], "did you mean"),
        (&["prompt-texts", "update", "en:login"], "login:en"),
        (&["prompt-texts", "update", "login/en"], "PROMPT:LANGUAGE"),
        (&["prompt-partials", "update", "signupp"], "signup"),
    ] {
        tenant.resources(&[args, &set].concat()).exits(5).says("hint: ").says(near);
    }
    let bind = ["actions", "bindings", "set", "post-logon", "--yes"];
    tenant.resources(&bind).exits(5).says("post-login");
    tenant.resources(&["actions", "bindings", "list", "nosuch"]).exits(5).says("hint: ");
    tenant.resources(&["email-templates", "show", "nosuch"]).exits(5).says("hint: ");
    tenant.resources(&["jobs", "show", "x"]).exits(5).says("hint: ").says("job_");
    assert!(tenant.writes().is_empty());
    tenant.resources(&[&["prompt-texts", "update", "login:en"][..], &set].concat()).exits(0);
    let help = tenant.resources(&["prompt-texts", "show", "--help"]).exits(0);
    assert!(help.stdout.contains("<PROMPT:LANGUAGE>"), "{}", help.stdout);
}

#[test]
fn the_emulator_refuses_undocumented_values_in_a_path() {
    let tenant = tenant();
    let body = r#"{"bindings":[]}"#;
    api(&tenant, &["PATCH", "actions/triggers/nosuch/bindings", "-d", body])
        .exits(8)
        .says("path triggerId is not a documented value")
        .says("Path validation error");
    api(&tenant, &["GET", "prompts/login/custom-text/zz"]).exits(8);
    api(&tenant, &["GET", "prompts/login/custom-text/en"]).exits(0);
}

#[test]
fn check_refuses_what_the_api_refuses() {
    let tenant = tenant();
    let deep =
        format!(r#"{{"name":"a","client_metadata":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    let user = r#"{"connection":"db","email":"notmail"}"#;
    for (args, says) in [
        (
            &["PATCH", "actions/triggers/nosuch/bindings", "-d", r#"{"bindings":[]}"#][..],
            "triggerId",
        ),
        (&["POST", "clients", "-d", r#"{"name":null}"#], "name must be a string"),
        (&["POST", "clients", "-d", &deep], "nested too deeply"),
        (&["GET", "clients", "-q", "per_page=5000"], "per_page must be at most 100"),
        (&["POST", "users", "-d", user], "email must be an email address"),
    ] {
        api(&tenant, &[args, &["--check"]].concat()).exits(2).says(says);
    }
    let fits = r#"{"connection":"db","email":"a@example.com"}"#;
    api(&tenant, &["POST", "users", "-d", fits, "--check"]).exits(0);
    api(&tenant, &["GET", "clients", "-q", "per_page=50", "--check"]).exits(0);
    assert!(tenant.emulator.requests().is_empty());
}

#[test]
fn a_misspelt_option_of_a_connection_is_named_even_if_options_are_open() {
    let tenant = tenant();
    let create = ["create", "--name", "db", "--strategy", "auth0"];
    let set = ["--set", "options.passwordPolcy=good"];
    let strict = tenant.connections(&[&create[..], &set, &["--strict"]].concat());
    strict.exits(2).says("passwordPolicy");
    assert!(tenant.writes().is_empty());
    tenant.connections(&[&create[..], &set].concat()).exits(0).says("did you mean passwordPolicy");
}

#[test]
fn a_name_is_the_natural_field_of_a_member_that_is_made_of_fields() {
    let tenant = tenant();
    json_of(&tenant, &["organizations", "create", "--set", "name=acme"]);
    let add = ["organizations", "discovery-domains", "add", "acme", "acme.com"];
    let both = tenant.resources(&[&add[..], &["--set", "domain=c.com"]].concat());
    both.exits(2).says("given twice");
    tenant.writes();
    tenant.resources(&add).exits(0).says("added a discovery domain");
    assert_eq!(tenant.write().1, json!({"domain": "acme.com"}));
    let invite = ["organizations", "invitations", "add", "acme", "zoe@example.com"];
    let fields =
        ["--set", "inviter.name=Ann", "--set", "client_id=app00000000000000000000000000007"];
    tenant.resources(&[&invite[..], &fields].concat()).exits(0).says("added an invitation");
    assert_eq!(tenant.write().1["invitee"], json!({"email": "zoe@example.com"}));
    let help = tenant.resources(&["organizations", "discovery-domains", "add", "--help"]).exits(0);
    assert!(help.stdout.contains("domain of each"), "{}", help.stdout);
}

#[test]
fn a_webhook_takes_a_password_or_a_token_by_its_method() {
    let tenant = tenant();
    let at = "destination.configuration.webhook_authorization";
    for (method, field, other) in [("basic", "password", "token"), ("bearer", "token", "password")]
    {
        let create = |secret: &str| {
            let mut args =
                vec!["event-streams".to_owned(), "create".to_owned(), "--strict".to_owned()];
            let mut set = |text: String| args.extend(["--set".to_owned(), text]);
            set(format!("name={method}"));
            set(r#"subscriptions=[{"event_type":"user.created"}]"#.to_owned());
            set("destination.type=webhook".to_owned());
            set("destination.configuration.webhook_endpoint=https://hook.example.com".to_owned());
            set(format!("{at}.method={method}"));
            if method == "basic" {
                set(format!("{at}.username=ann"));
            }
            set(format!("{at}.{secret}=hidden"));
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            tenant.resources(&args)
        };
        create(other).exits(2).says(&format!("{other} is not a documented field"));
        create(field).exits(0);
    }
}

#[test]
fn what_show_prints_can_be_given_to_update() {
    let tenant = tenant();
    let template = "universal-login-template";
    let page = "template=<html>{%- auth0:head -%}{%- auth0:widget -%}</html>";
    tenant.resources(&[template, "update", "--set", page]).exits(0);
    let shown = tenant.resources(&[template, "show", "-o", "json"]).exits(0).stdout;
    tenant
        .piped("resources", &[template, "update", "--json", "-"], &shown)
        .exits(0)
        .says("already");

    let content = r#"content={"from":"+15550100","syntax":"liquid","body":{"text":"hi"}}"#;
    let create = ["phone-templates", "create", "--set", "type=otp_verify", "--set", content];
    let made = json_of(&tenant, &[&create[..], &["--set", "disabled=false"]].concat());
    let id = made["id"].as_str().unwrap();
    tenant.writes();
    tenant.resources(&["phone-templates", "update", id, "--set", "content.body.text=ho"]).exits(0);
    let sent = tenant.write().1;
    assert_eq!(sent, json!({"content": {"from": "+15550100", "body": {"text": "ho"}}}));
    let other = ["phone-templates", "update", id, "--set", "content.syntax=x"];
    tenant.resources(&other).exits(2).says("content.syntax");
}

#[test]
fn a_rules_config_is_created_by_its_key_but_not_replaced() {
    let tenant = tenant();
    let create = ["rules-configs", "create", "COLOR", "--set", "value=red"];
    tenant.resources(&create).exits(0).says("created");
    assert_eq!(
        tenant.write(),
        ("PUT /api/v2/rules-configs/COLOR".to_owned(), json!({"value": "red"}))
    );
    tenant.resources(&create).exits(8).says("already");
    assert!(tenant.writes().is_empty());
}

#[test]
fn a_client_grant_is_created_with_names() {
    let tenant = tenant();
    let identifier = "identifier=https://shop.example.com";
    json_of(&tenant, &["apis", "create", "--set", "name=Shop", "--set", identifier]);
    let clients = tenant.clients(&["list", "-o", "json", "--limit", "1"]).exits(0);
    let clients: Value = serde_json::from_str(&clients.stdout).unwrap();
    let name = format!("client_id={}", clients[0]["name"].as_str().unwrap());
    tenant.writes();
    let set = ["--set", &name, "--set", "audience=Shop", "--set", "scope=[]"];
    tenant.resources(&[&["client-grants", "create"][..], &set].concat()).exits(0);
    let sent = tenant.write().1;
    assert_eq!(sent["client_id"], clients[0]["client_id"]);
    assert_eq!(sent["audience"], "https://shop.example.com");
}

#[test]
fn describe_without_a_method_shows_every_method_of_the_path() {
    let tenant = tenant();
    let text = api(&tenant, &["describe", "/clients"]).exits(0).stdout;
    assert!(text.contains("GET /clients\n") && text.contains("POST /clients\n"), "{text}");
    api(&tenant, &["describe", "roles"]).exits(0);
    let all: Value =
        serde_json::from_str(&api(&tenant, &["describe", "roles", "-o", "json"]).exits(0).stdout)
            .unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2);
    api(&tenant, &["describe", "no/such"]).exits(5).says("auth0-api list");
}
