//! The targets of `fuzz/` on stable Rust: on their seeds, and on random changes to them.
//!
//! In an ordinary run each target gets a short while. `AUTH0_FUZZ_SECONDS=60` shares a minute
//! among them, and `--nocapture` shows how many inputs each was given. The changes begin at a
//! random number that a failure names; `AUTH0_FUZZ_SEED` repeats it.

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "public where it is a library")]
mod targets;

mod mutate;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use mutate::Mutator;
use targets::TARGETS;

/// What an ordinary run may take, in all.
const SHORT: f64 = 4.0;

#[test]
fn every_property_holds_for_the_seeds_and_what_comes_of_them() {
    let seconds = setting("AUTH0_FUZZ_SECONDS").map_or(SHORT, |text| text.parse().unwrap());
    let only = setting("AUTH0_FUZZ_TARGET");
    let seed = setting("AUTH0_FUZZ_SEED").map_or_else(random, |text| text.parse().unwrap());
    let chosen: Vec<_> =
        TARGETS.iter().filter(|(name, _)| only.as_ref().is_none_or(|only| only == name)).collect();
    assert!(!chosen.is_empty(), "there is no target {only:?}");
    let share = Duration::from_secs_f64(seconds / chosen.len() as f64);
    let (mut total, mut failed) = (0, Vec::new());
    // A failure is said once, with its input, below. Other tests panic as ever.
    let (here, usual) = (thread::current().id(), panic::take_hook());
    panic::set_hook(Box::new(move |panic| {
        if thread::current().id() != here {
            usual(panic);
        }
    }));
    for (name, _) in chosen {
        match run(name, share, seed) {
            Ok(executions) => {
                println!("{name:<20} {executions:>10}");
                total += executions;
            }
            Err(failure) => failed.push(failure),
        }
    }
    let _ = panic::take_hook();
    println!("{:<20} {total:>10}  (seed {seed})", "in all");
    assert!(failed.is_empty(), "seed {seed}:\n{}", failed.join("\n"));
}

#[test]
fn both_drivers_have_the_same_targets() {
    let listed = |folder: &str| {
        let mut names: Vec<String> = fs::read_dir(root().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let names: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed("fuzz_targets"), names);
    assert_eq!(listed("corpus"), names, "every target has seeds");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for name in names {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is in fuzz/Cargo.toml");
        let text = fs::read_to_string(root().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "{name} drives itself");
    }
}

/// How many inputs a target was given, or what broke it.
fn run(name: &str, share: Duration, seed: u64) -> Result<u64, String> {
    let seeds = seeds(name);
    let started = Instant::now();
    let mut executions = 0;
    let mut try_one = |bytes: &[u8]| {
        executions += 1;
        panic::catch_unwind(AssertUnwindSafe(|| targets::run(name, bytes))).map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let shown: String = String::from_utf8_lossy(bytes).escape_debug().collect();
            format!("{name}: {}\n  for b\"{shown}\"", text.unwrap_or_default())
        })
    };
    for seed in &seeds {
        try_one(seed)?;
    }
    let mut mutator = Mutator::new(seed);
    while started.elapsed() < share {
        let bytes = mutator.change(&seeds);
        try_one(&bytes)?;
    }
    Ok(executions)
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("corpus").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

#[expect(clippy::disallowed_methods, reason = "settings of the test, not of the suite")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn random() -> u64 {
    getrandom::u64().unwrap()
}
