//! Many processes at once.

use std::time::Duration;

use sso_test_support::{Operation, REFRESH_TOKEN};

use crate::signed_in_long_ago;

#[test]
fn all_succeed_with_one_renewal_and_one_request_a_role() {
    let (center, env) = signed_in_long_ago();
    center.set_latency(Operation::CreateToken, Duration::from_millis(300));
    let profiles = ["dev", "prod"].into_iter().cycle().take(16);
    let running: Vec<_> = profiles
        .map(|profile| env.start(&format!("export-credentials --profile {profile}")))
        .collect();
    for program in running {
        let export = program.finish();
        assert_eq!(export.code(), Some(0), "{export}");
    }
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
}
