//! `auth0-logs`, against a log that arrives late, in bursts, and over connections that fail.

mod list;
mod tail;
mod tenant;
mod why;
