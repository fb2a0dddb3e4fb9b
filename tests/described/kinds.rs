//! Every request that `auth0-resources` can make: each kind with each of its verbs, and each
//! collection below it.

use std::collections::{BTreeMap, BTreeSet};

use auth0_emulator::USER;
use auth0_suite::management::catalog::Operation;
use auth0_suite::management::schema::{self, skeleton};
use auth0_suite::resource::kinds::{self, Kind, MemberBody, MemberName, MemberWrite, Members};
use serde_json::{Value, json};

use super::seed::seed;
use super::{CLIENT, Stage, openapi};

/// Bodies where the least that the suite's own table describes does not fit a pattern or a bound, or
/// names something that is not there.
fn body(method: &str, path: &str) -> Value {
    let mail = "zoe@example.com";
    let database = "Username-Password-Authentication";
    match (method, path) {
        ("POST", "/users") => {
            json!({"connection": database, "email": mail, "password": "Correct-horse-9"})
        }
        ("PATCH", "/users/{id}") => json!({"user_metadata": {"team": "red"}}),
        ("POST", "/clients") => json!({"name": "described"}),
        ("PUT", "/rules-configs/{key}") => json!({"value": "x"}),
        ("PATCH", "/clients/{id}") => json!({"description": "x"}),
        ("POST", "/connections") => json!({"name": "described", "strategy": "auth0"}),
        ("PATCH", "/connections/{id}") => json!({"options": {"passwordPolicy": "good"}}),
        ("PATCH", "/organizations/{id}") => json!({"display_name": "x"}),
        ("POST", "/organizations/{id}/invitations") => {
            json!({"inviter": {"name": "a"}, "invitee": {"email": mail}, "client_id": CLIENT})
        }
        ("POST", "/organizations/{id}/discovery-domains") => json!({"domain": "a.example.com"}),
        ("PATCH", "/organizations/{id}/discovery-domains/{discovery_domain_id}") => {
            json!({"status": "verified"})
        }
        ("PATCH", "/organizations/{id}/connections/{connection_id}") => {
            json!({"assign_membership_on_login": true})
        }
        ("PATCH", "/organizations/{id}/clients/{client_id}") => {
            json!({"use_for_member_access": false})
        }
        ("PATCH", "/clients/{client_id}/credentials/{credential_id}") => {
            json!({"expires_at": "2030-01-01T00:00:00.000Z"})
        }
        ("POST", "/client-grants") => {
            json!({"client_id": CLIENT, "audience": "https://described.example.com", "scope": []})
        }
        ("PATCH", "/client-grants/{id}") => json!({"scope": ["read:x"]}),
        ("POST", "/user-attribute-profiles") => json!({"name": "a", "user_attributes": {"email": {
            "description": "d", "label": "l", "profile_required": false, "auth0_mapping": "email"}}}),
        ("PATCH", "/user-attribute-profiles/{id}") => json!({"name": "b"}),
        ("POST", "/log-streams") => {
            json!({"name": "a", "type": "http", "sink": {"httpEndpoint": "https://a.example.com"}})
        }
        ("PATCH", "/log-streams/{id}") => json!({"status": "paused"}),
        ("POST", "/event-streams") => {
            json!({"name": "a", "subscriptions": [{"event_type": "user.created"}],
            "destination": {"type": "webhook", "configuration": {"webhook_endpoint": "https://a.example.com",
                "webhook_authorization": {"method": "basic", "username": "a"}}}})
        }
        ("PATCH", "/event-streams/{id}") => json!({"status": "disabled"}),
        ("PATCH", "/actions/actions/{id}") => json!({"code": "y"}),
        ("PATCH", "/actions/modules/{id}") => json!({"code": "y"}),
        ("POST", "/experimentation/experiments") => {
            json!({"name": "described", "feature_flag_id": "flg_a",
            "authentication_flow": "login", "allocation_strategy": "percentage",
            "assignment_config": {"subject": "device"},
            "allocations": [{"variation_id": "var_a", "is_control": true, "weight": 100}]})
        }
        ("PATCH", "/experimentation/experiments/{id}") => json!({"name": "other"}),
        ("POST", "/experimentation/feature-flags") => {
            json!({"name": "described", "parameters": {"a": {"type": "string", "value": "x"}}})
        }
        ("PATCH", "/experimentation/feature-flags/{id}") => json!({"name": "other"}),
        ("POST", "/verifiable-credentials/verification/templates") => {
            json!({"name": "a", "type": "mdl",
            "dialect": "simplified/1.0", "well_known_trusted_issuers": "aamva",
            "presentation": {"org.iso.18013.5.1.mDL": {"org.iso.18013.5.1": {"family_name": true}}}})
        }
        ("PATCH", "/verifiable-credentials/verification/templates/{id}") => json!({"name": "b"}),
        ("PUT", "/guardian/policies") => json!({"policies": ["all-applications"]}),
        ("PUT", "/branding/templates/universal-login") => json!({"template": "<html></html>"}),
        ("PUT", "/prompts/{prompt}/custom-text/{language}" | "/prompts/{prompt}/partials") => {
            json!({"login": {"title": "x"}})
        }
        ("PATCH", "/tenants/settings") => json!({"session_lifetime": 72}),
        ("PATCH", "/branding") => json!({"colors": {"primary": "#ff0000"}}),
        ("PATCH", "/custom-domains/default") => json!({"domain": "login.example.com"}),
        ("PATCH", "/attack-protection/captcha") => json!({"active_provider_id": "auth_challenge"}),
        ("PATCH", "/guardian/factors/push-notification/providers/sns") => {
            json!({"aws_region": "eu-west-1"})
        }
        ("PATCH", "/emails/provider") => json!({"default_from_address": mail}),
        ("POST", "/branding/phone/templates") => json!({"type": "otp_verify"}),
        ("PATCH", "/branding/phone/templates/{id}") => json!({"disabled": true}),
        ("PATCH", "/branding/phone/providers/{id}") => json!({"disabled": true}),
        ("PATCH", "/flows/vault/connections/{id}") => json!({"name": "other"}),
        ("PATCH", "/attack-protection/bot-detection") => json!({"bot_detection_level": "high"}),
        ("PATCH", "/attack-protection/phone-provider-protection") => json!({"type": "none"}),
        ("PATCH", "/connections/{id}/directory-provisioning") => {
            json!({"synchronize_automatically": true})
        }
        ("PATCH", "/connections/{id}/scim-configuration") => {
            json!({"user_id_attribute": "other", "mapping": []})
        }
        ("PATCH", "/rate-limit-policies/{id}") => {
            json!({"configuration": {"action": "block", "limit": 5}})
        }
        ("PATCH", "/risk-assessments/settings") => json!({"enabled": true}),
        ("PATCH", "/token-exchange-profiles/{id}") => json!({"name": "other"}),
        ("POST", "/experimentation/segments") => {
            json!({"name": "described", "rules": [{"match": {"country": ["DE"]}}]})
        }
        ("PATCH", "/experimentation/segments/{id}") => json!({"name": "other"}),
        ("POST", "/branding/themes") => theme("Described"),
        ("PATCH", "/branding/themes/{themeId}") => theme("Other"),
        ("PATCH", "/agents/{id}") => json!({"name": "other"}),
        ("POST", "/device-credentials") => json!({"device_name": "phone", "type": "public_key",
            "value": "a", "device_id": "a"}),
        ("PATCH", "/sessions/{id}") => json!({"session_metadata": {"a": "b"}}),
        ("PATCH", "/refresh-tokens/{id}") => json!({"refresh_token_metadata": {"a": "b"}}),
        ("PUT", "/guardian/settings") => json!({"display_remember_me_checkbox": true,
            "remember_me_default_value": true, "mfa_session_inactivity_timeout": 60,
            "mfa_session_overall_timeout": 600}),
        _ => schema::body(method, path).map_or(json!({}), skeleton),
    }
}

/// A theme: the least that the suite's table describes, with colours that fit their patterns.
fn theme(name: &str) -> Value {
    let mut theme = schema::body("POST", "/branding/themes").map_or(json!({}), skeleton);
    for colour in theme["colors"].as_object_mut().unwrap().values_mut() {
        *colour = json!("#ff0000");
    }
    theme["page_background"]["background_color"] = json!("#ff0000");
    theme["borders"]["button_border_radius"] = json!(1);
    theme["displayName"] = json!(name);
    theme
}

/// The tenant, what was wrong with its requests so far, and which operations they were.
struct Watch {
    stage: Stage,
    used: BTreeSet<String>,
    faults: Vec<String>,
    seeded: BTreeMap<&'static str, String>,
    role: String,
    organization: String,
}

fn named(operation: &Operation) -> String {
    format!("{} {}", operation.method.as_str(), operation.path)
}

impl Watch {
    /// Runs it; the answer, if it is JSON.
    fn run(&mut self, words: &[&str], body: Option<&Value>) -> Option<Value> {
        let mut words = [&["auth0-resources"], words].concat();
        let file = body.map(|body| self.stage.home.write("body.json", &body.to_string()));
        let file = file.map(|file| file.to_string_lossy().into_owned());
        if let Some(file) = &file {
            words.extend(["--json", file]);
        }
        self.stage.tenant.forget_requests();
        let ran = self.stage.run(&words);
        let line = words.join(" ");
        self.stage.check_requests(&line, &mut self.used, &mut self.faults);
        if !matches!(ran.code, Some(0 | 4 | 5 | 8)) {
            self.faults.push(format!("{line}: {ran:?}"));
        }
        serde_json::from_slice(&ran.bytes).ok()
    }

    fn text(value: Option<Value>, field: &str) -> Option<String> {
        let value = value?;
        let row = value.get(0).unwrap_or(&value);
        row.get(field)?.as_str().map(str::to_owned)
    }

    fn kind(&mut self, kind: &'static Kind) {
        let json = ["-o", "json"];
        let name = kind.name;
        let mut id = None;
        if let Some(list) = kind.list() {
            let needs_user = list.query().any(|it| it.required);
            let user = format!("user_id={USER}");
            let filter: &[&str] = if needs_user { &["--filter", &user] } else { &[] };
            id =
                Self::text(self.run(&[&[name, "list"], &json[..], filter].concat(), None), kind.id);
        }
        let fixed = match name {
            "email-templates" => Some("verify_email"),
            "guardian-factors" => Some("otp"),
            "prompt-texts" => Some("login:en"),
            "prompt-partials" => Some("login"),
            "prompt-rendering" => Some("login-id:login-id"),
            _ => None,
        };
        if let Some(create) = kind.create() {
            let connection = self.stage.connection.clone();
            let owner: &[&str] = match kind.owner {
                Some(_) => &[&connection],
                None if kind.is_created_by_name() => &["NEW"],
                None => &[],
            };
            let body = body(create.method.as_str(), create.path);
            let made = self.run(&[&[name, "create"], owner, &json[..]].concat(), Some(&body));
            id = Self::text(made, kind.id).or(id).or(owner.first().map(|it| (*it).to_owned()));
        }
        let seeded = self.seeded.get(name).cloned();
        let id = fixed
            .map(str::to_owned)
            .or(seeded)
            .or(id)
            .unwrap_or_else(|| "nothing00000000000000".to_owned());
        let one: &[&str] = if kind.is_singleton() { &[] } else { &[&id] };
        if kind.show().is_some() {
            self.run(&[&[name, "show"], one, &json[..]].concat(), None);
        }
        if let Some(update) = kind.update() {
            let body = body(update.method.as_str(), update.path);
            self.run(&[&[name, "update"], one, &json[..]].concat(), Some(&body));
        }
        for act in kind.acts {
            let one = if act.path.contains('{') { one } else { &[] };
            self.run(&[&[name, act.verb], one, &["--yes"]].concat(), None);
        }
        for members in kind.members {
            self.members(kind, members, &id);
        }
        if kind.delete().is_some() {
            let other = self.seeded.get("sessions to delete").filter(|_| name == "sessions");
            let other = other.cloned();
            let one = other.as_ref().map_or(one.to_vec(), |other| vec![other.as_str()]);
            self.run(&[&[name, "delete"], &one[..], &["--yes"]].concat(), None);
        }
    }

    /// Rows that only the server makes.
    fn seed_members(&self, members: &Members, one: &str) {
        let at = "2026-11-24T09:00:00.000Z";
        let row = match members.name {
            "executions" => {
                json!({"id": "exec1", "trace_id": "t", "status": "ok", "created_at": at, "updated_at": at})
            }
            "deliveries" => json!({"id": "evt1", "event_stream_id": one, "status": "failed",
                "event_type": "user.created", "attempts": [{"status": "failed", "timestamp": at}]}),
            _ => return,
        };
        let (list, _) = members.path.split_once('{').unwrap();
        let (_, below) = members.path.split_once('}').unwrap();
        self.stage.tenant.add_row(&format!("{}{one}{below}", list.trim_start_matches('/')), row);
    }

    fn members(&mut self, kind: &Kind, members: &Members, one: &str) {
        let via: &[&str] = if members.via.is_some() { &[USER] } else { &[] };
        let run = |watch: &mut Self, verb: &str, rest: &[&str], body: Option<&Value>| {
            let words = [&[kind.name, members.name, verb, one], via, rest].concat();
            watch.run(&words, body)
        };
        let mut name = match members.named {
            MemberName::Permission => "https://described.example.com:read:x".to_owned(),
            MemberName::Own(_) => "nothing".to_owned(),
            MemberName::Of(kind) => match kind.name {
                "users" => USER.to_owned(),
                "clients" => CLIENT.to_owned(),
                "roles" => self.role.clone(),
                "organizations" => self.organization.clone(),
                "connections" => self.stage.connection.clone(),
                "client-grants" => "Billing:https://described.example.com".to_owned(),
                "groups" => self.seeded["groups"].clone(),
                _ => "nothing".to_owned(),
            },
        };
        match members.add {
            Some(MemberWrite { method, path, body: MemberBody::Fields }) => {
                let body = body(method.as_str(), path);
                let added = run(self, "add", &["-o", "json", "--yes"], Some(&body));
                name = Self::text(added, members.id).unwrap_or(name);
            }
            Some(MemberWrite { body: MemberBody::Rows(..), .. }) => {
                let fields = ["--set", "use_for_member_access=true"];
                run(self, "add", &[&[name.as_str(), "--yes"][..], &fields].concat(), None);
            }
            Some(_) => drop(run(self, "add", &[&name, "--yes"], None)),
            None => {}
        }
        self.seed_members(members, one);
        let listed = run(self, "list", &["-o", "json"], None);
        if members.add.is_none() && matches!(members.named, MemberName::Own(_)) {
            name = Self::text(listed, members.id).unwrap_or(name);
        }
        if members.show().is_some() {
            run(self, "show", &[&name], None);
        }
        if let Some(update) = members.update() {
            run(self, "update", &[&name], Some(&body("PATCH", update.path)));
        }
        for act in members.acts {
            run(self, act.verb, &[&name, "--yes"], None);
        }
        if members.remove.is_some() {
            run(self, "remove", &[&name, "--yes"], None);
        }
    }
}

/// The operations of a kind's verbs and collections.
fn operations_of(kind: &Kind) -> BTreeSet<String> {
    let own = [kind.list(), kind.show(), kind.create(), kind.update(), kind.delete()];
    let members = kind.members.iter().flat_map(|it| [it.show(), it.update()]);
    let mut all: BTreeSet<String> =
        own.into_iter().chain(members).flatten().map(|it| named(&it)).collect();
    for members in kind.members {
        all.insert(format!("GET {}", members.path));
        for write in [members.add, members.remove].into_iter().flatten() {
            all.insert(format!("{} {}", write.method.as_str(), write.path));
        }
        all.extend(members.acts.iter().map(|it| format!("{} {}", it.method.as_str(), it.path)));
    }
    all.extend(kind.acts.iter().map(|it| format!("{} {}", it.method.as_str(), it.path)));
    all
}

#[test]
fn every_verb_of_every_kind_sends_what_the_api_describes() {
    let stage = Stage::new();
    let mut watch = Watch {
        seeded: seed(&stage),
        stage,
        used: BTreeSet::new(),
        faults: Vec::new(),
        role: String::new(),
        organization: String::new(),
    };
    let role = watch.run(&["roles", "create", "--set", "name=other", "-o", "json"], None);
    watch.role = Watch::text(role, "id").unwrap();
    let other = ["organizations", "create", "--set", "name=other", "-o", "json"];
    watch.organization = Watch::text(watch.run(&other, None), "id").unwrap();
    let api = json!({"name": "Described", "identifier": "https://described.example.com", "scopes": [{"value": "read:x"}]});
    watch.run(&["apis", "create"], Some(&api));
    let grant = json!({"client_id": "app00000000000000000000000000007", "audience": "https://described.example.com", "scope": [], "organization_usage": "allow"});
    watch.run(&["client-grants", "create"], Some(&grant));
    for kind in kinds::all() {
        watch.kind(kind);
    }
    assert!(watch.faults.is_empty(), "{}", watch.faults.join("\n"));
    let expected: BTreeSet<String> = kinds::all().flat_map(operations_of).collect();
    let missing: Vec<_> = expected.difference(&watch.used).map(String::as_str).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let described = |operation: &String| {
        let (method, path) = operation.split_once(' ').unwrap();
        openapi::operation(method, path).is_some()
    };
    assert!(expected.iter().all(described));
}
