//! The AWS SDKs refresh the shared token without locks, at the same time as these programs.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{TestEnv, tool};

use crate::home;

const ROUNDS: usize = 20;

/// Programs of `xtask/sdks`, each with another SDK.
const SDKS: [&str; 5] = [
    "sdk-go",
    "sdk-java",
    "sdk-javascript",
    "sdk-python",
    "sdk-rust",
];

#[test]
fn no_process_fails_while_the_sdks_refresh_the_same_token() {
    let sdks: Option<Vec<_>> = SDKS.into_iter().map(tool).collect();
    let Some(sdks) = sdks else { return };
    let (center, env) = home();
    for sdk in &sdks {
        expire_token(&center, &env);
        let output = start_sdk(&env, sdk).wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {error}", sdk.display());
    }
    assert_eq!(center.count_grants(REFRESH_TOKEN), SDKS.len());
    center.forget_requests();

    center.set_latency(Operation::CreateToken, Duration::from_millis(300));
    for _ in 0..ROUNDS {
        expire_token(&center, &env);
        let theirs: Vec<_> = sdks.iter().map(|sdk| start_sdk(&env, sdk)).collect();
        let ours: Vec<_> = (0..8)
            .map(|_| env.start("export-credentials --profile dev"))
            .collect();
        for program in ours {
            program.finish().expect_code(0);
        }
        // An SDK reports that the session has ended if another program is faster.
        for sdk in theirs {
            sdk.wait_with_output().unwrap();
        }
    }
    let refreshes = center.count_grants(REFRESH_TOKEN);
    assert!(refreshes > ROUNDS, "{refreshes} refreshes are no conflict");
}

/// Signs in with a token that has expired, and removes the role credentials.
fn expire_token(center: &Emulator, env: &TestEnv) {
    let set_lifetime = |lifetime| {
        center.configure(|settings| settings.access_token_lifetime = lifetime);
    };
    set_lifetime(Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    set_lifetime(Duration::from_secs(3600));
    // The directory is missing before the first round.
    let _ = std::fs::remove_dir_all(env.cli_cache());
}

fn start_sdk(env: &TestEnv, sdk: &Path) -> Child {
    let mut command = env.command(sdk.to_str().unwrap());
    command.env("AWS_PROFILE", "dev");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}
