use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use locked_file::quarantine::{quarantine, quarantined_files};
use locked_file::{FileMode, WriteOptions, write_atomic};
use tempfile::TempDir;

pub(crate) fn put(path: &Path, bytes: &[u8]) {
    write_atomic(path, bytes, &WriteOptions::new(FileMode::Preserve)).unwrap();
}

#[test]
fn up_to_nine_quarantined_files_get_different_names() {
    let dir = TempDir::new().unwrap();
    let (path, into) = (dir.path().join("a.json"), dir.path().join("quarantine"));
    let mut paths = BTreeSet::new();
    for number in 1..=12 {
        put(&path, format!("broken {number}").as_bytes());
        let to = quarantine(&path, &into, "a.corrupt").unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read_to_string(&to).unwrap(), format!("broken {number}"));
        paths.insert(to);
    }
    assert_eq!(paths.len(), 9);
    assert!(paths.contains(&into.join("a.corrupt")));
    let found: BTreeSet<_> = quarantined_files(&into, "a.corrupt").into_iter().collect();
    assert_eq!(found, paths);
    assert_eq!(quarantined_files(&into, "b.corrupt").len(), 0);
}

#[test]
fn a_directory_is_quarantined_with_its_content_but_not_listed() {
    let dir = TempDir::new().unwrap();
    let (path, into) = (dir.path().join("a.json"), dir.path().join("quarantine"));
    fs::create_dir(&path).unwrap();
    File::create(path.join("inside")).unwrap();
    let to = quarantine(&path, &into, "a.corrupt").unwrap();
    assert!(to.join("inside").exists());
    assert!(quarantined_files(&into, "a.corrupt").is_empty());
}

#[cfg(unix)]
#[test]
fn a_quarantined_file_is_private() {
    use crate::private::{mode_of, set_mode};

    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.json");
    put(&path, b"broken");
    set_mode(&path, 0o644);
    let to = quarantine(&path, &dir.path().join("quarantine"), "a.corrupt").unwrap();
    assert_eq!(mode_of(&to), 0o600);
}

#[cfg(unix)]
#[test]
fn quarantine_moves_the_target_of_a_link_but_a_looping_link_itself() {
    use std::os::unix::fs::symlink;

    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    put(&at("real"), b"broken");
    symlink("real", at("link")).unwrap();
    let to = quarantine(&at("link"), &at("quarantine"), "a.corrupt").unwrap();
    assert_eq!(fs::read_to_string(to).unwrap(), "broken");
    assert!(at("link").is_symlink() && !at("real").exists());

    symlink("loop", at("loop")).unwrap();
    let to = quarantine(&at("loop"), &at("quarantine"), "b.corrupt").unwrap();
    assert!(to.is_symlink() && !at("loop").is_symlink());
}

#[test]
fn a_missing_file_cannot_be_quarantined() {
    let dir = TempDir::new().unwrap();
    let missing = dir.path().join("missing");
    assert!(quarantine(&missing, &dir.path().join("quarantine"), "a").is_err());
}

#[cfg(unix)]
#[test]
fn quarantine_of_a_link_keeps_the_mode_of_its_target() {
    use crate::private::{mode_of, set_mode};

    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("target")).unwrap();
    set_mode(&at("target"), 0o755);
    std::os::unix::fs::symlink(at("target"), at("link")).unwrap();
    let to = quarantine(&at("link"), &at("quarantine"), "a.corrupt").unwrap();
    assert!(to.is_symlink());
    assert_eq!(mode_of(&at("target")), 0o755);
}
