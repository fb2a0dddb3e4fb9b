//! Special rules of each kind of resource. A kind without an entry has an `id` without a prefix,
//! and no unique fields.

use serde_json::{Value, json};

use crate::keys;
use crate::state::{Object, State, new_id, stamp, text};

/// A kind of resource that has a list.
pub(super) struct Kind {
    /// The template of the list's path.
    pub(super) list: &'static str,
    /// The field that names a row.
    pub(super) id: &'static str,
    /// The prefix of a new row's ID.
    pub(super) prefix: &'static str,
    /// Fields whose values must be unique together.
    pub(super) unique: &'static [&'static str],
    /// Its name in error messages.
    pub(super) noun: &'static str,
    /// Fields that the server sets at creation, as JSON.
    pub(super) created: &'static str,
    /// Fields with a generated value that are only in the answer to the creation.
    pub(super) once: &'static [&'static str],
    /// Secrets that are in no answer, as dotted paths.
    pub(super) hidden: &'static [&'static str],
    /// Objects whose fields are merged on a change, where null removes one.
    pub(super) merged: &'static [&'static str],
}

const PLAIN: Kind = Kind {
    list: "",
    id: "id",
    prefix: "",
    unique: &[],
    noun: "resource",
    created: "{}",
    once: &[],
    hidden: &[],
    merged: &[],
};

const fn kind(list: &'static str, prefix: &'static str, noun: &'static str) -> Kind {
    Kind { list, prefix, noun, ..PLAIN }
}

const fn named(list: &'static str, prefix: &'static str, noun: &'static str) -> Kind {
    Kind { unique: &["name"], ..kind(list, prefix, noun) }
}

/// The kinds, by path.
static KINDS: &[Kind] = &[
    Kind {
        created: r#"{"status": "built", "all_changes_deployed": false, "runtime": "node22", "dependencies": [], "secrets": []}"#,
        ..named("actions/actions", "", "action")
    },
    Kind {
        created: r#"{"all_changes_published": false, "actions_using_module_total": 0, "dependencies": [], "secrets": []}"#,
        ..named("actions/modules", "", "module")
    },
    Kind { id: "agent_id", ..kind("agents", "agent_", "agent") },
    Kind { hidden: &["credentials"], ..kind("branding/phone/providers", "pro_", "phone provider") },
    kind("branding/phone/templates", "tem_", "phone template"),
    Kind { id: "themeId", ..kind("branding/themes", "", "theme") },
    Kind {
        unique: &["client_id", "audience", "subject_type"],
        created: r#"{"subject_type": "client"}"#,
        ..kind("client-grants", "cgr_", "client grant")
    },
    named("client-profiles", "", "client profile"),
    Kind { id: "client_id", merged: &["client_metadata"], ..kind("clients", "new", "client") },
    kind("clients/{}/credentials", "cred_", "credential"),
    named("connection-profiles", "cop_", "connection profile"),
    named("connections", "con_", "connection"),
    Kind {
        id: "token_id",
        once: &["token"],
        ..kind("connections/{}/scim-configuration/tokens", "tok_", "token")
    },
    Kind {
        id: "custom_domain_id",
        unique: &["domain"],
        created: r#"{"status": "pending_verification", "primary": false, "verification": {"methods": [{"name": "cname", "record": "acme.edge.example.com", "domain": "login.example.com"}]}}"#,
        merged: &["domain_metadata"],
        ..kind("custom-domains", "cd_", "custom domain")
    },
    kind("device-credentials", "dcr_", "device credential"),
    Kind { id: "template", unique: &["template"], ..kind("email-templates", "", "template") },
    Kind {
        created: r#"{"status": "enabled"}"#,
        hidden: &[
            "destination.configuration.webhook_authorization.password",
            "destination.configuration.webhook_authorization.token",
        ],
        ..named("event-streams", "est_", "event stream")
    },
    kind("flows", "af_", "flow"),
    Kind {
        created: r#"{"ready": true}"#,
        hidden: &["setup"],
        ..kind("flows/vault/connections", "ac_", "vault connection")
    },
    kind("forms", "ap_", "form"),
    kind("grants", "", "grant"),
    kind("groups", "grp_", "group"),
    kind("guardian/enrollments", "", "enrollment"),
    Kind { id: "name", ..kind("guardian/factors", "", "factor") },
    named("hooks", "", "hook"),
    Kind {
        id: "kid",
        created: r#"{"state": "pre-activation"}"#,
        ..kind("keys/encryption", "", "key")
    },
    Kind { id: "kid", ..kind("keys/signing", "", "key") },
    Kind { created: r#"{"status": "active"}"#, ..kind("log-streams", "lst_", "log stream") },
    kind("network-acls", "acl_", "network ACL"),
    Kind { merged: &["metadata"], ..named("organizations", "org_", "organization") },
    kind("organizations/{}/client-grants", "", "client grant"),
    Kind { id: "client_id", ..kind("organizations/{}/clients", "", "client") },
    Kind { id: "connection_id", ..kind("organizations/{}/connections", "", "connection") },
    kind("organizations/{}/discovery-domains", "", "discovery domain"),
    Kind {
        created: r#"{"ticket_id": "ticket", "invitation_url": "https://example.com/invitation"}"#,
        ..kind("organizations/{}/invitations", "uinv_", "invitation")
    },
    kind("rate-limit-policies", "rlp_", "rate limit policy"),
    Kind {
        unique: &["identifier"],
        created: r#"{"is_system": false, "signing_alg": "RS256", "allow_offline_access": false, "token_lifetime": 86400, "token_lifetime_for_web": 7200, "skip_consent_for_verifiable_first_party_clients": true, "scopes": []}"#,
        ..kind("resource-servers", "", "resource server")
    },
    named("roles", "rol_", "role"),
    named("rules", "rul_", "rule"),
    Kind { id: "key", ..kind("rules-configs", "", "rule configuration") },
    named("self-service-profiles", "ssp_", "self-service profile"),
    kind("sessions", "", "session"),
    named("token-exchange-profiles", "tep_", "token exchange profile"),
    named("user-attribute-profiles", "uap_", "user attribute profile"),
    Kind { id: "user_id", ..kind("users", "auth0|", "user") },
    kind("users/{}/authentication-methods", "", "authentication method"),
    kind("verifiable-credentials/verification/templates", "vct_", "template"),
];

/// Secrets of a singleton, by its path. They are in no answer.
pub(super) fn hidden_in(path: &str) -> &'static [&'static str] {
    match path {
        "emails/provider" => &[
            "credentials.api_key",
            "credentials.secretAccessKey",
            "credentials.accessKeyId",
            "credentials.smtp_pass",
            "credentials.connectionString",
            "credentials.clientSecret",
        ],
        "attack-protection/captcha" => &[
            "arkose.secret",
            "hcaptcha.secret",
            "friendly_captcha.secret",
            "recaptcha_enterprise.api_key",
            "recaptcha_v2.secret",
        ],
        "guardian/factors/push-notification/providers/apns" => &["p12"],
        _ => &[],
    }
}

/// Removes fields from a row, by their dotted paths.
pub(super) fn hide(row: &mut Object, paths: &[&str]) {
    for path in paths {
        match path.split_once('.') {
            None => drop(row.remove(*path)),
            Some((field, rest)) => {
                if let Some(Value::Object(below)) = row.get_mut(field) {
                    hide(below, &[rest]);
                }
            }
        }
    }
}

/// The kind of a list with this template.
pub(super) fn of(template: &str) -> &'static Kind {
    const TWIN: (&str, &str) =
        ("organizations/{}/enabled_connections", "organizations/{}/connections");
    let template = if template == TWIN.0 { TWIN.1 } else { template };
    KINDS.iter().find(|kind| kind.list == template).unwrap_or(&PLAIN)
}

/// Whether the rows of this list are resources, so that paths below a row only exist if the row
/// does.
pub(super) fn is_listed(template: &str) -> bool {
    KINDS.iter().any(|kind| kind.list == template)
}

/// Completes a new row: its ID, the times, and the fields that the server sets.
pub(super) fn complete(state: &State, kind: &Kind, list: &str, row: &mut Object) {
    let id = match kind.list {
        "actions/actions" => uuid(),
        // Longer than the IDs of other kinds.
        "event-streams" => format!("{}aaaaaa", new_id(kind.prefix)),
        _ => new_id(kind.prefix),
    };
    let created: Value = serde_json::from_str(kind.created).unwrap_or_default();
    for (key, value) in created.as_object().into_iter().flatten() {
        row.entry(key.clone()).or_insert(value.clone());
    }
    if !row.contains_key(kind.id) {
        let mut with_id = Object::new();
        with_id.insert(kind.id.to_owned(), json!(id));
        with_id.append(row);
        *row = with_id;
    }
    for key in ["created_at", "updated_at"] {
        row.insert(key.to_owned(), stamp());
    }
    for key in kind.once {
        row.insert((*key).to_owned(), json!(keys::random()));
    }
    // A row with a connection ID also has the connection's name.
    if kind.list == "organizations/{}/connections" {
        let id = text(row, "connection_id");
        let shown = state.connections.iter().find(|connection| text(connection, "id") == id);
        if let Some(shown) = shown {
            let shown = json!({"name": shown["name"], "strategy": shown["strategy"]});
            row.insert("connection".to_owned(), shown);
        }
    }
    if kind.list == "organizations/{}/invitations" {
        let organization = list.split('/').nth(1).unwrap_or_default();
        row.insert("organization_id".to_owned(), json!(organization));
    }
}

fn uuid() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
