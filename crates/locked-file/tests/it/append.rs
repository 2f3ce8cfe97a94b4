use std::fs::{self, File};
use std::io::Write as _;

use locked_file::append_lines;

#[test]
fn appended_lines_keep_the_content_and_create_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lines");
    assert!(append_lines(&path, "one\n").is_err());
    assert!(!path.exists());
    File::create_new(&path)
        .unwrap()
        .write_all(b"zero\n")
        .unwrap();
    append_lines(&path, "one\n").unwrap();
    append_lines(&path, "two\n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"zero\none\ntwo\n");
}

#[test]
fn an_incomplete_line_is_completed_first() {
    let dir = tempfile::tempdir().unwrap();
    for (before, after) in [
        ("", "one\n"),
        ("zero", "zero\none\n"),
        ("zero\r\n", "zero\r\none\n"),
    ] {
        let path = dir.path().join("lines");
        File::create(&path)
            .unwrap()
            .write_all(before.as_bytes())
            .unwrap();
        append_lines(&path, "one\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), after);
    }
}
