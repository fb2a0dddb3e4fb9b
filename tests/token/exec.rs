//! `exec`: the token in another tool's environment.

use auth0_emulator::{MACHINE, MACHINE_SECRET, OWN_API};

use super::{ORDERS, machine, person, tenant};
use crate::support::{Home, Run, Tenant};

/// `auth0-token OPTIONS exec OPTIONS -- /bin/sh -c SCRIPT`, with the suite on the `PATH`.
fn exec(tenant: &Tenant, home: &Home, options: &[&str], script: &str) -> Run {
    let path = format!("{}:/usr/bin:/bin", crate::support::binaries().to_str().unwrap());
    home.command("auth0-token")
        .trust(tenant)
        .env("PATH", path)
        .arg("exec")
        .args(options)
        .args(&["--", "/bin/sh", "-c", script])
}

#[test]
fn the_child_gets_the_token_in_its_environment() {
    let tenant = tenant();
    let home = person(&tenant);
    let script = r#"echo "$AUTH0_ACCESS_TOKEN|$AUTH0_DOMAIN|$AUTH0_AUDIENCE|$AUTH0_PROFILE|$AUTH0_CLIENT_SECRET|$TF_VAR_token|$AUTH0_CONFIG_DIR""#;
    let printed = exec(&tenant, &home, &["--env", "TF_VAR_token", "--env", "X"], script)
        .env("AUTH0_CLIENT_SECRET", "s")
        .run()
        .exits(0);
    let token = home.profile("p").token.unwrap().access_token.expose().to_owned();
    let config = home.config();
    let wanted = [&token, tenant.domain(), OWN_API, "p", "", &token, config.to_str().unwrap()];
    printed.prints_line(&wanted.join("|"));
    let printed =
        exec(&tenant, &home, &["--audience", ORDERS], "echo $AUTH0_AUDIENCE $AUTH0_ACCESS_TOKEN");
    let printed = printed.run().exits(0);
    let kept = home.profile("p").tokens[ORDERS].access_token.expose().to_owned();
    printed.prints_line(&format!("{ORDERS} {kept}"));
}

#[test]
fn exec_ends_as_its_command_does() {
    let tenant = tenant();
    let home = person(&tenant);
    exec(&tenant, &home, &[], "exit 42").run().exits(42).prints("");
    // The command has the process to itself: its signals are its own.
    let died = exec(&tenant, &home, &[], "kill -TERM $$").run();
    assert_eq!(died.signal, Some(15), "{died:?}");
    exec(&tenant, &home, &[], "cat").stdin("through").run().exits(0).prints("through");
    // Also after a renewal, which handles signals itself.
    home.expire("p");
    let died = exec(&tenant, &home, &[], "kill -INT $$; sleep 10").run();
    assert_eq!(died.signal, Some(2), "{died:?}");
    let missing = home.command("auth0-token").args(&["exec", "--", "/nowhere/to-be-found"]).run();
    missing.exits(127).says("cannot be run").hides("to-be-found");
    let plain = home.write("plain.txt", "echo ran");
    let denied = home.command("auth0-token").args(&["exec", "--", plain.to_str().unwrap()]).run();
    denied.exits(126).says("cannot be run");
    home.command("auth0-token").args(&["exec"]).run().exits(2);
    for name in ["PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH"] {
        exec(&tenant, &home, &["--env", name], "true").run().exits(2).says("decides what runs");
    }
    exec(&tenant, &home, &["--env", "A=b"], "true").run().exits(2);
    exec(&tenant, &home, &["--min-valid", "300d"], "echo ran").run().exits(3).prints("");
}

#[test]
fn the_token_is_in_no_argument() {
    let tenant = tenant();
    let home = person(&tenant);
    let token = home.profile("p").token.unwrap().access_token.expose().to_owned();
    if cfg!(target_os = "linux") {
        let seen = exec(&tenant, &home, &[], "tr '\\0' ' ' < /proc/$$/cmdline").run().exits(0);
        assert!(seen.stdout.contains("/bin/sh") && !seen.stdout.contains(&token), "{seen:?}");
    }
}

#[test]
fn a_child_renews_its_token_with_the_profile() {
    let tenant = tenant();
    let home = person(&tenant);
    for (options, audience) in [(&[][..], OWN_API), (&["--audience", ORDERS], ORDERS)] {
        let before = home.refresh_token();
        let script = r#"auth0-token --profile "$AUTH0_PROFILE" --refresh --claims"#;
        let said = exec(&tenant, &home, options, script).run().exits(0);
        assert!(said.json()["aud"].to_string().contains(audience), "{said:?}");
        assert_ne!(home.refresh_token(), before);
        assert!(tenant.honours(&home.refresh_token()));
    }
}

/// The API of an `exec` belongs to its profile. Another profile has its own.
#[test]
fn another_profile_in_a_child_keeps_its_own_api() {
    let tenant = tenant();
    let home = machine(&tenant);
    home.run("auth0-profiles", &["rename", "p", "m"]).exits(0);
    tenant.sign_in(&home, &["--profile", "p", "--audience", OWN_API]).0.exits(0);
    let options = ["--profile", "p", "--audience", ORDERS];
    for script in [
        "auth0-token --profile m --claims",
        "AUTH0_PROFILE=m auth0-token --claims",
        "auth0-token exec --profile m -- auth0-token --claims",
    ] {
        let said = exec(&tenant, &home, &options, script).run().exits(0);
        assert_eq!(said.json()["aud"], tenant.audience(), "{script}: {said:?}");
    }
    let own = "auth0-token --profile p --claims";
    let said = exec(&tenant, &home, &options, own).run().exits(0);
    assert!(said.json()["aud"].to_string().contains(ORDERS), "{said:?}");
}

#[test]
fn the_suite_in_a_child_uses_the_profile() {
    let tenant = tenant();
    let home = machine(&tenant);
    let list = "auth0-clients list -o jsonl --fields client_id";
    let listed = exec(&tenant, &home, &["--audience", ORDERS], list).run().exits(0);
    assert!(listed.stdout.contains(MACHINE), "{listed:?}");
    let orders = home.profile("p").tokens[ORDERS].access_token.expose().to_owned();
    let used = |token: &str| {
        let bearer = format!("Bearer {token}");
        tenant.requests().iter().any(|r| r.header("authorization") == Some(bearer.as_str()))
    };
    assert!(!used(&orders), "a token for another API went to the Management API");
    // A profile named in the child, and a token that the child sets itself, are used.
    exec(&tenant, &home, &["--audience", ORDERS], &format!("AUTH0_PROFILE=q {list}"))
        .run()
        .exits(2)
        .says("profile 'q'");
    let access = tenant.access_token("read:clients", None, 600);
    exec(
        &tenant,
        &home,
        &[],
        &format!("AUTH0_ACCESS_TOKEN={access} AUTH0_DOMAIN={} {list}", tenant.domain()),
    )
    .run();
    // An exec within an exec has a mark of its own.
    let nested = format!("auth0-token exec --audience {ORDERS} -- {list}");
    exec(&tenant, &home, &[], &nested).run().exits(0);
    assert!(!used(&orders));
}

#[test]
fn without_a_profile_a_token_for_another_api_goes_nowhere() {
    let tenant = tenant();
    let home = Home::new();
    let run = |options: &[&str], script: &str| {
        exec(&tenant, &home, options, script)
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_CLIENT_ID", MACHINE)
            .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
            .run()
    };
    run(&["--audience", ORDERS], "auth0-clients list").exits(3).says("--profile NAME");
    assert!(tenant.requests_to("GET", "/api/v2/clients").is_empty());
    run(&[], "auth0-clients list -o jsonl").exits(0);
    // Nothing can renew there, and the recipe for a profile says so.
    run(&["--audience", ORDERS], "auth0-token --profile \"$AUTH0_PROFILE\"")
        .exits(2)
        .prints("")
        .says("no profile")
        .says("auth0-login --profile NAME --client-credentials --save-secret");
    assert!(!home.config().exists(), "nothing is written");
}

#[test]
fn a_token_of_the_environment_brings_its_api() {
    let tenant = tenant();
    let home = Home::new();
    let token = tenant.access_token("read:clients", None, 600);
    let child = "echo $AUTH0_AUDIENCE; auth0-clients list --fields client_id -o tsv";
    let ran = exec(&tenant, &home, &[], child)
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_ACCESS_TOKEN", token)
        .run()
        .exits(0);
    assert!(ran.stdout.starts_with(&format!("{}\nclient_id\n", tenant.audience())), "{ran:?}");
}
