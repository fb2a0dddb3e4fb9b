//! Files as the editors of Windows write them.

use super::home::desk;
use crate::support::Ran;

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
