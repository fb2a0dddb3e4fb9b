//! The tenant itself: settings, branding, domains, messages.

use super::model::{Act, ID, IdForm, Kind, NAME, NameLookup};
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
    &DEFAULT_CUSTOM_DOMAIN,
    &BRANDING,
    &BRANDING_THEMES,
    &UNIVERSAL_LOGIN,
    &PHONE_PROVIDERS,
    &PHONE_TEMPLATES,
    &PROMPTS,
    &PROMPT_TEXTS,
    &PROMPT_PARTIALS,
    &PROMPT_RENDERINGS,
    &EMAIL_PROVIDER,
    &EMAIL_TEMPLATES,
    &JOBS,
];

/// The tenant's settings.
pub static TENANT_SETTINGS: Kind = Kind {
    program: "auth0-tenant",
    read_only: &["sandbox_versions_available"],
    merged: &["flags"],
    dashboard: Some("tenant/general"),
    ..Kind::singleton("tenant-settings", "tenant settings", "/tenants/settings")
};

/// Domains of your own for the tenant.
static CUSTOM_DOMAINS: Kind = Kind {
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
    acts: &[
        Act::post(
            "verify",
            "asked for the verification of",
            "Verify a custom domain by its DNS records",
            "/custom-domains/{id}/verify",
        ),
        Act::post(
            "test",
            "tested",
            "Test whether a custom domain reaches the tenant",
            "/custom-domains/{id}/test",
        ),
    ],
    ..Kind::plain(
        "custom-domains",
        "custom domain",
        "custom domains",
        "/custom-domains",
        "/custom-domains/{id}",
    )
};

/// The custom domain that the tenant uses where none is named.
static DEFAULT_CUSTOM_DOMAIN: Kind =
    Kind::singleton("default-custom-domain", "default custom domain", "/custom-domains/default");

/// Colours, logo and font.
static BRANDING: Kind = Kind::singleton("branding", "branding", "/branding");

/// The theme of the sign-in pages.
static BRANDING_THEMES: Kind = Kind {
    id: "themeId",
    name_field: "displayName",
    find: NameLookup::IdOnly,
    columns: &[
        Column::new("themeId", "themeId").whole(),
        Column::new("displayName", "displayName"),
    ],
    read_only: &["themeId"],
    // The API requires all of these of a change too.
    sent_back: &["borders", "colors", "displayName", "fonts", "page_background", "widget"],
    ..Kind::plain(
        "branding-themes",
        "branding theme",
        "branding themes",
        "/branding/themes",
        "/branding/themes/{themeId}",
    )
};

/// The page template of the sign-in pages.
static UNIVERSAL_LOGIN: Kind = Kind {
    renamed: Some(("body", "template")),
    ..Kind::singleton(
        "universal-login-template",
        "universal login template",
        "/branding/templates/universal-login",
    )
};

/// Who sends text messages and calls.
static PHONE_PROVIDERS: Kind = Kind {
    columns: &[ID, NAME, Column::new("channel", "channel"), Column::new("disabled", "disabled")],
    write_only: &["credentials"],
    read_only: &["id", "tenant", "channel", "created_at", "updated_at"],
    ..Kind::plain(
        "phone-providers",
        "phone provider",
        "phone providers",
        "/branding/phone/providers",
        "/branding/phone/providers/{id}",
    )
};

/// The texts of messages and calls.
static PHONE_TEMPLATES: Kind = Kind {
    name_field: "type",
    columns: &[
        ID,
        Column::new("type", "type"),
        Column::new("channel", "channel"),
        Column::new("disabled", "disabled"),
    ],
    read_only: &["id", "channel", "customizable", "tenant"],
    fixed: &["type", "content.syntax"],
    ..Kind::plain(
        "phone-templates",
        "phone template",
        "phone templates",
        "/branding/phone/templates",
        "/branding/phone/templates/{id}",
    )
};

/// Settings of the sign-in pages.
static PROMPTS: Kind = Kind::singleton("prompts", "prompt settings", "/prompts");

/// Texts of the sign-in pages of your own, by prompt and language, such as `login:en`.
static PROMPT_TEXTS: Kind = Kind {
    id: "",
    id_form: IdForm::Two("PROMPT:LANGUAGE"),
    named_by: "PROMPT:LANGUAGE, such as login:en",
    find: NameLookup::IdOnly,
    read_only: &[],
    ..Kind::plain(
        "prompt-texts",
        "prompt text",
        "prompt texts",
        "/prompts/{prompt}/custom-text/{language}",
        "/prompts/{prompt}/custom-text/{language}",
    )
};

/// Parts of the sign-in pages of your own, by prompt.
static PROMPT_PARTIALS: Kind = Kind {
    id: "",
    named_by: "Name of the prompt, such as login",
    find: NameLookup::IdOnly,
    read_only: &[],
    ..Kind::plain(
        "prompt-partials",
        "prompt partial",
        "prompt partials",
        "/prompts/{prompt}/partials",
        "/prompts/{prompt}/partials",
    )
};

/// How a screen is rendered, by prompt and screen, such as `login-id:login-id`.
static PROMPT_RENDERINGS: Kind = Kind {
    id: "",
    id_form: IdForm::Two("PROMPT:SCREEN"),
    named_by: "PROMPT:SCREEN, such as login-id:login-id",
    find: NameLookup::IdOnly,
    columns: &[
        Column::new("prompt", "prompt").whole(),
        Column::new("screen", "screen").whole(),
        Column::new("rendering_mode", "rendering mode"),
    ],
    read_only: &["tenant", "prompt", "screen"],
    ..Kind::plain(
        "prompt-rendering",
        "prompt rendering",
        "prompt renderings",
        "/prompts/rendering",
        "/prompts/{prompt}/screen/{screen}/rendering",
    )
};

/// Who sends e-mail; the credentials are never shown.
static EMAIL_PROVIDER: Kind = Kind {
    write_only: &["credentials"],
    asked_for: &["name", "enabled", "credentials", "settings", "default_from_address"],
    ..Kind::singleton("email-provider", "email provider", "/emails/provider")
};

/// The texts of e-mails, by fixed names.
static EMAIL_TEMPLATES: Kind = Kind {
    id: "template",
    name_field: "template",
    id_form: IdForm::Fixed(EMAIL_TEMPLATE_NAMES),
    named_by: "Name of the template, such as welcome_email",
    find: NameLookup::IdOnly,
    columns: &[
        Column::new("template", "template").whole(),
        Column::new("enabled", "enabled"),
        Column::new("subject", "subject"),
    ],
    read_only: &[],
    ..Kind::plain(
        "email-templates",
        "email template",
        "email templates",
        "/email-templates",
        "/email-templates/{templateName}",
    )
};

/// Work that the tenant does in the background, such as an export of users.
static JOBS: Kind = Kind {
    id_form: IdForm::Prefix("job_"),
    named_by: "ID",
    find: NameLookup::IdOnly,
    ..Kind::plain("jobs", "job", "jobs", "/jobs", "/jobs/{id}")
};
