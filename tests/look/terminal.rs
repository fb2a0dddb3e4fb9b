//! What a person at a terminal sees.

use crate::resources::run::Tenant;
use crate::support::{Home, Running};

const ENTER: &str = "\r";

/// What the terminal got until the command ended with this code.
#[track_caller]
fn ended_with(running: Running, code: i32) -> String {
    running.hears(&format!("ended with {code}\r\n"));
    let said = running.wait().stderr.replace("\r\n", "\n");
    said.rsplit_once("ended with").unwrap().0.to_owned()
}

#[test]
fn a_narrow_terminal_shows_a_block_for_each_row() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let line = "stty cols 20; auth0-connections list --limit 2 --color never";
    let said = ended_with(tenant.at_desk(&home, line), 0);
    let blocks: Vec<_> = said.trim_end().split("\n\n").collect();
    assert_eq!(blocks.len(), 2, "{said}");
    for block in blocks {
        let labels: Vec<_> = block.lines().map(|line| line.split("  ").next().unwrap()).collect();
        let expected = ["ID", "NAME", "STRATEGY", "DISPLAY NAME", "DOMAIN-LEVEL"];
        assert_eq!(labels, expected, "{block}");
        assert!(block.contains("con_000000000000000") && !block.contains('…'), "{block}");
    }
}

#[test]
fn an_empty_list_on_a_terminal_is_only_a_word() {
    let (tenant, home) = (Tenant::new().with_every_scope(), Home::new());
    let said = ended_with(tenant.at_desk(&home, "auth0-clients list --query nobody"), 0);
    assert_eq!(said, "no clients to show\n");
}

#[test]
fn json_and_settings_are_colored_on_a_terminal() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let name = "\u{1b}[34;1m\"name\"\u{1b}[0m: \u{1b}[32m\"Billing\"\u{1b}[0m";
    for (line, expected) in [
        ("auth0-clients show Billing --fields name -o json", name),
        ("auth0-clients show Billing --fields name", "\u{1b}[34;1mname\u{1b}[0m  Billing"),
        ("auth0-api clients --fields name", name),
        ("auth0-token --claims --profile x; auth0-profiles path x -o json", "\u{1b}[34;1m\"path\""),
    ] {
        let said = ended_with(tenant.at_desk(&home, line), 0);
        assert!(said.contains(expected), "{line}: {said:?}");
        let plain = line.replace("auth0-", "NO_COLOR=1 auth0-");
        let said = ended_with(tenant.at_desk(&home, &plain), 0);
        assert!(!said.contains("\u{1b}["), "{line}: {said:?}");
    }
}

#[test]
fn the_current_and_the_expired_profile_differ_in_color_and_in_words() {
    let home = Home::new();
    for (name, more) in [
        ("acme", "client_secret = \"a-client-secret\"\n"),
        (
            "old",
            "[token]\naccess_token = \"x\"\ntoken_type = \"Bearer\"\nexpires_at = 2020-01-01T00:00:00Z\nscope = []\ndomain = \"a.eu.auth0.com\"\naudience = \"https://a.eu.auth0.com/api/v2/\"\nclient_id = \"x\"\n",
        ),
    ] {
        let text = format!("domain = \"a.eu.auth0.com\"\nclient_id = \"x\"\n{more}");
        home.write(&format!("config/profiles/{name}.toml"), &text);
    }
    home.run("auth0-profiles", &["use", "acme"]).exits(0);
    let said = home.terminal("stty cols 120; auth0-profiles list").run().stderr;
    assert!(said.contains("\u{1b}[32m*  acme"), "{said:?}");
    assert!(said.contains("\u{1b}[31;1m   old") && said.contains("expired\u{1b}[0m"), "{said:?}");
}

#[test]
fn a_missing_name_offers_a_list() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let mut show = tenant.at_desk(&home, "auth0-clients show --fields name --color never");
    let said = show.hears("Which client (number or name, empty to stop): ");
    assert!(!said.contains("All Applications"), "{said}");
    let number = said.lines().find(|line| line.contains(" Billing ")).unwrap().trim_start();
    let number = number.split(' ').next().unwrap().to_owned();
    show.types(&format!("{number}{ENTER}"));
    assert!(ended_with(show, 0).ends_with("name  Billing\n"));
    // Each verb and each program does the same.
    for (line, question) in [
        ("auth0-clients update --set description=x --dry-run", "Which client"),
        ("auth0-clients rotate-secret --dry-run", "Which client"),
        ("auth0-clients delete --dry-run", "Which client"),
        ("auth0-connections show --fields name", "Which connection"),
        ("auth0-connections clients", "Which connection"),
        ("auth0-resources clients show", "Which client"),
    ] {
        let mut command = tenant.at_desk(&home, line);
        command.hears(&format!("{question} (number or name, empty to stop): "));
        command.types(&format!("1{ENTER}"));
        ended_with(command, 0);
    }
    assert!(tenant.writes().is_empty());
    let mut stopped = tenant.at_desk(&home, "auth0-clients delete");
    stopped.hears("empty to stop): ");
    stopped.types(ENTER);
    assert!(ended_with(stopped, 2).contains("no client is named"));
    for line in ["auth0-clients show --no-input", "auth0-clients show < /dev/null"] {
        let said = ended_with(tenant.at_desk(&home, line), 2);
        assert!(said.contains("an argument is missing: <ID|NAME>"), "{said}");
    }
    tenant.clients(&["show"]).exits(2).says("an argument is missing: <ID|NAME>");
}

#[test]
fn create_asks_for_the_name_on_a_terminal() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let mut create = tenant.at_desk(&home, "auth0-clients create --type spa --fields name");
    create.hears("Name of the new client: ");
    create.types(&format!("Asked For{ENTER}"));
    assert!(ended_with(create, 0).contains("Asked For"));
    let mut stopped = tenant.at_desk(&home, "auth0-clients create --type spa");
    stopped.hears("Name of the new client: ");
    stopped.types(ENTER);
    assert!(ended_with(stopped, 2).contains("--name NAME"));
}
