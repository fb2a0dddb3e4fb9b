//! The library under the `auth0-*` binaries, and the map of the house.
//!
//! Four floors; imports point down only. A line of code that needs a socket, a file, the clock or
//! the environment lives above the pure floor; a line that knows clap lives in the shell.
//!
//! | floor | rooms | what happens there |
//! | --- | --- | --- |
//! | **shell** | [`run`], [`cli`], [`cmd`], [`suite`], [`completer`], [`io`], [`error`] | a command line becomes a call, a result becomes an exit code |
//! | **output** | [`output`], [`rawjson`], [`redact`], [`escape`], [`text`] | rows become bytes: table, JSON, JSON lines, CSV, TSV |
//! | **effects** | [`session`], [`login`], [`tenant`], [`management`], [`http`], [`store`], [`cache`], [`loopback`], [`browser`], [`child`], [`platform`], [`interrupt`], [`threads`] | sockets, files, threads, the clock |
//! | **pure** | [`oauth`], [`profile`], [`domain`], [`secret`], [`time`], `loopback::request`, `management::paging` | decisions over data, tested without any of that |
//!
//! Where to look for
//!
//! - **one command**: `cmd/NAME.rs` has its arguments, its help and its work; `bin/auth0-NAME.rs`
//!   is one call of [`run::main`]; [`suite`] lists them all;
//! - **who a command acts as**: [`session::identity`] joins flags, environment and profile, once;
//!   [`session::Session::token`] renews under a lock;
//! - **a sign-in**: [`oauth::flow`] decides, [`login`] drives, [`loopback`] listens;
//! - **what a refusal means**: [`oauth::advice`] for the token endpoint, [`management::refusal`]
//!   for the Management API, `http/failure.rs` for the way there;
//! - **the exit code**: [`error::Kind`], and nowhere else;
//! - **what is printed**: [`io::Out`] is data, [`io::Talk`] everything else.
//!
//! # From another program
//!
//! Everything is synchronous; a [`session::Session`] is shared by threads. A program that lists the
//! clients with the token of a profile, renewed when needed:
//!
//! ```no_run
//! use auth0_suite::error::Error;
//! use auth0_suite::http::Limits;
//! use auth0_suite::io::{Io, Manner};
//! use auth0_suite::management::Management;
//! use auth0_suite::management::listing::{Listing, Paging};
//! use auth0_suite::session::Session;
//!
//! fn main() -> Result<(), Error> {
//!     let mut io = Io::new(Manner::default());
//!     let session = Session::open(Some("acme-admin"), &Limits::default(), &io)?;
//!     let clients = Listing {
//!         what: "list the clients",
//!         path: "/clients",
//!         key: "clients",
//!         query: vec![("fields".into(), "client_id,name".into())],
//!         limit: None,
//!         paging: Paging::Either,
//!     };
//!     // Each row is the API's JSON text, handed over as its page arrives.
//!     clients.each(&Management::open(&session)?, |row| io.out.line(row).map(|()| true))?;
//!     io.out.flush()
//! }
//! ```
//!
//! The pure floor is of use alone. A login is data in, data out; only the exchange itself is left
//! to the caller:
//!
//! ```
//! # fn main() -> Result<(), auth0_suite::error::Error> {
//! use auth0_suite::oauth::authorize::AuthorizationRequest;
//! use auth0_suite::oauth::callback::parse_query;
//! use auth0_suite::oauth::discovery::{Issuer, Metadata};
//! use auth0_suite::oauth::grant::ClientAuth;
//! use auth0_suite::oauth::pkce::Entropy;
//! use auth0_suite::oauth::scope::Scopes;
//!
//! let tenant = Metadata::default_of(&Issuer::at("https://acme.eu.auth0.com")?);
//! let request = AuthorizationRequest {
//!     client_id: "app1".into(),
//!     redirect_uri: "http://127.0.0.1:5000/callback".into(),
//!     scope: Scopes::of(["openid", "read:orders"]),
//!     audience: Some("https://api.example.com".into()),
//!     ..AuthorizationRequest::default()
//! };
//! // 96 bytes from the system's generator: `auth0_suite::tenant::random()`.
//! let (waiting, url) = request.start(Entropy::from_bytes([7; 96]), &tenant);
//! assert!(url.starts_with("https://acme.eu.auth0.com/authorize?"));
//!
//! // What the browser brings back. The waiting state is consumed: no callback counts twice.
//! let query = format!("code=xyz&state={}", waiting.state().expose());
//! let callback = parse_query(&query).expect("a callback");
//! let exchange = waiting.callback(callback)?;
//! let form = exchange.form(&ClientAuth::None).encode();
//! assert!(form.expose().contains("code_verifier="));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/auth0-tally.rs` is a whole command of its own: options, formats, errors and exit codes
//! like those of the suite, in a page of code.

pub mod browser;
pub mod cache;
pub mod child;
pub mod cli;
pub mod cmd;
pub mod completer;
pub mod domain;
pub mod error;
pub mod escape;
pub mod http;
pub mod interrupt;
pub mod io;
pub mod login;
pub mod loopback;
pub mod management;
pub mod oauth;
pub mod output;
pub mod platform;
pub mod profile;
pub mod rawjson;
pub mod redact;
pub mod resource;
pub mod run;
pub mod secret;
pub mod session;
pub mod store;
pub mod suite;
pub mod tenant;
pub mod text;
pub mod threads;
pub mod time;
