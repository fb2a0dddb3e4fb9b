//! What changes how the tenant works: Actions, flows, forms, streams, and the older rules and hooks.

use super::{Act, Await, Find, IdForm, Kind, MemberBody, MemberName, Members, Write};
use crate::management::catalog::Method;
use crate::output::Column;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[
    &ACTIONS,
    &ACTION_MODULES,
    &TRIGGERS,
    &FLOWS,
    &VAULT_CONNECTIONS,
    &FORMS,
    &LOG_STREAMS,
    &EVENT_STREAMS,
    &RULES,
    &RULES_CONFIGS,
    &HOOKS,
    &EXPERIMENTS,
    &FEATURE_FLAGS,
    &SEGMENTS,
    &VC_TEMPLATES,
];

/// Actions: code that runs at a trigger. A change is live once it is deployed.
pub static ACTIONS: Kind = Kind {
    name: "actions",
    singular: "action",
    plural: "actions",
    path: "/actions/actions",
    item: "/actions/actions/{id}",
    id_form: IdForm::Uuid,
    find: Find::Query("actionName"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("supported_triggers", "supported triggers"),
        Column::new("deployed_version.number", "deployed"),
        Column::new("status", "status"),
    ],
    read_only: &[
        "id",
        "all_changes_deployed",
        "built_at",
        "created_at",
        "updated_at",
        "deployed_version",
        "installed_integration_id",
        "integration",
        "status",
    ],
    fixed: &["deploy"],
    members: &[Members {
        name: "versions",
        singular: "version",
        path: "/actions/actions/{actionId}/versions",
        id: "id",
        named: MemberName::Own("number"),
        columns: &[
            Column::new("id", "id").whole(),
            Column::new("number", "number"),
            Column::new("deployed", "deployed"),
            Column::new("status", "status"),
            Column::new("created_at", "created"),
        ],
        add: None,
        remove: None,
    }],
    acts: &[Act {
        verb: "deploy",
        done: "deployed",
        about: "Deploy an action, once it is built",
        path: "/actions/actions/{id}/deploy",
        after: Some(Await { field: "status", until: "built", failed: "failed" }),
    }],
    dashboard: Some("actions/library/details/{id}"),
    ..Kind::PLAIN
};

/// Modules: code that Actions share.
static ACTION_MODULES: Kind = Kind {
    name: "action-modules",
    singular: "action module",
    plural: "action modules",
    path: "/actions/modules",
    item: "/actions/modules/{id}",
    find: Find::List,
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("latest_version_number", "version"),
    ],
    read_only: &[
        "id",
        "actions_using_module_total",
        "all_changes_published",
        "created_at",
        "updated_at",
        "latest_version",
        "latest_version_number",
    ],
    fixed: &["name", "api_version", "publish"],
    ..Kind::PLAIN
};

/// Where Actions can be bound.
static TRIGGERS: Kind = Kind {
    name: "triggers",
    singular: "trigger",
    plural: "triggers",
    path: "/actions/triggers",
    item: "/actions/triggers/{id}",
    id: "id",
    name_field: "id",
    find: Find::IdOnly,
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("version", "version"),
        Column::new("status", "status"),
        Column::new("runtimes", "runtimes"),
    ],
    read_only: &[],
    ..Kind::PLAIN
};

/// Flows: steps that forms run.
static FLOWS: Kind = Kind {
    name: "flows",
    singular: "flow",
    plural: "flows",
    path: "/flows",
    item: "/flows/{id}",
    id_form: IdForm::Prefix("af_"),
    read_only: &["id", "created_at", "updated_at", "executed_at"],
    members: &[Members {
        name: "executions",
        singular: "execution",
        path: "/flows/{flow_id}/executions",
        id: "id",
        named: MemberName::Own("id"),
        columns: &[
            Column::new("id", "id").whole(),
            Column::new("status", "status"),
            Column::new("created_at", "created"),
            Column::new("started_at", "started"),
            Column::new("ended_at", "ended"),
        ],
        add: None,
        remove: Some(Write {
            method: Method::Delete,
            path: "/flows/{flow_id}/executions/{execution_id}",
            body: MemberBody::None,
        }),
    }],
    ..Kind::PLAIN
};

/// Credentials that flows use: never shown.
static VAULT_CONNECTIONS: Kind = Kind {
    name: "vault-connections",
    singular: "vault connection",
    plural: "vault connections",
    path: "/flows/vault/connections",
    item: "/flows/vault/connections/{id}",
    id_form: IdForm::Prefix("ac_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("app_id", "app"),
        Column::new("ready", "ready"),
    ],
    write_only: &["setup"],
    read_only: &[
        "id",
        "environment",
        "account_name",
        "ready",
        "created_at",
        "updated_at",
        "refreshed_at",
        "fingerprint",
    ],
    fixed: &["app_id"],
    ..Kind::PLAIN
};

/// Forms: pages that are shown while a person signs in.
static FORMS: Kind = Kind {
    name: "forms",
    singular: "form",
    plural: "forms",
    path: "/forms",
    item: "/forms/{id}",
    id_form: IdForm::Prefix("ap_"),
    read_only: &["id", "created_at", "updated_at", "embedded_at", "submitted_at"],
    ..Kind::PLAIN
};

/// Where the tenant log is sent.
static LOG_STREAMS: Kind = Kind {
    name: "log-streams",
    singular: "log stream",
    plural: "log streams",
    path: "/log-streams",
    item: "/log-streams/{id}",
    id_form: IdForm::Prefix("lst_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("type", "type"),
        Column::new("status", "status"),
    ],
    write_only: &["sink"],
    read_only: &["id"],
    fixed: &["type", "startFrom"],
    ..Kind::PLAIN
};

/// Where events of the tenant are sent.
static EVENT_STREAMS: Kind = Kind {
    name: "event-streams",
    singular: "event stream",
    plural: "event streams",
    path: "/event-streams",
    item: "/event-streams/{id}",
    id_form: IdForm::Prefix("est_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("destination.type", "destination"),
        Column::new("status", "status"),
    ],
    write_only: &["destination"],
    members: &[Members {
        name: "deliveries",
        singular: "delivery",
        path: "/event-streams/{id}/deliveries",
        id: "id",
        named: MemberName::Own("id"),
        columns: &[
            Column::new("id", "id").whole(),
            Column::new("event_type", "event type"),
            Column::new("status", "status"),
        ],
        add: None,
        remove: None,
    }],
    ..Kind::PLAIN
};

/// Rules: ended by Auth0 on 2026-11-18.
static RULES: Kind = Kind {
    name: "rules",
    singular: "rule",
    plural: "rules",
    path: "/rules",
    item: "/rules/{id}",
    id_form: IdForm::Prefix("rul_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("enabled", "enabled"),
        Column::new("order", "order"),
    ],
    read_only: &["id", "stage"],
    ..Kind::PLAIN
};

/// Settings of rules; their values are never shown.
static RULES_CONFIGS: Kind = Kind {
    name: "rules-configs",
    singular: "rules configuration",
    plural: "rules configs",
    path: "/rules-configs",
    item: "/rules-configs/{key}",
    id: "key",
    name_field: "key",
    find: Find::IdOnly,
    columns: &[Column::new("key", "key").whole()],
    write_only: &["value"],
    read_only: &["key"],
    ..Kind::PLAIN
};

/// Hooks: ended by Auth0 on 2026-11-18.
static HOOKS: Kind = Kind {
    name: "hooks",
    singular: "hook",
    plural: "hooks",
    path: "/hooks",
    item: "/hooks/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("triggerId", "trigger"),
        Column::new("enabled", "enabled"),
    ],
    read_only: &["id"],
    fixed: &["triggerId"],
    ..Kind::PLAIN
};

/// Experiments: parts of the sign-in that are tried on some people.
static EXPERIMENTS: Kind = Kind {
    name: "experiments",
    singular: "experiment",
    plural: "experiments",
    path: "/experimentation/experiments",
    item: "/experimentation/experiments/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("status", "status"),
    ],
    ..Kind::PLAIN
};

/// Feature flags of experiments.
static FEATURE_FLAGS: Kind = Kind {
    name: "feature-flags",
    singular: "feature flag",
    plural: "feature flags",
    path: "/experimentation/feature-flags",
    item: "/experimentation/feature-flags/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("status", "status"),
    ],
    members: &[Members {
        name: "variations",
        singular: "variation",
        path: "/experimentation/feature-flags/{id}/variations",
        id: "id",
        named: MemberName::Own("name"),
        columns: &[Column::new("id", "id").whole(), Column::new("name", "name")],
        add: Some(Write {
            method: Method::Post,
            path: "/experimentation/feature-flags/{id}/variations",
            body: MemberBody::Fields,
        }),
        remove: Some(Write {
            method: Method::Delete,
            path: "/experimentation/feature-flags/{id}/variations/{vid}",
            body: MemberBody::None,
        }),
    }],
    ..Kind::PLAIN
};

/// Segments: whom an experiment is tried on.
static SEGMENTS: Kind = Kind {
    name: "segments",
    singular: "segment",
    plural: "segments",
    path: "/experimentation/segments",
    item: "/experimentation/segments/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("status", "status"),
    ],
    ..Kind::PLAIN
};

/// Which verifiable credentials are asked for.
static VC_TEMPLATES: Kind = Kind {
    name: "verifiable-credential-templates",
    singular: "verifiable credential template",
    plural: "verifiable credential templates",
    path: "/verifiable-credentials/verification/templates",
    item: "/verifiable-credentials/verification/templates/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("type", "type"),
    ],
    ..Kind::PLAIN
};
