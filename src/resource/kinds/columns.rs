//! Columns that lists of several kinds share.

use super::model::{ID, NAME};
use crate::output::Column;

pub(super) const USER_COLUMNS: &[Column] =
    &[Column::new("user_id", "user id").whole(), Column::new("email", "email"), NAME];

pub(super) const ROLE_COLUMNS: &[Column] = &[ID, NAME, Column::new("description", "description")];

pub(super) const PERMISSION_COLUMNS: &[Column] = &[
    Column::new("resource_server_identifier", "api"),
    Column::new("permission_name", "permission").whole(),
    Column::new("description", "description"),
];
