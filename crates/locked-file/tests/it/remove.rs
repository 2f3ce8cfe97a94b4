use std::fs;
use std::path::Path;

use locked_file::{FileMode, WriteOptions, remove_file, remove_without_following, write_atomic};
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

#[cfg(unix)]
#[test]
fn remove_without_following_removes_links_pipes_and_sockets_but_no_target() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    put(&at("target"));
    symlink("target", at("link")).unwrap();
    symlink("missing", at("dangling")).unwrap();
    symlink("/dev/null", at("device")).unwrap();
    let mkfifo = Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(mkfifo.success());
    let _listener = UnixListener::bind(at("socket")).unwrap();
    for name in ["link", "dangling", "device", "pipe", "socket", "unused"] {
        remove_without_following(&at(name)).unwrap();
        assert!(fs::symlink_metadata(at(name)).is_err(), "{name}");
    }
    assert_eq!(fs::read(at("target")).unwrap(), b"secret");
    remove_without_following(dir.path()).unwrap_err();
}
