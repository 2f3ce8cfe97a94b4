use std::time::Duration;

use token_cache::SharedStateLimits;

use crate::home::{Home, LONG};

const NAME: &str = "test.state";

const LIMITS: SharedStateLimits = SharedStateLimits {
    max_bytes: 20,
    compacted_after: 8,
    lock_timeout: LONG,
};

fn read(home: &Home) -> Option<String> {
    let content = home.cache.read_shared_state(NAME, LIMITS.max_bytes)?;
    Some(String::from_utf8(content).unwrap())
}

fn append(home: &Home, record: &str) {
    let upper = |content: &[u8]| content.to_ascii_uppercase();
    let appended = home
        .cache
        .append_to_shared_state(NAME, record.as_bytes(), LIMITS, upper);
    appended.unwrap();
}

#[test]
fn shared_state_is_appended_and_removed() {
    let home = Home::new();
    assert_eq!(read(&home), None);
    assert!(!home.cache.has_shared_state(NAME));
    home.cache.remove_shared_state(NAME).unwrap();
    append(&home, "one");
    append(&home, "two");
    assert_eq!(read(&home).as_deref(), Some("onetwo"));
    assert!(home.cache.has_shared_state(NAME));
    home.cache.remove_shared_state(NAME).unwrap();
    assert_eq!(read(&home), None);
}

#[test]
fn shared_state_is_compacted_when_its_size_passes_a_multiple() {
    let home = Home::new();
    for (record, expected) in [
        ("abc", "abc"),
        ("def", "abcdef"),
        ("gh", "ABCDEFgh"),
        ("ij", "ABCDEFghij"),
        ("klmnop", "ABCDEFGHIJklmnop"),
    ] {
        append(&home, record);
        assert_eq!(read(&home).as_deref(), Some(expected));
    }
}

#[test]
fn shared_state_that_is_too_large_counts_as_missing_and_is_replaced() {
    let home = Home::new();
    append(&home, &"x".repeat(21));
    assert_eq!(read(&home), None);
    append(&home, "new");
    assert_eq!(read(&home).as_deref(), Some("new"));
}

#[test]
fn shared_state_needs_no_other_file_and_locks_no_entry() {
    let home = Home::new();
    append(&home, "one");
    let names = std::fs::read_dir(home.cache.state_dir()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [NAME]);
    let wait = home.cache.wait_for_writers(Duration::ZERO);
    assert!(wait.errors.is_empty(), "{wait:?}");
}
