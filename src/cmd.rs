//! One command, one file: its arguments, its help and its work.

#[doc(hidden)]
pub mod api;
#[doc(hidden)]
pub mod clients;
pub(crate) mod completer;
#[doc(hidden)]
pub mod completions;
pub(crate) mod confirm;
#[doc(hidden)]
pub mod connections;
#[doc(hidden)]
pub mod doctor;
#[doc(hidden)]
pub mod examples;
mod hand_over;
#[doc(hidden)]
pub mod host;
#[doc(hidden)]
pub mod login;
#[doc(hidden)]
pub mod logout;
#[doc(hidden)]
pub mod logs;
pub mod options;
#[doc(hidden)]
pub mod profiles;
pub(crate) mod resource_args;
#[doc(hidden)]
pub mod resources;
pub mod run;
pub(crate) mod short_help;
#[doc(hidden)]
pub mod suite;
#[doc(hidden)]
pub mod tenant;
#[doc(hidden)]
pub mod token;
#[doc(hidden)]
pub mod users;
