//! The tenant itself: settings, branding, domains, messages.

use super::{Act, Find, IdForm, Kind};
use crate::output::Column;

/// The names of e-mail templates.
const EMAIL_TEMPLATE_NAMES: &[&str] = &[
    "verify_email",
    "verify_email_by_code",
    "auth_email_by_code",
    "reset_email",
    "reset_email_by_code",
    "welcome_email",
    "blocked_account",
    "stolen_credentials",
    "enrollment_email",
    "mfa_oob_code",
    "user_invitation",
    "async_approval",
    "change_password",
    "password_reset",
];

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[
    &TENANT_SETTINGS,
    &CUSTOM_DOMAINS,
    &BRANDING,
    &BRANDING_THEMES,
    &UNIVERSAL_LOGIN,
    &PHONE_PROVIDERS,
    &PHONE_TEMPLATES,
    &PROMPTS,
    &EMAIL_PROVIDER,
    &EMAIL_TEMPLATES,
];

/// The tenant's settings.
pub static TENANT_SETTINGS: Kind = Kind {
    name: "tenant-settings",
    singular: "tenant settings",
    plural: "tenant settings",
    path: "/tenants/settings",
    item: "/tenants/settings",
    read_only: &["sandbox_versions_available"],
    merged: &["flags"],
    dashboard: Some("tenant/general"),
    program: "auth0-tenant",
    ..Kind::SINGLETON
};

/// Domains of your own for the tenant.
static CUSTOM_DOMAINS: Kind = Kind {
    name: "custom-domains",
    singular: "custom domain",
    plural: "custom domains",
    path: "/custom-domains",
    item: "/custom-domains/{id}",
    id: "custom_domain_id",
    name_field: "domain",
    id_form: IdForm::Prefix("cd_"),
    columns: &[
        Column::new("custom_domain_id", "custom domain id").whole(),
        Column::new("domain", "domain"),
        Column::new("status", "status"),
        Column::new("type", "type"),
        Column::new("is_default", "default"),
    ],
    read_only: &[
        "custom_domain_id",
        "primary",
        "status",
        "origin_domain_name",
        "verification",
        "certificate",
        "created_at",
        "updated_at",
    ],
    fixed: &["domain", "type", "verification_method"],
    merged: &["domain_metadata"],
    acts: &[Act {
        verb: "verify",
        done: "asked for the verification of",
        about: "Verify a custom domain by its DNS records",
        path: "/custom-domains/{id}/verify",
        after: None,
    }],
    ..Kind::PLAIN
};

/// Colours, logo and font.
static BRANDING: Kind = Kind {
    name: "branding",
    singular: "branding",
    plural: "branding",
    path: "/branding",
    item: "/branding",
    ..Kind::SINGLETON
};

/// The theme of the sign-in pages.
static BRANDING_THEMES: Kind = Kind {
    name: "branding-themes",
    singular: "branding theme",
    plural: "branding themes",
    path: "/branding/themes",
    item: "/branding/themes/{themeId}",
    id: "themeId",
    name_field: "displayName",
    find: Find::IdOnly,
    columns: &[
        Column::new("themeId", "themeId").whole(),
        Column::new("displayName", "displayName"),
    ],
    read_only: &["themeId"],
    ..Kind::PLAIN
};

/// The page template of the sign-in pages.
static UNIVERSAL_LOGIN: Kind = Kind {
    name: "universal-login-template",
    singular: "universal login template",
    plural: "universal login template",
    path: "/branding/templates/universal-login",
    item: "/branding/templates/universal-login",
    ..Kind::SINGLETON
};

/// Who sends text messages and calls.
static PHONE_PROVIDERS: Kind = Kind {
    name: "phone-providers",
    singular: "phone provider",
    plural: "phone providers",
    path: "/branding/phone/providers",
    item: "/branding/phone/providers/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("channel", "channel"),
        Column::new("disabled", "disabled"),
    ],
    write_only: &["credentials"],
    read_only: &["id", "tenant", "channel", "created_at", "updated_at"],
    ..Kind::PLAIN
};

/// The texts of messages and calls.
static PHONE_TEMPLATES: Kind = Kind {
    name: "phone-templates",
    singular: "phone template",
    plural: "phone templates",
    path: "/branding/phone/templates",
    item: "/branding/phone/templates/{id}",
    name_field: "type",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("type", "type"),
        Column::new("channel", "channel"),
        Column::new("disabled", "disabled"),
    ],
    read_only: &["id", "channel", "customizable", "tenant"],
    fixed: &["type"],
    ..Kind::PLAIN
};

/// Settings of the sign-in pages.
static PROMPTS: Kind = Kind {
    name: "prompts",
    singular: "prompt settings",
    plural: "prompt settings",
    path: "/prompts",
    item: "/prompts",
    ..Kind::SINGLETON
};

/// Who sends e-mail; the credentials are never shown.
static EMAIL_PROVIDER: Kind = Kind {
    name: "email-provider",
    singular: "email provider",
    plural: "email provider",
    path: "/emails/provider",
    item: "/emails/provider",
    write_only: &["credentials"],
    ..Kind::SINGLETON
};

/// The texts of e-mails, by fixed names.
static EMAIL_TEMPLATES: Kind = Kind {
    name: "email-templates",
    singular: "email template",
    plural: "email templates",
    path: "/email-templates",
    item: "/email-templates/{templateName}",
    id: "template",
    name_field: "template",
    id_form: IdForm::Fixed(EMAIL_TEMPLATE_NAMES),
    find: Find::IdOnly,
    columns: &[
        Column::new("template", "template").whole(),
        Column::new("enabled", "enabled"),
        Column::new("subject", "subject"),
    ],
    read_only: &[],
    ..Kind::PLAIN
};
