use std::fs::File;
use std::path::Path;

use locked_file::{FileMode, ReadError, WriteOptions, read_as_is, read_private, write_atomic};
use tempfile::TempDir;

fn put(path: &Path, bytes: &[u8]) {
    write_atomic(path, bytes, &WriteOptions::new(FileMode::Private)).unwrap();
}

#[test]
fn the_content_is_had_whole_up_to_one_mebibyte() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    assert!(read_private(&path).unwrap().is_none());
    for length in [0, 1, 31, 32, 33, 8192, 1 << 20] {
        put(&path, &vec![b'x'; length]);
        let file = read_private(&path).unwrap().unwrap();
        assert_eq!(file.bytes.len(), length);
        assert_eq!(file.narrowed_from, None);
    }
    put(&path, &vec![b'x'; (1 << 20) + 1]);
    let error = read_private(&path).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }) && error.is_lasting());
}

#[test]
fn a_folder_is_an_error_of_its_own() {
    let folder = TempDir::new().unwrap();
    let error = read_private(folder.path()).unwrap_err();
    assert!(error.is_lasting(), "{error:?}");
    assert_eq!(error.path(), folder.path());
}

#[test]
fn below_a_file_there_is_nothing() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    File::create(&file).unwrap();
    assert!(read_private(&file.join("below")).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn whatever_is_in_the_place_nothing_hangs() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    let check = |path: &Path| {
        let error = read_private(path).unwrap_err();
        assert!(
            matches!(
                error,
                ReadError::NotAFile { .. } | ReadError::Unreadable { .. }
            ),
            "{error:?}"
        );
    };
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);

    assert!(
        Command::new("mkfifo")
            .arg(at("pipe"))
            .status()
            .unwrap()
            .success()
    );
    check(&at("pipe"));
    symlink("/dev/zero", at("device")).unwrap();
    check(&at("device"));
    let _listener = UnixListener::bind(at("socket")).unwrap();
    check(&at("socket"));

    symlink("loop", at("loop")).unwrap();
    let error = read_private(&at("loop")).unwrap_err();
    assert!(matches!(error, ReadError::LinkLoop { .. }) && error.is_lasting());
}

#[cfg(unix)]
#[test]
fn a_wide_mode_is_narrowed_and_told() {
    use crate::private::{mode_of, set_mode};

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    put(&path, b"secret");
    set_mode(&path, 0o644);
    let narrowed_from = || read_private(&path).unwrap().unwrap().narrowed_from;
    assert_eq!(narrowed_from(), Some(0o644));
    assert_eq!(mode_of(&path), 0o600);
    assert_eq!(narrowed_from(), None);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_wrong_for_good() {
    use crate::private::set_mode;

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    put(&path, b"secret");
    set_mode(&path, 0o000);
    // For the superuser rights do not count.
    if File::open(&path).is_err() {
        assert!(read_private(&path).unwrap_err().is_lasting());
    }
}

#[cfg(unix)]
#[test]
fn what_is_read_as_it_is_keeps_its_mode() {
    use crate::private::{mode_of, set_mode};

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    assert!(read_as_is(&path).unwrap().is_none());
    put(&path, b"content");
    set_mode(&path, 0o644);
    assert_eq!(read_as_is(&path).unwrap().unwrap(), b"content");
    assert_eq!(mode_of(&path), 0o644);
    assert_eq!(
        read_private(&path).unwrap().unwrap().narrowed_from,
        Some(0o644)
    );
}
