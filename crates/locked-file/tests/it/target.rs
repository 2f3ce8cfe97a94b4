//! Files that symbolic links lead to.

use std::fs::File;
use std::os::unix::fs::symlink;

use locked_file::linked_file;
use tempfile::TempDir;

#[test]
fn a_link_leads_to_a_regular_or_missing_file() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    let check = |name: &str, expected: Option<&str>| {
        assert_eq!(linked_file(&at(name)), expected.map(at), "{name}");
    };
    File::create(at("file")).unwrap();
    std::fs::create_dir(at("directory")).unwrap();
    for (target, link) in [
        ("file", "to-file"),
        ("to-file", "to-link"),
        ("missing", "dangling"),
        ("directory/missing", "dangling-in-directory"),
        ("directory", "to-directory"),
        ("loop", "loop"),
    ] {
        symlink(target, at(link)).unwrap();
    }
    check("file", None);
    check("missing", None);
    check("to-file", Some("file"));
    check("to-link", Some("file"));
    check("dangling", Some("missing"));
    check("dangling-in-directory", Some("directory/missing"));
    check("to-directory", None);
    check("loop", None);
}
