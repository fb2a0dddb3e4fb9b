//! Attack protection, multi-factor authentication, keys and network rules.

use super::{Find, IdForm, Kind};
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
static BOT_DETECTION: Kind = Kind {
    name: "bot-detection",
    singular: "bot detection",
    plural: "bot detection",
    path: "/attack-protection/bot-detection",
    item: "/attack-protection/bot-detection",
    ..Kind::SINGLETON
};

/// Breached password detection.
static BREACHED_PASSWORDS: Kind = Kind {
    name: "breached-password-detection",
    singular: "breached password detection",
    plural: "breached password detection",
    path: "/attack-protection/breached-password-detection",
    item: "/attack-protection/breached-password-detection",
    ..Kind::SINGLETON
};

/// Brute-force protection.
static BRUTE_FORCE: Kind = Kind {
    name: "brute-force-protection",
    singular: "brute-force protection",
    plural: "brute-force protection",
    path: "/attack-protection/brute-force-protection",
    item: "/attack-protection/brute-force-protection",
    ..Kind::SINGLETON
};

/// Suspicious IP throttling.
static SUSPICIOUS_IP: Kind = Kind {
    name: "suspicious-ip-throttling",
    singular: "suspicious IP throttling",
    plural: "suspicious IP throttling",
    path: "/attack-protection/suspicious-ip-throttling",
    item: "/attack-protection/suspicious-ip-throttling",
    ..Kind::SINGLETON
};

/// The captcha providers.
static CAPTCHA: Kind = Kind {
    name: "captcha",
    singular: "captcha",
    plural: "captcha",
    path: "/attack-protection/captcha",
    item: "/attack-protection/captcha",
    write_only: &["arkose", "hcaptcha", "friendly_captcha", "recaptcha_enterprise", "recaptcha_v2"],
    ..Kind::SINGLETON
};

/// When which captcha is shown.
static CAPTCHA_POLICIES: Kind = Kind {
    name: "captcha-policies",
    singular: "captcha policy",
    plural: "captcha policies",
    path: "/attack-protection/captcha/policies",
    item: "/attack-protection/captcha/policies/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("priority", "priority"),
    ],
    write_only: &["action"],
    ..Kind::PLAIN
};

/// Protection of the phone provider against abuse.
static PHONE_PROVIDER_PROTECTION: Kind = Kind {
    name: "phone-provider-protection",
    singular: "phone provider protection",
    plural: "phone provider protection",
    path: "/attack-protection/phone-provider-protection",
    item: "/attack-protection/phone-provider-protection",
    ..Kind::SINGLETON
};

/// Risk assessment.
static RISK_ASSESSMENTS: Kind = Kind {
    name: "risk-assessments",
    singular: "risk assessment",
    plural: "risk assessment",
    path: "/risk-assessments/settings",
    item: "/risk-assessments/settings",
    ..Kind::SINGLETON
};

/// Signals from other systems.
static SUPPLEMENTAL_SIGNALS: Kind = Kind {
    name: "supplemental-signals",
    singular: "supplemental signals",
    plural: "supplemental signals",
    path: "/supplemental-signals",
    item: "/supplemental-signals",
    ..Kind::SINGLETON
};

/// The factors of multi-factor authentication.
static GUARDIAN_FACTORS: Kind = Kind {
    name: "guardian-factors",
    singular: "factor",
    plural: "factors",
    path: "/guardian/factors",
    item: "/guardian/factors/{name}",
    id: "name",
    id_form: IdForm::Fixed(FACTORS),
    find: Find::IdOnly,
    columns: &[
        Column::new("name", "name").whole(),
        Column::new("enabled", "enabled"),
        Column::new("trial_expired", "trial expired"),
    ],
    read_only: &["name", "trial_expired"],
    ..Kind::PLAIN
};

/// Settings of multi-factor authentication.
static GUARDIAN_SETTINGS: Kind = Kind {
    name: "guardian-settings",
    singular: "multi-factor settings",
    plural: "multi-factor settings",
    path: "/guardian/settings",
    item: "/guardian/settings",
    ..Kind::SINGLETON
};

/// When multi-factor authentication is asked for. The body is a list of policies.
static MFA_POLICIES: Kind = Kind {
    name: "mfa-policies",
    singular: "MFA policy",
    plural: "MFA policies",
    path: "/guardian/policies",
    item: "/guardian/policies",
    ..Kind::SINGLETON
};

/// The Twilio account that sends codes.
static MFA_TWILIO: Kind = Kind {
    name: "guardian-phone-twilio",
    singular: "Twilio settings",
    plural: "Twilio settings",
    path: "/guardian/factors/phone/providers/twilio",
    item: "/guardian/factors/phone/providers/twilio",
    secrets: &["auth_token"],
    ..Kind::SINGLETON
};

/// Who sends codes by phone.
static MFA_PHONE_PROVIDER: Kind = Kind {
    name: "guardian-phone-provider",
    singular: "phone factor provider",
    plural: "phone factor provider",
    path: "/guardian/factors/phone/selected-provider",
    item: "/guardian/factors/phone/selected-provider",
    ..Kind::SINGLETON
};

/// How codes are sent by phone: text, voice or both.
static MFA_PHONE_MESSAGES: Kind = Kind {
    name: "guardian-phone-message-types",
    singular: "phone message types",
    plural: "phone message types",
    path: "/guardian/factors/phone/message-types",
    item: "/guardian/factors/phone/message-types",
    ..Kind::SINGLETON
};

/// The texts of codes sent by phone.
static MFA_PHONE_TEMPLATES: Kind = Kind {
    name: "guardian-phone-templates",
    singular: "phone factor templates",
    plural: "phone factor templates",
    path: "/guardian/factors/phone/templates",
    item: "/guardian/factors/phone/templates",
    ..Kind::SINGLETON
};

/// Who sends push notifications.
static MFA_PUSH_PROVIDER: Kind = Kind {
    name: "guardian-push-provider",
    singular: "push provider",
    plural: "push provider",
    path: "/guardian/factors/push-notification/selected-provider",
    item: "/guardian/factors/push-notification/selected-provider",
    ..Kind::SINGLETON
};

/// The Amazon SNS account that sends push notifications.
static MFA_PUSH_SNS: Kind = Kind {
    name: "guardian-push-sns",
    singular: "Amazon SNS settings",
    plural: "Amazon SNS settings",
    path: "/guardian/factors/push-notification/providers/sns",
    item: "/guardian/factors/push-notification/providers/sns",
    secrets: &["aws_secret_access_key"],
    ..Kind::SINGLETON
};

/// The Apple push settings; the certificate is never shown.
static MFA_PUSH_APNS: Kind = Kind {
    name: "guardian-push-apns",
    singular: "Apple push settings",
    plural: "Apple push settings",
    path: "/guardian/factors/push-notification/providers/apns",
    item: "/guardian/factors/push-notification/providers/apns",
    write_only: &["p12"],
    ..Kind::SINGLETON
};

/// The Duo account.
static MFA_DUO: Kind = Kind {
    name: "guardian-duo",
    singular: "Duo settings",
    plural: "Duo settings",
    path: "/guardian/factors/duo/settings",
    item: "/guardian/factors/duo/settings",
    secrets: &["skey"],
    ..Kind::SINGLETON
};

/// The keys that sign tokens.
static SIGNING_KEYS: Kind = Kind {
    name: "signing-keys",
    singular: "signing key",
    plural: "signing keys",
    path: "/keys/signing",
    item: "/keys/signing/{kid}",
    id: "kid",
    name_field: "kid",
    find: Find::IdOnly,
    columns: &[
        Column::new("kid", "kid").whole(),
        Column::new("current", "current"),
        Column::new("next", "next"),
        Column::new("previous", "previous"),
        Column::new("revoked", "revoked"),
    ],
    read_only: &[],
    ..Kind::PLAIN
};

/// The tenant's encryption keys.
static ENCRYPTION_KEYS: Kind = Kind {
    name: "encryption-keys",
    singular: "encryption key",
    plural: "encryption keys",
    path: "/keys/encryption",
    item: "/keys/encryption/{kid}",
    id: "kid",
    name_field: "kid",
    find: Find::IdOnly,
    columns: &[
        Column::new("kid", "kid").whole(),
        Column::new("type", "type"),
        Column::new("state", "state"),
        Column::new("created_at", "created"),
    ],
    ..Kind::PLAIN
};

/// The tenant's own public signing keys.
static CUSTOM_SIGNING_KEYS: Kind = Kind {
    name: "custom-signing-keys",
    singular: "custom signing keys",
    plural: "custom signing keys",
    path: "/keys/custom-signing",
    item: "/keys/custom-signing",
    ..Kind::SINGLETON
};

/// Who may reach the tenant, by address and other signs.
static NETWORK_ACLS: Kind = Kind {
    name: "network-acls",
    singular: "network ACL",
    plural: "network ACLs",
    path: "/network-acls",
    item: "/network-acls/{id}",
    name_field: "description",
    id_form: IdForm::Prefix("acl_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("description", "description"),
        Column::new("priority", "priority"),
        Column::new("active", "active"),
    ],
    ..Kind::PLAIN
};

/// Public keys that network ACLs verify requests with.
static NETWORK_ACL_KEYS: Kind = Kind {
    name: "network-acl-keys",
    singular: "network ACL key",
    plural: "network ACL keys",
    path: "/keys/network-acls",
    item: "/keys/network-acls/{id}",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("fingerprint", "fingerprint"),
    ],
    ..Kind::PLAIN
};

/// Rate limits of single applications.
static RATE_LIMIT_POLICIES: Kind = Kind {
    name: "rate-limit-policies",
    singular: "rate limit policy",
    plural: "rate limit policies",
    path: "/rate-limit-policies",
    item: "/rate-limit-policies/{id}",
    name_field: "consumer_selector",
    id_form: IdForm::Prefix("rlp_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("resource", "resource"),
        Column::new("consumer", "consumer"),
        Column::new("consumer_selector", "consumer selector"),
    ],
    read_only: &["id", "created_at", "updated_at"],
    fixed: &["resource", "consumer", "consumer_selector"],
    ..Kind::PLAIN
};
