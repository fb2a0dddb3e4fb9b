//! Multi-factor authentication, attack protection, network rules and rate limits.

use super::{Entry, Target};

/// The entries of this file.
pub(super) static ENTRIES: &[Entry] = &[
    Entry { name: "guardian-factors", drop: &["trial_expired"], ..Entry::LIST },
    Entry { name: "guardian-settings", ..Entry::ONE },
    Entry {
        name: "guardian-email-settings",
        path: "/guardian/factors/email/settings",
        ..Entry::ONE
    },
    Entry {
        name: "guardian-phone-settings",
        path: "/guardian/factors/phone/settings",
        ..Entry::ONE
    },
    Entry { name: "mfa-policies", sets: &["value"], ..Entry::ONE },
    Entry { name: "guardian-phone-provider", ..Entry::ONE },
    Entry { name: "guardian-phone-message-types", sets: &["message_types"], ..Entry::ONE },
    Entry { name: "guardian-phone-templates", ..Entry::ONE },
    Entry { name: "guardian-phone-twilio", ..Entry::ONE },
    Entry { name: "guardian-push-provider", ..Entry::ONE },
    Entry { name: "guardian-push-apns", ..Entry::ONE },
    Entry { name: "guardian-push-sns", ..Entry::ONE },
    Entry { name: "guardian-duo", ..Entry::ONE },
    Entry { name: "bot-detection", sets: &["allowlist"], ..Entry::ONE },
    Entry {
        name: "breached-password-detection",
        sets: &["shields", "admin_notification_frequency", "stage.*.shields"],
        ..Entry::ONE
    },
    Entry { name: "brute-force-protection", sets: &["shields", "allowlist"], ..Entry::ONE },
    Entry { name: "suspicious-ip-throttling", sets: &["shields", "allowlist"], ..Entry::ONE },
    Entry { name: "captcha", ..Entry::ONE },
    Entry { name: "captcha-policies", key: &["priority", "name"], ..Entry::LIST },
    Entry { name: "phone-provider-protection", ..Entry::ONE },
    Entry { name: "risk-assessments", ..Entry::ONE },
    Entry {
        name: "risk-assessments-new-device",
        path: "/risk-assessments/settings/new-device",
        ..Entry::ONE
    },
    Entry { name: "supplemental-signals", ..Entry::ONE },
    Entry {
        name: "network-acls",
        key: &["priority", "description"],
        refs: &[("rule.match.http_message_signature.keys.id", Target::Kind("network-acl-keys"))],
        ..Entry::LIST
    },
    Entry { name: "network-acl-keys", ..Entry::LIST },
    Entry {
        name: "rate-limit-policies",
        key: &["resource", "consumer", "consumer_selector"],
        refs: &[("consumer_selector", Target::Kind("clients"))],
        ..Entry::LIST
    },
];
