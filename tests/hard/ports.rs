//! Another program has the port of the callback.

use std::net::TcpListener;
use std::process::Stdio;

use auth0_emulator::{Config, Emulator, NATIVE};

use super::home::Home;

#[test]
fn somebody_sits_on_the_callback_port() {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    let login = ["--domain", tenant.domain(), "--client-id", NATIVE, "--no-browser"];
    for host in ["127.0.0.1", "localhost"] {
        let uri = format!("http://{host}:{port}/callback");
        let args = [&login[..], &["--redirect-uri", &uri]].concat();
        home.run("auth0-login", &args).exits(1).says("cannot listen").says(&port.to_string());
    }
    // The next one in order is taken, and held: who comes later does not get it.
    let (taken, free) =
        (format!("http://127.0.0.1:{port}/callback"), "http://127.0.0.1:0/callback");
    let args = [&login[..], &["--redirect-uri", &taken, "--redirect-uri", free]].concat();
    let mut command = home.command("auth0-login", args);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !said.contains("redirect_uri=") {
        assert!(std::io::BufRead::read_line(&mut stderr, &mut said).unwrap() > 0, "{said}");
    }
    let address = said.split("redirect_uri=http%3A%2F%2F127.0.0.1%3A").nth(1).unwrap();
    let chosen: u16 = address.split('%').next().unwrap().parse().unwrap();
    assert!(chosen != port && TcpListener::bind(("127.0.0.1", chosen)).is_err());
    child.kill().unwrap();
    child.wait().unwrap();
}
