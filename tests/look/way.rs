//! The hint that leads from a token for another API to the Management API.

use auth0_emulator::{MACHINE, MACHINE_SECRET, OWN_API};

use crate::support::{Home, Tenant};

#[test]
fn a_token_for_another_api_leads_to_a_machine_profile_that_works() {
    let (tenant, home) = (Tenant::new(), Home::new());
    tenant.sign_in(&home, &["--profile", "mine", "--audience", OWN_API]).0.exits(0);
    let list = || home.command("auth0-clients").trust(&tenant).args(&["list", "--limit", "1"]);
    let ran = list().run().exits(3).says("not for the Management API");
    let hint = ran.stderr.lines().find(|line| line.contains("auth0-login")).unwrap();
    let words = hint.split("auth0-login ").nth(1).unwrap().split(' ');
    home.command("auth0-login")
        .trust(&tenant)
        .args(&words.collect::<Vec<_>>())
        .args(&["--client-id", MACHINE])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(0);
    // Now the profile is there, and the hint names only it.
    let ran = list().args(&["--profile", "mine"]).run().exits(3);
    let ran = ran.says("run this again with --profile local-admin");
    assert!(!ran.stderr.contains("auth0-login"), "{ran:?}");
    list().args(&["--profile", "local-admin"]).run().exits(0);
    assert_eq!(home.profile("mine").settings.audience.as_deref(), Some(OWN_API));
}
