//! The tenant's rate limit is shared with production logins and between our own processes, and
//! `--rate` bounds them together.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use auth0_emulator::{Bucket, Config, Emulator, Fault, FaultKind, Recorded};

use super::home::{Home, profile_text};
use crate::api::fake::{Reply, Tenant};
use crate::support::{Ran, write_private};

const CLIENTS: &str = "/api/v2/clients";
const SLOWLY: &str = "going slowly: the tenant's rate limit is nearly used up";

/// A tenant, and a home with a profile that can read its clients.
fn world(config: Config) -> (Emulator, Home) {
    let tenant = Emulator::start(Config { clients: 650, ..config }).unwrap();
    let home = Home::new();
    let token = tenant.access_token("read:clients", None, 3600);
    home.write_profile("person", &profile_text(&tenant, &token, None, 3600));
    (tenant, home)
}

/// The folder of the shared file, which tests of the configuration do not see.
fn cache(home: &Home) -> PathBuf {
    home.path().join("cache")
}

/// The shared file, if there is one.
fn budget_file(home: &Home) -> Option<PathBuf> {
    let entries = fs::read_dir(cache(home)).ok()?;
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("rate-"))
}

fn command(home: &Home, binary: &str, args: &[&str]) -> Command {
    let mut command = home.command(binary, args);
    command.env("AUTH0_CACHE_DIR", cache(home));
    command
}

fn run(home: &Home, args: &[&str]) -> Ran {
    Ran::of(&mut command(home, "auth0-clients", args))
}

fn list(home: &Home, args: &[&str]) -> Command {
    let mut list = command(home, "auth0-clients", &["list", "-o", "jsonl"]);
    list.args(args);
    list
}

/// The requests of the suite to the Management API, in order of arrival.
fn ours(tenant: &Emulator) -> Vec<Recorded> {
    let mut requests = tenant.requests_to("GET", CLIENTS);
    requests.retain(|request| {
        request.header("user-agent").is_some_and(|agent| agent.starts_with("auth0-suite/"))
    });
    requests.sort_by_key(|request| request.at);
    requests
}

#[test]
fn production_is_never_refused_while_two_processes_list_all_they_can() {
    let kinds = [(10, 2.0), (2, 2.0)];
    let buckets = kinds.iter().flat_map(|(burst, per_second)| {
        [false, true].map(|windows| Bucket { windows, ..Bucket::new(*burst, *per_second) })
    });
    thread::scope(|scope| {
        for bucket in buckets {
            scope.spawn(move || beside_production(bucket));
        }
    });
}

fn beside_production(bucket: Bucket) {
    let pause = Duration::from_secs_f64(3.0 / bucket.per_second);
    let what = format!("{bucket:?}");
    let (tenant, home) = world(Config { buckets: vec![bucket], ..Config::default() });
    let end = Instant::now() + Duration::from_secs(9);
    let token = tenant.access_token("read:clients", None, 3600);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while Instant::now() < end {
                    let ran = Ran::of(&mut list(&home, &["-q", "--limit", "200"]));
                    assert_eq!(ran.exits(0).lines().len(), 200);
                }
            });
        }
        scope.spawn(|| {
            while Instant::now() < end {
                let status = ureq::get(format!("{}{CLIENTS}?per_page=1", tenant.url()))
                    .header("authorization", format!("Bearer {token}"))
                    .call()
                    .map(|answer| answer.status().as_u16());
                assert!(matches!(status, Ok(200)), "{what}: production got {status:?}");
                thread::sleep(pause);
            }
        });
    });
    let refused: Vec<_> = ours(&tenant).iter().map(|request| request.status).collect();
    assert!(
        refused.len() >= 4 && refused.iter().all(|status| *status == 200),
        "{what}: {refused:?}"
    );
}

#[test]
fn rate_bounds_all_processes_of_a_profile_together() {
    let (tenant, home) = world(Config::default());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| Ran::of(&mut list(&home, &["--rate", "5"])).exits(0).prints_all(649));
        }
    });
    let times: Vec<u64> = ours(&tenant).iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 14);
    // Requests are sent at least 200 ms apart. They can only be late on their way.
    assert!(times[13] - times[0] >= 13 * 200 - 150, "{times:?}");
    run(&home, &["list", "--rate", "2", "--limit", "300", "-v"])
        .exits(0)
        .says("* waiting")
        .says("for --rate")
        .hides(SLOWLY);
    for wrong in ["0", "-1", "1001", "fast", "1.5"] {
        let rate = format!("--rate={wrong}");
        run(&home, &["list", &rate]).exits(2).says("invalid value for --rate");
    }
}

#[test]
fn a_wait_for_the_rate_limit_is_said_once_and_bounded_by_timeout() {
    let config = Config { buckets: vec![Bucket::new(2, 2.0)], ..Config::default() };
    let (_tenant, home) = world(config);
    let ran = run(&home, &["list", "-o", "jsonl", "--limit", "300"]).exits(0);
    assert_eq!(ran.stderr.matches(SLOWLY).count(), 1, "{}", ran.stderr);
    run(&home, &["list", "-q", "--limit", "300"]).exits(0).hides(SLOWLY);
    let args = ["list", "--limit", "300", "-v"];
    run(&home, &args).exits(0).says("for the rate limit");
    // The next request would be allowed after 20 s.
    let slow = Config { buckets: vec![Bucket::new(2, 0.05)], ..Config::default() };
    let (_tenant, home) = world(slow);
    run(&home, &["list", "--limit", "300", "--timeout", "5s"])
        .exits(7)
        .says("the time given with --timeout ran out")
        .says("waiting for the tenant's rate limit");
}

#[test]
fn only_commands_that_ask_the_tenant_touch_the_shared_file_and_only_with_a_profile() {
    let (tenant, home) = world(Config::default());
    Ran::of(&mut command(&home, "auth0-token", &[])).exits(0);
    Ran::of(&mut command(&home, "auth0-profiles", &["list"])).exits(0);
    let mut from_environment = list(&home, &["--limit", "1"]);
    from_environment
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_ACCESS_TOKEN", tenant.access_token("read:clients", None, 3600));
    Ran::of(&mut from_environment).exits(0);
    assert_eq!(budget_file(&home), None);
    let before = home.files();
    run(&home, &["list", "--limit", "1"]).exits(0);
    assert_eq!(home.files(), before, "the configuration stays as it is");
    let metadata = fs::metadata(budget_file(&home).unwrap()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    assert!(metadata.len() < 1_000);
}

#[test]
fn a_shared_file_that_cannot_be_used_stops_no_command() {
    let (_tenant, home) = world(Config::default());
    let works = || run(&home, &["list", "--limit", "1"]).exits(0);
    works();
    let file_path = budget_file(&home).unwrap();
    let far = u64::MAX;
    for content in [
        String::new(),
        "\0\u{feff}nonsense".repeat(10_000),
        format!("auth0-suite rate 1\npaced {far}\nflight 1 1 1 1 {far}\nend\n"),
        "auth0-suite rate 1\n".to_owned(),
    ] {
        write_private(&file_path, &content);
        works();
        assert!(fs::read_to_string(&file_path).unwrap().starts_with("auth0-suite rate 1\n"));
    }
    // Another process keeps the lock.
    let file = fs::File::open(&file_path).unwrap();
    file.lock().unwrap();
    works();
    run(&home, &["list", "--limit", "1", "-v"])
        .exits(0)
        .says("the rate limit is not shared with other processes");
    drop(file);
    fs::remove_file(&file_path).unwrap();
    fs::create_dir(&file_path).unwrap();
    works();
    #[cfg(unix)]
    {
        fs::remove_dir(&file_path).unwrap();
        let precious = home.path().join("precious");
        write_private(&precious, "precious");
        std::os::unix::fs::symlink(&precious, &file_path).unwrap();
        works();
        assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    }
}

#[test]
fn a_storm_of_429_is_waited_out_by_all_pages_together() {
    let storm = Fault { after: 1, ..Fault::times(FaultKind::Status(429), CLIENTS, 12) };
    let (tenant, home) = world(Config { faults: vec![storm], ..Config::default() });
    Ran::of(&mut list(&home, &[])).exits(0).prints_all(649);
    // Each 429 is one request that was not needed, and there are no others.
    assert_eq!(ours(&tenant).len(), 7 + 12);
}

#[test]
fn ten_pages_are_under_way_together_if_the_rate_limit_allows() {
    let latency = Duration::from_secs(2);
    let (tenant, home) = world(Config { latency, ..Config::default() });
    Ran::of(&mut list(&home, &[])).exits(0).prints_all(649);
    let times: Vec<u64> = ours(&tenant).iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 7);
    assert!(times[1] - times[0] >= 2_000, "the first page says how many there are: {times:?}");
    assert!(times[6] - times[1] < 2_000, "the others do not wait for each other: {times:?}");
}

#[test]
fn a_tenant_with_missing_or_absurd_headers_is_listed() {
    let page = |number: usize| {
        let rows: Vec<_> = (0..100)
            .map(|row| serde_json::json!({"client_id": format!("c{}", number * 100 + row)}))
            .collect();
        serde_json::json!({"total": 700, "start": number * 100, "limit": 100, "clients": rows})
    };
    for [limit, remaining, reset] in [
        ["", "", ""],
        ["0", "0", "0"],
        ["-5", "-5", "-5"],
        ["10", "5000", "99999999999999999999999"],
        ["4294967296", "x", "\u{9b}"],
        ["1000000", "999999", "1"],
    ] {
        let tenant = Tenant::new(move |seen| {
            Reply::json(200, page(seen.number("page").unwrap_or(0)))
                .header("x-ratelimit-limit", limit)
                .header("x-ratelimit-remaining", remaining)
                .header("x-ratelimit-reset", reset)
        });
        let mut command =
            tenant.program("auth0-clients", &["list", "-o", "jsonl", "--limit", "700"]);
        Ran::of(&mut command).exits(0).prints_all(700);
    }
}

impl Ran {
    /// Fails unless this many lines were printed.
    #[track_caller]
    fn prints_all(self, rows: usize) -> Self {
        assert_eq!(self.lines().len(), rows, "{}", self.stderr);
        self
    }
}
