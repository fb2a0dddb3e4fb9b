//! What a shell may offer: methods and paths, from the catalog alone.

use std::ffi::OsStr;

use clap_complete::CompletionCandidate;

use crate::management::catalog::{self, Method};

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
}
