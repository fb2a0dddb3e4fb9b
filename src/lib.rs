//! The library under the `auth0-*` binaries, and the map of the house.
//!
//! Thirteen rooms, from the command line down to what everything stands on. A room imports only from
//! the rooms below it; `tests/architecture.rs` reads this table and every import, and fails when one
//! points up.
//!
//! | room | job |
//! | --- | --- |
//! | `bin` | one call for each program |
//! | `cmd` | a command for each file or folder: arguments, help, work; what all commands share |
//! | `resource` | kinds of resource as data, and the operations over them |
//! | `management` | the Management API: operations, bodies, lists, calls, changes field by field |
//! | `session` | who a command acts as; a token that is valid now |
//! | `login` | drives a sign-in: browser and loopback, device, the tenant's OAuth endpoints |
//! | `loopback` | the callback listener: pure parser, bounded accept loop, page |
//! | `http` | the only user of ureq: limits, retries, headers, proxies, log |
//! | `profile` | profiles: types, TOML edits, locks, atomic writes, the cache of names |
//! | `output` | rows to bytes in every format; JSON text; redaction |
//! | `term` | stdout, stderr, prompts, progress, interrupts |
//! | `oauth` | OAuth 2.0 and OpenID Connect as decisions over data |
//! | `base` | errors, secrets, foreign text, domains, URLs, times, threads, platforms |
//!
//! Where to look for
//!
//! - **one command**: `cmd/NAME.rs` has its arguments, its help and its work; `bin/auth0-NAME.rs`
//!   is one call of [`cmd::run::main`]; [`cmd::suite`] lists them all;
//! - **who a command acts as**: [`session::identity`] joins flags, environment and profile, once;
//!   [`session::Session::token`] renews under a lock;
//! - **a sign-in**: [`oauth::flow`] decides, [`login`] drives, [`loopback`] listens;
//! - **what a refusal means**: [`oauth::advice`] for the token endpoint, [`management::refusal`]
//!   for the Management API, `http/failure.rs` if no answer came;
//! - **the exit code**: only [`base::error::Kind`];
//! - **what is printed**: [`term::Out`] is data, [`term::Ui`] everything else.
//!
//! # From another program
//!
//! Everything is synchronous; a [`session::Session`] is shared by threads. A program that lists the
//! clients with the token of a profile, renewed when needed:
//!
//! ```no_run
//! use auth0_suite::base::error::Error;
//! use auth0_suite::http::Limits;
//! use auth0_suite::term::{Io, UiOptions};
//! use auth0_suite::management::Management;
//! use auth0_suite::management::catalog::{self, Method};
//! use auth0_suite::management::listing::Listing;
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
//!     // Each row is the API's JSON text, handed over as its page arrives.
//!     clients.each(&Management::open(&session)?, |row| io.out.line(row).map(|()| true))?;
//!     io.out.flush()
//! }
//! ```
//!
//! The room `oauth` can be used without the others. A login is data in, data out; only the exchange itself is left
//! to the caller:
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

pub mod base;
pub mod cmd;
pub mod http;
pub mod login;
pub mod loopback;
pub mod management;
pub mod oauth;
pub mod output;
pub mod profile;
pub mod resource;
pub mod session;
pub mod term;
