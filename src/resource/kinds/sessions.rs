//! Sign-ins that last, and what people have consented to.

use super::model::{Act, ID, Kind, NameLookup};
use crate::output::Column;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[&SESSIONS, &REFRESH_TOKENS, &DEVICE_CREDENTIALS, &GRANTS];

/// Browser sessions: listed per user with `auth0-users sessions`.
static SESSIONS: Kind = Kind {
    find: NameLookup::IdOnly,
    name_field: "id",
    read_only: &[
        "id",
        "user_id",
        "created_at",
        "updated_at",
        "authenticated_at",
        "idle_expires_at",
        "expires_at",
        "last_interacted_at",
        "device",
        "clients",
        "authentication",
    ],
    acts: &[Act {
        asks: true,
        ..Act::post(
            "revoke",
            "revoked",
            "Revoke a session and its refresh tokens",
            "/sessions/{id}/revoke",
        )
    }],
    ..Kind::plain("sessions", "session", "sessions", "/sessions", "/sessions/{id}")
};

/// Refresh tokens, never their values. The list needs `user_id`.
static REFRESH_TOKENS: Kind = Kind {
    find: NameLookup::IdOnly,
    name_field: "id",
    columns: &[
        ID,
        Column::new("client_id", "client id").whole(),
        Column::new("created_at", "created"),
        Column::new("expires_at", "expires"),
    ],
    read_only: &[
        "id",
        "user_id",
        "created_at",
        "idle_expires_at",
        "expires_at",
        "device",
        "client_id",
        "session_id",
        "rotating",
        "resource_servers",
        "last_exchanged_at",
    ],
    ..Kind::plain(
        "refresh-tokens",
        "refresh token",
        "refresh tokens",
        "/refresh-tokens",
        "/refresh-tokens/{id}",
    )
};

/// Device credentials of users.
static DEVICE_CREDENTIALS: Kind = Kind {
    find: NameLookup::IdOnly,
    name_field: "device_name",
    columns: &[
        ID,
        Column::new("device_name", "device"),
        Column::new("type", "type"),
        Column::new("user_id", "user id"),
    ],
    ..Kind::plain(
        "device-credentials",
        "device credential",
        "device credentials",
        "/device-credentials",
        "/device-credentials/{id}",
    )
};

/// What users have consented to.
static GRANTS: Kind = Kind {
    find: NameLookup::IdOnly,
    name_field: "id",
    columns: &[
        ID,
        Column::new("clientID", "client id").whole(),
        Column::new("user_id", "user id"),
        Column::new("audience", "audience"),
    ],
    ..Kind::plain("grants", "grant", "grants", "/grants", "/grants/{id}")
};
