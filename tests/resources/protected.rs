//! A protected profile: what goes for good needs the tenant's domain, not only a yes.

use auth0_emulator::MACHINE;

use crate::support::{Home, Ran, Tenant};

const BILLING: &str = "app00000000000000000000000000007";
const DATABASE: &str = "Username-Password-Authentication";

fn protected(tenant: &Tenant) -> Home {
    let home = tenant.machine_signed_in("prod");
    home.run("auth0-profiles", &["set", "prod", "protected=true"]).exits(0);
    assert!(home.profile_text("prod").unwrap().contains("protected = true"));
    home
}

fn run(tenant: &Tenant, home: &Home, (binary, args): (&str, &[&str]), more: &[&str]) -> Ran {
    home.command(binary).trust(tenant).args(args).args(more).run()
}

#[test]
fn a_yes_is_not_enough_and_another_domain_is_refused() {
    let tenant = Tenant::new();
    let home = protected(&tenant);
    let writes = || {
        tenant
            .requests()
            .iter()
            .filter(|it| it.path.starts_with("/api/") && it.method != "GET")
            .count()
    };
    let commands: [(&str, &[&str]); 7] = [
        ("auth0-clients", &["rotate-secret", BILLING]),
        ("auth0-clients", &["delete", BILLING]),
        ("auth0-connections", &["enable", DATABASE, "--client", MACHINE]),
        ("auth0-connections", &["disable", DATABASE, "--client", MACHINE]),
        ("auth0-connections", &["delete", DATABASE]),
        ("auth0-api", &["POST", "clients", "-f", "name=x"]),
        ("auth0-api", &["DELETE", "clients/app00000000000000000000000000008"]),
    ];
    for (at, command) in commands.into_iter().enumerate() {
        for (yes, why) in
            [(&[][..], "so this must be confirmed"), (&["--yes"], "so --yes is not enough")]
        {
            let ran = run(&tenant, &home, command, yes).exits(2);
            ran.says(&format!("(profile 'prod') is protected, {why}"))
                .says(&format!("--confirm {}", tenant.domain()));
        }
        let ran = run(&tenant, &home, command, &["--confirm", "other.eu.auth0.com"]).exits(2);
        ran.says("--confirm names another tenant");
        assert_eq!(writes(), at, "{command:?}");
        run(&tenant, &home, command, &["--confirm", tenant.domain()]).exits(0);
        assert_eq!(writes(), at + 1, "{command:?}");
    }
    // Reading needs nothing.
    run(&tenant, &home, ("auth0-clients", &["list"]), &[]).exits(0);
    run(&tenant, &home, ("auth0-api", &["clients"]), &[]).exits(0);
}

#[test]
fn every_change_names_the_tenant_and_the_profile() {
    let tenant = Tenant::new();
    let home = protected(&tenant);
    home.run("auth0-profiles", &["unset", "prod", "protected"]).exits(0);
    let place = format!("on {} (profile 'prod')", tenant.domain());
    for command in [
        ("auth0-clients", &["create", "--name", "x"][..]),
        ("auth0-clients", &["update", "x", "--description", "y"]),
        ("auth0-clients", &["rotate-secret", "x", "--yes"]),
        ("auth0-connections", &["enable", DATABASE, "--client", "x"]),
        ("auth0-connections", &["disable", DATABASE, "--client", "x"]),
        ("auth0-clients", &["delete", "x", "--yes"]),
        ("auth0-connections", &["delete", DATABASE, "--yes"]),
    ] {
        run(&tenant, &home, command, &[]).exits(0).says(&place);
    }
    // A wrong --confirm is never ignored.
    let delete = ("auth0-clients", &["delete", BILLING, "--yes"][..]);
    run(&tenant, &home, delete, &["--confirm", "other.eu.auth0.com"]).exits(2);
    assert!(tenant.client(BILLING).is_some());
}

#[cfg(target_os = "linux")] // a terminal made by script(1)
#[test]
fn on_a_terminal_the_domain_is_typed() {
    let tenant = Tenant::new();
    let home = protected(&tenant);
    let line = format!("auth0-clients delete {BILLING} --yes; echo ended with $?");
    for (typed, code, left) in [("yes", 1, true), (tenant.domain(), 0, false)] {
        let mut delete = home.terminal(&line).trust(&tenant).start();
        let said = delete.hears(&format!("type {} to go ahead: ", tenant.domain()));
        // The question is wrapped to the terminal.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(&format!("on {} (profile 'prod')?", tenant.domain())), "{said}");
        delete.types(&format!("{typed}\r"));
        delete.hears(&format!("ended with {code}\r\n"));
        delete.wait();
        assert_eq!(tenant.client(BILLING).is_some(), left);
    }
}
