//! Signing in and staying signed in, against a tenant over TLS.

mod clock;
mod credentials;
mod hostile;
mod id_token;
mod login;
mod logout;
#[cfg(target_os = "linux")]
mod opened;
mod renewal;
#[cfg(target_os = "linux")]
mod terminal;
mod token;
mod ways;
