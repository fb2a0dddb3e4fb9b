//! One command, one file: its arguments, its help and its work.

pub mod api;
pub mod clients;
pub mod completions;
mod confirm;
pub mod connections;
pub mod host;
pub mod login;
pub mod logout;
pub mod profiles;
mod progress;
pub mod resource;
pub mod tenant;
pub mod token;
