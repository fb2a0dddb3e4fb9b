//! What a person wants set: a document, and fields that win over it.

use serde_json::Value;

use crate::base::error::Error;
use crate::base::text::foreign;
use crate::management::body::{self, Field};
use crate::management::change::Object;
use crate::management::schema::{Problem, ProblemKind, RequestBody};

/// A document, and fields that win over it.
#[derive(Clone, Debug, Default)]
pub struct ChangeSet {
    document: Object,
    fields: Vec<Field>,
}

impl ChangeSet {
    /// What a document and single fields say.
    pub fn new(document: Object, fields: Vec<Field>) -> Self {
        Self { document, fields }
    }

    /// The same, with the values of the fields as the API wants them. What the fields themselves say
    /// of the resource is taken into account.
    #[must_use]
    pub fn typed(self, schema: Option<RequestBody>) -> Self {
        let Some(schema) = schema else { return self };
        let schema = match self.over(&Object::new()) {
            Ok(said) => schema.knowing(&said),
            // They contradict each other: said when they are sent.
            Err(_) => schema,
        };
        let fields = self.fields.into_iter().map(|field| field.typed(schema)).collect();
        Self { fields, ..self }
    }

    /// The same, without these fields of the document.
    #[must_use]
    pub fn without<'a>(mut self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        fields.into_iter().for_each(|field| drop(self.document.shift_remove(field)));
        self
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.document.is_empty() && self.fields.is_empty()
    }

    /// Whether a value is appended to a list that is, or is inside of, this field.
    pub fn appends_to(&self, field: &str) -> bool {
        self.fields.iter().any(|set| set.appends_to(field))
    }

    /// Whether something inside this field is set, but not the whole of it.
    pub fn reaches_inside(&self, field: &str) -> bool {
        self.fields.iter().any(|set| set.reaches_inside(field))
    }

    /// The whole, as a change of what is `there`.
    ///
    /// # Errors
    /// Usage, where fields contradict each other.
    pub fn over(&self, there: &Object) -> Result<Object, Error> {
        let there = Value::Object(there.clone());
        let mut document = Value::Object(self.document.clone());
        body::set_all(&mut document, &there, self.fields.iter().cloned())?;
        match document {
            Value::Object(object) => Ok(object),
            _ => Ok(Object::new()),
        }
    }
}

/// What the API's description does not know of a body, as warnings. With a `change`, only what that
/// touches: the rest of the body is what the API itself said.
pub(crate) fn warnings(schema: RequestBody, body: &Object, change: Option<&Object>) -> Vec<String> {
    let problems = schema.check(&Value::Object(body.clone()), change.is_none());
    let told = |problem: &&Problem| {
        let named = matches!(problem.kind, ProblemKind::UnknownField(_));
        change.is_none_or(|change| touches(change, &problem.path, named))
    };
    problems
        .iter()
        .filter(told)
        .map(|problem| format!("{} {}", foreign(&problem.path).named(), problem.kind.words()))
        .collect()
}

/// Whether a change sets something at a path, or, unless only what it names counts, beside it in the
/// same object.
fn touches(change: &Object, path: &str, only_named: bool) -> bool {
    let steps = path.split('.').map(|step| step.trim_end_matches("[]"));
    let mut place = change;
    for (depth, step) in steps.enumerate() {
        match place.get(step) {
            Some(Value::Object(below)) => place = below,
            Some(_) => return true,
            None => return depth > 0 && !only_named,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn only_what_a_change_touches_is_told() {
        let schema = RequestBody::of("PATCH", "/clients/{id}").unwrap();
        let body = object(json!({"nme": "a", "old": 1, "app_type": "spaa"}));
        let change = object(json!({"nme": "a", "app_type": "spaa"}));
        let told = warnings(schema, &body, Some(&change));
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0], "nme is not a documented field; did you mean name?");
        assert!(told[1].starts_with("app_type is not a documented value; did you mean spa"));
    }

    #[test]
    fn values_are_read_as_the_api_wants_them() {
        let schema = RequestBody::of("POST", "/clients").unwrap();
        let set = ["name=1", "sso=true", "client_metadata.tier=2", "client_metadata.x=null"];
        let fields = set.map(|text| Field::parse(text).unwrap()).to_vec();
        let got = ChangeSet::new(Object::new(), fields).typed(Some(schema));
        let got = got.over(&Object::new()).unwrap();
        let wanted = json!({"name": "1", "sso": true, "client_metadata": {"tier": "2", "x": null}});
        assert_eq!(Value::Object(got), wanted);
    }
}
