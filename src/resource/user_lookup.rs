//! Finds a user by what a person calls one: an ID, an e-mail address, a user name or a phone number.

use serde_json::{Map, Value};

use super::logs::filter::either;
use crate::base::error::{Error, Kind};
use crate::base::text::{Shown, foreign};
use crate::base::url::encoded;
use crate::hint;
use crate::management::paging::PageBody;
use crate::management::{Call, Management};

/// Users that are told where a name fits several, at most.
const MOST_TOLD: usize = 10;

/// A user as the API shows it.
pub type User = Map<String, Value>;

/// Finds the user that `text` names; `None` if there is none.
///
/// An e-mail address is looked for as typed and in lower case, because users of databases have it
/// in lower case and others as their provider wrote it.
///
/// # Errors
/// Not found, if it names several users: they are listed. Otherwise the API's.
pub fn find_user(api: &Management<'_>, text: &str) -> Result<Option<User>, Error> {
    let what = format!("find the user {}", foreign(text).named());
    if text.contains('|') {
        let path = format!("/users/{}", encoded(text));
        return match api.call(&Call::get(&what, &path)) {
            Ok(answer) => match serde_json::from_slice(&answer.body) {
                Ok(Value::Object(user)) => Ok(Some(user)),
                _ => Err(unreadable(&what)),
            },
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
    }
    let lower = text.to_lowercase();
    let spellings: &[&str] = if lower == text { &[text] } else { &[text, &lower] };
    let mut users = Vec::new();
    if text.contains('@') {
        for spelling in spellings {
            let query = [("email".to_owned(), (*spelling).to_owned())];
            add(&ask(api, &what, "/users-by-email", &query)?, &mut users);
        }
    } else {
        let search = either(&["username", "phone_number", "name"], spellings);
        let query = [
            ("q".to_owned(), search),
            ("search_engine".to_owned(), "v3".to_owned()),
            ("per_page".to_owned(), MOST_TOLD.to_string()),
        ];
        add(&ask(api, &what, "/users", &query)?, &mut users);
    }
    if users.len() > 1 {
        return Err(ambiguous(text, &users));
    }
    Ok(users.pop())
}

fn ask(
    api: &Management<'_>,
    what: &str,
    path: &str,
    query: &[(String, String)],
) -> Result<Vec<User>, Error> {
    let answer = api.call(&Call { query, ..Call::get(what, path) })?;
    let body = PageBody::parse(answer.text()?, Some("users"))?;
    let read = |row: &&str| serde_json::from_str(row).map_err(|_| unreadable(what));
    body.items.iter().map(read).collect()
}

/// Adds those that are not there yet.
fn add(found: &[User], users: &mut Vec<User>) {
    for user in found {
        if !users.iter().any(|known| known.get("user_id") == user.get("user_id")) {
            users.push(user.clone());
        }
    }
}

fn ambiguous(text: &str, users: &[User]) -> Error {
    let ids = users.iter().filter_map(|user| user.get("user_id")?.as_str());
    let ids = Shown::join(ids.take(MOST_TOLD).map(|id| foreign(id).shown()), ", ");
    Error::new(Kind::NotFound, format!("{} names several users", foreign(text).quoted()))
        .hint(hint!("use an ID: {}", ids))
}

fn unreadable(what: &str) -> Error {
    Error::new(Kind::Unavailable, format!("cannot {what}: the answer is not what the API promises"))
}
