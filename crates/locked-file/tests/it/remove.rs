use std::fs;
use std::path::Path;

use locked_file::{FileMode, WriteOptions, remove_file, write_atomic};
use tempfile::TempDir;

fn put(path: &Path) {
    write_atomic(path, b"secret", &WriteOptions::new(FileMode::Private)).unwrap();
}

#[test]
fn remove_file_removes_a_file_and_ignores_a_missing_one() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    put(&path);
    for _ in 0..2 {
        remove_file(&path).unwrap();
        assert!(!path.exists());
    }
}

#[test]
fn remove_file_refuses_a_directory() {
    let dir = TempDir::new().unwrap();
    put(&dir.path().join("file"));
    remove_file(dir.path()).unwrap_err();
    assert!(dir.path().join("file").exists());
}

#[cfg(unix)]
#[test]
fn remove_file_removes_the_target_of_a_link_and_keeps_the_link() {
    let dir = TempDir::new().unwrap();
    let [first, second, target] =
        ["first", "second", "elsewhere/target"].map(|name| dir.path().join(name));
    fs::create_dir(dir.path().join("elsewhere")).unwrap();
    put(&target);
    std::os::unix::fs::symlink("elsewhere/target", &second).unwrap();
    std::os::unix::fs::symlink(&second, &first).unwrap();
    for _ in 0..2 {
        remove_file(&first).unwrap();
        assert!(!target.exists());
    }
    put(&first);
    assert_eq!(fs::read(&target).unwrap(), b"secret");
}
