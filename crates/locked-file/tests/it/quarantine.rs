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
        let to = quarantine(&path, &into, "a.corrupt").unwrap().path;
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
    let to = quarantine(&path, &into, "a.corrupt").unwrap().path;
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
    let to = quarantine(&path, &dir.path().join("quarantine"), "a.corrupt")
        .unwrap()
        .path;
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
    let to = quarantine(&at("link"), &at("quarantine"), "a.corrupt")
        .unwrap()
        .path;
    assert_eq!(fs::read_to_string(to).unwrap(), "broken");
    assert!(at("link").is_symlink() && !at("real").exists());

    symlink("loop", at("loop")).unwrap();
    let to = quarantine(&at("loop"), &at("quarantine"), "b.corrupt")
        .unwrap()
        .path;
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
    let to = quarantine(&at("link"), &at("quarantine"), "a.corrupt")
        .unwrap()
        .path;
    assert!(to.is_symlink());
    assert_eq!(mode_of(&at("target")), 0o755);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_on_another_file_system_is_quarantined_as_a_copy() {
    use crate::private::{mode_of, set_mode};
    use crate::privileged::dir_on_another_file_system;

    let dir = TempDir::new().unwrap();
    let Some(elsewhere) = dir_on_another_file_system() else {
        return;
    };
    let at = |name: &str| dir.path().join(name);
    let target = elsewhere.path().join("real");
    for content in [&b""[..], b"{\"cut off"] {
        put(&target, content);
        set_mode(&target, 0o644);
        let _ = fs::remove_file(at("link"));
        std::os::unix::fs::symlink(&target, at("link")).unwrap();
        let to = quarantine(&at("link"), &at("quarantine"), "a.corrupt")
            .unwrap()
            .path;
        assert_eq!(fs::read(&to).unwrap(), content);
        assert_eq!(mode_of(&to), 0o600);
        assert!(at("link").is_symlink() && !target.exists());
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
    assert_eq!(fs::read_dir(at("quarantine")).unwrap().count(), 2);
}

/// A copy of a large file would take space, and a part of it would be lost.
#[cfg(unix)]
#[test]
fn a_large_file_on_another_file_system_stays_there() {
    use crate::private::{mode_of, set_mode};

    let dir = TempDir::new().unwrap();
    let Ok(elsewhere) = TempDir::new_in("/dev/shm") else {
        return;
    };
    let at = |name: &str| dir.path().join(name);
    let target = elsewhere.path().join("real");
    std::os::unix::fs::symlink(&target, at("link")).unwrap();
    for (size, is_moved) in [(1 << 20, true), ((1 << 20) + 1, false)] {
        put(&target, &vec![b'x'; size]);
        set_mode(&target, 0o644);
        let to = quarantine(&at("link"), &at("quarantine"), "a.corrupt").unwrap();
        let expected = if is_moved {
            at("quarantine")
        } else {
            elsewhere.path().to_owned()
        };
        assert_eq!(to.path, expected.join("a.corrupt"));
        assert!(!to.is_truncated);
        assert_eq!(fs::metadata(&to.path).unwrap().len(), size as u64);
        assert_eq!(mode_of(&to.path), 0o600);
        assert!(!target.exists());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn irregular_files_stay_on_their_file_system() {
    if crate::faults::can_trace() {
        let dir = TempDir::new().unwrap();
        // Only the first rename leads to another file system.
        let fault = "inject=rename,renameat,renameat2:error=EXDEV:when=1+2";
        let name = "quarantine::child_quarantines_special_files";
        assert!(crate::faults::child_succeeds(name, dir.path(), fault));
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run as a child by irregular_files_stay_on_their_file_system"]
fn child_quarantines_special_files() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let Some(dir) = crate::child::path_from_parent() else {
        return;
    };
    let at = |name: &str| dir.join(name);
    fs::create_dir(at("directory")).unwrap();
    mknodat(CWD, at("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    std::os::unix::fs::symlink(at("pipe"), at("link")).unwrap();
    for name in ["directory", "link", "pipe"] {
        let corrupt = format!("{name}.corrupt");
        let to = quarantine(&at(name), &at("quarantine"), &corrupt)
            .unwrap()
            .path;
        assert_eq!(to, at(&corrupt));
        assert!(fs::symlink_metadata(to).is_ok() && fs::symlink_metadata(at(name)).is_err());
    }
}
