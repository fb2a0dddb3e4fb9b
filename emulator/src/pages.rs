//! The HTML pages.

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(c),
        }
        html
    })
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <meta name=color-scheme content='light dark'><link rel=icon href='data:,'><title>{title}</title><style>\
         body{{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#eef1f6,#14171d);color:light-dark(#1c2430,#e6e9ef)}}\
         main{{width:min(22rem,90vw);padding:2rem;border-radius:14px;background:light-dark(#fff,#1e232c);box-shadow:0 8px 30px #0002}}\
         h1{{font-size:1.3rem;margin:0 0 .25rem}}p{{margin:.25rem 0 1rem;color:light-dark(#566072,#a3adbd)}}\
         label{{display:block;font-size:.85rem;margin:.75rem 0 .2rem}}\
         input{{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border:1px solid light-dark(#c5ccd8,#3a4250);border-radius:8px;background:transparent;color:inherit}}\
         button{{font:inherit;margin-top:1rem;padding:.6rem 1.2rem;border-radius:8px;border:1px solid light-dark(#c5ccd8,#3a4250);background:transparent;color:inherit;cursor:pointer}}\
         button.go{{background:#3f59e4;border-color:#3f59e4;color:#fff;margin-right:.5rem}}code{{font-size:1.2rem;letter-spacing:.1em}}\
         </style><main><h1>{title}</h1>{body}</main></html>"
    )
}

/// The login page. The form sends the query back.
pub(crate) fn login(client: &str, query: &str, hint: &str, problem: &str) -> String {
    let email = if hint.is_empty() { "ann@example.com" } else { hint };
    page(
        "Sign in",
        &format!(
            "<p>to the local tenant, for {}</p><p>{}</p><form method=post action='/authorize/decide'><input type=hidden name=query value=\"{}\">\
         <label for=email>E-mail</label><input id=email name=email type=email value=\"{}\" autocomplete=off>\
         <label for=password>Password</label><input id=password type=password value=correct-horse>\
         <button class=go name=decision value=allow>Continue</button><button name=decision value=deny>Deny</button></form>",
            escaped(client),
            escaped(problem),
            escaped(query),
            escaped(email)
        ),
    )
}

/// The device confirmation page.
pub(crate) fn activate(user_code: &str) -> String {
    page(
        "Confirm the code",
        &format!(
            "<p>Is this the code on your device?</p><form method=post action='/activate/decide'><label for=code>Code</label>\
         <input id=code name=user_code value=\"{}\"><button class=go name=decision value=allow>Confirm</button>\
         <button name=decision value=deny>Cancel</button></form>",
            escaped(user_code)
        ),
    )
}

/// A page that only shows a message.
pub(crate) fn message(title: &str, text: &str) -> String {
    page(&escaped(title), &format!("<p>{}</p>", escaped(text)))
}

/// A page that posts the authorization response to the application by itself
/// (OAuth 2.0 Form Post Response Mode).
pub(crate) fn form_post(to: &str, pairs: &[(&str, String)]) -> String {
    let fields: String = pairs
        .iter()
        .map(|(name, value)| {
            format!("<input type=hidden name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
        })
        .collect();
    page(
        "Continue",
        &format!(
            "<form method=post action=\"{}\">{fields}<button class=go>Continue</button></form><script>document.forms[0].submit()</script>",
            escaped(to)
        ),
    )
}

/// A page that posts the authorization response to the window that opened or frames it.
pub(crate) fn web_message(origin: &str, response: &serde_json::Value) -> String {
    let message = serde_json::json!({"type": "authorization_response", "response": response});
    // Escape `<`, so that a JSON string cannot end the script.
    let (message, origin) = (
        message.to_string().replace('<', "\\u003c"),
        serde_json::json!(origin).to_string().replace('<', "\\u003c"),
    );
    page(
        "Signed in",
        &format!(
            "<script>(window.opener || window.parent).postMessage({message}, {origin})</script>"
        ),
    )
}

/// The page that asks whether to sign out. The form sends the parameters back.
pub(crate) fn logout(asked: &std::collections::HashMap<String, String>) -> String {
    let fields: String = asked
        .iter()
        .map(|(name, value)| {
            format!("<input type=hidden name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
        })
        .collect();
    page(
        "Sign out?",
        &format!(
            "<form method=post action='/oidc/logout'>{fields}<input type=hidden name=confirmed value=yes><button class=go>Sign out</button></form>"
        ),
    )
}
