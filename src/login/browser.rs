//! Authorization Code with PKCE over a loopback redirect (RFC 7636, RFC 8252).

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::text::{Hint, foreign};
use crate::base::threads;
use crate::hint;
use crate::http::Retry;
use crate::login::SignInLimit;
use crate::login::handover::BrowserTarget;
use crate::login::launch;
use crate::login::pasted::PastedLines;
use crate::login::tenant::{TenantClient, random};
use crate::loopback::{Answered, Listener, Page, RedirectUri, Tab, WaitError};
use crate::oauth::advice::RequestContext;
use crate::oauth::authorize::AuthorizationRequest;
use crate::oauth::flow::Exchange;
use crate::oauth::grant::{ClientAuth, GrantType};
use crate::oauth::pkce::Entropy;
use crate::oauth::tokens::Tokens;
use crate::term::{Io, Ui};

/// The parameters of a login in the browser, besides the tenant.
pub(crate) struct BrowserLogin<'a> {
    /// The request. Its `redirect_uri` is filled in once a port is bound.
    pub request: AuthorizationRequest,
    /// The redirect URIs to listen on, tried in order.
    pub redirect_uris: &'a [RedirectUri],
    /// The command that opens the page, or `None` for the system's browser.
    pub command: Option<&'a str>,
    /// Print the address instead of opening it, and also accept the final address on stdin.
    pub no_browser: bool,
    /// The secret of a confidential application.
    pub client_secret: Option<&'a Secret>,
    /// The time limit.
    pub limit: SignInLimit,
}

/// Signs in and passes the tokens to `keep`. The browser's page shows the result afterwards.
///
/// # Errors
/// Not signed in if no callback arrived or the tenant refused, or any error of `keep`.
pub(crate) fn sign_in_with_browser<T>(
    tenant: &TenantClient<'_>,
    login: BrowserLogin<'_>,
    io: &Io,
    keep: impl FnOnce(Tokens) -> Result<(T, String), Error>,
) -> Result<T, Error> {
    // Listen before the browser opens, so that the callback finds us.
    let mut listener = Listener::bind(login.redirect_uris)?;
    let request = AuthorizationRequest {
        redirect_uri: listener.redirect_uri().to_owned(),
        ..login.request.clone()
    };
    let issuer = tenant.metadata.issuer.as_str().trim_end_matches('/');
    let domain = issuer.strip_prefix("https://").unwrap_or(issuer).to_owned();
    let (client_id, audience, scope) =
        (request.client_id.clone(), request.audience.clone(), request.scope.clone());
    let (waiting, url) = request.start(Entropy::from_bytes(random()?), &tenant.metadata);

    let opened = open(&url, &login, &mut listener, io);
    let state = waiting.state().clone();
    let error_page_hint = error_page_hint(waiting.redirect_uri(), &client_id);
    let reminder = remind(error_page_hint.clone(), io.ui.clone());
    let answered = listener
        .wait(&state, login.limit.deadline(), &|notice| io.ui.warn(notice))
        .map_err(|error| no_callback(error, error_page_hint, login.limit))?;
    drop((reminder, opened));
    io.ui.clear_status();
    let Answered { callback, tab } = answered;

    let exchanged = || {
        let exchange = waiting.callback(callback)?;
        let auth = login
            .client_secret
            .map_or(ClientAuth::None, |secret| ClientAuth::Secret(secret.clone()));
        let context = RequestContext {
            grant: GrantType::AuthorizationCode,
            client_id: &client_id,
            audience: audience.as_deref().unwrap_or_default(),
            scope: Some(&scope),
        };
        keep(exchange_code(tenant, exchange, &auth, context)?)
    };
    show(tab, &domain, exchanged())
}

/// Exchanges the code once, and validates the ID token.
fn exchange_code(
    tenant: &TenantClient<'_>,
    exchange: Exchange,
    auth: &ClientAuth,
    context: RequestContext<'_>,
) -> Result<Tokens, Error> {
    let response = tenant
        .post_token(&exchange.form(auth), Retry::NotSent)?
        .map_err(|e| e.into_error(context))?;
    exchange.received(response).validate(tenant.moment(), |_| tenant.keys())
}

/// Shows the result in the tab, and closes its connection before the process continues.
fn show<T>(tab: Tab, domain: &str, result: Result<(T, String), Error>) -> Result<T, Error> {
    match result {
        Ok((kept, who)) => {
            tab.finish(&Page::SignedIn { domain: domain.to_owned(), name: Some(who) });
            Ok(kept)
        }
        Err(error) => {
            let why = error.causes().first().map(|why| format!(": {why}")).unwrap_or_default();
            let next = error.hint_text().unwrap_or("See the terminal for details.").to_owned();
            tab.finish(&Page::Failed {
                what: capitalized(&format!("{error}{why}")),
                next: capitalized(&next),
            });
            Err(error)
        }
    }
}

/// Turns a message for the terminal into a sentence for the page.
fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Opens the login page, or prints its URL. The returned values must live until the login has
/// ended.
fn open(
    url: &str,
    login: &BrowserLogin<'_>,
    listener: &mut Listener,
    io: &Io,
) -> (Option<BrowserTarget>, Option<PastedLines>) {
    let ui = io.ui.clone();
    let again = url.to_owned();
    let by_hand = move |ui: &Ui, url: &str| {
        ui.present("Open this address in a browser:", url);
    };
    let opened = if login.no_browser {
        by_hand(&io.ui, url);
        None
    } else {
        let opened = BrowserTarget::new(url, listener).and_then(|target| {
            launch::launch(target.as_str(), login.command, io.env, move |why| {
                ui.warn(why);
                by_hand(&ui, &again);
            })?;
            Ok(target)
        });
        match opened {
            Ok(target) => {
                io.ui.offer("Your browser is opening. If it does not, open this address:", url);
                Some(target)
            }
            Err(error) => {
                io.ui.warn(format_args!("{error}: {}", error.causes().join("; ")));
                by_hand(&io.ui, url);
                io.ui.say_hint(
                    "",
                    &"`auth0-login --device` needs no browser on this machine, and \
                      `auth0-login --no-browser` does not look for one."
                        .into(),
                );
                None
            }
        }
    };
    // In a script, stdin may hold other data, so read it only with `--no-browser`.
    let pasted = (login.no_browser || io.interactive).then(|| {
        if opened.is_none() {
            io.ui.say(
                "If that browser runs on another machine, its last page is an error page: \
                 paste the address of that page here.",
            );
        }
        PastedLines::take(listener.handle())
    });
    io.ui.status(format_args!("waiting for the sign-in at {} …", listener.redirect_uri()));
    (opened, pasted)
}

/// The likely reasons for a missing callback: Auth0's error pages never redirect to the
/// application.
fn error_page_hint(redirect_uri: &str, client_id: &str) -> Hint {
    let client_id = foreign(client_id).named();
    hint!(
        "does the page show an error?\n  \
         Callback URL mismatch: add this line to Applications → {} → Settings → Allowed Callback URLs:\n    \
         {}\n  \
         Unknown client: the tenant has no application {}; check --client-id and --domain",
        client_id,
        foreign(redirect_uri).shown(),
        client_id
    )
}

/// Prints a hint after 20 s, because the person may be looking at an error page. Dropping the
/// returned value cancels it.
fn remind(error_page_hint: Hint, ui: Ui) -> Sender<()> {
    const REMIND_AFTER: Duration = Duration::from_secs(20);
    let (cancel, cancelled) = channel();
    // If no thread can be started, there is no reminder.
    let _ = threads::start("reminder", move || {
        if cancelled.recv_timeout(REMIND_AFTER) == Err(RecvTimeoutError::Timeout) {
            ui.say_hint("Still waiting: ", &error_page_hint);
        }
    });
    cancel
}

fn no_callback(error: WaitError, error_page_hint: Hint, limit: SignInLimit) -> Error {
    match error {
        WaitError::TimedOut => Error::new(
            ErrorKind::NotSignedIn,
            format!("the login was not completed within {limit}"),
        )
        .code("timeout")
        .because("the page was closed, or it showed an error, after which Auth0 sends no callback")
        .hint(error_page_hint),
        WaitError::Cancelled => Error::new(ErrorKind::Interrupted, "the sign-in was cancelled"),
        WaitError::Io(e) => {
            Error::new(ErrorKind::Failure, "cannot wait for the callback").caused_by(&e)
        }
    }
}
