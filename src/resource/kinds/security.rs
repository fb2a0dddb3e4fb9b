//! Attack protection, multi-factor authentication, keys and network rules.

use super::model::{Act, ID, IdForm, Kind, NAME, NameLookup};
use crate::management::catalog::Method;
use crate::output::Column;

/// The factors, by the names that the API gives them.
const FACTORS: &[&str] = &[
    "push-notification",
    "sms",
    "email",
    "duo",
    "otp",
    "webauthn-roaming",
    "webauthn-platform",
    "recovery-code",
    "passkey",
];

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[
    &BOT_DETECTION,
    &BREACHED_PASSWORDS,
    &BRUTE_FORCE,
    &SUSPICIOUS_IP,
    &CAPTCHA,
    &CAPTCHA_POLICIES,
    &PHONE_PROVIDER_PROTECTION,
    &RISK_ASSESSMENTS,
    &SUPPLEMENTAL_SIGNALS,
    &GUARDIAN_FACTORS,
    &GUARDIAN_SETTINGS,
    &MFA_POLICIES,
    &ENROLLMENTS,
    &MFA_TWILIO,
    &MFA_PHONE_PROVIDER,
    &MFA_PHONE_MESSAGES,
    &MFA_PHONE_TEMPLATES,
    &MFA_PUSH_PROVIDER,
    &MFA_PUSH_SNS,
    &MFA_PUSH_APNS,
    &MFA_DUO,
    &SIGNING_KEYS,
    &ENCRYPTION_KEYS,
    &CUSTOM_SIGNING_KEYS,
    &NETWORK_ACLS,
    &NETWORK_ACL_KEYS,
    &RATE_LIMIT_POLICIES,
];

/// Bot detection.
static BOT_DETECTION: Kind =
    Kind::singleton("bot-detection", "bot detection", "/attack-protection/bot-detection");

/// Breached password detection.
static BREACHED_PASSWORDS: Kind = Kind::singleton(
    "breached-password-detection",
    "breached password detection",
    "/attack-protection/breached-password-detection",
);

/// Brute-force protection.
static BRUTE_FORCE: Kind = Kind::singleton(
    "brute-force-protection",
    "brute-force protection",
    "/attack-protection/brute-force-protection",
);

/// Suspicious IP throttling.
static SUSPICIOUS_IP: Kind = Kind::singleton(
    "suspicious-ip-throttling",
    "suspicious IP throttling",
    "/attack-protection/suspicious-ip-throttling",
);

/// The captcha providers.
static CAPTCHA: Kind = Kind {
    write_only: &[
        "arkose.secret",
        "hcaptcha.secret",
        "friendly_captcha.secret",
        "recaptcha_enterprise.api_key",
        "recaptcha_v2.secret",
    ],
    ..Kind::singleton("captcha", "captcha", "/attack-protection/captcha")
};

/// When which captcha is shown. An update that leaves out a secret keeps it, as documented.
static CAPTCHA_POLICIES: Kind = Kind {
    columns: &[ID, NAME, Column::new("priority", "priority")],
    ..Kind::plain(
        "captcha-policies",
        "captcha policy",
        "captcha policies",
        "/attack-protection/captcha/policies",
        "/attack-protection/captcha/policies/{id}",
    )
};

/// Protection of the phone provider against abuse.
static PHONE_PROVIDER_PROTECTION: Kind = Kind::singleton(
    "phone-provider-protection",
    "phone provider protection",
    "/attack-protection/phone-provider-protection",
);

/// Risk assessment.
static RISK_ASSESSMENTS: Kind =
    Kind { ..Kind::singleton("risk-assessments", "risk assessment", "/risk-assessments/settings") };

/// Signals from other systems.
static SUPPLEMENTAL_SIGNALS: Kind =
    Kind::singleton("supplemental-signals", "supplemental signals", "/supplemental-signals");

/// The factors of multi-factor authentication.
static GUARDIAN_FACTORS: Kind = Kind {
    id: "name",
    id_form: IdForm::Fixed(FACTORS),
    find: NameLookup::IdOnly,
    columns: &[
        NAME.whole(),
        Column::new("enabled", "enabled"),
        Column::new("trial_expired", "trial expired"),
    ],
    read_only: &["name", "trial_expired"],
    ..Kind::plain(
        "guardian-factors",
        "factor",
        "factors",
        "/guardian/factors",
        "/guardian/factors/{name}",
    )
};

/// Settings of multi-factor authentication.
static GUARDIAN_SETTINGS: Kind =
    Kind { ..Kind::singleton("guardian-settings", "multi-factor settings", "/guardian/settings") };

/// When multi-factor authentication is asked for. The API's body is a bare list of policies.
static MFA_POLICIES: Kind = Kind {
    bare: "policies",
    ..Kind::singleton("mfa-policies", "MFA policies", "/guardian/policies")
};

/// The Twilio account that sends codes.
static MFA_TWILIO: Kind = Kind {
    secrets: &["auth_token"],
    ..Kind::singleton(
        "guardian-phone-twilio",
        "Twilio settings",
        "/guardian/factors/phone/providers/twilio",
    )
};

/// Enrollments of users in multi-factor authentication: listed below a user.
static ENROLLMENTS: Kind = Kind {
    find: NameLookup::IdOnly,
    ..Kind::plain(
        "guardian-enrollments",
        "enrollment",
        "enrollments",
        "/guardian/enrollments",
        "/guardian/enrollments/{id}",
    )
};

/// Who sends codes by phone.
static MFA_PHONE_PROVIDER: Kind = Kind::singleton(
    "guardian-phone-provider",
    "phone factor provider",
    "/guardian/factors/phone/selected-provider",
);

/// How codes are sent by phone: text, voice or both.
static MFA_PHONE_MESSAGES: Kind = Kind::singleton(
    "guardian-phone-message-types",
    "phone message types",
    "/guardian/factors/phone/message-types",
);

/// The texts of codes sent by phone.
static MFA_PHONE_TEMPLATES: Kind = Kind::singleton(
    "guardian-phone-templates",
    "phone factor templates",
    "/guardian/factors/phone/templates",
);

/// Who sends push notifications.
static MFA_PUSH_PROVIDER: Kind = Kind::singleton(
    "guardian-push-provider",
    "push provider",
    "/guardian/factors/push-notification/selected-provider",
);

/// The Amazon SNS account that sends push notifications.
static MFA_PUSH_SNS: Kind = Kind {
    secrets: &["aws_secret_access_key"],
    ..Kind::singleton(
        "guardian-push-sns",
        "Amazon SNS settings",
        "/guardian/factors/push-notification/providers/sns",
    )
};

/// The Apple push settings; the certificate is never shown.
static MFA_PUSH_APNS: Kind = Kind {
    write_only: &["p12"],
    ..Kind::singleton(
        "guardian-push-apns",
        "Apple push settings",
        "/guardian/factors/push-notification/providers/apns",
    )
};

/// The Duo account.
static MFA_DUO: Kind = Kind {
    secrets: &["skey"],
    ..Kind::singleton("guardian-duo", "Duo settings", "/guardian/factors/duo/settings")
};

/// The keys that sign tokens.
static SIGNING_KEYS: Kind = Kind {
    id: "kid",
    name_field: "kid",
    find: NameLookup::IdOnly,
    columns: &[
        Column::new("kid", "kid").whole(),
        Column::new("current", "current"),
        Column::new("next", "next"),
        Column::new("previous", "previous"),
        Column::new("revoked", "revoked"),
    ],
    read_only: &[],
    acts: &[
        Act {
            asks: true,
            ..Act::post(
                "rotate",
                "rotated",
                "Make the next signing key the current one",
                "/keys/signing/rotate",
            )
        },
        Act {
            method: Method::Put,
            asks: true,
            ..Act::post(
                "revoke",
                "revoked",
                "Revoke a signing key, so that tokens signed with it are refused",
                "/keys/signing/{kid}/revoke",
            )
        },
    ],
    ..Kind::plain(
        "signing-keys",
        "signing key",
        "signing keys",
        "/keys/signing",
        "/keys/signing/{kid}",
    )
};

/// The tenant's encryption keys.
static ENCRYPTION_KEYS: Kind = Kind {
    id: "kid",
    name_field: "kid",
    find: NameLookup::IdOnly,
    columns: &[
        Column::new("kid", "kid").whole(),
        Column::new("type", "type"),
        Column::new("state", "state"),
        Column::new("created_at", "created"),
    ],
    acts: &[Act {
        asks: true,
        ..Act::post("rekey", "rekeyed", "Make a new hierarchy of keys", "/keys/encryption/rekey")
    }],
    ..Kind::plain(
        "encryption-keys",
        "encryption key",
        "encryption keys",
        "/keys/encryption",
        "/keys/encryption/{kid}",
    )
};

/// The tenant's own public signing keys.
static CUSTOM_SIGNING_KEYS: Kind =
    Kind::singleton("custom-signing-keys", "custom signing keys", "/keys/custom-signing");

/// Who may reach the tenant, by address and other signs.
static NETWORK_ACLS: Kind = Kind {
    name_field: "description",
    id_form: IdForm::Prefix("acl_"),
    columns: &[
        ID,
        Column::new("description", "description"),
        Column::new("priority", "priority"),
        Column::new("active", "active"),
    ],
    ..Kind::plain(
        "network-acls",
        "network ACL",
        "network ACLs",
        "/network-acls",
        "/network-acls/{id}",
    )
};

/// Public keys that network ACLs verify requests with.
static NETWORK_ACL_KEYS: Kind = Kind {
    columns: &[ID, NAME, Column::new("fingerprint", "fingerprint")],
    ..Kind::plain(
        "network-acl-keys",
        "network ACL key",
        "network ACL keys",
        "/keys/network-acls",
        "/keys/network-acls/{id}",
    )
};

/// Rate limits of single applications.
static RATE_LIMIT_POLICIES: Kind = Kind {
    name_field: "consumer_selector",
    id_form: IdForm::Prefix("rlp_"),
    columns: &[
        ID,
        Column::new("resource", "resource"),
        Column::new("consumer", "consumer"),
        Column::new("consumer_selector", "consumer selector"),
    ],
    fixed: &["resource", "consumer", "consumer_selector"],
    ..Kind::plain(
        "rate-limit-policies",
        "rate limit policy",
        "rate limit policies",
        "/rate-limit-policies",
        "/rate-limit-policies/{id}",
    )
};
