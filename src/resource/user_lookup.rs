//! Finds users by what a person calls one: an e-mail address, a user name, a phone number or a name.

use super::logs::filter::either;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, foreign};
use crate::hint;
use crate::management::change::Object;
use crate::management::paging::PageBody;
use crate::management::{Call, Management};

/// Users that one name may fit and that are looked at.
const MOST: usize = 50;

/// The fields that say how a person names a user.
const NAMED_BY: [&str; 4] = ["email", "username", "phone_number", "name"];

/// The users that have `text` as their e-mail address, user name, phone number or name. An ID is
/// looked up elsewhere.
///
/// An e-mail address is looked for as typed and in lower case, because users of databases have it
/// in lower case and others as their provider wrote it.
///
/// # Errors
/// The API's.
pub(crate) fn candidates(api: &Management<'_>, text: &str) -> Result<Vec<Object>, Error> {
    let what = format!("find the user {}", foreign(text).named());
    let lower = text.to_lowercase();
    let spellings: &[&str] = if lower == text { &[text] } else { &[text, &lower] };
    let mut users: Vec<Object> = Vec::new();
    if text.contains('@') {
        for spelling in spellings {
            let query = [("email".to_owned(), (*spelling).to_owned())];
            add(ask(api, &what, "/users-by-email", &query)?, &mut users);
        }
    } else if !text.trim().is_empty() && !text.contains('|') {
        let query = [
            ("q".to_owned(), either(&["username", "phone_number", "name"], spellings)),
            ("search_engine".to_owned(), "v3".to_owned()),
            ("per_page".to_owned(), MOST.to_string()),
        ];
        add(ask(api, &what, "/users", &query)?, &mut users);
    }
    // Whether the search compares whole names is not relied on.
    let is_named = |user: &Object| {
        let names = NAMED_BY.iter().filter_map(|field| user.get(*field)?.as_str());
        names.into_iter().any(|name| name.to_lowercase() == lower)
    };
    users.retain(is_named);
    Ok(users)
}

/// The command that looks for users by a part of a name, if no user has it in full.
pub(crate) fn search_for_part(text: &str) -> Hint {
    let (field, name) = match text.split_once('@') {
        Some((local, _)) => ("email", local),
        None => ("name", text),
    };
    // Other characters mean something in a query, or separate words in it.
    let parts = name.split(|c: char| !c.is_alphanumeric() && !"._-".contains(c));
    let part = parts.max_by_key(|part| part.chars().count()).unwrap_or_default();
    let is_id = text.contains('|');
    // The search refuses a * before fewer than three characters.
    let query = match part.chars().count() {
        0 => return "auth0-users list".into(),
        _ if is_id => return "auth0-users list".into(),
        1..3 => format!("{field}:{part}*"),
        _ => format!("{field}:*{part}*"),
    };
    hint!("auth0-users list -q {}", foreign(&query).in_command("'name:*PART*'"))
}

fn ask(
    api: &Management<'_>,
    what: &str,
    path: &str,
    query: &[(String, String)],
) -> Result<Vec<Object>, Error> {
    let answer = api.call(&Call { query, ..Call::get(what, path) })?;
    let body = PageBody::parse(answer.text()?, Some("users"))?;
    let read = |row: &&str| serde_json::from_str(row).map_err(|_| unreadable(what));
    body.items.iter().map(read).collect()
}

/// Adds those that are not there yet.
fn add(found: Vec<Object>, users: &mut Vec<Object>) {
    for user in found {
        if !users.iter().any(|known| known.get("user_id") == user.get("user_id")) {
            users.push(user);
        }
    }
}

fn unreadable(what: &str) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!("cannot {what}: the answer is not what the API promises"),
    )
}
