use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use locked_file::{create_private_dir, narrow_mode};
use tempfile::TempDir;

#[cfg(unix)]
pub(crate) fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn missing_directories_are_created_and_existing_directories_kept() {
    let dir = TempDir::new().unwrap();
    let deep = dir.path().join("a/b/c");
    create_private_dir(&deep).unwrap();
    create_private_dir(&deep).unwrap();
    create_private_dir(Path::new("")).unwrap();
    assert!(deep.is_dir());

    let file = deep.join("file");
    fs::File::create(&file).unwrap();
    assert!(create_private_dir(&file).is_err());
    assert!(create_private_dir(&file.join("below")).is_err());
}

#[test]
fn a_directory_that_several_threads_create_at_once_is_created() {
    const THREADS: usize = 8;
    let dir = TempDir::new().unwrap();
    for round in 0..100 {
        let path = dir.path().join(round.to_string());
        let barrier = Barrier::new(THREADS);
        let create = || {
            barrier.wait();
            create_private_dir(&path)
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(create)).collect();
            for thread in threads {
                thread.join().unwrap().unwrap();
            }
        });
    }
}

#[cfg(unix)]
#[test]
fn narrow_mode_removes_only_permissions_of_group_and_others() {
    let check = |path: &Path, from: u32, narrowed: Option<u32>, to: u32| {
        set_mode(path, from);
        assert_eq!(narrow_mode(path), narrowed, "{from:o}");
        assert_eq!(mode_of(path), to, "{from:o}");
    };
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::File::create(&file).unwrap();

    check(dir.path(), 0o755, Some(0o755), 0o700);
    check(dir.path(), 0o700, None, 0o700);
    check(&file, 0o644, Some(0o644), 0o600);
    check(&file, 0o440, Some(0o440), 0o400);
    check(&file, 0o600, None, 0o600);
    assert_eq!(narrow_mode(&dir.path().join("missing")), None);
}
