//! What a shell may offer: methods, paths and fields of bodies, from the catalog and the schemas.

use std::ffi::{OsStr, OsString};

use clap_complete::CompletionCandidate;

use crate::cmd::completer;
use crate::management::catalog::{self, Method};
use crate::management::schema::{RequestBody, Schema, Type};

/// A method, or a path.
pub(super) fn words(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = methods(current);
    found.extend(paths(current));
    found
}

/// Methods, in the case that was begun.
pub(super) fn methods(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let lower = current.starts_with(|c: char| c.is_ascii_lowercase());
    let spelled = Method::ALL.into_iter().map(|method| match lower {
        true => method.as_str().to_ascii_lowercase(),
        false => method.as_str().to_owned(),
    });
    spelled.filter(|method| method.starts_with(current)).map(CompletionCandidate::new).collect()
}

/// Paths, with what stands before them as it was begun: a slash, `/api/v2/`, or nothing.
pub(super) fn paths(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let lead = ["/api/v2/", "api/v2/", "/"].into_iter().find(|lead| current.starts_with(lead));
    let lead = lead.unwrap_or_default();
    let begun = &current[lead.len()..];
    let mut paths: Vec<&str> = catalog::operations()
        .filter_map(|operation| operation.path.strip_prefix('/'))
        .filter(|path| path.starts_with(begun))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().map(|path| CompletionCandidate::new(format!("{lead}{path}"))).collect()
}

/// `KEY=VALUE` of the body of the operation that the line names: names up to the `=`, then the
/// values where few are possible.
pub(super) fn fields(current: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(current), Some(body)) = (current.to_str(), body(&completer::line())) else {
        return Vec::new();
    };
    let found = fields_of(body, current);
    found.into_iter().map(CompletionCandidate::new).collect()
}

/// The schema of the body of the operation that these words name.
fn body(line: &[OsString]) -> Option<RequestBody> {
    let mut words = line.iter().skip(1).filter_map(|word| word.to_str());
    let mut method = Method::Post;
    let path = words.find(|word| match Method::parse(word) {
        Some(named) => {
            method = named;
            false
        }
        None => !word.starts_with('-') && catalog::find(method, word).is_some(),
    })?;
    let body = RequestBody::of(method.as_str(), catalog::find(method, path)?.operation.path)?;
    Some(body.for_strategy(completer::said("strategy", line)))
}

fn fields_of(body: RequestBody, current: &str) -> Vec<String> {
    let (lead, begun) = match current.rsplit_once('.').filter(|_| !current.contains('=')) {
        Some((lead, begun)) => (format!("{lead}."), begun),
        None => (String::new(), current),
    };
    let at = |path: &str| {
        let steps = path.split('.').filter(|key| !key.is_empty());
        let place = body.at(steps.map(|step| step.trim_end_matches("[]")))?;
        if path.ends_with("[]") { place.items() } else { Some(place) }
    };
    if let Some((key, begun)) = current.split_once('=') {
        let values: Vec<&str> = match at(key).map(Schema::kind) {
            Some(Type::Enum(values)) => values.values().collect(),
            Some(Type::Boolean) => vec!["true", "false"],
            _ => Vec::new(),
        };
        let fitting = values.into_iter().filter(|value| value.starts_with(begun));
        return fitting.map(|value| format!("{key}={value}")).collect();
    }
    let fields = match lead.as_str() {
        "" => body.fields(),
        lead => at(lead).map(Schema::fields).unwrap_or_default(),
    };
    let fitting = fields.into_iter().filter(|field| field.name.starts_with(begun));
    fitting.map(|field| format!("{lead}{}{}", field.name, ending(field.schema))).collect()
}

/// What follows the name of a field.
fn ending(schema: Schema) -> &'static str {
    match schema.kind() {
        Type::Object(_) | Type::Map(_) | Type::FreeObject => ".",
        Type::Array(items) if !items.objects().is_empty() => "[].",
        Type::Array(_) => "[]=",
        _ => "=",
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::CommandFactory;

    use crate::cmd::api::Api;

    fn offered(line: &[&str]) -> Vec<String> {
        let words: Vec<OsString> =
            ["auth0-api"].iter().chain(line).map(|word| OsString::from(*word)).collect();
        let last = words.len() - 1;
        let found = clap_complete::engine::complete(&mut Api::command(), words, last, None);
        let text = |word: &clap_complete::CompletionCandidate| {
            word.get_value().to_str().unwrap().to_owned()
        };
        found.unwrap().iter().map(text).collect()
    }

    #[test]
    fn a_shell_offers_methods_and_paths() {
        assert_eq!(offered(&["PA"]), ["PATCH"]);
        assert_eq!(offered(&["del"]), ["delete"]);
        assert_eq!(offered(&["GET", "/users-by"]), ["/users-by-email"]);
        assert_eq!(offered(&["jobs/users-i"]), ["jobs/users-imports"]);
        assert_eq!(
            offered(&["describe", "post", "/api/v2/jobs/users-i"]),
            ["/api/v2/jobs/users-imports"]
        );
        assert_eq!(offered(&["/clients/{id}/r"]), ["/clients/{id}/rotate-secret"]);
        let all = offered(&["GET", "/"]);
        assert!(all.len() >= 252, "{}", all.len());
        assert!(offered(&["desc"]).contains(&"describe".to_owned()));
    }

    #[test]
    fn fields_of_the_body_are_offered_with_their_values() {
        let line = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let body = |words: &[&str]| super::body(&line(words));
        let clients = body(&["auth0-api", "clients", "-f"]).unwrap();
        let offered = |current: &str| super::fields_of(clients, current);
        assert_eq!(offered("app_t"), ["app_type="]);
        assert_eq!(offered("callb"), ["callbacks[]="]);
        assert_eq!(offered("jwt_c"), ["jwt_configuration."]);
        assert_eq!(offered("jwt_configuration.al"), ["jwt_configuration.alg="]);
        assert_eq!(offered("app_type=regular"), ["app_type=regular_web"]);
        assert_eq!(offered("is_first_party=t"), ["is_first_party=true"]);
        let samlp = ["auth0-api", "POST", "connections", "-f", "strategy=samlp", "-f"];
        let found = super::fields_of(body(&samlp).unwrap(), "options.signSAML");
        assert_eq!(found, ["options.signSAMLRequest="]);
        let database = ["auth0-api", "POST", "connections", "-f", "strategy=auth0", "-f"];
        assert!(super::fields_of(body(&database).unwrap(), "options.signSAML").is_empty());
        assert!(body(&["auth0-api", "-q", "a=b", "patch", "/clients/{id}", "-f"]).is_some());
        assert!(body(&["auth0-api", "GET", "/clients"]).is_none());
    }
}
