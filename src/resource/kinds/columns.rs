//! Columns that lists of several kinds share.

use crate::output::Column;

pub(super) const USER_COLUMNS: &[Column] = &[
    Column::new("user_id", "user id").whole(),
    Column::new("email", "email"),
    Column::new("name", "name"),
];

pub(super) const ROLE_COLUMNS: &[Column] = &[
    Column::new("id", "id").whole(),
    Column::new("name", "name"),
    Column::new("description", "description"),
];

pub(super) const PERMISSION_COLUMNS: &[Column] = &[
    Column::new("resource_server_identifier", "api"),
    Column::new("permission_name", "permission").whole(),
    Column::new("description", "description"),
];
