//! The collections below one resource, as data.

use super::{Act, Kind};
use crate::management::catalog::Method;
use crate::output::Column;

/// A collection below one resource, such as the permissions of a role.
#[derive(Debug)]
pub struct Members {
    /// The name on the command line: plural, in kebab-case.
    pub name: &'static str,
    /// One of them, in a sentence.
    pub singular: &'static str,
    /// The list's path template: its first placeholder is the resource above.
    pub path: &'static str,
    /// The path template of one of them; empty if the API has none.
    pub item: &'static str,
    /// The kind of the second resource that the list belongs to, where its path has two
    /// placeholders.
    pub via: Option<&'static Kind>,
    /// The field that identifies a row.
    pub id: &'static str,
    /// What a person writes to name one.
    pub named: MemberName,
    /// Columns of a table if no fields are chosen.
    pub columns: &'static [Column],
    /// How one is added, if it can be.
    pub add: Option<MemberWrite>,
    /// How one is removed, if it can be.
    pub remove: Option<MemberWrite>,
    /// Further actions on one of them.
    pub acts: &'static [Act],
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
pub struct MemberWrite {
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
    /// `{"KEY": [{"FIELD": ID, …}, …]}`: several at once, each with the fields that were set.
    Rows(&'static str, &'static str),
    /// Only the fields that were set.
    Fields,
    /// The path's resource is the member, and the body names the resource above:
    /// `{"KEY": [ID]}`.
    Above(&'static str),
    /// `[{"client_id": ID, "status": …}, …]`: several at once.
    Statuses(bool),
}

impl Members {
    /// Members that can only be listed. The other functions here add to that.
    pub const fn new(
        name: &'static str,
        singular: &'static str,
        path: &'static str,
        named: MemberName,
        columns: &'static [Column],
    ) -> Self {
        Self {
            name,
            singular,
            path,
            item: "",
            via: None,
            id: "id",
            named,
            columns,
            add: None,
            remove: None,
            acts: &[],
        }
    }

    /// Members whose rows have their ID in this field.
    pub const fn id(self, id: &'static str) -> Self {
        Self { id, ..self }
    }

    /// Members below two resources; the second one is of this kind.
    pub const fn via(self, via: &'static Kind) -> Self {
        Self { via: Some(via), ..self }
    }

    /// Members that POST adds at the path of the list.
    pub const fn add(self, body: MemberBody) -> Self {
        let path = self.path;
        self.add_by(MemberWrite { method: Method::Post, path, body })
    }

    /// Members that this request adds.
    pub const fn add_by(self, add: MemberWrite) -> Self {
        Self { add: Some(add), ..self }
    }

    /// Members that this request removes.
    pub const fn remove_by(self, remove: MemberWrite) -> Self {
        Self { remove: Some(remove), ..self }
    }

    /// Members that POST adds and DELETE removes at the path of the list, with such a body.
    pub const fn add_and_remove(self, body: MemberBody) -> Self {
        let path = self.path;
        self.add(body).remove_by(MemberWrite { method: Method::Delete, path, body })
    }

    /// Members that have a path of their own.
    pub const fn item(self, item: &'static str) -> Self {
        Self { item, ..self }
    }

    /// Members that DELETE removes at a path of their own.
    pub const fn remove_at(self, path: &'static str) -> Self {
        self.item(path).remove_by(MemberWrite {
            method: Method::Delete,
            path,
            body: MemberBody::None,
        })
    }
}
