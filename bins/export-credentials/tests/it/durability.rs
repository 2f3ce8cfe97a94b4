//! Flushes to disk, and a full disk.

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Operation};
use sso_test_support::TestEnv;

use crate::{signed_in, signed_in_with_expired_token, signed_in_with_expiring_token};

const EXPORT: &str = "export-credentials --profile dev";

/// Shell commands that move the cache of tokens to a small file system and fill it.
const FULL_CACHE: &str = "cp -a .aws/sso/cache saved
    mount -t tmpfs -o size=256k,mode=700 none .aws/sso/cache
    cp -a saved/. .aws/sso/cache
    ! head -c 1M /dev/zero 2>&- > .aws/sso/cache/other";

#[test]
fn a_refreshed_token_is_flushed_to_disk_and_role_credentials_are_not() {
    let (center, env) = signed_in_with_expired_token();
    let Some((export, calls)) = env.run_traced(EXPORT) else {
        return;
    };
    let _ = export.expect_code(0);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    let token = format!("rename .aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO);
    let credentials = format!("rename .aws/cli/cache/{}", TestEnv::CREDENTIALS_OF_DEV);
    let pace = "rename .aws/sso/cache/aws-sso-tools/c7aaaf71fcc8777ae2475525ed049d39fe16c484.us-east-1.pace";
    let from_reservation = calls.iter().position(|call| call == "write T").unwrap();
    let expected = [
        "write T",
        "fsync T",
        "write T",
        "fsync T",
        &token,
        "fsync .aws/sso/cache",
        "write T",
        pace,
        "write T",
        &credentials,
    ];
    let changes: Vec<_> = calls[from_reservation..]
        .iter()
        .filter(|call| !is_of_directory(call))
        .collect();
    assert_eq!(changes, expected, "{calls:#?}");
}

/// The directory of role credentials is created, and flushed in its parent.
fn is_of_directory(call: &str) -> bool {
    ["fsync .aws", "fsync .aws/cli"].contains(&call)
}

#[test]
fn a_full_file_system_prevents_the_refresh_but_not_the_use_of_a_valid_token() {
    let check = |(center, env): (Emulator, TestEnv), code, words: &str| {
        let Some(export) = env.run_with_mounts(FULL_CACHE, EXPORT) else {
            return;
        };
        let export = export.expect_code(code);
        assert!(export.stderr().contains(words), "{export}");
        assert_eq!(center.count(Operation::CreateToken), 0);
        let requests = usize::from(code == 0);
        assert_eq!(center.count(Operation::GetRoleCredentials), requests);
    };
    check(signed_in(), 0, "");
    check(
        signed_in_with_expiring_token(),
        0,
        "No space left on device (os error 28); using the token until it expires",
    );
    check(
        signed_in_with_expired_token(),
        253,
        "0ad374308c5a4e22f723adf10145eafad7c4031c.json: No space left on device",
    );
}
