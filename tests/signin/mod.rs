//! Signing in and staying signed in, against a tenant over TLS.

mod login;
