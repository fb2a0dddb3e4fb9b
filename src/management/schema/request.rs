//! The schema of a request body that a command builds field by field.

use serde_json::{Map, Value};

use super::{FieldSchema, Problem, Schema, check, connection_options};

/// Bodies whose `options` depend on the `strategy` of the connection.
const BY_STRATEGY: [&str; 2] = ["/connections", "/connections/{id}"];

/// The schema of a body whose fields a person sets one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestBody {
    schema: Schema,
    /// If the body is a bare array: the name of the field that stands for it. Otherwise empty.
    list: &'static str,
    by_strategy: bool,
    options: Option<Schema>,
}

impl RequestBody {
    /// The schema of an operation's body; `path` is the template, as in the catalog.
    pub fn of(method: &str, path: &str) -> Option<Self> {
        let schema = super::body(method, path)?;
        let by_strategy = BY_STRATEGY.contains(&path);
        Some(Self { schema, list: "", by_strategy, options: None })
    }

    /// The same body, a bare array, as an object whose only field has this name.
    #[must_use]
    pub fn named(self, list: &'static str) -> Self {
        Self { list, ..self }
    }

    /// The same body for a known resource: the `strategy` of a connection determines its `options`.
    #[must_use]
    pub fn knowing(self, resource: &Map<String, Value>) -> Self {
        self.for_strategy(resource.get("strategy").and_then(Value::as_str))
    }

    /// The same body, for a connection of this strategy.
    #[must_use]
    pub fn for_strategy(self, strategy: Option<&str>) -> Self {
        let options = strategy.filter(|_| self.by_strategy).and_then(connection_options);
        Self { options: options.or(self.options), ..self }
    }

    /// The schema at the end of a path of field names. In an array, a name refers to a field of its
    /// items.
    pub fn at<'p>(self, path: impl IntoIterator<Item = &'p str>) -> Option<Schema> {
        let path: Vec<&str> = path.into_iter().collect();
        match path.split_first() {
            Some((first, rest)) if !self.list.is_empty() => {
                (*first == self.list).then(|| self.schema.at(rest.iter().copied())).flatten()
            }
            Some((&"options", rest)) if self.options.is_some() => {
                self.options.and_then(|options| options.at(rest.iter().copied()))
            }
            _ => self.schema.at(path),
        }
    }

    /// The names of the top-level fields.
    pub fn names(self) -> Vec<&'static str> {
        match self.list {
            "" => self.fields().into_iter().map(|field| field.name).collect(),
            list => vec![list],
        }
    }

    /// The top-level fields. Empty for a bare array.
    pub fn fields(self) -> Vec<FieldSchema> {
        self.schema.fields()
    }

    /// The problems in `value`. With `whole`, missing required fields are problems too.
    pub fn check(self, value: &Value, whole: bool) -> Vec<Problem> {
        if !self.list.is_empty() {
            let mut problems = check(self.schema, &value[self.list], whole);
            for problem in &mut problems {
                problem.path.insert_str(0, self.list);
            }
            return problems;
        }
        let mut problems = check(self.schema, value, whole);
        if let Some((options, given)) = self.options.zip(value.get("options")) {
            // The schema of the strategy is more exact.
            problems.retain(|it| it.path != "options" && !it.path.starts_with("options."));
            for mut problem in check(options, given, false) {
                let dot = if problem.path.is_empty() { "" } else { "." };
                problem.path = format!("options{dot}{}", problem.path);
                problems.push(problem);
            }
        }
        problems
    }
}

impl From<Schema> for RequestBody {
    fn from(schema: Schema) -> Self {
        Self { schema, list: "", by_strategy: false, options: None }
    }
}
