//! `auth0-tenant`: export and diff.

mod diff;
mod export;
mod folder;
mod refusals;
mod settings;
mod world;
