//! Flag, else environment, else profile, else default: for every setting, in every combination,
//! as the address shows that a login opens.

use auth0_emulator::{Config, Emulator};

use super::home::{Home, profile_text};
use super::logins::{Login, visit};
use super::{below, rounds};
use crate::support::{Ran, write_private};

/// Where a setting is set; an empty variable is none.
#[derive(Clone, Copy, Debug)]
struct Set {
    flag: bool,
    variable: Option<bool>,
    profile: bool,
}

impl Set {
    /// One of the twelve combinations.
    fn of(number: u64) -> Self {
        let variable = match number / 4 % 3 {
            0 => None,
            1 => Some(false),
            _ => Some(true),
        };
        Self { flag: number % 2 == 1, variable, profile: number / 2 % 2 == 1 }
    }

    fn winner<T>(self, flag: T, variable: T, profile: T, default: T) -> T {
        match self {
            Self { flag: true, .. } => flag,
            Self { variable: Some(true), .. } => variable,
            Self { profile: true, .. } => profile,
            _ => default,
        }
    }
}

struct Tenants([Emulator; 3]);

/// Signs in with settings from these places and returns the page that opens.
fn page(
    tenants: &Tenants,
    home: &Home,
    domain: Set,
    client: Set,
    audience: Set,
    scope: Set,
) -> String {
    let [by_flag, by_variable, by_profile] = &tenants.0;
    let mut profile = String::new();
    let mut args = vec!["--profile".to_owned(), "p".to_owned()];
    let mut variables = Vec::new();
    for (set, key, flag, [one, two, three]) in [
        (
            domain,
            "domain",
            "--domain",
            [by_flag.domain(), by_variable.domain(), by_profile.domain()],
        ),
        (client, "client_id", "--client-id", ["flag", "variable", "profile"]),
        (audience, "audience", "--audience", ["urn:flag", "urn:variable", "urn:profile"]),
        (scope, "scope", "--scope", ["openid flag", "openid variable", "openid profile:x"]),
    ] {
        if set.flag {
            args.extend([flag.to_owned(), one.to_owned()]);
        }
        if let Some(full) = set.variable {
            let name = format!("AUTH0_{}", key.to_uppercase());
            variables.push((name, if full { two } else { "" }.to_owned()));
        }
        if set.profile {
            profile += &format!("{key} = \"{three}\"\n");
        }
    }
    home.write_profile("p", &profile);
    let mut command = home.command("auth0-login", &args);
    command.args(["--no-browser", "--no-input", "--redirect-uri", "http://127.0.0.1:0/cb"]);
    command.envs(variables);
    let login = Login::start(command);
    let page = format!("{}&", login.page);
    let state = parameter(&page, "state");
    visit(&format!("{}?error=access_denied&state={state}", parameter(&page, "redirect_uri")));
    login.end().exits(3);
    page
}

/// A parameter of an address, with what a callback's address escapes.
fn parameter(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!("{name}=")).unwrap();
    after.split('&').next().unwrap().replace("%3A", ":").replace("%2F", "/")
}

#[test]
fn every_setting_from_every_place() {
    let tenants = Tenants([(); 3].map(|()| Emulator::start(Config::administrative()).unwrap()));
    let home = Home::new();
    let tried = rounds(48, 600);
    for round in 0..tried {
        // All settings alike in every way there is, then each on its own.
        let set = || Set::of(if round < 12 { round as u64 } else { below(12) });
        let (mut domain, mut client, audience, scope) = (set(), set(), set(), set());
        // These two have no default.
        domain.profile |= domain.winner(false, false, false, true);
        client.profile |= client.winner(false, false, false, true);
        let page = page(&tenants, &home, domain, client, audience, scope);
        let [one, two, three] = &tenants.0;
        let tenant = domain.winner(one, two, three, three);
        let management = format!("{}/api/v2/", tenant.url());
        let audience = audience.winner("urn:flag", "urn:variable", "urn:profile", &management);
        let default = match audience {
            "urn:flag" | "urn:variable" | "urn:profile" => "openid profile email offline_access",
            _ => "openid profile email offline_access read:clients read:connections",
        };
        let scope = scope.winner("openid flag", "openid variable", "openid profile:x", default);
        let client = client.winner("flag", "variable", "profile", "");
        assert!(page.starts_with(tenant.url()), "{page}");
        for (name, value) in [("client_id", client), ("audience", audience), ("scope", scope)] {
            let value = value.replace(':', "%3A").replace('/', "%2F").replace(' ', "%20");
            assert!(page.contains(&format!("{name}={value}&")), "{name} is not {value}: {page}");
        }
    }
    println!("{tried} combinations of flag, variable, profile and default");
}

#[test]
fn which_profile() {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let text = |name: &str| profile_text(&tenant, name, None, 3600);
    home.write_profile("only", &text("only"));
    let token = |flag: bool, variable: Option<&str>, home: &Home| {
        let mut command =
            home.command("auth0-token", if flag { &["--profile", "flag"][..] } else { &[] });
        if let Some(name) = variable {
            command.env("AUTH0_PROFILE", name);
        }
        Ran::of(&mut command)
    };
    assert_eq!(token(false, None, &home).exits(0).stdout, "only\n");
    for name in ["flag", "variable", "current"] {
        home.write_profile(name, &text(name));
    }
    token(false, None, &home).exits(2).says("no current profile is set");
    for current in [false, true] {
        let config =
            if current { "current_profile = \"current\"\n" } else { "current_profile = \"\"\n" };
        write_private(&home.config().join("config.toml"), config);
        for flag in [false, true] {
            for variable in [None, Some(""), Some("variable")] {
                let expected = match (flag, variable, current) {
                    (true, ..) => "flag\n",
                    (_, Some("variable"), _) => "variable\n",
                    (.., true) => "current\n",
                    _ => {
                        token(flag, variable, &home).exits(2);
                        continue;
                    }
                };
                assert_eq!(token(flag, variable, &home).exits(0).stdout, expected);
                // A token in the environment comes after --profile, and before all else.
                let args: &[&str] = if flag { &["--profile", "flag"] } else { &[] };
                let mut command = home.command("auth0-token", args);
                command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", "given");
                command.env("AUTH0_PROFILE", variable.unwrap_or_default());
                let expected = if flag { "flag\n" } else { "given\n" };
                assert_eq!(Ran::of(&mut command).exits(0).stdout, expected);
            }
        }
    }
}
