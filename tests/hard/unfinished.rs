//! A renewed token whose profile could not be replaced: the next command puts it in place, and it
//! never undoes what a person did in the meantime.

use std::fs;

use auth0_emulator::{Config, Emulator};

use super::faults::{has_strace, traced};
use super::home::{Home, person, profile_text};
use crate::support::Ran;

struct Desk {
    tenant: Emulator,
    home: Home,
}

/// A renewal whose last rename fails for as long as it is tried; `None` without `strace`.
fn desk() -> Option<Desk> {
    if !has_strace() {
        return None;
    }
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let (access, refresh) = person(&tenant);
    home.write_profile("person", &profile_text(&tenant, &access, Some(&refresh), -60));
    let (before, _) = home.profile("person");
    tenant.forget_requests();
    let options = ["-f", "-qq", "-o", "/dev/null", "-e", "inject=/^rename:error=EBUSY:when=2+"];
    let renew = home.command("auth0-token", [] as [&str; 0]);
    let ran = Ran::of(&mut traced(&renew, &options)).exits(1);
    ran.says("cannot replace").says("the next command puts it in place");
    assert_eq!(tenant.requests_to("POST", "/oauth/token").len(), 1);
    assert_eq!(home.profile("person").0, before);
    let desk = Desk { tenant, home };
    assert_eq!(desk.waiting(), 1);
    Some(desk)
}

impl Desk {
    /// How many unfinished writes there are.
    fn waiting(&self) -> usize {
        self.home.files().iter().filter(|name| name.ends_with(".new")).count()
    }

    /// The refresh token that the tenant takes.
    fn newest(&self) -> String {
        let tokens = self.tenant.refresh_tokens();
        let mut good = tokens.into_iter().filter(|token| self.tenant.honours(token));
        good.next().unwrap()
    }
}

#[test]
fn the_next_command_finishes_the_write() {
    let Some(desk) = desk() else { return };
    let newest = desk.newest();
    let ran = desk.home.run("auth0-token", &[]).exits(0);
    let (text, profile) = desk.home.profile("person");
    let token = profile.token.unwrap();
    assert_eq!(token.access_token.expose(), ran.stdout.trim());
    assert_eq!(token.refresh_token.unwrap().expose(), newest);
    assert!(text.starts_with("# kept as it is\n") && text.contains("unknown = { kept = true }"));
    assert_eq!(desk.tenant.requests_to("POST", "/oauth/token").len(), 1, "not asked again");
    assert_eq!(desk.waiting(), 0);
}

#[test]
fn an_edit_in_the_meantime_stays() {
    let Some(desk) = desk() else { return };
    let newest = desk.newest();
    // By hand, without a lock; then by a command.
    let (text, _) = desk.home.profile("person");
    desk.home.write_profile("person", &format!("# edited\norganization = \"org_x\"\n{text}"));
    desk.home.run("auth0-profiles", &["set", "person", "key_id=k"]).exits(0);
    let (text, profile) = desk.home.profile("person");
    assert!(text.starts_with("# edited\n"), "{text}");
    assert_eq!(profile.settings.organization.as_deref(), Some("org_x"));
    assert_eq!(profile.settings.key_id.as_deref(), Some("k"));
    assert_eq!(profile.token.unwrap().refresh_token.unwrap().expose(), newest);
    assert_eq!(desk.waiting(), 0);
}

#[test]
fn a_logout_in_the_meantime_stays() {
    let Some(desk) = desk() else { return };
    let newest = desk.newest();
    desk.home.run("auth0-logout", &[]).exits(0);
    assert!(!desk.tenant.honours(&newest), "the newest token is the one to revoke");
    assert!(desk.home.profile("person").1.token.is_none());
    assert_eq!(desk.waiting(), 0);
    desk.home.run("auth0-token", &[]).exits(3);
}

#[test]
fn a_token_that_was_removed_or_replaced_by_hand_stays_so() {
    let Some(desk) = desk() else { return };
    let waiting = desk.home.files().into_iter().find(|name| name.ends_with(".new")).unwrap();
    let waiting = desk.home.config().join(waiting);
    let left = fs::read(&waiting).unwrap();
    let (text, _) = desk.home.profile("person");
    let settings = text.split("[token]").next().unwrap().to_owned();
    let (access, refresh) = person(&desk.tenant);
    let other = profile_text(&desk.tenant, &access, Some(&refresh), 3600);
    for edited in [settings, other] {
        crate::support::write_private(&waiting, &left);
        desk.home.write_profile("person", &edited);
        desk.home.run("auth0-profiles", &["set", "person", "key_id=k"]).exits(0);
        let (after, _) = desk.home.profile("person");
        assert_eq!(after.replace("key_id = \"k\"\n", ""), edited);
        assert_eq!(desk.waiting(), 0);
    }
}
