//! The order of the rooms, held against every import.
//!
//! `src/lib.rs` and `emulator/src/lib.rs` each write the order once, in a table of rooms. A file may
//! only import from rooms below its own, and files may not import each other in a circle. Imports are
//! read as text: `use` lines and inline paths that start with `crate::`, `super::` or `self::`,
//! without comments. A module may use its own parent, which is the smaller whole that it is part of; a
//! test may use what it tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A source file and the modules that it names.
struct Source {
    /// `http::retry`; empty for the crate's root.
    module: String,
    path: PathBuf,
    /// Absolute module paths, as written: they may end in items.
    names: BTreeSet<String>,
}

fn sources(root: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    collect(root, &mut files);
    let mut sources: Vec<Source> = files
        .into_iter()
        .filter_map(|path| {
            let relative = path.strip_prefix(root).unwrap().with_extension("");
            let module = relative
                .iter()
                .map(|part| part.to_str().unwrap())
                .filter(|part| !matches!(*part, "lib" | "main"))
                .collect::<Vec<_>>()
                .join("::");
            let is_test = module.split("::").any(|part| part.contains("test"));
            (!is_test).then(|| {
                let text = fs::read_to_string(&path).unwrap();
                Source { names: names(&text, &module), module, path }
            })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The absolute paths that a file names, outside of comments and of its tests.
fn names(text: &str, module: &str) -> BTreeSet<String> {
    let text: String = text
        .split("\n#[cfg(test)]\nmod ")
        .next()
        .unwrap()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    // A module uses the parts that it declares.
    for line in text.lines() {
        let declared = line.rsplit_once("mod ").filter(|(before, _)| {
            before.is_empty() || before.starts_with("pub") && before.ends_with(' ')
        });
        if let Some(name) = declared.and_then(|(_, name)| name.strip_suffix(';')) {
            found.extend(absolute(&format!("self::{name}"), module));
        }
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for start in ["crate", "super", "self"] {
        for (at, _) in text.match_indices(&format!("{start}::")) {
            let before = text[..at].chars().next_back();
            // Part of a longer path or word.
            if before.is_some_and(|c| is_word(c) || c == ':' || c == '$') {
                continue;
            }
            for path in expand(&text[at..]) {
                found.extend(absolute(&path, module));
            }
        }
    }
    found
}

/// The path at the start of a text; a group in braces gives one path for each of its members.
fn expand(text: &str) -> Vec<String> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(0);
    let head = text[..end].to_owned();
    if !text[end..].starts_with('{') || !head.ends_with("::") {
        return vec![head.trim_end_matches("::").to_owned()];
    }
    let (mut depth, mut members, mut member) = (0, Vec::new(), String::new());
    for c in text[end..].chars() {
        match c {
            '{' if depth == 0 => depth = 1,
            '}' if depth == 1 => break,
            ',' if depth == 1 => members.push(std::mem::take(&mut member)),
            c => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                member.push(c);
            }
        }
    }
    members.push(member);
    members
        .iter()
        .map(|member| member.trim())
        .filter(|member| !member.is_empty())
        .flat_map(|member| expand(&format!("{head}{member} ")))
        .collect()
}

/// A path from the crate's root; `None` if it leads above it.
fn absolute(path: &str, module: &str) -> Option<String> {
    let mut at: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
    for (index, part) in path.split("::").enumerate() {
        match part {
            "crate" => at.clear(),
            "super" => drop(at.pop()?),
            // `self` at the start is the module; `{self}` is the path so far.
            "self" if index == 0 || path.ends_with("::self") => {}
            part => at.push(part),
        }
    }
    Some(at.join("::"))
}

/// The rooms from the lowest to the highest, as `src/lib.rs` lists them.
fn rooms(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join("lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let mut rooms: Vec<String> =
        rows.map(|row| row.split('`').next().unwrap().trim_end_matches('/').to_owned()).collect();
    rooms.reverse();
    rooms
}

#[track_caller]
fn check(root: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let (sources, rooms) = (sources(&root), rooms(&root));
    assert!(rooms.len() > 3, "{} has no table of rooms", root.to_string_lossy());
    let room = |module: &str| {
        let first = module.split("::").next().unwrap_or_default();
        rooms.iter().position(|room| room == first)
    };
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        let Some(own) = room(&source.module) else {
            faults.push(format!("{} is in no room", source.path.to_string_lossy()));
            continue;
        };
        for name in source.names.iter().filter(|name| room(name).is_some_and(|to| to > own)) {
            faults.push(format!(
                "{} imports {name}, which is above it",
                source.path.to_string_lossy()
            ));
        }
    }
    faults.extend(circles(&sources));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Circles of files that import each other.
fn circles(sources: &[Source]) -> Vec<String> {
    let modules: BTreeSet<&str> = sources.iter().map(|source| source.module.as_str()).collect();
    // The file that a name leads into: the longest module that it starts with.
    let file = |name: &str| {
        let mut name = name;
        loop {
            if let Some(module) = modules.get(name) {
                return *module;
            }
            name = name.rsplit_once("::").map_or("", |(parent, _)| parent);
        }
    };
    let edges: BTreeMap<&str, BTreeSet<&str>> = sources
        .iter()
        .map(|source| {
            let from = source.module.as_str();
            let to = source.names.iter().map(|name| file(name));
            let own_parent = |to: &str| to.is_empty() || from.starts_with(&format!("{to}::"));
            (from, to.filter(|to| *to != from && !own_parent(to)).collect())
        })
        .collect();
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(at) = open.pop() {
            for to in edges.get(at).into_iter().flatten() {
                if seen.insert(*to) {
                    open.push(to);
                }
            }
        }
        seen
    };
    let reaches: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|from| (*from, reach(from))).collect();
    let mut faults = Vec::new();
    for (from, to) in edges.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to))) {
        if reaches.get(to).is_some_and(|back| back.contains(from)) {
            faults.push(format!("{from} and {to} import each other, directly or in a circle"));
        }
    }
    faults
}

#[test]
fn the_library_imports_only_downwards() {
    check("src");
}

#[test]
fn the_emulator_imports_only_downwards() {
    check("emulator/src");
}

#[test]
fn groups_and_relative_paths_are_read() {
    let text = "use crate::a::{b, c::{d, e}};\nuse super::f;\n// use crate::no::g;\nlet x = self::h::i();\n";
    let names: Vec<_> = names(text, "m::n").into_iter().collect();
    assert_eq!(names, ["a::b", "a::c::d", "a::c::e", "m::f", "m::n::h::i"]);
}
