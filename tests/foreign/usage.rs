//! Wrong command lines.

use super::json_error;
use crate::support::Home;

const SECRET: &str = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl";

#[test]
fn usage_errors_never_repeat_a_value() {
    let header = format!("Authorization: Bearer {SECRET}");
    let address = format!("http://u:{SECRET}@acme.eu.auth0.com");
    let call = format!("http://u:{SECRET}@acme.eu.auth0.com/api/v2/clients");
    let (domain, joined) = (format!("--domain={address}"), format!("--frobnicate={SECRET}"));
    let machine = ["--domain", "acme.eu.auth0.com", "--client-id", "c", "--client-credentials"];
    let with_file = [&machine[..], &["--client-secret-file", SECRET]].concat();
    let with_key = [&machine[..], &["--private-key", SECRET]].concat();
    let cases: [(&str, &[&str]); 28] = [
        ("auth0-api", &["clients", "-H", &header]),
        ("auth0-api", &["clients", "-H", SECRET]),
        ("auth0-api", &["clients", "-q", SECRET]),
        ("auth0-api", &["clients", "-f", SECRET]),
        ("auth0-api", &["clients", "--limit", SECRET]),
        ("auth0-api", &[&call]),
        ("auth0-api", &[SECRET, "clients", "one", "two"]),
        ("auth0-api", &["describe", SECRET, "/clients"]),
        ("auth0-api", &["POST", "clients", "-d", &format!("@{SECRET}")]),
        ("auth0-login", &["--with-token", SECRET]),
        ("auth0-login", &["--domain", &address]),
        ("auth0-login", &[&domain]),
        ("auth0-login", &["--client-secret", SECRET]),
        ("auth0-login", &["--timeout", SECRET]),
        ("auth0-login", &[&joined]),
        ("auth0-login", &with_file),
        ("auth0-login", &with_key),
        ("auth0-token", &[SECRET]),
        ("auth0-token", &["--", SECRET]),
        ("auth0-token", &["-o", SECRET]),
        ("auth0-token", &["--color", SECRET]),
        ("auth0-token", &["--profile", &format!("{SECRET}/")]),
        ("auth0-clients", &[SECRET]),
        ("auth0-clients", &["list", "--fields", &format!("{SECRET}..")]),
        ("auth0-clients", &["create", "--name", "n", "--json", SECRET]),
        ("auth0-profiles", &["set", SECRET]),
        ("auth0-profiles", &["show", &format!("{SECRET}/")]),
        ("auth0-completions", &[SECRET]),
    ];
    let home = Home::new();
    for (binary, args) in cases {
        for format in [&[][..], &["-ojson"]] {
            let run = home.command(binary).args(format).args(args);
            let run = run.env("AUTH0_ACCESS_TOKEN", "t");
            let run = if binary == "auth0-login" {
                run
            } else {
                run.env("AUTH0_DOMAIN", "acme.eu.auth0.com")
            };
            let ran = run.run().exits(2).says("error: ").hides(SECRET).prints("");
            // Nor a part of it that a message was cut to.
            let ran = ran.hides(&SECRET[..20]).hides("c2VjcmV0");
            if !format.is_empty() {
                assert_eq!(json_error(&ran.stderr)["code"], "usage", "{ran:?}");
            }
        }
    }
}

#[test]
fn values_of_the_environment_are_not_repeated() {
    let home = Home::new();
    for (name, value) in [
        ("AUTH0_DOMAIN", format!("https://u:{SECRET}@acme.eu.auth0.com")),
        ("AUTH0_PROFILE", format!("{SECRET}/")),
    ] {
        home.command("auth0-clients")
            .arg("list")
            .env(name, value)
            .run()
            .exits(2)
            .says(name)
            .hides(SECRET);
    }
}

#[test]
fn there_is_no_option_for_a_secret_and_the_error_says_why() {
    let home = Home::new();
    for option in ["--client-secret", "--access-token", "--token", "--password"] {
        for args in [&[option, SECRET][..], &[&format!("{option}={SECRET}")]] {
            let ran = home.run("auth0-login", args).exits(2).hides(SECRET);
            let ran = ran.says(&format!("error: there is no option {option}\n"));
            ran.says("caused by: every user of this computer can read")
                .says("AUTH0_CLIENT_SECRET")
                .hides("--client-secret-file SECRET")
                .hides("did you mean");
        }
    }
    let ran = home.run("auth0-login", &["--with-token", SECRET]).exits(2);
    ran.says("auth0-login --with-token < token.txt");
}

#[test]
fn a_wrong_command_line_is_reported_in_our_own_form() {
    let home = Home::new();
    for (binary, args, message, hint) in [
        (
            "auth0-token",
            &["--heder"][..],
            "there is no option --heder",
            "did you mean --header? see auth0-token --help",
        ),
        ("auth0-token", &["-x"], "there is no option -x", "see auth0-token --help"),
        (
            "auth0-token",
            &["-o", "jsn"],
            "invalid value for --output <FORMAT>",
            "did you mean json? see auth0-token --help",
        ),
        (
            "auth0-token",
            &["-o", "?"],
            "invalid value for --output <FORMAT>",
            "choose one of table, json, jsonl, csv, tsv",
        ),
        (
            "auth0-token",
            &["--min-valid", "soon"],
            "invalid value for --min-valid <TIME>",
            "see auth0-token --help",
        ),
        (
            "auth0-token",
            &["--min-valid"],
            "--min-valid <TIME> needs a value",
            "see auth0-token --help",
        ),
        (
            "auth0-token",
            &["--header", "--claims"],
            "--header cannot be used with --claims",
            "see auth0-token --help",
        ),
        (
            "auth0-token",
            &["--header", "--header"],
            "--header is given more than once",
            "see auth0-token --help",
        ),
        (
            "auth0-clients",
            &["lst"],
            "there is no such subcommand",
            "did you mean list? see auth0-clients --help",
        ),
        (
            "auth0-profiles",
            &["add"],
            "arguments are missing: --domain <DOMAIN>, --client-id <ID>, <NAME>",
            "see auth0-profiles --help",
        ),
        (
            "auth0-profiles",
            &["rename", "a"],
            "an argument is missing: <NEW>",
            "see auth0-profiles --help",
        ),
    ] {
        let ran = home.run(binary, args).exits(2).prints("");
        let lines: Vec<_> = ran.stderr.lines().collect();
        assert_eq!(lines.first(), Some(&&*format!("error: {message}")), "{ran:?}");
        assert_eq!(lines.last(), Some(&&*format!("hint: {hint}")), "{ran:?}");
        assert!(!ran.stderr.contains("tip:") && !ran.stderr.contains("Usage:"), "{ran:?}");
        // For software, the same.
        let ran = home.command(binary).arg("-ojson").args(args).run();
        if !args.contains(&"-o") {
            let error = json_error(&ran.exits(2).stderr);
            assert_eq!(error["message"], message);
            assert_eq!(error["hint"], hint);
            assert_eq!(error["code"], "usage");
        }
    }
}

#[test]
fn color_is_as_asked_for_in_help_and_errors() {
    let home = Home::new();
    let colored = |args: &[&str], env: &[(&str, &str)]| {
        let run =
            env.iter().fold(home.command("auth0-token").args(args), |run, (n, v)| run.env(n, v));
        let ran = run.run();
        let all = ran.stdout + &ran.stderr;
        assert!(!all.is_empty());
        all.contains('\u{1b}')
    };
    for wrong in ["--frobnicate", "--help"] {
        assert!(!colored(&[wrong], &[]), "no terminal, no color");
        assert!(colored(&["--color", "always", wrong], &[]), "{wrong}");
        assert!(colored(&[wrong], &[("CLICOLOR_FORCE", "1")]), "{wrong}");
        assert!(!colored(&[wrong], &[("CLICOLOR_FORCE", "0")]), "{wrong}");
        assert!(!colored(&["--color=never", wrong], &[("CLICOLOR_FORCE", "1")]), "{wrong}");
        assert!(!colored(&[wrong], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "{wrong}");
    }
    // An error of the command itself.
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "0")]));
}

/// On Windows a program's first argument ends in `.exe`.
#[test]
fn help_names_the_program_and_not_its_file() {
    let home = Home::new();
    let copy = home.path().join("auth0-login.exe");
    crate::support::copy_program(&crate::support::binary("auth0-login"), &copy);
    let ran = home.run(copy.to_str().unwrap(), &["--help"]).exits(0);
    assert!(ran.stdout.contains("Usage: auth0-login [OPTIONS]"), "{ran:?}");
    let ran = home.run(copy.to_str().unwrap(), &["--frobnicate"]).exits(2);
    ran.says("see auth0-login --help").hides(".exe");
}
