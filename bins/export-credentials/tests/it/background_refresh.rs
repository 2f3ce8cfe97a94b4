//! Refreshes of a token that is still valid, which another process performs.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::{Value, json};
use sso_test_support::{Behaviour, Key, Relay, TestEnv, Transcript, python};

use crate::companion::has_companion;
use crate::signed_in_with_expiring_token;

const EXPORT: &str = "export-credentials --profile dev";
const WARNING: &str = "; using the token until it expires";

/// Returns a home with a token that is valid for ten minutes, and a relay for the requests of tokens.
fn with_relay(behaviour: Behaviour) -> Option<(Emulator, Relay, TestEnv)> {
    if !has_companion() {
        return None;
    }
    let (center, mut env) = signed_in_with_expiring_token();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    let relay = Relay::plain(center.address());
    relay.behave(behaviour);
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", relay.url());
    Some((center, relay, env))
}

/// Returns a home whose requests of tokens wait until the relay is released.
pub(crate) fn with_held_relay() -> Option<(Emulator, Relay, TestEnv)> {
    with_relay(Behaviour::Hold)
}

fn token(env: &TestEnv) -> Value {
    env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))
}

/// Waits until the other process has replaced `old`.
pub(crate) fn wait_for_new_token(env: &TestEnv, old: &Value) -> Value {
    loop {
        let found = token(env);
        if found["accessToken"] != old["accessToken"] {
            return found;
        }
        std::thread::yield_now();
    }
}

/// Asserts that the session can be refreshed after the token expires.
fn assert_session_continues(env: &TestEnv) {
    let mut token = token(env);
    token["expiresAt"] = json!("2020-01-01T00:00:00Z");
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    if env.cli_cache().exists() {
        std::fs::remove_dir_all(env.cli_cache()).unwrap();
    }
    // The other process may still hold the lock for a moment, which is a warning.
    env.run(EXPORT).expect_code(0);
}

/// Checks that `command_line` ends before the response to the refresh, which is then saved.
fn check_late_response(command_line: &str, check: impl Fn(&Transcript)) {
    let Some((center, relay, env)) = with_relay(Behaviour::Hold) else {
        return;
    };
    let old = token(&env);
    let export = env.run(command_line).expect_code(0);
    assert_eq!(export.stderr(), "");
    check(&export);
    relay.wait_until_held();
    assert_eq!(token(&env), old);
    relay.release();
    let new = wait_for_new_token(&env, &old);
    assert_ne!(new["refreshToken"], old["refreshToken"]);
    assert_eq!(center.count(Operation::CreateToken), 1);
    assert_session_continues(&env);
    assert_eq!(center.count(Operation::CreateToken), 2);
}

#[test]
fn a_call_ends_before_a_late_response_which_another_process_saves() {
    check_late_response(EXPORT, |export| {
        assert!(export.stdout().contains("AWS_ACCESS_KEY_ID"), "{export}");
    });
}

#[test]
fn a_bearer_token_is_printed_before_a_late_response() {
    for selection in ["--profile dev", "--sso-session my-sso", "dev", "my-sso"] {
        let command = format!("export-credentials {selection} --bearer-token");
        check_late_response(&command, |export| {
            assert_eq!(export.stdout().lines().count(), 1, "{export}");
        });
    }
}

#[test]
fn a_requested_lifetime_of_a_bearer_token_waits_for_the_response() {
    let Some((center, relay, env)) = with_relay(Behaviour::Hold) else {
        return;
    };
    let old = token(&env);
    let export = env.start(&format!("{EXPORT} --bearer-token --min-validity 15m"));
    relay.wait_until_held();
    relay.release();
    let export = export.finish().expect_code(0);
    assert_ne!(export.stdout().trim_end(), old["accessToken"]);
    assert_eq!(center.count(Operation::CreateToken), 1);
}

#[test]
fn the_other_process_is_not_a_child_of_a_command() {
    let Some(python) = python("json") else {
        return;
    };
    let code =
        "import os; exec(\"try: os.wait(); print('a child')\\nexcept OSError: print('none')\")";
    let command = format!("{EXPORT} -- {} -c {code:?}", python.display());
    check_late_response(&command, |export| {
        assert_eq!(export.stdout(), "none\n", "{export}");
    });
}

#[test]
fn a_call_ends_if_the_service_never_responds_and_is_not_repeated() {
    let Some((center, relay, env)) = with_relay(Behaviour::StallAfter(0)) else {
        return;
    };
    env.run(EXPORT).expect_code(0);
    std::fs::remove_dir_all(env.cli_cache()).unwrap();
    assert_eq!(env.run(EXPORT).expect_code(0).stderr(), "");
    assert_eq!(relay.connections(), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn a_crowd_starts_one_refresh() {
    let Some((center, relay, env)) = with_relay(Behaviour::Hold) else {
        return;
    };
    let old = token(&env);
    let crowd: Vec<_> = (0..8).map(|_| env.start(EXPORT)).collect();
    for export in crowd {
        export.finish().expect_code(0);
    }
    relay.wait_until_held();
    assert_eq!(relay.connections(), 1);
    relay.release();
    wait_for_new_token(&env, &old);
    assert_eq!(center.count(Operation::CreateToken), 1);
}

/// Returns a script that runs eight processes on a file system without locks. Each saves its state files
/// late, so that all of them have read them before. The tracers end after the processes, whose messages
/// are in the files `messages*`.
#[cfg(target_os = "linux")]
fn crowd_without_locks(strace: &std::path::Path, export: &str) -> String {
    let strace = format!(
        "{} -D -f -qq -o /dev/null -e inject=flock:error=ENOLCK \
         -e inject=rename,renameat,renameat2:delay_enter=200000",
        strace.display()
    );
    let one = format!("{strace} sh -c \"{export}\" >out$i 2>messages$i");
    format!("sh -c 'for i in 1 2 3 4 5 6 7 8; do {one} & done; wait'")
}

#[cfg(target_os = "linux")]
#[test]
fn a_crowd_without_locks_starts_one_refresh() {
    let Some(strace) = sso_test_support::tool("strace") else {
        return;
    };
    let Some((center, relay, env)) = with_relay(Behaviour::Hold) else {
        return;
    };
    let old = token(&env);
    env.run(&crowd_without_locks(&strace, EXPORT))
        .expect_code(0);
    relay.wait_until_held();
    assert_eq!(relay.connections(), 1);
    relay.release();
    wait_for_new_token(&env, &old);
    assert_eq!(center.count(Operation::CreateToken), 1);
    let outputs = (1..=8).map(|number| env.read(format!("out{number}")));
    assert!(
        outputs
            .into_iter()
            .all(|output| output.starts_with(b"export AWS_ACCESS_KEY_ID"))
    );
}

/// With a config file that only this process can read.
#[cfg(target_os = "linux")]
#[test]
fn a_crowd_without_locks_and_without_other_processes_sends_one_request() {
    let Some(strace) = sso_test_support::tool("strace") else {
        return;
    };
    let Some((center, _relay, env)) = with_relay(Behaviour::Faithful) else {
        return;
    };
    let latency = Duration::from_millis(500);
    center.set_latency(Operation::CreateToken, latency);
    let export = format!("AWS_CONFIG_FILE=/dev/fd/7 {EXPORT} 7<.aws/config");
    env.run(&crowd_without_locks(&strace, &export))
        .expect_code(0);
    assert_eq!(center.count(Operation::CreateToken), 1);
    let outputs = (1..=8).map(|number| env.read(format!("out{number}")));
    assert!(
        outputs
            .into_iter()
            .all(|output| output.starts_with(b"export AWS_ACCESS_KEY_ID"))
    );
}

#[test]
fn a_response_in_time_is_used() {
    let Some((center, _relay, env)) = with_relay(Behaviour::Faithful) else {
        return;
    };
    let old = token(&env);
    assert_eq!(env.run(EXPORT).expect_code(0).stderr(), "");
    let new = wait_for_new_token(&env, &old);
    let requests = center.requests();
    let request = requests
        .iter()
        .rfind(|it| it.operation == Operation::GetRoleCredentials);
    let sent = &request.unwrap().headers["x-amz-sso_bearer_token"];
    assert_eq!(Some(sent.as_str()), new["accessToken"].as_str());
}

#[test]
fn an_error_of_the_other_process_is_a_warning_once() {
    let Some((center, _relay, env)) = with_relay(Behaviour::Faithful) else {
        return;
    };
    center.fail_always(Operation::CreateToken, Fault::Status(503, json!({})));
    let export = env.run(EXPORT).expect_code(0);
    let warning = "export-credentials: warning: CreateToken (refresh) failed: ";
    assert!(export.stderr().starts_with(warning), "{export}");
    assert_eq!(export.stderr().matches(WARNING).count(), 1, "{export}");
    std::fs::remove_dir_all(env.cli_cache()).unwrap();
    assert_eq!(env.run(EXPORT).expect_code(0).stderr(), "");
    assert_eq!(center.count(Operation::CreateToken), 1);
}

#[test]
fn a_warning_of_the_other_process_is_printed() {
    let Some((_center, _relay, env)) = with_relay(Behaviour::Faithful) else {
        return;
    };
    std::fs::set_permissions(env.sso_cache(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let export = env.run(&format!("{EXPORT} --bearer-token")).expect_code(0);
    let start = format!("export-credentials: warning: {}", env.sso_cache().display());
    assert!(export.stderr().starts_with(&start), "{export}");
    assert_eq!(export.stderr().lines().count(), 1, "{export}");
}

#[test]
fn the_other_process_outlives_the_terminal() {
    let Some((_center, relay, env)) = with_relay(Behaviour::Hold) else {
        return;
    };
    let old = token(&env);
    let mut export = env.start_on_terminal(EXPORT);
    relay.wait_until_held();
    export.press(Key::Ctrl('c'));
    export.finish().expect_code(130);
    relay.release();
    wait_for_new_token(&env, &old);
    assert_session_continues(&env);
}
