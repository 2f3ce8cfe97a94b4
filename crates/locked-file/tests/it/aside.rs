use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use locked_file::{FileMode, WriteOptions, files_set_aside, set_aside, write_atomic};
use tempfile::TempDir;

fn put(path: &Path, bytes: &[u8]) {
    write_atomic(path, bytes, &WriteOptions::new(FileMode::Kept)).unwrap();
}

#[test]
fn what_is_set_aside_is_all_there_under_names_of_their_own() {
    let folder = TempDir::new().unwrap();
    let (path, aside) = (folder.path().join("a.json"), folder.path().join("aside"));
    let mut places = BTreeSet::new();
    for number in 1..=12 {
        put(&path, format!("broken {number}").as_bytes());
        let to = set_aside(&path, &aside, "a.corrupt").unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read_to_string(&to).unwrap(), format!("broken {number}"));
        places.insert(to);
    }
    assert_eq!(places.len(), 9);
    assert!(places.contains(&aside.join("a.corrupt")));
    let found: BTreeSet<_> = files_set_aside(&aside, "a.corrupt").into_iter().collect();
    assert_eq!(found, places);
    assert_eq!(files_set_aside(&aside, "b.corrupt").len(), 0);
}

#[test]
fn a_folder_goes_with_all_that_is_in_it_and_is_no_file() {
    let folder = TempDir::new().unwrap();
    let (path, aside) = (folder.path().join("a.json"), folder.path().join("aside"));
    fs::create_dir(&path).unwrap();
    File::create(path.join("inside")).unwrap();
    let to = set_aside(&path, &aside, "a.corrupt").unwrap();
    assert!(to.join("inside").exists());
    assert!(files_set_aside(&aside, "a.corrupt").is_empty());
}

#[cfg(unix)]
#[test]
fn the_rights_of_others_do_not_go_along() {
    use crate::private::{mode_of, set_mode};

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.json");
    put(&path, b"broken");
    set_mode(&path, 0o644);
    let to = set_aside(&path, &folder.path().join("aside"), "a.corrupt").unwrap();
    assert_eq!(mode_of(&to), 0o600);
}

#[cfg(unix)]
#[test]
fn behind_a_link_the_file_goes_and_a_loop_goes_itself() {
    use std::os::unix::fs::symlink;

    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    put(&at("real"), b"broken");
    symlink("real", at("link")).unwrap();
    let to = set_aside(&at("link"), &at("aside"), "a.corrupt").unwrap();
    assert_eq!(fs::read_to_string(to).unwrap(), "broken");
    assert!(at("link").is_symlink() && !at("real").exists());

    symlink("loop", at("loop")).unwrap();
    let to = set_aside(&at("loop"), &at("aside"), "b.corrupt").unwrap();
    assert!(to.is_symlink() && !at("loop").is_symlink());
}

#[test]
fn nothing_there_is_an_error() {
    let folder = TempDir::new().unwrap();
    let absent = folder.path().join("absent");
    assert!(set_aside(&absent, &folder.path().join("aside"), "a").is_err());
}
