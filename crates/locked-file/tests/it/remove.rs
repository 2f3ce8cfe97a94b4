use std::fs;
use std::path::Path;

use locked_file::{FileMode, WriteOptions, remove_file, write_atomic};
use tempfile::TempDir;

fn put(path: &Path) {
    write_atomic(path, b"secret", &WriteOptions::new(FileMode::Private)).unwrap();
}

#[test]
fn a_file_goes_and_nothing_there_is_fine() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    put(&path);
    for _ in 0..2 {
        remove_file(&path).unwrap();
        assert!(!path.exists());
    }
}

#[test]
fn a_folder_stays_with_all_that_is_in_it() {
    let folder = TempDir::new().unwrap();
    put(&folder.path().join("file"));
    remove_file(folder.path()).unwrap_err();
    assert!(folder.path().join("file").exists());
}

#[cfg(unix)]
#[test]
fn behind_a_link_the_file_goes_and_the_link_serves_the_next_write() {
    let folder = TempDir::new().unwrap();
    let [first, second, target] =
        ["first", "second", "elsewhere/target"].map(|name| folder.path().join(name));
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
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
