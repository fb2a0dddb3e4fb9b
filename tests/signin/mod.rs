//! Signing in and staying signed in, against a tenant over TLS.

mod hostile;
mod id_token;
mod login;
mod logout;
mod token;
mod ways;
