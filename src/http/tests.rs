use std::net::TcpListener;
use std::time::Instant;

use super::*;
use crate::term::{Io, UiOptions};

#[test]
fn a_failed_connection_makes_the_resolver_ask_again() {
    let io = Io::new(UiOptions::default());
    let http = Http::new(io.env, &io.ui, &Limits::new(None, Some(0)), Instant::now());
    http.addresses.remember("tenant.invalid:443", vec![([192, 0, 2, 1], 443).into()]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://localhost:{}/", closed.port());
    let error = http.send(&Request::get(&url)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(http.addresses.is_empty(), "an unreachable address is still cached");
}
