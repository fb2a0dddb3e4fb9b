//! On a protected profile every change needs the tenant's domain.

use super::{ANN, BEN};
use crate::support::{Home, Tenant};

fn protected(tenant: &Tenant) -> Home {
    let home = tenant.machine_signed_in("prod");
    home.run("auth0-profiles", &["set", "prod", "protected=true"]).exits(0);
    home
}

#[test]
fn every_change_needs_the_domain_and_names_profile_and_tenant() {
    let tenant = Tenant::new();
    let home = protected(&tenant);
    let run = |args: &[&str], more: &[&str]| {
        home.command("auth0-users").trust(&tenant).args(args).args(more).run()
    };
    let writes = || {
        let requests = tenant.requests();
        requests.iter().filter(|it| it.path.starts_with("/api/") && it.method != "GET").count()
    };
    let new =
        ["create", "--connection", "Partners", "--email", "x@example.com", "--random-password"];
    tenant.block("ann@example.com");
    let changes: [(&[&str], bool); 12] = [
        (&new, false),
        (&["update", ANN, "--name", "x"], false),
        (&["block", ANN], false),
        (&["unblock", ANN], false),
        (&["password-ticket", ANN], false),
        (&["verify-email", ANN], false),
        (&["roles", "add", ANN, "Editor"], false),
        (&["roles", "remove", ANN, "Editor"], false),
        (&["organizations", "add", ANN, "globex"], false),
        (&["reset-mfa", ANN], true),
        (&["sessions", "revoke", ANN], true),
        (&["delete", BEN], true),
    ];
    let place = format!("on {} (profile 'prod')", tenant.domain());
    for (args, _) in changes {
        let before = writes();
        for yes in [&[][..], &["--yes"]] {
            let ran = run(args, yes).exits(2).says("(profile 'prod') is protected");
            ran.says(&format!("--confirm {}", tenant.domain()));
        }
        run(args, &["--confirm", "other.eu.auth0.com"]).exits(2).says("names another tenant");
        run(args, &["--dry-run"]).exits(0).says("nothing was sent");
        assert_eq!(writes(), before, "{args:?}");
        run(args, &["--confirm", tenant.domain()]).exits(0).says(&place);
        assert!(writes() > before, "{args:?}");
    }
    // Without protection only what cannot be undone is asked about.
    home.run("auth0-profiles", &["unset", "prod", "protected"]).exits(0);
    tenant.block("ann@example.com");
    for (args, asks) in changes.into_iter().skip(1).filter(|(args, _)| args[0] != "delete") {
        run(args, &[]).exits(if asks { 2 } else { 0 });
    }
    run(&["list"], &[]).exits(0);
}
