//! The types that describe a kind of resource, its collections and its actions.

mod members;

use crate::management::catalog::Method;
use crate::management::change::Object;
use crate::output::Column;

pub use self::members::{MemberBody, MemberName, MemberWrite, Members};

/// The ID, in tables.
pub(super) const ID: Column = Column::new("id", "id").whole();

/// The name, in tables.
pub(super) const NAME: Column = Column::new("name", "name");

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
    /// What names one on the command line, in help.
    pub named_by: &'static str,
    /// The field that holds what a person calls it.
    pub name_field: &'static str,
    /// How a name becomes an ID.
    pub find: NameLookup,
    /// Columns of a table if no fields are chosen.
    pub columns: &'static [Column],
    /// Top-level fields that hold nothing but secrets: not asked for, where the API can leave fields
    /// out.
    pub secrets: &'static [&'static str],
    /// Secrets that the API takes and never shows: a top-level field of which nothing useful is
    /// shown, or the path of a secret inside a field that is shown without it: `a.b`, `list[].b`, or
    /// `a(method=basic).b` if only such an `a` has it. The API replaces a
    /// top-level field whole, so an update must not send one without its secret.
    pub write_only: &'static [&'static str],
    /// Fields that a read must ask for by name, because the API leaves them out otherwise.
    pub asked_for: &'static [&'static str],
    /// The field that stands for the whole body, where the API's own is a bare array; else empty.
    pub bare: &'static str,
    /// Fields that only the API sets: a document with them was shown by it.
    pub read_only: &'static [&'static str],
    /// The name under which the API shows a field, and the one under which it takes it, if they
    /// differ. Here it always has the second.
    pub renamed: Option<(&'static str, &'static str)>,
    /// Fields that cannot change once it is created: at the top, or dotted names inside an object.
    pub fixed: &'static [&'static str],
    /// Fields that an update must send back if they are set, or the API resets them.
    pub sent_back: &'static [&'static str],
    /// Objects that the API merges field by field: sending null deletes a field.
    pub merged: &'static [&'static str],
    /// When a read shows too little to merge a nested change with.
    pub visibility: Option<Visibility>,
    /// The collections below one of them.
    pub members: &'static [Members],
    /// Further actions on one of them.
    pub acts: &'static [Act],
    /// The kind whose resources it belongs to one by one: it has that one's ID and name.
    pub owner: Option<&'static Kind>,
    /// The program that works with this kind only; empty for `auth0-resources`.
    pub program: &'static str,
    /// Query parameters of a list that leave out rows of other kinds.
    pub only: &'static [(&'static str, &'static str)],
    /// The scope that shows the secrets, if the scope that reads the rest does not.
    pub secrets_scope: Option<&'static str>,
    /// Its dashboard page below `https://manage.auth0.com/dashboard/REGION/TENANT/`, with `{id}`.
    pub dashboard: Option<&'static str>,
}

/// How a read tells that the token may not see what a nested change would be merged with: sending
/// the change would delete what is hidden.
#[derive(Debug)]
pub struct Visibility {
    /// Only changes inside this field matter; `None` for changes inside any object.
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
    /// A name that a person chooses: PUT at its path creates one.
    Name,
    /// Two names with a colon between them, which fill both placeholders of the path: `login:en`.
    /// The text says what they are.
    Two(&'static str),
    /// A singleton has no ID.
    None,
}

/// How a name becomes an ID.
#[derive(Clone, Copy, Debug)]
pub enum NameLookup {
    /// The list takes the name as this query parameter. Its rows are compared again, because it may
    /// also match parts of names.
    Query(&'static str),
    /// As users are found: by rules of their own, one text at a time, because there are more of them
    /// than a list can be walked for. It is not a function, because every program that knows the
    /// kinds would then contain HTTP.
    AsUser,
    /// This path, with the name in its placeholder, answers the one that has it.
    Path(&'static str),
    /// The item's own path takes the name in place of the ID.
    Item,
    /// `A:B` names one by two other resources that it belongs to.
    Pair(&'static [NamePart; 2]),
    /// The whole list is walked.
    List,
    /// Only by ID: there is no name, or no list to look through.
    IdOnly,
}

/// One half of a name such as `CLIENT:API`.
#[derive(Debug)]
pub struct NamePart {
    /// The kind that this half of the name is of.
    pub kind: &'static Kind,
    /// The query parameter and field that holds it.
    pub query: &'static str,
    /// The field of the named resource whose value the parameter takes.
    pub field: &'static str,
}

/// Something that is done to one resource by a request without a body. Where the path has no
/// placeholder, it is done to the tenant.
#[derive(Debug)]
pub struct Act {
    /// The word on the command line.
    pub verb: &'static str,
    /// What was done, in the past tense.
    pub done: &'static str,
    /// What it does, in one line of help.
    pub about: &'static str,
    /// The method.
    pub method: Method,
    /// The path template.
    pub path: &'static str,
    /// Whether it cannot be undone, so that it is confirmed first.
    pub asks: bool,
    /// What is waited for first.
    pub after: Option<Await>,
    /// What is waited for afterwards.
    pub then: Option<Follow>,
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

/// A state that the answer to an act reaches later.
#[derive(Debug)]
pub struct Follow {
    /// The path template to look at: the first placeholder is the resource, the second the `id` of
    /// the answer.
    pub path: &'static str,
    /// The state that is waited for.
    pub state: Await,
}

impl Kind {
    /// The defaults of a kind.
    const PLAIN: Self = Self {
        name: "",
        singular: "",
        plural: "",
        path: "",
        item: "",
        id: "id",
        id_form: IdForm::Unknown,
        named_by: "ID or name",
        name_field: "name",
        find: NameLookup::List,
        columns: &[ID, NAME],
        secrets: &[],
        write_only: &[],
        asked_for: &[],
        bare: "",
        renamed: None,
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
        only: &[],
        dashboard: None,
    };

    /// A kind of which a tenant has exactly one.
    const SINGLETON: Self = Self {
        id: "",
        id_form: IdForm::None,
        find: NameLookup::IdOnly,
        columns: &[],
        read_only: &[],
        ..Self::PLAIN
    };

    /// A kind of which a tenant has many, for struct update syntax.
    pub const fn plain(
        name: &'static str,
        singular: &'static str,
        plural: &'static str,
        path: &'static str,
        item: &'static str,
    ) -> Self {
        Self { name, singular, plural, path, item, ..Self::PLAIN }
    }

    /// A kind of which a tenant has one, for struct update syntax.
    pub const fn singleton(name: &'static str, singular: &'static str, path: &'static str) -> Self {
        Self { name, singular, plural: singular, path, item: path, ..Self::SINGLETON }
    }
}

impl Act {
    /// A POST that can be repeated without harm.
    pub const fn post(
        verb: &'static str,
        done: &'static str,
        about: &'static str,
        path: &'static str,
    ) -> Self {
        let method = Method::Post;
        Self { verb, done, about, method, path, asks: false, after: None, then: None }
    }
}
