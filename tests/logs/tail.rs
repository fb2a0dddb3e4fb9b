use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};

use super::tenant::{Fault, LogTenant, ago, id};
use crate::support::{Ran, Signal, signal};

/// A tail whose lines are read one by one.
struct Tail {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Tail {
    fn start(mut command: Command) -> Self {
        signal::prepare(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// The ID of the next event.
    #[track_caller]
    fn next(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        read_id(line.strip_suffix('\n').unwrap_or_else(|| panic!("it ended: {}", self.said())))
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        let _ = self.child.kill();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }

    /// Ends it; the IDs of the events that were still in the pipe, and what it said at the end. A
    /// line that is not whole counts as not written.
    fn end(mut self, end: impl FnOnce(&mut Child)) -> (Vec<String>, String) {
        end(&mut self.child);
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        self.child.wait().unwrap();
        let whole = rest.rfind('\n').map_or("", |at| &rest[..at]);
        (whole.lines().map(read_id).collect(), said)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn read_id(line: &str) -> String {
    let event: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    event["log_id"].as_str().unwrap().to_owned()
}

/// The ID behind `--from` in what a tail said at its end.
#[track_caller]
fn go_on(said: &str) -> &str {
    let (_, rest) = said.rsplit_once("--from ").unwrap_or_else(|| panic!("no way on: {said}"));
    rest.split_whitespace().next().unwrap()
}

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(id).collect()
}

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn a_hundred_restarts_during_bursts_lose_and_repeat_nothing() {
    let tenant = LogTenant::with_events(20);
    // Every request finds something new, so each run has something to show.
    tenant.state().bursts = [3, 40, 250, 100, 1].into_iter().cycle().take(1_000).collect();
    let mut shown: Vec<String> = Vec::new();
    let mut from = id(19);
    for run in 0..100_usize {
        let mut tail = Tail::start(tenant.command(&["tail", "-o", "jsonl", "--from", &from]));
        // Most runs end in the middle of a page.
        let first = shown.len();
        let enough = (run * 37) % 90 + 1;
        while shown.len() == first
            || shown.len() - first < enough && tenant.state().events.len() > 20 + shown.len()
        {
            shown.push(tail.next());
        }
        let is_killed = run.is_multiple_of(2);
        let (rest, said) = tail.end(|child| match is_killed {
            true => child.kill().unwrap(),
            false => signal::send(child, Signal::INT),
        });
        shown.extend(rest);
        from = shown.last().unwrap().clone();
        if !is_killed {
            assert_eq!(go_on(&said), from, "what was said is what was printed");
        }
    }
    tenant.state().bursts.clear();
    let all = tenant.state().events.len();
    let mut tail = Tail::start(tenant.command(&["tail", "-o", "jsonl", "--from", &from]));
    while shown.len() < all - 20 {
        shown.push(tail.next());
    }
    assert_eq!(shown, ids(20..all));
    assert!(all > 5_000, "there was something to lose: {all}");
}

#[test]
fn every_fault_of_the_network_and_of_the_tenant_is_survived() {
    let tenant = LogTenant::with_events(5);
    let faults = [
        Fault::RateLimit,
        Fault::Status(502),
        Fault::Status(503),
        Fault::Reset,
        Fault::HalfAnswer,
        Fault::Expiry,
    ];
    {
        let mut state = tenant.state();
        state.faults = faults.iter().cloned().collect();
        state.bursts = VecDeque::from([120, 3, 120, 1]);
    }
    let mut tail = Tail::start(tenant.machine(&["tail", "-o", "jsonl", "-n", "2"]));
    // The last lines come first; which they are depends on their dates.
    let shown: Vec<_> = (0..246).map(|_| tail.next()).collect();
    assert!(shown[..2].iter().all(|shown| ids(0..5).contains(shown)), "{shown:?}");
    assert_eq!(shown[2..], ids(5..249));
    assert_eq!(tenant.state().happened, faults.len());
}

#[test]
fn an_outage_that_outlasts_the_retries_does_not_end_a_tail() {
    let tenant = LogTenant::with_events(5);
    tenant.state().bursts = VecDeque::from([100, 2]);
    let args = ["tail", "-o", "jsonl", "--max-retries", "0", "--from", &id(4)];
    let mut tail = Tail::start(tenant.command(&args));
    let mut shown: Vec<_> = (0..100).map(|_| tail.next()).collect();
    // The next request may be under way already: then one answer comes before the fault.
    tenant.state().faults = VecDeque::from([Fault::Html]);
    tenant.state().bursts.push_back(3);
    while shown.len() < tenant.state().events.len() - 5 || !tenant.state().faults.is_empty() {
        shown.push(tail.next());
    }
    assert_eq!(shown, ids(5..5 + shown.len()));
    assert!(tail.said().contains("the tail goes on when it can"));
}

#[test]
fn a_start_that_fails_ends_at_once_and_a_token_that_is_refused_says_how_to_go_on() {
    let tenant = LogTenant::with_events(5);
    tenant.state().faults = VecDeque::from([Fault::Forgotten]);
    tenant.run(&["tail", "--from", "900"]).exits(8).says("--since 24h");
    tenant.state().faults = VecDeque::from([Fault::Status(403)]);
    tenant.run(&["tail", "--from", "900"]).exits(4);
    tenant.state().bursts = VecDeque::from([100]);
    let mut tail = Tail::start(tenant.command(&[
        "tail",
        "-o",
        "jsonl",
        "--user",
        "user1@a.example",
        "--from",
        &id(4),
    ]));
    assert_eq!(tail.next(), id(11));
    tenant.state().faults.push_back(Fault::Status(401));
    let (_, said) = tail.end(|_| {});
    assert!(said.contains("auth0-logs tail --user user1@a.example --from 900"), "{said}");
    assert_eq!(go_on(&said), id(104), "what was filtered out is not read again");
}

#[test]
fn a_forgotten_checkpoint_is_told_and_repeats_nothing() {
    let tenant = LogTenant::with_events(5);
    tenant.state().bursts = VecDeque::from([100, 10]);
    let mut tail = Tail::start(tenant.command(&["tail", "-o", "jsonl", "--from", &id(4)]));
    let mut shown: Vec<_> = (0..100).map(|_| tail.next()).collect();
    tenant.state().faults.push_back(Fault::Forgotten);
    tenant.state().bursts.push_back(7);
    while shown.len() < tenant.state().events.len() - 5 || !tenant.state().faults.is_empty() {
        shown.push(tail.next());
    }
    assert_eq!(shown, ids(5..5 + shown.len()));
    assert!(tail.said().contains("no longer keeps the event to read on from"));
}

#[test]
fn a_burst_of_ten_thousand_events_is_read_in_order() {
    let tenant = LogTenant::with_events(10_000);
    let since = ago(3_600);
    for event in &mut tenant.state().events {
        event["date"] = json!(ago(1_000));
    }
    let end = ago(900);
    let ran = tenant.run(&["tail", "-o", "jsonl", "--since", &since, "--until", &end]).exits(0);
    let shown: Vec<_> = ran.lines().into_iter().map(read_id).collect();
    assert_eq!(shown, ids(0..10_000));
    // Nothing but the API's own parameters goes with a checkpoint.
    for seen in tenant.fake.seen().iter().filter(|seen| seen.param("from").is_some()) {
        let names: Vec<_> = seen.query.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["from", "take"]);
    }
}

#[test]
fn filters_run_on_this_side() {
    let tenant = LogTenant::with_events(300);
    for event in &mut tenant.state().events {
        event["date"] = json!(ago(1_000));
    }
    let (since, until) = (ago(3_600), ago(900));
    let run = |more: &[&str]| {
        let mut args = vec!["tail", "-o", "jsonl", "--since", &since, "--until", &until];
        args.extend(more);
        tenant.run(&args).exits(0).lines().len()
    };
    assert_eq!(run(&[]), 300);
    assert_eq!(run(&["--failed"]), 100);
    assert_eq!(run(&["--user", "User3@a.example", "--type", "fp,s"]), 30);
    assert_eq!(run(&["-q", "type:f* AND user_name:user3*"]), 10);
    assert_eq!(run(&["-q", "NOT client_id:app1"]), 0);
    tenant.run(&["tail", "-q", "email:x"]).exits(2).says("those that can");
    tenant.run(&["tail", "-q", "type:s type:f"]).exits(2).says("AND or OR");
    tenant.run(&["tail", "-o", "json"]).exits(2).says("-o jsonl");
    tenant.run(&["tail", "-n", "101"]).exits(2);
    tenant.run(&["tail", "-n", "1", "--from", "9"]).exits(2).says("cannot be used with");
}

#[test]
fn the_command_that_goes_on_has_the_query_or_says_that_it_lacks() {
    let tenant = LogTenant::with_events(5);
    tenant.state().events.iter_mut().for_each(|event| event["date"] = json!(ago(1_000)));
    let until = ago(900);
    let run = |query: &str| {
        tenant
            .run(&["tail", "-q", query, "--since", "1h", "--until", &until, "-o", "jsonl"])
            .exits(0)
    };
    run("client_name:\"My App\" OR type:f")
        .says("auth0-logs tail -q 'client_name:\"My App\" OR type:f' --until ");
    run("client_name:\"It's\"").says(
        "to go on from here, with your own value in place of LUCENE: auth0-logs tail -q LUCENE",
    );
}

#[test]
fn the_timeout_bounds_the_start_and_not_the_tail() {
    let tenant = LogTenant::with_events(5);
    tenant.state().bursts = VecDeque::from([1, 1, 1]);
    let mut tail =
        Tail::start(tenant.command(&["tail", "-o", "jsonl", "--timeout", "1", "-n", "0"]));
    // The third burst comes after two waits of a second.
    let shown: Vec<_> = (0..3).map(|_| tail.next()).collect();
    assert_eq!(shown, ids(5..8));
}

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn ctrl_c_ends_an_idle_tail_at_once_and_says_how_to_go_on() {
    use std::time::{Duration, Instant};
    let tenant = LogTenant::with_events(5);
    let mut tail = Tail::start(tenant.command(&["tail", "-o", "jsonl", "-n", "100", "--failed"]));
    assert_eq!([tail.next(), tail.next()], [id(0), id(3)]);
    // Nothing else will come; without headers it waits for five seconds.
    while !tenant.fake.seen().iter().any(|seen| seen.param("from").is_some()) {
        std::thread::yield_now();
    }
    let pressed = Instant::now();
    signal::send(&tail.child, Signal::INT);
    let status = tail.child.wait().unwrap();
    assert!(pressed.elapsed() < Duration::from_secs(4), "{:?}", pressed.elapsed());
    let said = tail.said();
    let output = Output { status, stdout: Vec::new(), stderr: said.clone().into_bytes() };
    Ran::read(&Command::new("auth0-logs"), output).dies_of(Signal::INT);
    assert!(said.contains("auth0-logs tail --failed --from "), "{said}");
    assert_eq!(go_on(&said), id(4), "the last event was filtered out");
}

#[test]
fn a_closed_pipe_ends_a_tail_quietly() {
    let tenant = LogTenant::with_events(5);
    tenant.state().bursts = VecDeque::from([100, 100, 100]);
    let mut child = tenant
        .command(&["tail", "-o", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    Ran::read(&Command::new("auth0-logs"), output).exits(0).prints("");
}

#[test]
fn a_table_shows_each_event_when_it_arrives() {
    let tenant = LogTenant::with_events(3);
    tenant.state().bursts = VecDeque::from([1]);
    let mut child = tenant
        .command(&["tail", "-n", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<_> = out.lines().take(3).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lines[0].starts_with("DATE"), "{lines:?}");
    assert!(lines[2].contains("login failed: wrong password"), "{lines:?}");
}

#[cfg(target_os = "linux")] // the memory of a process is read from /proc
#[test]
fn a_tail_costs_the_same_memory_however_much_it_has_shown() {
    let peak = |events: usize| {
        let tenant = LogTenant::with_events(events);
        for event in &mut tenant.state().events {
            event["date"] = json!(ago(1_000));
        }
        let (since, until) = (ago(3_600), ago(900));
        let args = ["tail", "-o", "jsonl", "--since", &since, "--until", &until];
        let (ran, peak, _) = Ran::watched(&mut tenant.command(&args), b"");
        assert_eq!(ran.exits(0).lines().len(), events);
        peak
    };
    let (few, many) = (peak(2_000), peak(40_000));
    assert!(few.abs_diff(many) <= 2, "{few} MiB, then {many} MiB");
    assert!(many <= 24, "{many} MiB");
}
