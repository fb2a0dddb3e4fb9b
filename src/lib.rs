//! The library behind the `auth0-*` programs, and a map of its modules.
//!
//! There are thirteen rooms, listed from the command line down. A room imports only from the rooms
//! below it: `tests/architecture.rs` reads this table and checks every import.
//!
//! | room | job |
//! | --- | --- |
//! | `bin` | one call for each program |
//! | `cmd` | the commands, each with its arguments, help and work, and what they share |
//! | `resource` | kinds of resource as data, and the operations on them |
//! | `management` | the Management API: operations, bodies, lists, calls, changes |
//! | `session` | who a command acts as, with a token that is valid now |
//! | `login` | runs a sign-in: browser and loopback, device, the tenant's OAuth endpoints |
//! | `loopback` | the callback listener: request parser, bounded accept loop, pages |
//! | `http` | the only user of ureq: limits, retries, headers, proxies, log |
//! | `profile` | profiles: types, TOML edits, locks, atomic writes, the cache of names |
//! | `output` | renders rows in every format; JSON text; redaction |
//! | `term` | stdout, stderr, prompts, progress, interrupts |
//! | `oauth` | OAuth 2.0 and OpenID Connect as pure functions over data |
//! | `base` | errors, secrets, foreign text, domains, URLs, times, threads, platforms |
//!
//! Where to look:
//!
//! - **one command**: `cmd/NAME.rs` has its arguments, its help and its work; `bin/auth0-NAME.rs`
//!   is one call of [`cmd::run::main`]; [`cmd::suite`] lists them all;
//! - **who a command acts as**: [`session::identity`] joins flags, environment and profile, once;
//!   [`session::Session::token`] renews under a lock;
//! - **a sign-in**: [`oauth::flow`] decides, `login` drives, [`loopback`] listens;
//! - **what a refusal means**: [`oauth::advice`] for the token endpoint, `management::refusal`
//!   for the Management API, `http/failure.rs` if no answer came;
//! - **the exit code**: only [`base::error::ErrorKind`];
//! - **what is printed**: [`term::Out`] is data, [`term::Ui`] everything else.
//!
//! # From another program
//!
//! What is documented here is for other programs: a session, calls and lists of the Management API,
//! the pure room `oauth`, the callback listener, profiles, output and errors, and for commands of
//! your own [`cmd::run`] and [`cmd::options`]. Everything else is private, but for modules that the
//! programs, tests and fuzz targets of this workspace need: those are hidden from the documentation
//! and may change at any time.
//!
//! Everything is synchronous. Threads can share a [`session::Session`]. This program lists the clients
//! with the token of a profile, which is refreshed if necessary:
//!
//! ```no_run
//! use auth0_suite::base::error::Error;
//! use auth0_suite::http::Limits;
//! use auth0_suite::term::{Io, UiOptions};
//! use auth0_suite::management::Management;
//! use auth0_suite::management::catalog::{self, Method};
//! use auth0_suite::management::paging::Listing;
//! use auth0_suite::session::Session;
//!
//! fn main() -> Result<(), Error> {
//!     let mut io = Io::new(UiOptions::default());
//!     let session = Session::open(Some("acme-admin"), &Limits::default(), &io)?;
//!     let clients = Listing {
//!         what: "list the clients",
//!         path: "/clients",
//!         operation: catalog::find(Method::Get, "/clients").expect("it is in the catalog").operation,
//!         query: vec![("fields".into(), "client_id,name".into())],
//!         limit: None,
//!     };
//!     // Each row is the API's JSON text. It arrives with its page.
//!     clients.each(&Management::open(&session)?, |row| io.out.line(row).map(|()| true))?;
//!     io.out.flush()
//! }
//! ```
//!
//! The room `oauth` can be used without the others. It neither sends nor reads anything, so the
//! caller makes the requests:
//!
//! ```
//! # fn main() -> Result<(), auth0_suite::base::error::Error> {
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
//! // 96 bytes from the system's generator: `auth0_suite::login::tenant::random()`.
//! let (waiting, url) = request.start(Entropy::from_bytes([7; 96]), &tenant);
//! assert!(url.starts_with("https://acme.eu.auth0.com/authorize?"));
//!
//! // The browser's callback. It consumes the waiting state, so it cannot be used twice.
//! let query = format!("code=xyz&state={}", waiting.state().expose());
//! let callback = parse_query(&query).expect("a callback");
//! let exchange = waiting.callback(callback)?;
//! let form = exchange.form(&ClientAuth::None).encode();
//! assert!(form.expose().contains("code_verifier="));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/auth0-tally.rs` is a complete command: its options, formats, errors and exit codes are
//! like those of the suite.

pub mod base;
pub mod cmd;
pub mod http;
pub(crate) mod login;
pub mod loopback;
pub mod management;
pub mod oauth;
pub mod output;
pub mod profile;
#[doc(hidden)]
pub mod resource;
pub mod session;
pub mod term;
