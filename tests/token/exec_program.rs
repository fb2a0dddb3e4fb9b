//! `exec` with a program that every system has: one of the suite.

use auth0_emulator::OWN_API;
use serde_json::json;

use super::{person, tenant};
use crate::support::{Ran, binary, claims};

#[test]
fn a_program_gets_the_token_and_gives_its_exit_code() {
    let tenant = tenant();
    let home = person(&tenant);
    let exec = |program: &str, args: &[&str]| -> Ran {
        let program = binary(program).into_os_string().into_string().unwrap();
        let words = [&["exec", "--", &program], args].concat();
        home.command("auth0-token").trust(&tenant).args(&words).run()
    };
    let token = home.profile("p").token.unwrap().access_token.expose().to_owned();
    assert!(claims(&token)["aud"].to_string().contains(OWN_API));
    exec("auth0-token", &[]).exits(0).prints_line(&token);
    exec("auth0-profiles", &["show", "nobody"]).exits(2).says("nobody");
    exec("auth0-token", &["--claims"]).exits(0);
    let listed = exec("auth0-profiles", &["list", "-o", "json"]).exits(0).json();
    assert_eq!(listed[0]["profile"], json!("p"));
}
