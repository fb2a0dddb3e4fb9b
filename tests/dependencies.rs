//! What we stand on: licences, sources, duplicates, size, and a reason for each direct dependency.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::process::Command;

use serde_json::Value;

const MANIFEST: &str = include_str!("../Cargo.toml");

/// Licences that ask for nothing but their own text.
const LICENCES: [&str; 11] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "CC0-1.0",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
];

/// Crates that stand in the suite's tree in two versions, each because of the crate named.
const DUPLICATES: [(&str, &str); 1] = [("getrandom", "ring still uses 0.2")];

#[test]
fn licences_sources_and_duplicates_are_in_order() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let packages = suite_tree(&metadata);
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        versions.entry(name).or_default().insert(package["version"].as_str().unwrap());
        if name == "auth0-suite" {
            continue;
        }
        let source = package["source"].as_str().unwrap_or("a local path");
        assert!(source.starts_with("registry+"), "{name} comes from {source}");
        let licence = package["license"].as_str().unwrap_or("none");
        // A dependency of `dirs`: copyleft by file, used unchanged.
        let known = name == "option-ext" && licence == "MPL-2.0";
        assert!(known || is_permissive(licence), "{name} is licensed {licence}");
    }
    assert!(packages.len() > 50, "the tree was read: {}", packages.len());
    assert!(packages.len() <= 150, "the suite's normal tree has {} crates", packages.len());
    for (name, versions) in versions {
        let known = DUPLICATES.iter().any(|(known, _)| *known == name);
        assert!(versions.len() == 1 || known, "{name} is there as {versions:?}");
    }
}

#[test]
fn no_async_runtime_and_no_second_tls() {
    let metadata = metadata();
    let names: BTreeSet<_> =
        suite_tree(&metadata).iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
    for unwanted in ["tokio", "async-std", "smol", "openssl", "native-tls", "aws-lc-rs", "hyper"] {
        assert!(!names.contains(unwanted), "{unwanted} is in the suite's tree");
    }
}

/// A reason is a comment on the line itself or above its group.
#[test]
fn every_direct_dependency_has_a_reason() {
    let manifest: toml_edit::DocumentMut = MANIFEST.parse().unwrap();
    let mut seen = 0;
    for section in ["dependencies", "dev-dependencies"] {
        let Some(table) = manifest.get(section).and_then(|item| item.as_table()) else { continue };
        let mut group_has_reason = false;
        for (name, item) in table {
            let above = table
                .key(name)
                .unwrap()
                .leaf_decor()
                .prefix()
                .and_then(|p| p.as_str())
                .unwrap_or_default();
            // A blank line ends a group.
            if above.contains("\n\n") || above.starts_with('\n') {
                group_has_reason = false;
            }
            group_has_reason |= above.contains('#');
            let beside = item
                .as_value()
                .and_then(|v| v.decor().suffix())
                .and_then(|s| s.as_str())
                .unwrap_or_default();
            assert!(
                group_has_reason || beside.contains('#'),
                "{section}.{name} has no reason beside or above it"
            );
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

/// `A OR B`, `A AND B`, `A/B`: every part of an AND, one part of an OR.
fn is_permissive(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    expression.split(" AND ").all(|all| {
        all.split(" OR ")
            .any(|one| LICENCES.contains(&one.trim().trim_end_matches(" WITH LLVM-exception")))
    })
}

fn metadata() -> Value {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--all-features",
            "--filter-platform",
            host().as_str(),
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// The packages that a user of the suite builds: normal dependencies alone.
fn suite_tree(metadata: &Value) -> Vec<&Value> {
    let packages: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["id"].as_str().unwrap(), n))
        .collect();
    let root = packages.iter().find(|(_, p)| p["name"] == "auth0-suite").unwrap().0;
    let mut queue = VecDeque::from([*root]);
    let mut seen = BTreeSet::from([*root]);
    while let Some(id) = queue.pop_front() {
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let normal = dependency["dep_kinds"]
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| kind["kind"].is_null());
            let id = dependency["pkg"].as_str().unwrap();
            if normal && seen.insert(id) {
                queue.push_back(id);
            }
        }
    }
    seen.into_iter().map(|id| packages[id]).collect()
}
