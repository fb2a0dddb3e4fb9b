//! The reviewed table: which documented paths of the Management API hold secrets, and which
//! documented fields only sound as if they did.
//!
//! Paths look like `clients[].addons.*.secret` and start at the resource. An answer that is a list,
//! bare or under a key, is treated like its items. `[]` marks a list for the reader, `*` is any
//! key, and a leading `**.` stands for any path before it. A secret path hides everything below it,
//! except an object under a key that only hides text
//! ([`Reach::Values`](crate::output::redact::Reach::Values)). A plain path is exactly one string or
//! number, or a list of them.
//!
//! `tests/redaction` checks every documented path against this table.

/// What is known about the operations at and below a path of the API.
pub(super) struct PathRules {
    /// The path of the API below `/api/v2`. `{}` stands for any segment.
    pub(super) api: &'static str,
    pub(super) secrets: &'static [&'static str],
    /// Documented fields that are not secret, although their name or that of a parent sounds like
    /// it.
    pub(super) plain: &'static [&'static str],
}

/// The place with the longest path that a request's path is at or below. The request's path may be
/// a template.
pub(super) fn place(path: &str) -> Option<&'static PathRules> {
    let is_at = |place: &&PathRules| {
        let mut given = path.split('/');
        place
            .api
            .split('/')
            .all(|segment| given.next().is_some_and(|given| segment == "{}" || segment == given))
    };
    TABLE.iter().filter(is_at).max_by_key(|place| place.api.len())
}

/// All places, sorted by the path of the API.
pub(super) static TABLE: &[PathRules] = &[
    PathRules {
        api: "/actions",
        secrets: &["**.secrets[].value", "**.required_secrets[].default_value"],
        plain: &[
            "**.secrets[].name",
            "**.secrets[].updated_at",
            "**.required_secrets[].name",
            "**.required_secrets[].type",
            "**.required_secrets[].label",
            "**.required_secrets[].description",
            "**.required_secrets[].placeholder",
            "**.required_secrets[].options[].label",
            "**.required_secrets[].options[].value",
        ],
    },
    PathRules {
        api: "/attack-protection/captcha",
        secrets: &[
            "**.arkose.secret",
            "**.friendly_captcha.secret",
            "**.hcaptcha.secret",
            "**.recaptcha_v2.secret",
            "**.recaptcha_enterprise.api_key",
        ],
        plain: &[],
    },
    PathRules { api: "/branding/phone/providers", secrets: &["credentials"], plain: &[] },
    PathRules {
        api: "/clients",
        secrets: &[
            "client_secret",
            "encryption_key",
            "signing_key",
            "signing_keys[]",
            "jwt_configuration.secret",
            "addons.azure_blob.storageAccessKey",
            "addons.azure_sb.sasKey",
            "addons.firebase.private_key",
            "addons.firebase.private_key_id",
            "addons.firebase.secret",
            "addons.layer.privateKey",
            "addons.sap_api.servicePassword",
            "addons.wams.masterkey",
        ],
        plain: &[
            "signed_request_object.credentials[].alg",
            "signed_request_object.credentials[].credential_type",
            "signed_request_object.credentials[].expires_at",
            "signed_request_object.credentials[].id",
            "signed_request_object.credentials[].kid",
            "signed_request_object.credentials[].name",
            "signed_request_object.credentials[].pem",
            "token_vault_privileged_access.credentials[].alg",
            "token_vault_privileged_access.credentials[].credential_type",
            "token_vault_privileged_access.credentials[].expires_at",
            "token_vault_privileged_access.credentials[].id",
            "token_vault_privileged_access.credentials[].kid",
            "token_vault_privileged_access.credentials[].name",
            "token_vault_privileged_access.credentials[].pem",
        ],
    },
    // Connection options are mostly free-form, so the names of their keys hide most secrets.
    PathRules {
        api: "/connections",
        secrets: &[
            "provisioning_ticket_url",
            "options.client_secret",
            "options.app_secret",
            "options.twilio_token",
            "options.gateway_authentication.secret",
            "options.admin_access_token",
            "options.admin_refresh_token",
            "options.ext_access_token",
            "options.ext_refresh_token",
            "options.decryptionKey",
            "options.signing_key",
            "options.configuration.*",
            "options.customScripts",
        ],
        plain: &["options.custom_password_hash.action_id"],
    },
    PathRules { api: "/connections/{}/scim-configuration/tokens", secrets: &["token"], plain: &[] },
    PathRules {
        // The header by which a proxy proves that it may pass on requests to a self-managed domain.
        api: "/custom-domains",
        secrets: &["cname_api_key"],
        plain: &[],
    },
    PathRules {
        api: "/emails/provider",
        secrets: &[
            "credentials.api_key",
            "credentials.secretAccessKey",
            "credentials.smtp_pass",
            "credentials.connectionString",
            "credentials.clientSecret",
        ],
        plain: &[
            "credentials.accessKeyId",
            "credentials.api_user",
            "credentials.clientId",
            "credentials.domain",
            "credentials.region",
            "credentials.smtp_host",
            "credentials.smtp_port",
            "credentials.smtp_user",
            "credentials.tenantId",
        ],
    },
    PathRules {
        api: "/event-streams",
        secrets: &[
            "destination.configuration.webhook_authorization.password",
            "destination.configuration.webhook_authorization.token",
            "destination.configuration.webhook_authorization.value",
            "destination.configuration.webhook_authorization.header_value",
        ],
        plain: &[],
    },
    PathRules {
        api: "/flows",
        secrets: &["**.params.basic.password", "**.params.token"],
        plain: &[],
    },
    PathRules { api: "/flows/vault/connections", secrets: &["setup"], plain: &[] },
    PathRules {
        api: "/forms",
        secrets: &[
            "nodes[].config.components[].config.access_token",
            "nodes[].config.components[].config.api_key",
            "nodes[].config.components[].config.secret_key",
            "nodes[].config.components[].config.server_key",
            "nodes[].config.components[].config.credentials.private_key",
        ],
        plain: &["nodes[].config.components[].config.credentials.public_key"],
    },
    PathRules {
        api: "/guardian",
        secrets: &[
            "auth_token",
            "aws_secret_access_key",
            "p12",
            "server_key",
            "server_credentials",
            "skey",
            // It is enough to enroll a device.
            "ticket_id",
            "ticket_url",
        ],
        plain: &[],
    },
    PathRules { api: "/hooks/{}/secrets", secrets: &["*"], plain: &[] },
    PathRules {
        // The signed address of the exported users.
        api: "/jobs",
        secrets: &[
            "location",
            "user.password",
            "user.password_hash",
            "user.custom_password_hash",
            "user.mfa_factors",
        ],
        plain: &[],
    },
    PathRules {
        // Private members of a JSON Web Key (RFC 7518 §6). The API only takes public keys.
        api: "/keys",
        secrets: &["d", "p", "q", "dp", "dq", "qi", "oth", "k"],
        plain: &["pkcs7"],
    },
    PathRules {
        api: "/log-streams",
        secrets: &[
            "sink.datadogApiKey",
            "sink.httpAuthorization",
            "sink.httpCustomHeaders[].value",
            "sink.mixpanelServiceAccountPassword",
            "sink.segmentWriteKey",
            "sink.splunkToken",
            // The URL is enough to write to the stream.
            "sink.sumoSourceAddress",
        ],
        plain: &[
            "sink.awsAccountId",
            "sink.awsPartnerEventSource",
            "sink.awsRegion",
            "sink.azurePartnerTopic",
            "sink.azureRegion",
            "sink.azureResourceGroup",
            "sink.azureSubscriptionId",
            "sink.datadogRegion",
            "sink.httpContentFormat",
            "sink.httpContentType",
            "sink.httpCustomHeaders[].header",
            "sink.httpEndpoint",
            "sink.mixpanelProjectId",
            "sink.mixpanelRegion",
            "sink.mixpanelServiceAccountUsername",
            "sink.splunkDomain",
            "sink.splunkPort",
        ],
    },
    PathRules {
        api: "/organizations/{}/invitations",
        secrets: &["invitation_url", "ticket_id"],
        plain: &[],
    },
    PathRules {
        // The texts of the sign-in pages, under keys such as `passwordPlaceholder`.
        api: "/prompts/{}/custom-text",
        secrets: &[],
        plain: &["**.*"],
    },
    PathRules {
        api: "/resource-servers",
        secrets: &["signing_secret"],
        plain: &[
            "token_encryption.encryption_key.alg",
            "token_encryption.encryption_key.kid",
            "token_encryption.encryption_key.name",
            "token_encryption.encryption_key.pem",
            "token_lifetime_for_anonymous_access_tokens",
        ],
    },
    PathRules { api: "/rules-configs", secrets: &["value"], plain: &[] },
    PathRules { api: "/self-service-profiles/{}/sso-ticket", secrets: &["ticket"], plain: &[] },
    PathRules { api: "/stats", secrets: &[], plain: &["leaked_passwords"] },
    PathRules { api: "/tickets", secrets: &["ticket"], plain: &[] },
    PathRules {
        api: "/users",
        secrets: &[
            "password",
            "identities[].access_token",
            "identities[].access_token_secret",
            "identities[].refresh_token",
            "recovery_code",
            "totp_secret",
        ],
        plain: &[],
    },
    PathRules {
        api: "/users/{}/identities",
        secrets: &["access_token", "access_token_secret", "refresh_token", "link_with"],
        plain: &[],
    },
    PathRules {
        api: "/users-by-email",
        secrets: &[
            "identities[].access_token",
            "identities[].access_token_secret",
            "identities[].refresh_token",
        ],
        plain: &[],
    },
];
