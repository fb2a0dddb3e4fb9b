//! Every kind of resource of the Management API, as data.
//!
//! An entry says what the operation catalog and the body schemas do not: what a person calls one,
//! how a name becomes an ID, which columns a list shows, which fields are secret or fixed, and which
//! collections lie below it. Paths, paging, scopes, `fields` and bodies come from the catalog, so
//! that a new plain kind is one entry and no code.

mod applications;
mod extensions;
mod people;
mod security;
mod settings;
#[cfg(test)]
mod tests;

pub use applications::{APIS, CLIENT_GRANTS, CLIENTS, CONNECTIONS};
pub use extensions::ACTIONS;
pub use people::{ORGANIZATIONS, ROLES, USERS};
pub use settings::TENANT_SETTINGS;

use crate::base::error::Error;
use crate::base::text::Hint;
use crate::hint;
use crate::management::catalog::{self, Method, Operation};
use crate::management::change::Object;
use crate::management::schema;
use crate::output::Column;

/// A kind of resource.
#[derive(Debug)]
pub struct Kind {
    /// The name on the command line: plural, in kebab-case.
    pub name: &'static str,
    /// One of them, in a sentence: `client grant`.
    pub singular: &'static str,
    /// Several of them: `client grants`.
    pub plural: &'static str,
    /// The path of the collection, below `/api/v2`; of the resource itself for a singleton.
    pub path: &'static str,
    /// The path template of one of them; [`Kind::path`] for a singleton.
    pub item: &'static str,
    /// The field that holds the ID; empty for a singleton.
    pub id: &'static str,
    /// The form of the IDs that Auth0 issues.
    pub id_form: IdForm,
    /// The field that holds what a person calls it.
    pub name_field: &'static str,
    /// How a name becomes an ID.
    pub find: Find,
    /// What a table shows unless told otherwise.
    pub columns: &'static [Column],
    /// Top-level fields that hold nothing but secrets: not asked for, where the API can leave fields
    /// out.
    pub secrets: &'static [&'static str],
    /// Top-level fields of which a read leaves out secrets: sending them back would erase those, so
    /// a change inside one is refused.
    pub write_only: &'static [&'static str],
    /// Fields that only the API sets: a document with them was shown by it.
    pub read_only: &'static [&'static str],
    /// Fields that cannot change once it is created.
    pub fixed: &'static [&'static str],
    /// Fields that an update must send back if they are set, or the API resets them.
    pub sent_back: &'static [&'static str],
    /// Objects that the API merges: a null, sent, deletes a field in them.
    pub merged: &'static [&'static str],
    /// When a read shows too little to merge a nested change with.
    pub visibility: Option<Visibility>,
    /// The collections below one of them.
    pub members: &'static [Members],
    /// What can be done to one of them beside reading and changing it.
    pub acts: &'static [Act],
    /// The kind whose resources it belongs to one by one: it has that one's ID and name.
    pub owner: Option<&'static Kind>,
    /// The program that works with this kind only; empty for `auth0-resources`.
    pub program: &'static str,
    /// The scope that shows the secrets, if the scope that reads the rest does not.
    pub secrets_scope: Option<&'static str>,
    /// Its dashboard page below `https://manage.auth0.com/dashboard/REGION/TENANT/`, with `{id}`.
    pub dashboard: Option<&'static str>,
}

/// How a read tells that the token may not see what a nested change would be merged with: sending
/// the change would delete what is hidden.
#[derive(Debug)]
pub struct Visibility {
    /// The field that a change must be inside of to matter; `None` for any object.
    pub inside: Option<&'static str>,
    /// Whether what was read shows enough.
    pub enough: fn(&Object) -> bool,
    /// The scope that lets a token see it.
    pub scope: &'static str,
}

/// The form of a kind's IDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    /// This prefix, then letters and digits: `con_0123456789abcdef`.
    Prefix(&'static str),
    /// A client ID: 32 letters and digits as issued today; at least 20 of `A-Za-z0-9_-` in general.
    Client,
    /// A user ID: `provider|id`.
    User,
    /// A UUID.
    Uuid,
    /// Not documented: an ID is only used after a read has found it.
    Unknown,
    /// One of these names.
    Fixed(&'static [&'static str]),
    /// A singleton has no ID.
    None,
}

/// How a name becomes an ID.
#[derive(Clone, Copy, Debug)]
pub enum Find {
    /// The list takes the name as this query parameter; whether it filters exactly is not relied on.
    Query(&'static str),
    /// The list takes a Lucene query as this parameter.
    Search(&'static str),
    /// This path, with the name in its placeholder, answers the one that has it.
    Path(&'static str),
    /// The item's own path takes the name in place of the ID.
    Item,
    /// `A:B` names one by two other resources that it belongs to.
    Pair(&'static [Part; 2]),
    /// The whole list is walked.
    List,
    /// Only by ID: there is no name, or no list to look through.
    IdOnly,
}

/// Something that is done to one resource by a request without a body.
#[derive(Debug)]
pub struct Act {
    /// The word on the command line.
    pub verb: &'static str,
    /// What was done, in the past tense.
    pub done: &'static str,
    /// What it does, in one line of help.
    pub about: &'static str,
    /// The path template of the POST.
    pub path: &'static str,
    /// What is waited for first.
    pub after: Option<Await>,
}

/// A state that a resource reaches by itself.
#[derive(Debug)]
pub struct Await {
    /// The field that tells the state.
    pub field: &'static str,
    /// The state that is waited for.
    pub until: &'static str,
    /// The state that means it never comes.
    pub failed: &'static str,
}

/// One half of a name such as `CLIENT:API`.
#[derive(Debug)]
pub struct Part {
    /// The kind that this half of the name is of.
    pub kind: &'static Kind,
    /// The query parameter and field that holds it.
    pub query: &'static str,
    /// The field of the named resource whose value the parameter takes.
    pub field: &'static str,
}

/// A collection below one resource, such as the permissions of a role.
#[derive(Debug)]
pub struct Members {
    /// The name on the command line: plural, in kebab-case.
    pub name: &'static str,
    /// One of them, in a sentence.
    pub singular: &'static str,
    /// The list's path template: its first placeholder is the resource above.
    pub path: &'static str,
    /// The field that identifies a row.
    pub id: &'static str,
    /// What a person writes to name one.
    pub named: MemberName,
    /// What a table shows unless told otherwise.
    pub columns: &'static [Column],
    /// How one is added, if it can be.
    pub add: Option<Write>,
    /// How one is removed, if it can be.
    pub remove: Option<Write>,
}

/// What a person writes to name a member.
#[derive(Clone, Copy, Debug)]
pub enum MemberName {
    /// An ID or a name of this kind.
    Of(&'static Kind),
    /// `API:PERMISSION`: the identifier or name of an API, and one of its permissions.
    Permission,
    /// The ID of the member itself, or the value of this field.
    Own(&'static str),
}

/// A request that adds or removes members.
#[derive(Clone, Copy, Debug)]
pub struct Write {
    /// The method.
    pub method: Method,
    /// The path template: the first placeholder is the resource above, a second one the member.
    pub path: &'static str,
    /// What the body holds.
    pub body: MemberBody,
}

/// The body of a request that adds or removes members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberBody {
    /// None: the path names the member.
    None,
    /// `{"KEY": [ID, …]}`: several at once.
    Ids(&'static str),
    /// `{"permissions": [{"resource_server_identifier": …, "permission_name": …}, …]}`.
    Permissions,
    /// `{"KEY": ID}` and the fields that were set.
    Id(&'static str),
    /// Only the fields that were set.
    Fields,
    /// The path's resource is the member, and the body names the resource above:
    /// `{"KEY": [ID]}`.
    Above(&'static str),
    /// `[{"client_id": ID, "status": …}, …]`: several at once.
    Statuses(bool),
}

impl Kind {
    /// A kind without any speciality, for struct update syntax.
    pub const PLAIN: Self = Self {
        name: "",
        singular: "",
        plural: "",
        path: "",
        item: "",
        id: "id",
        id_form: IdForm::Unknown,
        name_field: "name",
        find: Find::List,
        columns: &[Column::new("id", "id").whole(), Column::new("name", "name")],
        secrets: &[],
        write_only: &[],
        read_only: &["id", "created_at", "updated_at"],
        fixed: &[],
        sent_back: &[],
        merged: &[],
        visibility: None,
        members: &[],
        acts: &[],
        owner: None,
        program: "",
        secrets_scope: None,
        dashboard: None,
    };

    /// A kind of which a tenant has exactly one.
    pub const SINGLETON: Self = Self {
        id: "",
        id_form: IdForm::None,
        find: Find::IdOnly,
        columns: &[],
        read_only: &[],
        ..Self::PLAIN
    };

    /// Whether a tenant has exactly one of it.
    pub fn is_singleton(&self) -> bool {
        self.id_form == IdForm::None
    }

    /// The operation that lists them.
    pub fn list(&self) -> Option<Operation> {
        (!self.is_singleton()).then(|| operation(Method::Get, self.path)).flatten()
    }

    /// The operation that reads one.
    pub fn show(&self) -> Option<Operation> {
        operation(Method::Get, self.item)
    }

    /// The operation that creates one.
    pub fn create(&self) -> Option<Operation> {
        operation(Method::Post, self.path).or_else(|| operation(Method::Post, self.item))
    }

    /// The operation that changes one: PATCH, else PUT.
    pub fn update(&self) -> Option<Operation> {
        operation(Method::Patch, self.item).or_else(|| operation(Method::Put, self.item))
    }

    /// The operation that deletes one.
    pub fn delete(&self) -> Option<Operation> {
        operation(Method::Delete, self.item)
    }

    /// The path of one of them, with an ID in its placeholder.
    ///
    /// # Errors
    /// Usage, if the ID cannot be a segment of a path.
    pub fn path_of(&self, id: &str) -> Result<String, Error> {
        catalog::fill(self.item, (!self.is_singleton()).then_some(id))
    }

    /// The schema of an operation's body.
    pub fn body(operation: &Operation) -> Option<schema::Schema> {
        schema::body(operation.method.as_str(), operation.path)
    }

    /// The command that works with this kind, as it is typed.
    pub fn command(&self) -> Hint {
        match self.program {
            "" => hint!("auth0-resources {}", self.name),
            program => program.into(),
        }
    }

    /// The field of a creation's answer whose secret is worth keeping.
    pub fn new_secret(&self) -> Option<&'static str> {
        self.secrets.first().copied()
    }

    /// The documented top-level fields: those of the bodies, and those that only the API sets.
    /// Empty if the bodies are not known.
    pub fn fields(&self) -> Vec<&'static str> {
        let bodies = [self.create(), self.update()].into_iter().flatten();
        let mut fields: Vec<&str> = bodies
            .filter_map(|operation| Self::body(&operation))
            .flat_map(|body| body.fields().into_iter().map(|field| field.name))
            .collect();
        if !fields.is_empty() {
            let columns = self.columns.iter().map(Column::top_level);
            fields.extend(columns.chain(self.read_only.iter().chain(self.secrets).copied()));
        }
        fields
    }

    /// The documented values of a field; empty if any are allowed.
    pub fn values(&self, field: &str) -> Vec<&'static str> {
        let body = self.create().as_ref().and_then(Self::body);
        match body.and_then(|body| body.below(field)).map(schema::Schema::kind) {
            Some(schema::Type::Enum(values)) => values.values().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the text has the exact form of an ID that Auth0 issues for this kind.
    pub fn is_id(&self, text: &str) -> bool {
        let alphanumeric = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        match self.id_form {
            IdForm::Prefix(prefix) => text
                .strip_prefix(prefix)
                .is_some_and(|rest| (8..=64).contains(&rest.len()) && alphanumeric(rest)),
            IdForm::Client => text.len() == 32 && alphanumeric(text),
            IdForm::User => text
                .split_once('|')
                .is_some_and(|(provider, id)| !provider.is_empty() && !id.is_empty()),
            IdForm::Uuid => {
                text.len() == 36
                    && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
                    && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
            }
            IdForm::Fixed(names) => names.contains(&text),
            IdForm::Unknown | IdForm::None => false,
        }
    }

    /// Whether the text may be an ID, so that asking for it is worth a request.
    pub fn may_be_id(&self, text: &str) -> bool {
        match self.id_form {
            IdForm::Client => {
                text.len() >= 20
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            }
            // A dot is no segment of a path.
            IdForm::Unknown => !matches!(text, "" | "." | ".."),
            _ => self.is_id(text),
        }
    }
}

/// Every kind, by name.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    [people::KINDS, applications::KINDS, extensions::KINDS, security::KINDS, settings::KINDS]
        .into_iter()
        .flatten()
        .copied()
}

/// The kind of this name, or of one of its other names.
pub fn find(name: &str) -> Option<&'static Kind> {
    let name = match name {
        "apps" | "applications" => "clients",
        "orgs" => "organizations",
        "resource-servers" => "apis",
        "tenant" | "tenants" => "tenant-settings",
        other => other,
    };
    all().find(|kind| kind.name == name)
}

fn operation(method: Method, template: &str) -> Option<Operation> {
    catalog::find(method, template)
        .map(|found| found.operation)
        .filter(|operation| operation.path == template)
}
