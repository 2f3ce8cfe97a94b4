use std::time::Duration;

use crate::home::{Home, LONG};

const NAME: &str = "test.state";
const MAX_BYTES: u64 = 100;

fn read(home: &Home) -> Option<String> {
    home.cache.read_shared_state(NAME, MAX_BYTES)
}

#[test]
fn shared_state_is_replaced_and_removed() {
    let home = Home::new();
    assert_eq!(read(&home), None);
    assert!(!home.cache.has_shared_state(NAME));
    home.cache.remove_shared_state(NAME).unwrap();
    for content in ["old", "new"] {
        home.cache.write_shared_state(NAME, &content).unwrap();
        assert_eq!(read(&home).as_deref(), Some(content));
    }
    assert!(home.cache.has_shared_state(NAME));
    home.cache.remove_shared_state(NAME).unwrap();
    assert_eq!(read(&home), None);
}

#[test]
fn shared_state_that_is_too_large_counts_as_missing() {
    let home = Home::new();
    home.cache
        .write_shared_state(NAME, &"x".repeat(100))
        .unwrap();
    assert_eq!(read(&home), None);
}

#[test]
fn lock_of_a_shared_state_excludes_others_and_is_not_that_of_an_entry() {
    let home = Home::new();
    let lock = home.cache.lock_shared_state(NAME, LONG).unwrap();
    let second = home.cache.lock_shared_state(NAME, Duration::ZERO);
    assert!(second.unwrap_err().is_locked());
    let wait = home.cache.wait_for_writers(Duration::ZERO);
    assert!(wait.errors.is_empty(), "{wait:?}");
    drop(lock);
    let again = home.cache.lock_shared_state(NAME, Duration::ZERO);
    assert!(again.is_ok());
}
