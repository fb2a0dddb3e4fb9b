//! Actions, flows, forms, streams, experiments, and the older rules and hooks.

use super::{Below, Detail, Entry, Target, below, text};
use crate::management::change::Object;

const ACTION: Target = Target::Kind("actions");

/// The entries of this file.
pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "actions",
        keep: &["all_changes_deployed", "installed_integration_id"],
        drop: &[
            "secrets.updated_at",
            "supported_triggers.status",
            "supported_triggers.runtimes",
            "supported_triggers.default_runtime",
            "supported_triggers.compatible_triggers",
            "supported_triggers.binding_policy",
            "modules.module_id",
            "modules.module_version_id",
        ],
        sets: &["secrets", "dependencies", "modules"],
        texts: &[text("code", "js")],
        adjust: Some(say_whether_deployed),
        ..Entry::LIST
    },
    Entry {
        name: "action-modules",
        keep: &["all_changes_published"],
        drop: &["secrets.updated_at"],
        sets: &["secrets", "dependencies"],
        texts: &[text("code", "js")],
        ..Entry::LIST
    },
    Entry {
        name: "triggers",
        key: &["id"],
        only: &["id"],
        below: &[below("bindings", "/actions/triggers/{triggerId}/bindings")],
        drop: &["bindings.id", "bindings.trigger_id"],
        pick: &[("bindings.action", "id")],
        refs: &[("bindings.action", ACTION)],
        ..Entry::LIST
    },
    Entry {
        name: "flows",
        detail: Some(Detail { path: "/flows/{id}", fill: &["id"], under: None }),
        refs: &[("**.connection_id", Target::Kind("vault-connections"))],
        ..Entry::LIST
    },
    Entry { name: "vault-connections", ..Entry::LIST },
    Entry {
        name: "forms",
        detail: Some(Detail { path: "/forms/{id}", fill: &["id"], under: None }),
        refs: &[("**.flow_id", Target::Kind("flows"))],
        texts: &[text("style.css", "css")],
        ..Entry::LIST
    },
    Entry {
        name: "log-streams",
        drop: &["sink.awsPartnerEventSource", "sink.azurePartnerTopic"],
        ..Entry::LIST
    },
    Entry {
        name: "event-streams",
        drop: &["destination.configuration.aws_partner_event_source"],
        refs: &[("destination.configuration.action_id", ACTION)],
        sets: &["subscriptions"],
        ..Entry::LIST
    },
    Entry {
        name: "feature-flags",
        below: &[below("variations", "/experimentation/feature-flags/{id}/variations")],
        drop: &["variations.id", "variations.feature_flag_id"],
        sets: &["variations"],
        ..Entry::LIST
    },
    Entry {
        name: "segments",
        refs: &[
            ("rules.match.client_id", Target::Kind("clients")),
            ("rules.match.client_id[]", Target::Kind("clients")),
            ("rules.match.organization_id", Target::Kind("organizations")),
            ("rules.match.organization_id[]", Target::Kind("organizations")),
        ],
        ..Entry::LIST
    },
    Entry {
        name: "experiments",
        drop: &[
            "is_valid",
            "editable_fields",
            "current_level",
            "feature_flag_name",
            "feature_flag_snapshot",
            "allocations.variation_name",
            "allocations.segment_name",
            "allocations.variation_snapshot",
            "allocations.segment_snapshot",
        ],
        refs: &[
            ("feature_flag_id", Target::Kind("feature-flags")),
            ("allocations.variation_id", Target::Kind("feature-flags.variations")),
            ("allocations.segment_id", Target::Kind("segments")),
        ],
        ..Entry::LIST
    },
    Entry { name: "verifiable-credential-templates", ..Entry::LIST },
    Entry { name: "rules", texts: &[text("script", "js")], ..Entry::LIST },
    Entry { name: "rules-configs", key: &["key"], ..Entry::LIST },
    Entry {
        name: "hooks",
        key: &["triggerId", "name"],
        below: &[Below { one: true, ..below("secrets", "/hooks/{id}/secrets") }],
        texts: &[text("script", "js")],
        ..Entry::LIST
    },
];

/// The deployed version changes with every deployment; whether there is one is a setting.
fn say_whether_deployed(action: &mut Object) -> bool {
    let deployed = action.get("deployed_version").is_some_and(|version| !version.is_null());
    action.insert("deployed".to_owned(), deployed.into());
    true
}
