use std::fs;
#[cfg(unix)]
use std::io::Write as _;
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use locked_file::{Journal, LockError};

const LONG: Duration = Duration::from_secs(30);

fn open(path: &Path) -> Result<Journal, LockError> {
    Journal::open(path, path.parent().unwrap(), LONG, thread::sleep)
}

#[test]
fn journal_creates_its_directory_and_appends_records() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new").join("journal");
    for record in [b"one\n", b"two\n"] {
        open(&path).unwrap().append(record).unwrap();
    }
    let mut journal = open(&path).unwrap();
    assert_eq!(journal.length(), 8);
    assert_eq!(journal.read(8).unwrap().unwrap(), b"one\ntwo\n");
    assert_eq!(journal.read(7).unwrap(), None);
    journal.append(b"three\n").unwrap();
    drop(journal);
    assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\nthree\n");
}

#[test]
fn replaced_content_is_shorter_or_longer_and_accepts_records() {
    for content in ["", "x", "longer than before"] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let mut journal = open(&path).unwrap();
        journal.append(b"before").unwrap();
        journal.replace(content.as_bytes()).unwrap();
        assert_eq!(journal.length(), content.len() as u64);
        journal.append(b"+").unwrap();
        drop(journal);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{content}+"));
    }
}

#[test]
fn journal_is_locked_until_it_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let journal = open(&path).unwrap();
    let no_wait = || Journal::open(&path, dir.path(), Duration::ZERO, |_| {});
    assert!(no_wait().unwrap_err().is_held());
    drop(journal);
    let _journal = no_wait().unwrap();
}

#[test]
fn concurrent_records_and_replacements_lose_nothing() {
    const THREADS: usize = 8;
    const RECORDS: usize = 500;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                for number in 0..RECORDS {
                    let mut journal = open(&path).unwrap();
                    if number % 10 == 0 {
                        let content = journal.read(1 << 20).unwrap().unwrap();
                        journal.replace(&content).unwrap();
                    }
                    journal.append(b"record\n").unwrap();
                }
            });
        }
    });
    let expected = "record\n".repeat(THREADS * RECORDS);
    assert!(fs::read_to_string(&path).unwrap() == expected);
}

#[cfg(unix)]
#[test]
fn symbolic_link_is_replaced_and_its_target_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let [path, target] = ["journal", "target"].map(|name| dir.path().join(name));
    fs::File::create(&target)
        .unwrap()
        .write_all(b"mine")
        .unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    open(&path).unwrap().append(b"record").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"mine");
    assert_eq!(fs::read(&path).unwrap(), b"record");
}

#[test]
fn directory_is_not_a_journal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    fs::create_dir(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LockError::Open { .. }), "{error:?}");
}
