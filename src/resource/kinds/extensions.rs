//! What changes how the tenant works: Actions, flows, forms, streams, and the older rules and hooks.

use super::model::{
    Act, Await, Follow, ID, IdForm, Kind, MemberBody, MemberName, Members, NAME, NameLookup,
};
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

/// The state in which an action can be deployed, and in which a version runs.
const BUILT: Await = Await { field: "status", until: "built", failed: "failed" };

/// Actions: code that runs at a trigger. A change is live once it is deployed.
pub static ACTIONS: Kind = Kind {
    id_form: IdForm::Uuid,
    find: NameLookup::Query("actionName"),
    columns: &[
        ID,
        NAME,
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
    write_only: &["secrets[].value"],
    members: &[Members {
        acts: &[Act {
            then: Some(Follow { path: "/actions/actions/{actionId}/versions/{id}", state: BUILT }),
            ..Act::post(
                "deploy",
                "deployed",
                "Deploy this version of the action again",
                "/actions/actions/{actionId}/versions/{id}/deploy",
            )
        }],
        ..Members::new(
            "versions",
            "version",
            "/actions/actions/{actionId}/versions",
            MemberName::Own("number"),
            VERSION_COLUMNS,
        )
        .item("/actions/actions/{actionId}/versions/{id}")
    }],
    acts: &[Act {
        after: Some(BUILT),
        then: Some(Follow { path: "/actions/actions/{actionId}/versions/{id}", state: BUILT }),
        ..Act::post(
            "deploy",
            "deployed",
            "Deploy an action, once it is built",
            "/actions/actions/{id}/deploy",
        )
    }],
    dashboard: Some("actions/library/details/{id}"),
    ..Kind::plain("actions", "action", "actions", "/actions/actions", "/actions/actions/{id}")
};

const VERSION_COLUMNS: &[Column] = &[
    ID,
    Column::new("number", "number"),
    Column::new("deployed", "deployed"),
    Column::new("status", "status"),
    Column::new("created_at", "created"),
];

/// Modules: code that Actions share.
static ACTION_MODULES: Kind = Kind {
    columns: &[ID, NAME, Column::new("latest_version_number", "version")],
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
    write_only: &["secrets[].value"],
    acts: &[Act::post(
        "publish",
        "published",
        "Make a version of the module, which Actions can use",
        "/actions/modules/{id}/versions",
    )],
    members: &[
        Members::new(
            "versions",
            "version",
            "/actions/modules/{id}/versions",
            MemberName::Own("version_number"),
            &[ID, Column::new("version_number", "number"), Column::new("created_at", "created")],
        )
        .item("/actions/modules/{id}/versions/{versionId}"),
        Members::new(
            "actions",
            "action",
            "/actions/modules/{id}/actions",
            MemberName::Own("action_name"),
            &[
                Column::new("action_id", "action id").whole(),
                Column::new("action_name", "action"),
                Column::new("module_version_number", "version"),
            ],
        )
        .id("action_id"),
    ],
    ..Kind::plain(
        "action-modules",
        "action module",
        "action modules",
        "/actions/modules",
        "/actions/modules/{id}",
    )
};

/// Where Actions can be bound.
static TRIGGERS: Kind = Kind {
    name_field: "id",
    find: NameLookup::IdOnly,
    columns: &[
        ID,
        Column::new("version", "version"),
        Column::new("status", "status"),
        Column::new("runtimes", "runtimes"),
    ],
    read_only: &[],
    ..Kind::plain("triggers", "trigger", "triggers", "/actions/triggers", "/actions/triggers/{id}")
};

/// Flows: steps that forms run.
static FLOWS: Kind = Kind {
    id_form: IdForm::Prefix("af_"),
    read_only: &["id", "created_at", "updated_at", "executed_at"],
    members: &[Members::new(
        "executions",
        "execution",
        "/flows/{flow_id}/executions",
        MemberName::Own("id"),
        &[
            ID,
            Column::new("status", "status"),
            Column::new("created_at", "created"),
            Column::new("started_at", "started"),
            Column::new("ended_at", "ended"),
        ],
    )
    .remove_at("/flows/{flow_id}/executions/{execution_id}")],
    ..Kind::plain("flows", "flow", "flows", "/flows", "/flows/{id}")
};

/// Credentials that flows use: never shown.
static VAULT_CONNECTIONS: Kind = Kind {
    id_form: IdForm::Prefix("ac_"),
    columns: &[ID, NAME, Column::new("app_id", "app"), Column::new("ready", "ready")],
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
    ..Kind::plain(
        "vault-connections",
        "vault connection",
        "vault connections",
        "/flows/vault/connections",
        "/flows/vault/connections/{id}",
    )
};

/// Forms: pages that are shown while a person signs in.
static FORMS: Kind = Kind {
    id_form: IdForm::Prefix("ap_"),
    read_only: &["id", "created_at", "updated_at", "embedded_at", "submitted_at"],
    ..Kind::plain("forms", "form", "forms", "/forms", "/forms/{id}")
};

/// Where the tenant log is sent.
static LOG_STREAMS: Kind = Kind {
    id_form: IdForm::Prefix("lst_"),
    columns: &[ID, NAME, Column::new("type", "type"), Column::new("status", "status")],
    write_only: &[
        "sink.httpAuthorization",
        "sink.datadogApiKey",
        "sink.splunkToken",
        "sink.sumoSourceAddress",
        "sink.mixpanelServiceAccountPassword",
        "sink.segmentWriteKey",
    ],
    read_only: &["id"],
    fixed: &["type", "startFrom"],
    ..Kind::plain("log-streams", "log stream", "log streams", "/log-streams", "/log-streams/{id}")
};

/// Where events of the tenant are sent.
static EVENT_STREAMS: Kind = Kind {
    id_form: IdForm::Prefix("est_"),
    columns: &[
        ID,
        NAME,
        Column::new("destination.type", "destination"),
        Column::new("status", "status"),
    ],
    write_only: &[
        "destination.configuration.webhook_authorization(method=basic).password",
        "destination.configuration.webhook_authorization(method=bearer).token",
    ],
    members: &[Members::new(
        "deliveries",
        "delivery",
        "/event-streams/{id}/deliveries",
        MemberName::Own("id"),
        &[ID, Column::new("event_type", "event type"), Column::new("status", "status")],
    )
    .item("/event-streams/{id}/deliveries/{event_id}")],
    ..Kind::plain(
        "event-streams",
        "event stream",
        "event streams",
        "/event-streams",
        "/event-streams/{id}",
    )
};

/// Rules: ended by Auth0 on 2026-11-18.
static RULES: Kind = Kind {
    id_form: IdForm::Prefix("rul_"),
    columns: &[ID, NAME, Column::new("enabled", "enabled"), Column::new("order", "order")],
    read_only: &["id", "stage"],
    ..Kind::plain("rules", "rule", "rules", "/rules", "/rules/{id}")
};

/// Settings of rules; their values are never shown.
static RULES_CONFIGS: Kind = Kind {
    id: "key",
    id_form: IdForm::Name,
    named_by: "Name, which the API calls the key",
    name_field: "key",
    find: NameLookup::IdOnly,
    columns: &[Column::new("key", "key").whole()],
    write_only: &["value"],
    read_only: &["key"],
    ..Kind::plain(
        "rules-configs",
        "rules configuration",
        "rules configs",
        "/rules-configs",
        "/rules-configs/{key}",
    )
};

/// Hooks: ended by Auth0 on 2026-11-18.
static HOOKS: Kind = Kind {
    columns: &[ID, NAME, Column::new("triggerId", "trigger"), Column::new("enabled", "enabled")],
    read_only: &["id"],
    fixed: &["triggerId"],
    ..Kind::plain("hooks", "hook", "hooks", "/hooks", "/hooks/{id}")
};

/// Experiments: parts of the sign-in that are tried on some people.
static EXPERIMENTS: Kind = Kind {
    columns: &[ID, NAME, Column::new("status", "status")],
    ..Kind::plain(
        "experiments",
        "experiment",
        "experiments",
        "/experimentation/experiments",
        "/experimentation/experiments/{id}",
    )
};

/// Feature flags of experiments.
static FEATURE_FLAGS: Kind = Kind {
    columns: &[ID, NAME, Column::new("status", "status")],
    members: &[Members::new(
        "variations",
        "variation",
        "/experimentation/feature-flags/{id}/variations",
        MemberName::Own("name"),
        &[ID, NAME],
    )
    .add(MemberBody::Fields)
    .remove_at("/experimentation/feature-flags/{id}/variations/{vid}")],
    ..Kind::plain(
        "feature-flags",
        "feature flag",
        "feature flags",
        "/experimentation/feature-flags",
        "/experimentation/feature-flags/{id}",
    )
};

/// Segments: whom an experiment is tried on.
static SEGMENTS: Kind = Kind {
    columns: &[ID, NAME, Column::new("status", "status")],
    ..Kind::plain(
        "segments",
        "segment",
        "segments",
        "/experimentation/segments",
        "/experimentation/segments/{id}",
    )
};

/// Which verifiable credentials are asked for.
static VC_TEMPLATES: Kind = Kind {
    columns: &[ID, NAME, Column::new("type", "type")],
    ..Kind::plain(
        "verifiable-credential-templates",
        "verifiable credential template",
        "verifiable credential templates",
        "/verifiable-credentials/verification/templates",
        "/verifiable-credentials/verification/templates/{id}",
    )
};
