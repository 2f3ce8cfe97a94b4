use serde_json::{Value, json};
use sso_credentials::Aws;
use sso_session::SystemClock;
use sso_session::clients::ConnectionOptions;
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use time::macros::datetime;

use profile_picker::UsageHistory;

use crate::{HISTORY, three_profiles};

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

fn aws(env: &TestEnv) -> Aws {
    let options = ConnectionOptions::new("test");
    Aws::new(env.environment(&[]), SystemClock::shared(), options).unwrap()
}

/// Returns the valid lines of the file.
fn uses(env: &TestEnv) -> Vec<Value> {
    let content = env.read(HISTORY);
    let lines = content.split(|byte| *byte == b'\n');
    lines.flat_map(serde_json::from_slice).collect()
}

fn line(profile: &str, count: u32) -> Value {
    json!({ "profile": profile, "count": count, "lastUsedAt": NOW.unix_timestamp() })
}

#[test]
fn file_contains_names_numbers_and_times_only() {
    let env = three_profiles();
    let aws = aws(&env);
    let history = UsageHistory::open(&aws);
    history.record(&"b".into(), NOW);
    history.record(&"b".into(), NOW);
    history.record(&"東京 \"x\"".into(), NOW);
    let expected = [line("b", 1), line("b", 1), line("東京 \"x\"", 1)];
    assert_eq!(uses(&env), expected);
    assert_eq!(env.files(), [".aws/config", HISTORY]);
}

#[cfg(unix)]
#[test]
fn file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = three_profiles();
    UsageHistory::open(&aws(&env)).record(&"b".into(), NOW);
    let metadata = std::fs::metadata(env.home().join(HISTORY)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn corrupt_line_is_kept_apart_from_the_next() {
    for content in ["", "{", "{\"profile\":\"a\",\"count\":-1}", "\0"] {
        let env = three_profiles();
        env.write(HISTORY, content);
        UsageHistory::open(&aws(&env)).record(&"b".into(), NOW);
        assert!(uses(&env).contains(&line("b", 1)), "{content:?}");
    }
}

#[test]
fn long_history_is_compacted() {
    let env = three_profiles();
    let aws = aws(&env);
    for _ in 0..1_000 {
        UsageHistory::open(&aws).record(&"b".into(), NOW);
    }
    let uses = uses(&env);
    assert!(uses.len() < 400, "{}", uses.len());
    let counts = uses.iter().map(|line| line["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 1_000);
}

#[test]
fn file_that_is_too_large_is_replaced() {
    let env = three_profiles();
    env.write(HISTORY, " ".repeat((1 << 20) + 1));
    UsageHistory::open(&aws(&env)).record(&"b".into(), NOW);
    assert_eq!(uses(&env), [line("b", 1)]);
    assert!(env.read(HISTORY).len() < 100);
}

#[test]
fn concurrent_uses_are_all_recorded() {
    let env = three_profiles();
    let aws = aws(&env);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    UsageHistory::open(&aws).record(&"b".into(), NOW);
                }
            });
        }
    });
    assert_eq!(uses(&env), vec![line("b", 1); 20]);
}

#[test]
fn forgetting_removes_the_file_and_succeeds_without_one() {
    let env = three_profiles();
    let aws = aws(&env);
    let history = UsageHistory::open(&aws);
    history.forget().unwrap();
    assert!(!env.sso_cache().join("aws-sso-tools").exists());
    history.record(&"b".into(), NOW);
    history.forget().unwrap();
    assert!(!env.home().join(HISTORY).exists());
}

#[cfg(unix)]
#[test]
fn symbolic_link_is_replaced_and_its_target_unchanged() {
    let env = three_profiles();
    env.write("notes", "mine");
    std::fs::create_dir_all(env.sso_cache().join("aws-sso-tools")).unwrap();
    std::os::unix::fs::symlink(env.home().join("notes"), env.home().join(HISTORY)).unwrap();
    UsageHistory::open(&aws(&env)).record(&"b".into(), NOW);
    assert_eq!(env.read("notes"), b"mine");
    assert_eq!(uses(&env), [line("b", 1)]);
}

/// A file in place of a directory cannot be written, also by the superuser.
#[test]
fn directory_that_cannot_be_written_is_not_an_error() {
    let env = three_profiles();
    env.write(".aws/sso/cache", "not a directory");
    let aws = aws(&env);
    UsageHistory::open(&aws).record(&"b".into(), NOW);
    UsageHistory::open(&aws).forget().unwrap();
    assert_eq!(env.read(".aws/sso/cache"), b"not a directory");
}
