use std::fs::{self, File};
use std::io::Write as _;

use locked_file::append;

#[test]
fn append_keeps_the_content_and_does_not_create_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lines");
    assert!(append(&path, b"one\n").is_err());
    assert!(!path.exists());
    File::create_new(&path)
        .unwrap()
        .write_all(b"zero\n")
        .unwrap();
    append(&path, b"one\n").unwrap();
    append(&path, b"two\n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"zero\none\ntwo\n");
}
