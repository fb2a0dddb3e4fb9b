//! Secrets that the API takes and never shows: an update must not erase them.

use serde_json::Value;

use crate::base::error::Error;
use crate::base::text::foreign;
use crate::hint;
use crate::management::change::{Object, remove_at, value_at};
use crate::management::schema::{self, RequestBody, Schema, Type};
use crate::resource::kinds::Kind;

/// One step of a path such as `a.b(method=basic).c`: the name, and the field and value that an
/// object must have for the rest of the path to apply.
fn step(text: &'static str) -> (&'static str, Option<(&'static str, &'static str)>) {
    match text.trim_end_matches(')').split_once('(') {
        Some((name, condition)) => (name, condition.split_once('=')),
        None => (text, None),
    }
}

/// The names of a path, without its conditions.
fn names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('.').map(|text| step(text).0)
}

/// A secret that an update would erase.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Erased {
    /// The field that is sent, and replaced whole.
    pub(super) top: &'static str,
    /// Where the secret is, or the name of the field if all of it is secret.
    pub(super) path: &'static str,
}

impl Erased {
    /// The refusal, and what the update needs instead.
    pub(super) fn error(&self) -> Error {
        let top = self.top;
        let path = names(self.path).collect::<Vec<_>>().join(".");
        let error = Error::usage(format!(
            "{top} cannot be changed in part: the API does not show its secrets"
        ));
        if path == top {
            return error
                .because(format!("the API replaces {top} whole, so sending a part of it would erase the secrets; nothing was sent"))
                .hint(hint!("give all of it, with the secrets: --json FILE with {{\"{}\": …}}", top));
        }
        let error = error.because(format!(
            "the API replaces {top} whole, so sending it without {path} would erase that secret; nothing was sent"
        ));
        if path.contains("[]") {
            return error.hint(hint!(
                "give every item with its secret: --json FILE with {{\"{}\": […]}}",
                top
            ));
        }
        let shown = foreign(&path).shown();
        error.hint(hint!(
            "give {} too: --json FILE with {{\"{}\": …}}; if it should have no secret: --set {}=null",
            shown,
            top,
            shown
        ))
    }
}

/// Takes out of what was read all that must not be sent back: the read lacks the secrets in it.
pub(super) fn forget(kind: &Kind, known: &mut Object) {
    for path in kind.write_only {
        remove_at(known, names(path));
    }
}

/// The top-level fields in which a change says that there is no secret: they are sent even if what
/// is shown of them stays as it is.
pub(super) fn cleared(kind: &Kind, change: &Object) -> Vec<&'static str> {
    let is_null = |path: &&'static str| {
        path.contains('.') && value_at(change, names(path)).is_some_and(Value::is_null)
    };
    let paths = kind.write_only.iter().copied().filter(is_null);
    paths.filter_map(|path| path.split('.').next()).collect()
}

/// The first secret that sending `body` would erase. `change` is what was asked for: a null there
/// says that there is no secret. `whole` if the request replaces the resource, not only the fields
/// that it sends.
pub(super) fn erased(
    kind: &Kind,
    schema: Option<RequestBody>,
    body: &Object,
    change: &Object,
    whole: bool,
) -> Option<Erased> {
    for path in kind.write_only {
        let steps: Vec<&'static str> = path.split('.').collect();
        let (first, rest) = steps.split_first()?;
        let top = first.trim_end_matches("[]");
        let missing = match body.get(top) {
            Some(value) if first.ends_with("[]") => value
                .as_array()
                .is_some_and(|items| items.iter().any(|item| lacks(item, None, rest, None))),
            Some(value) => {
                lacks(value, change.get(top), rest, schema.and_then(|schema| schema.at([top])))
            }
            None => false,
        };
        if missing {
            return Some(Erased { top, path });
        }
    }
    let gone = |field: &&str| {
        let takes = schema.is_some_and(|schema| schema.names().contains(field));
        whole && takes && !body.contains_key(*field) && !change.contains_key(*field)
    };
    let tops = kind.write_only.iter().filter(|path| !path.contains(['.', '[']));
    let top = tops.chain(kind.secrets).copied().find(gone)?;
    Some(Erased { top, path: top })
}

/// The fields that a PUT must send again: all that its body takes. A body of any names takes what is
/// there.
pub(super) fn replaced(schema: Option<RequestBody>, before: &Object) -> Vec<&str> {
    match schema.map(RequestBody::names) {
        Some(names) if !names.is_empty() => names,
        _ => before.keys().map(String::as_str).collect(),
    }
}

/// Whether an object lacks the secret at the end of `steps`, although it is of a form that takes it.
fn lacks(
    value: &Value,
    change: Option<&Value>,
    steps: &[&'static str],
    schema: Option<Schema>,
) -> bool {
    let (Some(object), Some((first, rest))) = (value.as_object(), steps.split_first()) else {
        return false;
    };
    let (name, condition) = step(first);
    let changed = change.and_then(|change| change.get(name));
    let below = object.get(name);
    if rest.is_empty() {
        let takes = || schema.is_none_or(|schema| takes(schema, object, name));
        return below.is_none() && changed.is_none() && takes();
    }
    let applies = |below: &&Value| {
        condition.is_none_or(|(field, wanted)| below.get(field).is_some_and(|it| it == wanted))
    };
    let schema = schema.and_then(|schema| schema.below(name));
    below.filter(applies).is_some_and(|below| lacks(below, changed, rest, schema))
}

/// Whether one of the forms of an object that fit its fields has this field too. A secret that no
/// form documents may be in any.
fn takes(schema: Schema, object: &Object, secret: &str) -> bool {
    let has = |form: &schema::ObjectSchema| form.fields().any(|field| field.name == secret);
    let forms = schema.objects();
    forms.iter().all(|form| !has(form))
        || forms.iter().any(|form| {
            has(form)
                && object.iter().all(|(name, value)| {
                    form.fields().any(|field| field.name == name && fits(field.schema, value))
                })
        })
}

/// Whether a value can be of this schema, as far as its documented values tell.
fn fits(schema: Schema, value: &Value) -> bool {
    match schema.kind() {
        Type::Enum(_) => schema::check(schema, value, false).is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resource::kinds;

    /// What sending this would erase.
    fn lost(kind: &str, body: Value, change: Value) -> Option<&'static str> {
        let kind = kinds::find(kind).unwrap();
        let operation = kind.update().unwrap();
        let schema = kind.body(&operation);
        erased(kind, schema, &object(body), &object(change), false).map(|erased| erased.path)
    }

    #[test]
    fn a_secret_is_missed_only_where_the_form_of_the_object_has_it() {
        let missed = |body: Value| lost("log-streams", body, json!({}));
        let http = json!({"sink": {"httpEndpoint": "https://a.example.com"}});
        assert_eq!(missed(http), Some("sink.httpAuthorization"));
        let splunk =
            json!({"sink": {"splunkDomain": "a", "splunkPort": "1", "splunkSecure": true}});
        assert_eq!(missed(splunk), Some("sink.splunkToken"));
        let whole =
            json!({"sink": {"httpEndpoint": "https://a.example.com", "httpAuthorization": "x"}});
        assert_eq!(missed(whole), None);
        assert_eq!(missed(json!({"name": "a"})), None);
        assert_eq!(missed(json!({"sink": null})), None);
        let hook = |authorization: Value| {
            let configuration = json!({"webhook_endpoint": "https://a.example.com", "webhook_authorization": authorization});
            lost(
                "event-streams",
                json!({"destination": {"type": "webhook", "configuration": configuration}}),
                json!({}),
            )
        };
        let path = |secret: &str| {
            format!("destination.configuration.webhook_authorization(method={secret}")
        };
        let (password, token) = (path("basic).password"), path("bearer).token"));
        assert_eq!(hook(json!({"method": "basic", "username": "a"})), Some(password.as_str()));
        assert_eq!(hook(json!({"method": "bearer"})), Some(token.as_str()));
        assert_eq!(hook(json!({"method": "bearer", "token": "t"})), None);
    }

    #[test]
    fn null_says_that_there_is_no_secret() {
        let body = json!({"sink": {"httpEndpoint": "https://a.example.com"}});
        let change = json!({"sink": {"httpAuthorization": null}});
        assert_eq!(lost("log-streams", body, change), None);
    }

    #[test]
    fn every_item_of_a_list_needs_its_secret() {
        let missed = |secrets: Value| lost("actions", json!({"secrets": secrets}), json!({}));
        assert_eq!(
            missed(json!([{"name": "a", "value": "1"}, {"name": "b"}])),
            Some("secrets[].value")
        );
        assert_eq!(missed(json!([{"name": "a", "value": "1"}])), None);
        assert_eq!(missed(json!([])), None);
    }

    fn object(value: Value) -> Object {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn an_update_does_not_start_from_objects_that_lack_their_secrets() {
        let left = |kind: &str, known: Value| {
            let mut known = object(known);
            forget(kinds::find(kind).unwrap(), &mut known);
            Value::from(known)
        };
        let read = json!({"setup": {"type": "OAUTH_APP"}, "name": "a"});
        assert_eq!(left("vault-connections", read), json!({"name": "a"}));
        let read = json!({"sink": {"splunkDomain": "a", "splunkToken": "masked"}, "name": "a"});
        assert_eq!(left("log-streams", read), json!({"sink": {"splunkDomain": "a"}, "name": "a"}));
        // A condition belongs to the step, not to the name of the field.
        let authorization = json!({"method": "basic", "username": "a", "password": "masked"});
        let read =
            json!({"destination": {"configuration": {"webhook_authorization": authorization}}});
        let kept = json!({"method": "basic", "username": "a"});
        let expected = json!({"destination": {"configuration": {"webhook_authorization": kept}}});
        assert_eq!(left("event-streams", read), expected);
    }

    #[test]
    fn a_null_in_place_of_a_secret_is_sent() {
        let sent = |change: Value| cleared(kinds::find("captcha").unwrap(), &object(change));
        assert_eq!(sent(json!({"hcaptcha": {"secret": null}})), ["hcaptcha"]);
        assert!(sent(json!({"hcaptcha": {"secret": "s"}})).is_empty());
        assert!(sent(json!({"hcaptcha": {"site_key": null}})).is_empty());
        assert!(sent(json!({"hcaptcha": null})).is_empty());
        // A field that is a secret as a whole is in the change itself.
        let whole = object(json!({"setup": null}));
        assert!(cleared(kinds::find("vault-connections").unwrap(), &whole).is_empty());
    }

    #[test]
    fn a_replacement_must_send_a_top_level_secret_or_null() {
        let kind = kinds::find("guardian-phone-twilio").unwrap();
        let schema = kind.body(&kind.update().unwrap());
        let lost = |body: Value, change: Value, whole: bool| {
            erased(kind, schema, &object(body), &object(change), whole).map(|erased| erased.path)
        };
        let partial = || json!({"from": "+1", "sid": "AC1"});
        assert_eq!(lost(partial(), json!({"from": "+1"}), true), Some("auth_token"));
        assert_eq!(lost(partial(), json!({"from": "+1"}), false), None);
        assert_eq!(lost(partial(), json!({"auth_token": null}), true), None);
        assert_eq!(lost(json!({"auth_token": "t"}), json!({"from": "+1"}), true), None);
        let config = kinds::find("rules-configs").unwrap();
        let value = config.body(&config.update().unwrap());
        let lost_value = erased(config, value, &Object::new(), &Object::new(), true);
        assert_eq!(lost_value.map(|erased| erased.path), Some("value"));
        // The body of another operation may have no such field.
        let other = kinds::find("log-streams").unwrap();
        let schema = other.body(&other.update().unwrap());
        let body = object(partial());
        assert_eq!(erased(kind, schema, &body, &Object::new(), true), None);
        assert_eq!(erased(kind, None, &body, &Object::new(), true), None);
    }

    #[test]
    fn a_put_sends_every_field_of_its_body() {
        let before = object(json!({"sid": "AC1", "unknown": 1}));
        let kind = kinds::find("guardian-phone-twilio").unwrap();
        let fields = replaced(kind.body(&kind.update().unwrap()), &before);
        assert!(fields.contains(&"auth_token") && !fields.contains(&"unknown"), "{fields:?}");
        assert_eq!(replaced(None, &before), ["sid", "unknown"]);
        // A body of any names.
        let texts = kinds::find("prompt-texts").unwrap();
        let schema = texts.body(&texts.update().unwrap());
        assert_eq!(replaced(schema, &before), ["sid", "unknown"]);
    }

    #[test]
    fn the_refusal_names_the_secret_and_how_to_send_it() {
        let hint = |top, path| {
            let error = Erased { top, path }.error();
            assert_eq!(error.kind(), crate::base::error::ErrorKind::Usage);
            error.hint_text().unwrap().to_owned()
        };
        let webhook = hint(
            "destination",
            "destination.configuration.webhook_authorization(method=basic).password",
        );
        let place = "destination.configuration.webhook_authorization.password";
        assert!(webhook.contains(&format!("--set {place}=null")), "{webhook}");
        assert!(hint("setup", "setup").contains("give all of it"));
        assert!(hint("secrets", "secrets[].value").contains("every item"));
    }
}
