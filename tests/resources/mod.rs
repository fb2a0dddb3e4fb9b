//! `auth0-clients` and `auth0-connections` against the emulator.

mod clients;
mod connections;
mod faults;
mod lists;
mod run;
