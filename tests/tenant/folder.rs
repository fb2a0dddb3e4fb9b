//! The folder that an export writes to.

#[cfg(target_os = "linux")]
use std::process::Command;
use std::process::Stdio;

use serde_json::json;

use super::world::{World, files, insufficient, page};
use crate::support::{Ran, Signal, signal, write_private};

#[test]
fn a_folder_that_is_not_ours_is_refused_before_anything_is_asked() {
    let world = World::new();
    world.folder.write("mine/notes.txt", "mine");
    world
        .export("mine")
        .exits(2)
        .says("is not empty and holds no export")
        .says("hint: name a new folder: auth0-tenant export");
    assert_eq!(world.tenant.seen().len(), 0);
    assert_eq!(files(&world.dir("mine")).len(), 1);
    for manifest in ["", "{}", "{\"format\":99}", "[1]"] {
        world.folder.write("mine/auth0-tenant.json", manifest);
        world.export("mine").exits(2).says("manifest");
        world.run(&["diff", "./mine"]).exits(2).says("manifest");
    }
    assert_eq!(world.tenant.seen().len(), 0);
}

#[test]
fn a_manifest_cannot_make_us_remove_a_file_elsewhere() {
    let world = World::new();
    world.export("out").exits(0);
    world.folder.write("precious.txt", "mine");
    let mut manifest = world.json("out/auth0-tenant.json");
    manifest["files"].as_array_mut().unwrap().push(json!("../precious.txt"));
    write_private(&world.dir("out/auth0-tenant.json"), manifest.to_string());
    world.export("out").exits(2).says("manifest");
    assert!(world.dir("precious.txt").exists());
}

#[test]
fn only_our_own_files_are_replaced_and_removed() {
    let world = World::new();
    world.export("out").exits(0);
    world.folder.write("out/README.md", "mine");
    world.folder.write("out/clients/notes.txt", "mine");
    world
        .answers
        .set("/clients", page("clients", json!([{"client_id": "x", "name": "new", "a": 1}])));
    world.answers.set("/roles", page("roles", json!([])));
    world.export("out").exits(0).says("removed");
    let out = files(&world.dir("out"));
    for kept in ["README.md", "clients/notes.txt", "clients/new.json"] {
        assert!(out.contains_key(kept), "{kept}: {:?}", out.keys());
    }
    assert!(!out.contains_key("clients/shop.json") && !world.dir("out/roles").exists());
    // A file of a person's is never replaced.
    world.folder.write("out/clients/taken.json", "mine");
    world.answers.change("/clients", |page| page["clients"][0]["name"] = json!("taken"));
    let before = files(&world.dir("out"));
    world.export("out").exits(2).says("is in the way");
    assert_eq!(files(&world.dir("out")), before);
}

#[cfg(unix)] // making a link takes a privilege on Windows
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let world = World::new();
    world.export("out").exits(0);
    std::fs::rename(world.dir("out/clients"), world.dir("elsewhere")).unwrap();
    std::os::unix::fs::symlink(world.dir("elsewhere"), world.dir("out/clients")).unwrap();
    let before = files(&world.dir("elsewhere"));
    world.answers.change("/clients", |page| page["clients"][0]["callbacks"] = json!(["https://z"]));
    world.export("out").exits(2).says("is in the way");
    assert_eq!(files(&world.dir("elsewhere")), before);
}

/// A folder can come from somebody else: what it links to must not be shown as a difference.
#[cfg(unix)] // making a link takes a privilege on Windows
#[test]
fn a_comparison_reads_no_file_outside_of_the_folder() {
    use std::os::unix::fs::symlink;
    const SECRET: &str = "hunter2-hunter2";
    let world = World::new();
    world.export("out").exits(0);
    world.folder.write("private/enrich.code.js", SECRET);
    world.folder.write("private/enrich.json", format!("{{\"name\": \"{SECRET}\"}}"));
    let code = world.dir("out/actions/enrich.code.js");
    std::fs::remove_file(&code).unwrap();
    for target in [world.dir("private/enrich.code.js"), "/dev/zero".into(), "/nothing".into()] {
        symlink(target, &code).unwrap();
        world.run(&["diff", "./out"]).exits(2).says("is a link").hides(SECRET);
        std::fs::remove_file(&code).unwrap();
    }
    std::fs::remove_dir_all(world.dir("out/actions")).unwrap();
    symlink(world.dir("private"), world.dir("out/actions")).unwrap();
    world.run(&["diff", "./out"]).exits(2).says("is a link").hides(SECRET);
    // An export replaces a link by a file, and leaves what it led to.
    std::fs::remove_file(world.dir("out/actions")).unwrap();
    world.folder.write("out/actions/notes.txt", "mine");
    symlink(world.dir("private/enrich.code.js"), &code).unwrap();
    world.export("out").exits(0);
    assert_eq!(std::fs::read_to_string(&code).unwrap(), "one\ntwo\nthree\n");
    let private = std::fs::read_to_string(world.dir("private/enrich.code.js")).unwrap();
    assert_eq!(private, SECRET);
    world.run(&["diff", "./out"]).exits(0);
}

#[cfg(unix)] // named pipes are no files on Windows
#[test]
fn a_comparison_does_not_wait_for_a_pipe() {
    let world = World::new();
    world.export("out").exits(0);
    for file in ["out/roles/admin.json", "out/auth0-tenant.json"] {
        let path = world.dir(file);
        std::fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let ran = world.run(&["diff", "./out", "--timeout", "20s"]);
        assert!(matches!(ran.code, Some(1 | 2)), "{ran:?}");
    }
}

#[test]
fn files_that_no_export_writes_are_refused_by_name() {
    let world = World::new();
    world.export("out").exits(0);
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for content in [deep.as_str(), "[1]", "\"text\"", "5", "null", "{\"name\": 1} {}"] {
        world.folder.write("out/roles/admin.json", content);
        world.run(&["diff", "./out"]).exits(2).says("roles/admin.json").says("export again");
    }
    // The last of two equal keys counts, as everywhere in JSON.
    let twice = world.json("out/clients/shop.json");
    let twice = twice.to_string().replacen('{', "{\"name\": \"other\", ", 1);
    world.run(&["export", "out"]).exits(0);
    world.folder.write("out/clients/shop.json", twice);
    world.run(&["diff", "./out"]).exits(0);
}

#[test]
fn a_name_that_changes_its_case_only_replaces_its_file() {
    let world = World::new();
    world.export("out").exits(0);
    world.answers.change("/clients", |page| page["clients"][0]["name"] = json!("Shop"));
    world.export("out").exits(0);
    assert_eq!(world.json("out/clients/Shop.json")["name"], "Shop");
    let clients = files(&world.dir("out/clients"));
    assert_eq!(clients.len(), 2, "{:?}", clients.keys());
    world.run(&["diff", "./out"]).exits(0);
}

#[test]
fn an_export_that_was_killed_is_refused_by_diff_and_mended_by_export() {
    let world = World::new();
    world.export("out").exits(0);
    let whole = files(&world.dir("out"));
    // As a kill in the middle of the renames leaves it.
    let mut manifest = world.json("out/auth0-tenant.json");
    manifest["unfinished"] = json!(true);
    manifest["files"].as_array_mut().unwrap().push(json!("clients/half.json"));
    write_private(&world.dir("out/auth0-tenant.json"), manifest.to_string());
    world.folder.write("out/.auth0-tenant.new/clients/half.json", "{");
    world.run(&["diff", "./out"]).exits(2).says("is not complete").says("auth0-tenant export");
    world.export("out").exits(0);
    assert_eq!(files(&world.dir("out")), whole);
}

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn an_interrupted_export_leaves_the_old_files() {
    use crate::api::fake::Tenant;
    use std::io::Write as _;
    use std::sync::mpsc::channel;
    let world = World::new();
    world.export("out").exits(0);
    let before = files(&world.dir("out"));
    // A tenant that has other clients, and never answers for roles.
    let (begun, waits) = channel();
    let begun = std::sync::Mutex::new(begun);
    let slow = Tenant::speaking(move |seen, stream| {
        if seen.path.ends_with("/roles") {
            let _ = begun.lock().unwrap().send(());
            return;
        }
        let body = json!({"clients": [{"client_id": "x", "name": "new", "a": 1}], "total": 1});
        let body = body.to_string();
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    });
    let args = ["export", "out", "--kinds", "clients,roles", "--replace"];
    let mut command = slow.program("auth0-tenant", &args);
    command.current_dir(&*world.folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    signal::prepare(&mut command);
    let child = command.spawn().unwrap();
    waits.recv().unwrap();
    signal::send(&child, Signal::INT);
    Ran::read(&command, child.wait_with_output().unwrap()).dies_of(Signal::INT);
    assert_eq!(files(&world.dir("out")), before);
}

#[cfg(target_os = "linux")] // modes, and a way to make them count for root
#[test]
fn a_folder_that_cannot_be_written_keeps_its_files() {
    use crate::support::{Ran, set_mode};
    let world = World::new();
    world.export("out").exits(0);
    let before = files(&world.dir("out"));
    world.answers.change("/clients", |page| page["clients"][0]["callbacks"] = json!(["https://z"]));
    set_mode(&world.dir("out"), 0o500);
    let mut export = world.command(&["export", "out"]);
    if rustix::process::geteuid().is_root() {
        export = bound_by_modes(&export);
    }
    Ran::of(&mut export).exits(1).says("cannot create");
    set_mode(&world.dir("out"), 0o700);
    assert_eq!(files(&world.dir("out")), before);
}

/// The same command without root's right to write anywhere.
#[cfg(target_os = "linux")]
fn bound_by_modes(command: &Command) -> Command {
    let mut bound = Command::new("setpriv");
    bound.arg("--bounding-set=-dac_override").arg(command.get_program()).args(command.get_args());
    bound.env_clear().current_dir(command.get_current_dir().unwrap());
    bound.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    bound
}

#[test]
fn without_a_folder_one_is_named_after_the_tenant() {
    let world = World::new();
    world.run(&["export", "--kinds", "roles"]).exits(0);
    let name = world.tenant.origin.strip_prefix("http://").unwrap().replace(':', "-");
    assert!(world.dir(&name).join("auth0-tenant.json").is_file(), "{name}");
}

#[test]
fn software_is_told_what_was_written() {
    let world = World::new();
    let ran = world.run(&["export", "out", "--kinds", "roles", "-o", "json"]).exits(0);
    let told = ran.json();
    assert_eq!((&told["dir"], &told["resources"]), (&json!("out"), &json!(1)));
    assert_eq!((&told["changed"], &told["removed"]), (&json!(1), &json!(0)));
    world.run(&["export", "out", "-o", "csv"]).exits(2);
    world.run(&["export", "out", "-o", "markdown"]).exits(2).says("only a comparison");
}

#[test]
fn kinds_that_are_not_read_stay_as_they_were() {
    let world = World::new();
    world.export("out").exits(0);
    let before = files(&world.dir("out"));
    world.run(&["export", "out", "--kinds", "clients"]).exits(0).says("nothing has changed");
    assert_eq!(files(&world.dir("out")), before);
    // What the token may no longer read is kept, and not compared.
    world.answers.refuse("/roles", 403, insufficient("read:roles"));
    world.export("out").exits(4);
    assert!(world.dir("out/roles/admin.json").is_file());
    assert_eq!(world.json("out/auth0-tenant.json")["not_read"][0]["kind"], "roles");
    world.run(&["diff", "./out", "--kinds", "clients"]).exits(0);
    world.run(&["diff", "./out"]).exits(4);
}

#[test]
fn an_export_of_another_tenant_is_replaced_only_when_asked() {
    let (world, other) = (World::new(), World::new());
    world.export("out").exits(0);
    let before = files(&world.dir("out"));
    let out = world.dir("out");
    let args = ["export", out.to_str().unwrap(), "--kinds", "clients"];
    let ran = other.run(&args).exits(2).says("holds an export of another tenant");
    for said in [&world.tenant.origin, &other.tenant.origin] {
        assert!(ran.stderr.contains(said.as_str()), "{said}: {ran:?}");
    }
    ran.says("/tenant").says("--replace");
    assert_eq!(other.tenant.seen().len(), 0, "nothing is read first");
    assert_eq!(files(&out), before);
    other.run(&[&args[..], &["--replace"]].concat()).exits(0);
    assert!(!world.dir("out/roles").exists());
    assert_eq!(files(&out).len(), 3);
    // For its own tenant the flag changes nothing.
    other.run(&[&args[..], &["--replace"]].concat()).exits(0).says("nothing has changed");
}
