use serde_json::json;

use super::super::model::{KindSnapshot, keyed};
use super::super::table;
use super::*;

const TENANT: &str = "acme.eu.auth0.com";

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("auth0-suite-export-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn put(&self, file: &str, content: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(content.as_bytes()).unwrap();
    }

    fn text(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.0.join(file)).ok()
    }

    fn export(&self, snapshot: &Snapshot) -> Result<Written, Error> {
        ExportFolder::check(&self.0, TENANT, false)?.write(snapshot)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A tenant with these roles, and one client.
fn snapshot(roles: &[&str]) -> Snapshot {
    let kind = |name: &str, rows: Vec<serde_json::Value>| {
        let entry = table::find(name).unwrap();
        KindSnapshot { entry, resources: keyed(entry, rows) }
    };
    let roles = roles.iter().map(|name| json!({"name": name})).collect();
    Snapshot {
        tenant: TENANT.into(),
        kinds: vec![kind("clients", vec![json!({"name": "App"})]), kind("roles", roles)],
        unread: Vec::new(),
    }
}

fn written(changed: usize, removed: usize) -> Written {
    Written { changed, removed }
}

#[test]
fn an_export_is_read_back_and_only_changes_are_written() {
    let folder = Folder::new("again");
    assert!(!is_export(&folder.0));
    assert_eq!(folder.export(&snapshot(&["a", "b"])).unwrap(), written(3, 0));
    assert!(is_export(&folder.0));
    let back = read(&folder.0).unwrap();
    assert_eq!((back.tenant.as_str(), back.resource_count()), (TENANT, 3));
    assert_eq!(folder.export(&snapshot(&["a", "b"])).unwrap(), written(0, 0));
    folder.put("roles/notes.txt", "mine");
    folder.put("roles/a.json", "{\"name\": \"edited\"}");
    assert_eq!(folder.export(&snapshot(&["a", "c"])).unwrap(), written(2, 1));
    assert_eq!(folder.text("roles/b.json"), None);
    assert!(folder.text("roles/a.json").unwrap().contains("\"a\""));
    assert_eq!(folder.text("roles/notes.txt").as_deref(), Some("mine"));
    assert!(!folder.0.join(STAGE).exists());
    assert_eq!(folder.export(&snapshot(&[])).unwrap(), written(0, 2));
    assert!(folder.0.join("roles").exists(), "a folder with other files stays");
    assert_eq!(read(&folder.0).unwrap().resource_count(), 1);
}

#[test]
fn an_empty_folder_of_a_kind_is_removed() {
    let folder = Folder::new("empty");
    folder.export(&snapshot(&["a"])).unwrap();
    folder.export(&snapshot(&[])).unwrap();
    assert!(!folder.0.join("roles").exists());
}

#[test]
fn a_kind_that_was_not_read_this_time_keeps_its_files() {
    let folder = Folder::new("kept");
    folder.export(&snapshot(&["a"])).unwrap();
    let mut clients = snapshot(&[]);
    clients.kinds.pop();
    assert_eq!(folder.export(&clients).unwrap(), written(0, 0));
    assert!(folder.text("roles/a.json").is_some());
    assert_eq!(read(&folder.0).unwrap().resource_count(), 2);
}

#[test]
fn only_an_empty_folder_or_an_export_of_the_tenant_is_written_to() {
    let folder = Folder::new("check");
    let check = |replace| ExportFolder::check(&folder.0, TENANT, replace).map(|target| target.old);
    assert!(check(false).unwrap().is_none());
    assert!(ExportFolder::check(&folder.0.join("missing"), TENANT, false).is_ok());
    // An interrupted export leaves only its stage.
    folder.put(&format!("{STAGE}/roles/a.json"), "{}");
    assert!(check(false).is_ok());
    folder.put("notes.txt", "mine");
    for replace in [false, true] {
        let error = check(replace).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().ends_with("is not empty and holds no export"), "{error}");
    }
    fs::remove_file(folder.0.join("notes.txt")).unwrap();
    folder.export(&snapshot(&["a"])).unwrap();
    assert!(check(false).unwrap().is_some());
    let other = |replace| ExportFolder::check(&folder.0, "other.eu.auth0.com", replace);
    assert!(other(false).err().unwrap().message().contains("another tenant"));
    assert!(other(true).is_ok());
    folder.put(MANIFEST, "{}");
    assert!(check(true).is_err(), "the manifest is malformed");
    let file = folder.0.join("roles/a.json");
    assert!(ExportFolder::check(&file, TENANT, false).is_err(), "a file is not a folder");
}

#[test]
fn files_that_no_export_has_made_are_not_replaced() {
    for (name, file, is_dir) in
        [("file", "roles/a.json", false), ("dir", "roles/a.json", true), ("top", "roles", false)]
    {
        let folder = Folder::new(&format!("way-{name}"));
        folder.export(&snapshot(&[])).unwrap();
        match is_dir {
            true => fs::create_dir_all(folder.0.join(file)).unwrap(),
            false => folder.put(file, "mine"),
        }
        let before = folder.text(MANIFEST);
        let error = folder.export(&snapshot(&["a"])).unwrap_err();
        assert!(error.message().ends_with("is in the way"), "{error}");
        assert_eq!(folder.text(MANIFEST), before, "{name}");
        assert!(is_dir || folder.text(file).as_deref() == Some("mine"), "{name}");
    }
    // A folder in place of a file that the manifest lists.
    let folder = Folder::new("listed");
    folder.export(&snapshot(&["a"])).unwrap();
    fs::remove_file(folder.0.join("roles/a.json")).unwrap();
    folder.put("roles/a.json/mine.txt", "mine");
    let error = folder.export(&snapshot(&["a"])).unwrap_err();
    assert!(error.message().ends_with("is in the way"), "{error}");
    // A file that the manifest lists is ours, also in another case.
    let folder = Folder::new("case");
    folder.export(&snapshot(&["a"])).unwrap();
    assert_eq!(folder.export(&snapshot(&["A"])).unwrap(), written(1, 1));
    assert!(folder.text("roles/A.json").unwrap().contains("\"A\""));
}

#[test]
fn an_unusable_export_is_not_read() {
    let folder = Folder::new("unusable");
    let message = || read(&folder.0).map(|_| ()).unwrap_err().to_string();
    assert!(message().ends_with("holds no export"), "{}", message());
    assert!(read(&folder.0.join("missing")).is_err());
    folder.export(&snapshot(&["a"])).unwrap();
    let manifest = folder.text(MANIFEST).unwrap();
    let mut parsed = Manifest::parse(&manifest).unwrap();
    parsed.unfinished = true;
    folder.put(MANIFEST, &parsed.to_text());
    assert!(message().ends_with("is not complete"), "{}", message());
    // The next export finishes it.
    folder.export(&snapshot(&["a"])).unwrap();
    assert_eq!(folder.text(MANIFEST), Some(manifest));
    fs::remove_file(folder.0.join("roles/a.json")).unwrap();
    assert!(message().contains("cannot use the export"), "{}", message());
}

/// A folder from elsewhere must not get another file of this machine into a difference.
#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let (folder, outside) = (Folder::new("link"), Folder::new("outside"));
    outside.put("a.json", "{\"name\": \"secret\"}");
    folder.export(&snapshot(&["a"])).unwrap();
    let file = folder.0.join("roles/a.json");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(outside.0.join("a.json"), &file).unwrap();
    assert!(read(&folder.0).unwrap_err().to_string().contains("cannot use the export"));
    // Nor is a folder behind a link emptied.
    fs::remove_dir_all(folder.0.join("roles")).unwrap();
    std::os::unix::fs::symlink(&outside.0, folder.0.join("roles")).unwrap();
    assert!(read(&folder.0).is_err());
    folder.export(&snapshot(&[])).unwrap();
    assert!(outside.text("a.json").is_some());
    assert!(folder.export(&snapshot(&["b"])).is_err());
    assert!(outside.text("b.json").is_none());
}
