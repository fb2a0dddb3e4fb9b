//! The tenant itself: settings, branding, domains, prompts, messages.

use super::{Detail, Entry, Source, Target, TextFile, text};

/// Prompts whose texts can be replaced.
const PROMPTS: &[&str] = &[
    "login",
    "login-id",
    "login-password",
    "login-passwordless",
    "login-email-verification",
    "signup",
    "signup-id",
    "signup-password",
    "phone-identifier-enrollment",
    "phone-identifier-challenge",
    "email-identifier-challenge",
    "reset-password",
    "custom-form",
    "consent",
    "customized-consent",
    "logout",
    "mfa-push",
    "mfa-otp",
    "mfa-voice",
    "mfa-phone",
    "mfa-webauthn",
    "mfa-sms",
    "mfa-email",
    "mfa-recovery-code",
    "mfa",
    "status",
    "device-flow",
    "email-verification",
    "email-otp-challenge",
    "organizations",
    "invitation",
    "common",
    "passkeys",
    "captcha",
    "brute-force-protection",
    "async-approval-flow",
    "confirmation",
];

/// Prompts into which pieces of HTML can be put.
const PARTIALS: &[&str] = &[
    "login",
    "login-id",
    "login-password",
    "login-passwordless",
    "signup",
    "signup-id",
    "signup-password",
    "customized-consent",
    "passkeys",
    "confirmation",
];

/// E-mails whose texts can be replaced.
const EMAILS: &[&str] = &[
    "async_approval",
    "auth_email_by_code",
    "blocked_account",
    "change_password",
    "enrollment_email",
    "mfa_oob_code",
    "password_reset",
    "reset_email",
    "reset_email_by_code",
    "stolen_credentials",
    "user_invitation",
    "verify_email",
    "verify_email_by_code",
    "welcome_email",
];

/// The entries of this file.
pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "tenant-settings",
        // No client of the API can change these flags.
        drop: &[
            "flags.allow_changing_enable_sso",
            "flags.enable_sso",
            "flags.disable_impersonation",
            "flags.remove_stale_idp_attributes",
        ],
        refs: &[("default_audience", Target::Api)],
        sets: &["allowed_logout_urls"],
        texts: &[
            text("change_password.html", "html"),
            text("guardian_mfa_page.html", "html"),
            text("error_page.html", "html"),
        ],
        ..Entry::ONE
    },
    Entry { name: "custom-domains", key: &["domain"], ..Entry::LIST },
    Entry { name: "branding", ..Entry::ONE },
    Entry { name: "branding-themes", path: "/branding/themes/default", ..Entry::ONE },
    Entry { name: "universal-login-template", texts: &[text("body", "html")], ..Entry::ONE },
    Entry {
        // The classic login page belongs to the client that stands for all clients.
        name: "login-page",
        source: Source::First,
        path: "/clients",
        query: &[
            ("is_global", "true"),
            ("fields", "custom_login_page,custom_login_page_on"),
            ("include_fields", "true"),
        ],
        only: &["custom_login_page", "custom_login_page_on"],
        texts: &[text("custom_login_page", "html")],
        ..Entry::ONE
    },
    Entry { name: "phone-providers", ..Entry::LIST },
    Entry { name: "phone-templates", key: &["type"], drop: &["content.syntax"], ..Entry::LIST },
    Entry { name: "prompts", ..Entry::ONE },
    Entry {
        name: "prompt-texts",
        source: Source::Prompts(PROMPTS),
        path: "/tenants/settings",
        detail: Some(Detail {
            path: "/prompts/{prompt}/custom-text/{language}",
            fill: &["prompt", "language"],
            under: Some("texts"),
        }),
        key: &["language", "prompt"],
        on_request: true,
        ..Entry::LIST
    },
    Entry {
        name: "prompt-partials",
        source: Source::Names("prompt", PARTIALS),
        detail: Some(Detail {
            path: "/prompts/{prompt}/partials",
            fill: &["prompt"],
            under: Some("partials"),
        }),
        key: &["prompt"],
        texts: &[TextFile { path: "partials.*.*", extension: "html", skip: 1 }],
        ..Entry::LIST
    },
    Entry {
        name: "prompt-rendering",
        path: "/prompts/rendering",
        key: &["prompt", "screen"],
        drop: &["tenant"],
        refs: &[
            ("filters.clients.id", Target::Kind("clients")),
            ("filters.organizations.id", Target::Kind("organizations")),
            ("filters.domains.id", Target::Kind("custom-domains")),
        ],
        ..Entry::LIST
    },
    Entry { name: "email-provider", ..Entry::ONE },
    Entry {
        name: "email-templates",
        source: Source::Names("template", EMAILS),
        detail: Some(Detail {
            path: "/email-templates/{templateName}",
            fill: &["template"],
            under: None,
        }),
        key: &["template"],
        texts: &[text("body", "html")],
        ..Entry::LIST
    },
];
