//! Corrupt files during a sign-in, modes with any umask, and pauses of any length.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Fault, Operation};
use sso_test_support::TestEnv;

use crate::home;

const LOGIN: &str = "sso-login --profile dev --no-browser --use-device-code";

#[test]
fn an_interrupted_sign_in_leaves_a_corrupt_token_in_its_place() {
    for login in [LOGIN, "sso-login --profile dev --no-browser"] {
        let (_center, env) = home();
        // The AWS CLI may be able to use a token that is corrupt here.
        let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        env.write(&path, "{\"accessToken\": ");
        let mut login = env.start(login);
        login.wait_for_url();
        login.interrupt();
        let login = login.finish().expect_code(130);
        assert!(!login.stderr().contains("quarantined"), "{login}");
        assert_eq!(env.read(&path), b"{\"accessToken\": ");
        let files = env.files();
        assert!(
            !files.iter().any(|path| path.contains(".corrupt")),
            "{files:?}"
        );
    }
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn new_files_and_directories_are_usable_with_any_umask() {
    for umask in ["0", "0177", "0277", "0777"] {
        let (center, env) = home();
        center.set_consent(Consent::Granted);
        let run = env.run(&format!("sh -c 'umask {umask}; exec {LOGIN}'"));
        let run = run.expect_code(0);
        assert!(!run.stderr().contains("warning"), "{umask}: {run}");
        let cache = env.sso_cache();
        let state_dir = cache.join("aws-sso-tools");
        for dir in [cache.parent().unwrap(), &cache, &state_dir] {
            assert_eq!(mode_of(dir), 0o700, "{umask}: {}", dir.display());
        }
        for name in fs::read_dir(&cache)
            .unwrap()
            .chain(fs::read_dir(&state_dir).unwrap())
        {
            let path = name.unwrap().path();
            if path.is_file() {
                assert_eq!(mode_of(&path), 0o600, "{umask}: {}", path.display());
            }
        }
        let again = env.run(LOGIN).expect_code(0);
        assert!(again.stderr().contains("Already signed in"), "{again}");
    }
}

#[test]
fn a_requested_pause_of_any_length_ends_the_sign_in() {
    for operation in [
        Operation::RegisterClient,
        Operation::StartDeviceAuthorization,
        Operation::CreateToken,
    ] {
        let (center, env) = home();
        center.fail_always(operation, Fault::Throttle(Some(Duration::MAX)));
        let failed = env.run(LOGIN).expect_code(254);
        assert!(
            failed.stderr().contains("the service requests a pause of"),
            "{failed}"
        );
        assert_eq!(center.count(operation), 1);
    }
}
