use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use locked_file::{
    Durability, FileMode, PreparedWrite, WriteError, WriteOptions, is_in_use, read_private,
    temporary_files, write_atomic,
};
use tempfile::TempDir;

const PRIVATE: FileMode = FileMode::Private;
const PRESERVE: FileMode = FileMode::Preserve;

pub(crate) fn names_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

#[test]
fn write_replaces_the_content_and_leaves_no_other_files() {
    let dir = TempDir::new().unwrap();
    let scratch = dir.path().join("cache/own");
    let path = dir.path().join("cache/file");
    for mode in [PRIVATE, PRESERVE] {
        for durability in [Durability::Synced, Durability::Relaxed] {
            for options in [
                WriteOptions::new(mode).durability(durability),
                WriteOptions::new(mode)
                    .durability(durability)
                    .scratch(&scratch),
            ] {
                for content in ["", "short", &"long ".repeat(10_000)] {
                    write_atomic(&path, content.as_bytes(), &options).unwrap();
                    assert_eq!(fs::read_to_string(&path).unwrap(), content);
                }
            }
        }
    }
    assert_eq!(names_in(&dir.path().join("cache")), ["file", "own"]);
    assert!(names_in(&scratch).is_empty());
}

#[test]
fn write_accepts_a_relative_path() {
    let name = format!("relative-{}", std::process::id());
    let path = Path::new(&name);
    let scratch = path.with_extension("own");
    let options = WriteOptions::new(PRIVATE);
    for options in [options, options.scratch(&scratch)] {
        let written = write_atomic(path, b"content", &options);
        let content = fs::read(path);
        let _ = fs::remove_file(path);
        let _ = fs::remove_dir(&scratch);
        written.unwrap();
        assert_eq!(content.unwrap(), b"content");
    }
}

#[test]
fn a_prepared_write_writes_nothing_before_its_commit() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let options = WriteOptions::new(PRIVATE);
    write_atomic(&path, b"old", &options).unwrap();

    let mut prepared = PreparedWrite::prepare(&path, &options).unwrap();
    prepared.reserve(10_000).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    prepared.commit(b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");

    drop(PreparedWrite::prepare(&path, &options).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names_in(dir.path()), ["file"]);
}

#[test]
fn commit_may_exceed_the_reserved_length() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let mut prepared = PreparedWrite::prepare(&path, &WriteOptions::new(PRIVATE)).unwrap();
    prepared.reserve(1).unwrap();
    prepared.commit(&[b'x'; 1000]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), [b'x'; 1000]);
}

#[test]
fn commit_creates_a_removed_temporary_file_again() {
    let dir = TempDir::new().unwrap();
    let scratch = dir.path().join("own");
    let path = dir.path().join("file");
    let options = WriteOptions::new(PRIVATE).scratch(&scratch);
    let prepared = PreparedWrite::prepare(&path, &options).unwrap();
    fs::remove_dir_all(&scratch).unwrap();
    prepared.commit(b"content").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"content");
    assert_eq!(names_in(dir.path()), ["file"]);
}

#[test]
fn a_directory_is_not_replaced() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("taken");
    fs::create_dir(&path).unwrap();
    let error = PreparedWrite::prepare(&path, &WriteOptions::new(PRIVATE)).unwrap_err();
    assert!(matches!(error, WriteError::NotAFile { .. }));
    assert_eq!(error.path(), path);
    assert_eq!(names_in(dir.path()), ["taken"]);
}

#[test]
fn the_error_names_the_directory_that_cannot_be_created() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    File::create(&file).unwrap();
    let options = WriteOptions::new(PRIVATE);
    let scratch = file.join("own");
    for (path, options) in [
        (file.join("below/file"), options),
        (dir.path().join("other"), options.scratch(&scratch)),
    ] {
        let error = write_atomic(&path, b"", &options).unwrap_err();
        assert!(
            matches!(
                error,
                WriteError::CreateDir { .. } | WriteError::Write { .. }
            ),
            "{error:?}"
        );
        assert!(error.path().starts_with(&file), "{error}");
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::private::{mode_of, set_mode};

    #[test]
    fn the_mode_follows_the_options_and_a_new_file_is_private() {
        let check = |mode: FileMode, old: Option<u32>, new: u32| {
            let dir = TempDir::new().unwrap();
            let path = dir.path().join("made/file");
            if let Some(old) = old {
                write_atomic(&path, b"old", &WriteOptions::new(PRIVATE)).unwrap();
                set_mode(&path, old);
            }
            write_atomic(&path, b"new", &WriteOptions::new(mode)).unwrap();
            assert_eq!(mode_of(&path), new, "{mode:?} {old:?}");
            assert_eq!(mode_of(path.parent().unwrap()), 0o700);
        };
        check(PRIVATE, None, 0o600);
        check(PRIVATE, Some(0o644), 0o600);
        check(PRIVATE, Some(0o400), 0o600);
        check(PRESERVE, None, 0o600);
        check(PRESERVE, Some(0o644), 0o644);
        check(PRESERVE, Some(0o400), 0o400);
        check(PRESERVE, Some(0o664), 0o664);
    }

    #[test]
    fn a_write_replaces_the_target_of_a_link_and_keeps_the_link() {
        let dir = TempDir::new().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("dotfiles")).unwrap();
        let scratch = at("own");
        let check = |link: &str, to: &str, real: &str| {
            symlink(to, at(link)).unwrap();
            for options in [
                WriteOptions::new(PRESERVE),
                WriteOptions::new(PRIVATE).scratch(&scratch),
            ] {
                write_atomic(&at(link), link.as_bytes(), &options).unwrap();
                assert!(at(link).is_symlink());
                assert_eq!(fs::read_to_string(at(real)).unwrap(), link);
            }
        };
        write_atomic(&at("dotfiles/config"), b"old", &WriteOptions::new(PRESERVE)).unwrap();
        check("link", "dotfiles/config", "dotfiles/config");
        check("link-to-link", "link", "dotfiles/config");
        check("dangling", "dotfiles/new", "dotfiles/new");
        let absolute = at("dotfiles/absolute");
        check("absolute", absolute.to_str().unwrap(), "dotfiles/absolute");
    }

    #[test]
    fn a_cycle_of_links_is_refused() {
        let dir = TempDir::new().unwrap();
        let at = |name: &str| dir.path().join(name);
        symlink("b", at("a")).unwrap();
        symlink("a", at("b")).unwrap();
        let error = write_atomic(&at("a"), b"", &WriteOptions::new(PRIVATE)).unwrap_err();
        assert!(matches!(error, WriteError::NotAFile { .. }), "{error:?}");
    }

    #[test]
    fn prepare_fails_if_the_file_cannot_be_replaced() {
        let dir = TempDir::new().unwrap();
        let cache = dir.path().join("cache");
        let scratch = cache.join("own");
        fs::create_dir_all(&scratch).unwrap();
        set_mode(&cache, 0o500);
        // Permissions do not apply to the superuser.
        if File::create(cache.join("probe")).is_err() {
            let options = WriteOptions::new(PRIVATE).scratch(&scratch);
            let error = PreparedWrite::prepare(&cache.join("file"), &options).unwrap_err();
            assert!(matches!(error, WriteError::Prepare { .. }), "{error:?}");
            assert_eq!(error.path(), cache);
        }
        set_mode(&cache, 0o700);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_scratch_directory_on_another_file_system_is_not_used() {
        let dir = TempDir::new().unwrap();
        let Some(scratch) = crate::privileged::dir_on_another_file_system() else {
            return;
        };
        let path = dir.path().join("file");
        let options = WriteOptions::new(PRIVATE).scratch(scratch.path());
        write_atomic(&path, b"content", &options).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"content");
        assert_eq!(mode_of(&path), 0o600);
        assert_eq!(names_in(dir.path()), ["file"]);
        assert!(names_in(scratch.path()).is_empty());
    }
}

#[test]
fn only_temporary_files_older_than_an_hour_are_removed() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let options = WriteOptions::new(PRIVATE);
    write_atomic(&path, b"", &options).unwrap();
    let now = fs::metadata(&path).unwrap().modified().unwrap();
    for (name, minutes) in [
        (".locked-file-stale.tmp", 61),
        (".locked-file-in-use.tmp", 59),
        (".locked-file-other", 61),
        ("mine.tmp", 61),
    ] {
        let file = File::create(dir.path().join(name)).unwrap();
        let age = Duration::from_secs(minutes * 60);
        file.set_modified(now - age).unwrap();
    }
    write_atomic(&path, b"", &options).unwrap();
    assert_eq!(
        names_in(dir.path()),
        [
            ".locked-file-in-use.tmp",
            ".locked-file-other",
            "file",
            "mine.tmp"
        ]
    );
}

#[test]
fn a_temporary_file_is_in_use_while_its_process_writes() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    let options = WriteOptions::new(PRIVATE);
    let prepared = PreparedWrite::prepare(&at("file"), &options).unwrap();
    let [temporary] = &temporary_files(dir.path())[..] else {
        panic!("expected one temporary file");
    };
    assert_eq!(is_in_use(temporary), Some(true));
    // However old it is.
    let now = fs::metadata(temporary).unwrap().modified().unwrap();
    let file = File::options().write(true).open(temporary).unwrap();
    file.set_modified(now - Duration::from_secs(61 * 60))
        .unwrap();
    drop(file);
    write_atomic(&at("other"), b"", &options).unwrap();
    assert!(temporary.exists());
    prepared.commit(b"new").unwrap();
    assert_eq!(is_in_use(&at("file")), Some(false));
    assert_eq!(is_in_use(temporary), Some(false));

    File::create(at(".locked-file-dead.tmp")).unwrap();
    fs::create_dir(at(".locked-file-dir.tmp")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(at("file"), at(".locked-file-link.tmp")).unwrap();
    assert!(
        temporary_files(dir.path())
            .iter()
            .all(|path| is_in_use(path) == Some(false))
    );
}

#[test]
fn a_reader_sees_the_old_or_the_new_content() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let contents = [vec![b'a'; 10_000], vec![b'b'; 20_000]];
    let options = WriteOptions::new(PRIVATE).durability(Durability::Relaxed);
    write_atomic(&path, &contents[0], &options).unwrap();

    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                let file = read_private(&path)
                    .unwrap()
                    .expect("a replaced file is never missing");
                assert!(contents.contains(&file.bytes), "the content is incomplete");
            }
        });
        for round in 0..500 {
            write_atomic(&path, &contents[round % 2], &options).unwrap();
        }
        is_done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
}

#[test]
fn a_conditional_commit_checks_after_the_content_is_written() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let options = WriteOptions::new(FileMode::Private);
    write_atomic(&path, b"old", &options).unwrap();
    let commit = |outcome: Result<(), WriteError>| {
        let prepared = PreparedWrite::prepare(&path, &options).unwrap();
        prepared.commit_if(b"new", || {
            let temporary = temporary_files(dir.path());
            // On Windows, a locked file cannot be read.
            if cfg!(unix) {
                assert_eq!(fs::read(&temporary[0]).unwrap(), b"new");
            }
            assert_eq!(fs::read(&path).unwrap(), b"old");
            outcome
        })
    };
    let path_of_error = path.clone();
    commit(Err(WriteError::NotAFile {
        path: path_of_error,
    }))
    .unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert!(temporary_files(dir.path()).is_empty());
    commit(Ok(())).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[cfg(unix)]
#[test]
fn a_write_without_following_replaces_a_link() {
    use std::os::unix::fs::symlink;

    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    let options = WriteOptions::new(FileMode::Private).without_following();
    write_atomic(&at("target"), b"old", &options).unwrap();
    for target in ["target", "missing", "/dev/null", "link"] {
        symlink(target, at("link")).unwrap();
        write_atomic(&at("link"), b"new", &options).unwrap();
        assert!(!at("link").is_symlink(), "{target}");
        assert_eq!(fs::read(at("link")).unwrap(), b"new", "{target}");
        fs::remove_file(at("link")).unwrap();
    }
    assert_eq!(fs::read(at("target")).unwrap(), b"old");
    let error = write_atomic(dir.path(), b"new", &options).unwrap_err();
    assert!(matches!(error, WriteError::NotAFile { .. }), "{error:?}");
}
