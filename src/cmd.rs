//! One command, one file: its arguments, its help and its work.

pub mod api;
pub mod clients;
pub mod completer;
pub mod completions;
pub mod confirm;
pub mod connections;
pub mod doctor;
pub mod examples;
mod hand_over;
pub mod host;
pub mod login;
pub mod logout;
pub mod logs;
pub mod options;
pub mod profiles;
pub mod resource_args;
pub mod resources;
pub mod run;
pub(crate) mod short_help;
pub mod suite;
pub mod tenant;
pub mod token;
pub mod users;
