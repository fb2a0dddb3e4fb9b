//! One command, one file: its arguments, its help and its work.

pub mod api;
pub mod clients;
pub mod completer;
pub mod completions;
pub mod confirm;
pub mod connections;
pub mod examples;
pub mod host;
pub mod login;
pub mod logout;
pub mod options;
pub mod profiles;
pub mod resource_args;
pub mod run;
pub mod suite;
pub mod token;
