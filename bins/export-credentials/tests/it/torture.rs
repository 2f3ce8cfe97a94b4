//! What a program leaves that is killed.

#[test]
fn a_hundred_kills_harm_no_file_and_no_later_run() {
    let tortured = sso_test_support::torture(fastrand::u64(..), 100);
    assert!(tortured.killed > 0, "{tortured}");
}
