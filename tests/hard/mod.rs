//! What a security engineer would try: kills, crowds, hostile tenants and hostile machines.
//!
//! Each test is short in an ordinary run. `AUTH0_LONG_TESTS=1` makes the random ones long.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests write files, read settings of their own, and say how much they tried"
)]

mod answers;
mod concurrency;
mod crash;
#[cfg(unix)] // limits on the size of files, and full file systems
mod disk;
mod editors;
#[cfg(unix)] // strace makes the calls fail, where there is one
mod faults;
#[cfg(unix)] // modes and owners of files
mod files;
mod home;
mod logins;
#[cfg(unix)] // modes and owners of files, and other users
mod machine;
#[cfg(target_os = "linux")] // the memory of a process is read from /proc
mod memory;
mod odd_input;
mod ports;
mod precedence;
mod proxies;
mod rate;
mod secrets;
mod signals;
#[cfg(unix)] // closed and full streams, which a shell sets up
mod streams;
mod tenant;
mod threads;
mod unfinished;

/// How often something random is tried: `short` times, or `long` times when asked for.
fn rounds(short: usize, long: usize) -> usize {
    if std::env::var_os("AUTH0_LONG_TESTS").is_some() { long } else { short }
}

/// A random number below `bound`.
fn below(bound: u64) -> u64 {
    getrandom::u64().unwrap() % bound.max(1)
}
