//! Mount points and read-only file systems.

use std::fs;
use std::process::Command;

use locked_file::{is_mount_point, is_on_read_only_file_system};
use tempfile::TempDir;

use crate::child;
use crate::privileged::{can_mount, succeeds_at_mount_point};
use crate::quarantine::put;

#[test]
fn files_and_directories_are_usually_writable_and_no_mount_points() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    put(&file, b"");
    for path in [dir.path(), &file, &dir.path().join("missing")] {
        assert!(!is_on_read_only_file_system(path), "{}", path.display());
        assert!(!is_mount_point(path), "{}", path.display());
    }
}

#[test]
fn a_read_only_mount_is_recognised() {
    if !can_mount() {
        return;
    }
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("mounted")).unwrap();
    put(&dir.path().join("mounted/file"), b"");
    std::os::unix::fs::symlink("mounted/file", dir.path().join("link")).unwrap();
    let name = "mount::child_recognises_a_read_only_mount";
    assert!(succeeds_at_mount_point(
        name,
        &dir.path().join("mounted"),
        &[]
    ));
}

#[test]
#[ignore = "run as a child by a_read_only_mount_is_recognised"]
fn child_recognises_a_read_only_mount() {
    let Some(mounted) = child::path_from_parent() else {
        return;
    };
    let (file, link) = (mounted.join("file"), mounted.parent().unwrap().join("link"));
    assert!(is_mount_point(&mounted) && !is_mount_point(&file));
    assert!(!is_on_read_only_file_system(&file));
    let mut mount = Command::new("mount");
    let mount = mount.args(["-o", "remount,bind,ro"]).arg(&mounted);
    assert!(mount.status().unwrap().success());
    for path in [&mounted, &file, &link] {
        assert!(is_on_read_only_file_system(path), "{}", path.display());
    }
    assert!(!is_on_read_only_file_system(mounted.parent().unwrap()));
}
