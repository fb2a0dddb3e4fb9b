//! Variables and arguments with bytes that are not text.

use std::ffi::OsString;

#[cfg(all(unix, not(target_os = "macos")))]
use auth0_emulator::{Config, Emulator};

#[cfg(all(unix, not(target_os = "macos")))]
use super::home::Home;
use super::home::{BINARIES, desk};
use crate::support::Ran;

/// Text after something that is no Unicode: bytes, or half of a pair of UTF-16 units.
fn not_unicode(text: &str) -> OsString {
    #[cfg(unix)]
    let odd: OsString = std::os::unix::ffi::OsStringExt::from_vec(b"\xff\xfe".to_vec());
    #[cfg(windows)]
    let odd: OsString = std::os::windows::ffi::OsStringExt::from_wide(&[0xd800]);
    [odd, text.into()].into_iter().collect()
}

#[test]
fn variables_with_odd_bytes() {
    let (tenant, home) = desk();
    let odd = ["a\nb", "\x1b[2J", "'; touch /tmp/pwned; '", "../../etc/passwd"];
    let odd: Vec<_> = odd.map(OsString::from).into_iter().chain([not_unicode("")]).collect();
    let names = [
        "AUTH0_PROFILE",
        "AUTH0_DOMAIN",
        "AUTH0_CLIENT_ID",
        "AUTH0_CLIENT_SECRET",
        "AUTH0_AUDIENCE",
        "AUTH0_SCOPE",
        "AUTH0_ACCESS_TOKEN",
        "BROWSER",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTPS_PROXY",
        "NO_PROXY",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "TERM",
        "COLUMNS",
        "LANG",
        "HOME",
        "PATH",
        "RUST_BACKTRACE",
    ];
    for name in names {
        for value in &odd {
            for (binary, args) in [
                ("auth0-token", &[][..]),
                ("auth0-clients", &["list"]),
                ("auth0-profiles", &["list"]),
            ] {
                let mut command = home.command(binary, args);
                let ran = Ran::of(command.env(name, value)).keeps_its_manners();
                assert!(matches!(ran.code, Some(0 | 2 | 3)), "{name}: {ran:?}");
            }
        }
    }
    // A token that would be a header of its own.
    for token in ["a\r\nX-Evil: 1", "a\u{7f}", "ü", "a b"] {
        let mut command = home.command("auth0-clients", ["list"]);
        tenant.forget_requests();
        let ran =
            Ran::of(command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", token));
        let ran = ran.exits(3);
        assert!(!ran.stderr.contains(token), "{ran:?}");
        assert!(tenant.requests().is_empty(), "it was sent");
    }
    // A folder may have any name.
    // Wine names its files as Linux does, which has no halves of pairs.
    let odd = if cfg!(windows) { "odd ' %PATH% name".into() } else { not_unicode("\n name") };
    let folder = home.path().join(odd);
    let mut add = home.command(
        "auth0-profiles",
        ["add", "x", "--domain", "acme.eu.auth0.com", "--client-id", "c"],
    );
    Ran::of(add.env("AUTH0_CONFIG_DIR", &folder)).exits(0).keeps_its_manners();
    assert!(folder.join("profiles/x.toml").exists());
    let mut token = home.command("auth0-token", [] as [&str; 0]);
    Ran::of(token.env("AUTH0_CONFIG_DIR", &folder)).exits(3).keeps_its_manners();
}

/// The system's certificates are asked, not a file without a name.
#[cfg(all(unix, not(target_os = "macos")))] // elsewhere only the library finds the certificates
#[test]
fn an_empty_variable_for_certificates_is_none() {
    let tenant = Emulator::start(Config { tls: true, ..Config::administrative() }).unwrap();
    let home = Home::new();
    let said = |variables: &[(&str, &str)]| {
        let mut command = home.command("auth0-clients", ["list", "--max-retries", "0"]);
        command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", "x.y.z");
        Ran::of(command.envs(variables.iter().copied())).exits(7).stderr
    };
    assert_eq!(said(&[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")]), said(&[]));
}

#[test]
fn arguments_that_are_no_text() {
    let (_tenant, home) = desk();
    let odd = not_unicode("");
    for binary in BINARIES {
        for before in [&[][..], &["--profile"], &["list", "--output"], &["show"]] {
            let args = before.iter().map(OsString::from).chain([odd.clone()]);
            let ran = Ran::of(&mut home.command(binary, args)).keeps_its_manners();
            assert!(matches!(ran.code, Some(2)), "{ran:?}");
        }
    }
    for name in ["../person", "/etc/passwd", "a/b", "..", "", ".hidden", "a\nb", "\u{202e}"] {
        let ran = home.run("auth0-token", &["--profile", name]).exits(2).keeps_its_manners();
        assert!(ran.stdout.is_empty());
        for args in [
            &["add", name, "--domain", "acme.eu.auth0.com", "--client-id", "c"][..],
            &["remove", name, "--yes"],
            &["rename", "person", name],
            &["use", name],
            &["path", name],
        ] {
            home.run("auth0-profiles", args).exits(2).keeps_its_manners();
        }
    }
    assert_eq!(home.files().iter().filter(|file| file.ends_with(".toml")).count(), 1);
}
