use std::fs::File;
use std::path::Path;

use locked_file::{
    FileMode, ReadError, ReadOptions, WriteOptions, is_descriptor, read_as_is, read_input,
    read_input_within, read_private, read_with, write_atomic,
};
use tempfile::TempDir;

fn put(path: &Path, bytes: &[u8]) {
    write_atomic(path, bytes, &WriteOptions::new(FileMode::Private)).unwrap();
}

#[test]
fn files_of_up_to_one_mebibyte_are_read_completely() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    assert!(read_private(&path).unwrap().is_none());
    for length in [0, 1, 31, 32, 33, 8192, 1 << 20] {
        put(&path, &vec![b'x'; length]);
        let file = read_private(&path).unwrap().unwrap();
        assert_eq!(file.bytes.len(), length);
        assert_eq!(file.narrowed_from, None);
    }
    put(&path, &vec![b'x'; (1 << 20) + 1]);
    let error = read_private(&path).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }) && error.is_permanent());
}

#[test]
fn a_file_is_read_up_to_the_limit_of_the_options() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    put(&path, b"12345");
    let read = |limit| read_with(&ReadOptions::trusting(dir.path()).up_to(limit), &path);
    assert_eq!(read(5).unwrap().unwrap().bytes, b"12345");
    assert!(matches!(read(4), Err(ReadError::TooLarge { limit: 4, .. })));
}

#[test]
fn a_directory_cannot_be_read() {
    let dir = TempDir::new().unwrap();
    let error = read_private(dir.path()).unwrap_err();
    assert!(error.is_permanent(), "{error:?}");
    assert_eq!(error.path(), dir.path());
}

#[test]
fn a_path_below_a_file_counts_as_missing() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    File::create(&file).unwrap();
    assert!(read_private(&file.join("below")).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn a_read_never_blocks() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    let check = |path: &Path| {
        let error = read_private(path).unwrap_err();
        let is_special = matches!(error, ReadError::NotAFile { .. });
        assert!(is_special && error.is_permanent(), "{error:?}");
    };
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);

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
    assert!(matches!(error, ReadError::LinkLoop { .. }) && error.is_permanent());
}

#[cfg(unix)]
#[test]
fn permissions_of_group_and_others_are_removed_and_reported() {
    use crate::private::{mode_of, set_mode};

    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    put(&path, b"secret");
    set_mode(&path, 0o644);
    let narrowed_from = || read_private(&path).unwrap().unwrap().narrowed_from;
    assert_eq!(narrowed_from(), Some(0o644));
    assert_eq!(mode_of(&path), 0o600);
    assert_eq!(narrowed_from(), None);
}

#[cfg(unix)]
#[test]
fn a_missing_permission_is_a_permanent_error() {
    use crate::private::set_mode;

    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    put(&path, b"secret");
    set_mode(&path, 0o000);
    // Permissions do not apply to the superuser.
    if File::open(&path).is_err() {
        assert!(read_private(&path).unwrap_err().is_permanent());
    }
}

#[cfg(unix)]
#[test]
fn read_as_is_keeps_the_mode() {
    use crate::private::{mode_of, set_mode};

    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
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

#[test]
fn an_input_is_a_file_of_limited_size() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let missing = read_input(8, &path).unwrap_err();
    assert!(
        matches!(missing, ReadError::Unreadable { .. }),
        "{missing:?}"
    );
    for length in [0, 1, 7, 8] {
        put(&path, &vec![b'x'; length]);
        let found = read_input(8, &path).unwrap();
        assert_eq!((found.bytes.len(), found.can_be_read_again), (length, true));
    }
    put(&path, b"nine byte");
    let error = read_input(8, &path).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error:?}");
}

#[cfg(unix)]
mod special_inputs {
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::os::unix::net::UnixListener;
    use std::path::PathBuf;
    use std::process::Command;
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn pipe(dir: &TempDir) -> PathBuf {
        let path = dir.path().join("pipe");
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        path
    }

    #[test]
    fn a_device_is_read_up_to_the_limit() {
        let null = read_input(8, Path::new("/dev/null")).unwrap();
        assert_eq!((null.bytes, null.can_be_read_again), (Vec::new(), true));
        let error = read_input(8, Path::new("/dev/zero")).unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { .. }), "{error:?}");
    }

    #[test]
    fn a_socket_and_a_directory_are_errors() {
        let dir = TempDir::new().unwrap();
        let socket = dir.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        for path in [&socket, dir.path()] {
            let error = read_input(8, path).unwrap_err();
            assert!(matches!(error, ReadError::Unreadable { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_pipe_without_a_writer_is_an_error() {
        let dir = TempDir::new().unwrap();
        let error = read_input(8, &pipe(&dir)).unwrap_err();
        assert!(matches!(error, ReadError::NoWriter { .. }), "{error:?}");
        assert!(error.is_permanent());
    }

    #[test]
    fn a_pipe_is_read_until_its_writer_closes_it() {
        let dir = TempDir::new().unwrap();
        let path = pipe(&dir);
        let mut first = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        first.write_all(b"one ").unwrap();
        let writer = thread::spawn({
            let mut second = OpenOptions::new().write(true).open(&path).unwrap();
            move || second.write_all(&vec![b'x'; 1 << 20]).unwrap()
        });
        drop(first);
        let found = read_input(2 << 20, &path).unwrap();
        assert_eq!(found.bytes.len(), 4 + (1 << 20));
        assert!(!found.can_be_read_again);
        writer.join().unwrap();
    }

    #[test]
    fn an_endless_pipe_is_read_up_to_the_limit() {
        let dir = TempDir::new().unwrap();
        let path = pipe(&dir);
        let mut writer = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        writer.write_all(&[b'x'; 9]).unwrap();
        let error = read_input(8, &path).unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { .. }), "{error:?}");
    }

    #[test]
    fn a_path_to_a_descriptor_is_found_through_links() {
        let dir = TempDir::new().unwrap();
        let file = dir.path().join("file");
        put(&file, b"x");
        let link = |name: &str, target: &Path| {
            let link = dir.path().join(name);
            std::os::unix::fs::symlink(target, &link).unwrap();
            link
        };
        for descriptor in ["/dev/stdin", "/dev/fd/0", "/dev/fd/../fd/987"] {
            assert!(is_descriptor(Path::new(descriptor)), "{descriptor}");
        }
        let stdin = link("stdin", Path::new("/dev/stdin"));
        assert!(is_descriptor(&link("second", &stdin)));
        assert!(is_descriptor(
            &link("descriptors", Path::new("/dev/fd")).join("0")
        ));
        let itself = dir.path().join("loop");
        for path in [
            &file,
            &link("relative", Path::new("file")),
            &dir.path().join("missing/file"),
            &link("loop", &itself),
            Path::new("/dev/null"),
            Path::new("fd"),
        ] {
            assert!(!is_descriptor(path), "{}", path.display());
        }
    }

    #[test]
    fn a_silent_writer_of_a_pipe_is_an_error_after_the_timeout() {
        let dir = TempDir::new().unwrap();
        let path = pipe(&dir);
        let _writer = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        let error = read_input_within(Duration::from_millis(1), 8, &path).unwrap_err();
        assert!(!error.is_permanent());
        match error {
            ReadError::Unreadable { source, .. } => {
                assert_eq!(source.kind(), std::io::ErrorKind::TimedOut);
            }
            error => panic!("{error:?}"),
        }
    }
}
