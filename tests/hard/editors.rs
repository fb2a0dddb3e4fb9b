//! Files as the editors of Windows write them.

use auth0_emulator::{MACHINE, MACHINE_SECRET};

use super::home::desk;
use crate::support::{Ran, write_private};

#[test]
fn windows_line_ends_stay() {
    let (tenant, home) = desk();
    let (text, _) = home.profile("person");
    home.write_profile("person", &text.replace('\n', "\r\n"));
    home.run("auth0-profiles", &["set", "person", "organization=org_x"]).exits(0);
    let token = tenant.access_token("read:clients", None, 7200);
    Ran::fed(&mut home.command("auth0-login", ["--with-token"]), &token).exits(0);
    let (text, profile) = home.profile("person");
    assert_eq!(profile.token.unwrap().access_token.expose(), token);
    assert!(text.contains("organization = \"org_x\"\r\n"), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
    // A file of mixed line ends gets those of the editor.
    home.write_profile("person", "domain = \"a.eu.auth0.com\"\r\nclient_id = \"c\"\n");
    home.run("auth0-profiles", &["set", "person", "organization=org_x"]).exits(0);
    assert!(home.profile("person").0.contains("organization = \"org_x\"\n"));
}

const MARK: &str = "\u{feff}";

/// UTF-16 with its mark, as `>` of PowerShell 5.1 writes it.
fn utf16(text: &str) -> Vec<u8> {
    format!("{MARK}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// PowerShell 5.1 and other programs put a byte-order mark before every text that they save as UTF-8.
#[test]
fn a_byte_order_mark_is_no_part_of_any_input() {
    let (tenant, home) = desk();
    let login = |args: &[&str], input: &str| {
        let mut command = home.command("auth0-login", ["--domain", tenant.domain()]);
        Ran::fed(command.args(args), input)
    };
    let secret = home.path().join("secret.txt");
    write_private(&secret, format!("{MARK}{MACHINE_SECRET}\r\n"));
    let machine = ["--client-credentials", "--profile", "m", "--client-id", MACHINE];
    let file = ["--client-secret-file", secret.to_str().unwrap()];
    login(&[&machine[..], &file].concat(), "").exits(0);
    let given = format!("{MARK}{MACHINE_SECRET}\r\n");
    login(&[&machine[..], &["--client-secret-file", "-"]].concat(), &given).exits(0);
    let token = tenant.access_token("update:clients read:clients", None, 3600);
    login(&["--with-token", "--profile", "person"], &format!("{MARK}{token}\r\n")).exits(0);
    let document = home.path().join("client.json");
    write_private(&document, format!("{MARK}{{\"client_metadata\": {{\"tier\": \"1\"}}}}\r\n"));
    let document = document.to_str().unwrap();
    let update = ["--profile", "person", "update", MACHINE, "--json", document];
    home.run("auth0-clients", &update).exits(0);
    let path = format!("clients/{MACHINE}");
    let patch = ["--profile", "person", "PATCH", &path, "-d", &format!("@{document}")];
    home.run("auth0-api", &patch).exits(0);
    // A profile and the choice of one.
    let (text, _) = home.profile("person");
    home.write_profile("person", &format!("{MARK}{text}"));
    write_private(
        &home.config().join("config.toml"),
        format!("{MARK}current_profile = \"person\"\r\n"),
    );
    home.run("auth0-profiles", &["set", "organization=org_x"]).exits(0);
    assert_eq!(home.run("auth0-token", &[]).exits(0).stdout.trim(), token);
}

#[test]
fn utf_16_is_named_as_such() {
    let (tenant, home) = desk();
    let file = home.path().join("text");
    let file = file.to_str().unwrap();
    let name = |ran: Ran| ran.exits(2).prints("").says("is UTF-16 text").says("save it as UTF-8");
    write_private(file.as_ref(), utf16(MACHINE_SECRET));
    let domain = ["--domain", tenant.domain(), "--client-id", MACHINE, "--profile", "m"];
    let login = [&domain[..], &["--client-credentials", "--client-secret-file", file]].concat();
    name(home.run("auth0-login", &login));
    write_private(file.as_ref(), utf16("{\"name\": \"x\"}"));
    name(home.run("auth0-clients", &["update", MACHINE, "--json", file]));
    name(home.run("auth0-api", &["PATCH", "clients/x", "-d", &format!("@{file}")]));
    write_private(file.as_ref(), utf16("AUTH0_DOMAIN=acme.eu.auth0.com\r\n"));
    name(home.run("auth0-profiles", &["import", "q", "--env-file", file]));
    let before = utf16(&home.profile("person").0);
    write_private(&home.profile_path("person"), &before);
    name(home.run("auth0-token", &[]));
    assert_eq!(std::fs::read(home.profile_path("person")).unwrap(), before);
}
