use std::net::TcpStream;
#[cfg(target_os = "linux")]
use std::path::Path;
use std::time::{Duration, Instant};

use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use sso_test_support::{Behaviour, Relay, RunningProgram, TestEnv, aws_cli, python};

use crate::companion::has_companion;
#[cfg(target_os = "linux")]
use crate::companion::processes_with;
use crate::{home, signed_in};

/// Time after which a test fails, long enough for a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);

const SERVE: &str = "export-credentials --profile dev --serve --";

/// Like [`signed_in`], with a role credentials lifetime of a few seconds.
fn signed_in_with_short_lived_credentials() -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.configure(|settings| settings.role_credentials_lifetime = Duration::from_secs(4));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

#[test]
fn the_command_gets_the_endpoint_and_no_credentials_in_its_environment() {
    let (center, mut env) = signed_in();
    env.set("AWS_ACCESS_KEY_ID", "stale");
    env.set("AWS_SECRET_ACCESS_KEY", "stale");
    env.set("AWS_SESSION_TOKEN", "stale");
    env.set("AWS_PROFILE", "prod");
    let run = env.run(&format!("{SERVE} env")).expect_code(0);
    let mut names: Vec<_> = run
        .stdout()
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("AWS_"))
        .collect();
    names.sort_unstable();
    let expected = [
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
    ];
    assert_eq!(names, expected);
    for secret in center.issued_secrets() {
        assert!(!run.stdout().contains(&secret), "{secret}");
    }
}

#[test]
fn the_endpoint_closes_when_the_command_exits() {
    let (_center, env) = signed_in();
    let run = env.run(&format!(
        "{SERVE} sh -c 'echo $AWS_CONTAINER_CREDENTIALS_FULL_URI'"
    ));
    let run = run.expect_code(0);
    let address = run.stdout().strip_prefix("http://").unwrap();
    let (address, _) = address.split_once('/').unwrap();
    let begun = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < TIMEOUT, "the endpoint is open");
    }
}

/// nohup and a shell's `&` ignore signals.
#[cfg(target_os = "linux")]
#[test]
fn the_command_inherits_ignored_signals() {
    let (_center, env) = signed_in();
    let line =
        format!("sh -c 'trap \"\" HUP INT QUIT TERM; exec {SERVE} grep SigIgn /proc/self/status'");
    let run = env.run(&line).expect_code(0);
    let ignored = run.stdout().strip_prefix("SigIgn:").unwrap().trim();
    let ignored = u64::from_str_radix(ignored, 16).unwrap();
    let expected = 1 << 14 | 0b111;
    assert_eq!(ignored & expected, expected, "{run}");
}

/// A refresh that the endpoint has begun uses up the refresh token.
#[test]
fn a_refresh_is_saved_when_the_command_ends() {
    let line = format!("{SERVE} sh -c 'echo ready; read end; echo ended'");
    assert_refresh_is_saved(&line, 0, |_, running| {
        running.wait_for_line(|line| line == "ended");
        #[cfg(target_os = "linux")]
        wait_for_end_of_companion(running.id());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_refresh_of_an_expired_token_is_saved_when_the_command_ends() {
    let line = format!("{SERVE} sh -c 'echo ready; read end; echo ended'");
    assert_refresh_of_expired_token_is_saved(&line, |_, running| {
        running.wait_for_line(|line| line == "ended");
        wait_for_end_of_companion(running.id());
    });
}

/// Waits until the companion of `command` has noticed the end of the command, and waits for the refresh
/// or has ended. It has then closed stderr.
#[cfg(target_os = "linux")]
fn wait_for_end_of_companion(command: u32) {
    let option = format!("--companion-of={command}");
    let has_ended = || {
        processes_with(&option).iter().all(|id| {
            let stderr = std::fs::read_link(format!("/proc/{id}/fd/2")).unwrap_or_default();
            let stat = std::fs::read_to_string(format!("/proc/{id}/task/{id}/stat"));
            stderr == Path::new("/dev/null") && stat.is_ok_and(|stat| stat.contains(") S "))
        })
    };
    let begun = Instant::now();
    while !has_ended() {
        assert!(begun.elapsed() < TIMEOUT, "the companion serves");
    }
}

/// A program such as `tee` waits until all other processes have closed the stream.
#[test]
fn a_reader_of_stderr_does_not_wait_for_a_refresh() {
    let command = format!("{SERVE} sh -c \"echo ready; read end\"");
    let line = format!("sh -c '{{ {command}; }} 2>&1 | cat; echo ended'");
    if has_companion() {
        assert_refresh_is_saved(&line, 0, |_, running| {
            running.wait_for_line(|line| line == "ended");
        });
    }
}

/// Runs a command that prints `ready` and waits for a line. A refresh begins before that, and gets its
/// response after `wait`. `status` is the exit status.
pub(crate) fn assert_refresh_is_saved(
    line: &str,
    status: i32,
    wait: impl FnOnce(&TestEnv, &mut RunningProgram),
) {
    let (center, mut env) = home();
    center.configure(|settings| {
        settings.access_token_lifetime = Duration::from_secs(60);
        settings.role_credentials_lifetime = Duration::from_secs(4);
    });
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let relay = Relay::plain(center.address());
    env.set("AWS_ENDPOINT_URL", relay.url());
    let mut running = env.start(line);
    running.wait_for_line(|line| line == "ready");
    let before = center.count(Operation::CreateToken);
    relay.behave(Behaviour::Hold);
    relay.wait_until_held();
    assert_eq!(center.count(Operation::CreateToken), before + 1);
    assert_held_refresh_is_saved(&env, &relay, running, status, wait);
}

/// Like [`assert_refresh_is_saved`], with a token that expires while the command runs. Then no other
/// process refreshes the token.
#[cfg(target_os = "linux")]
fn assert_refresh_of_expired_token_is_saved(
    line: &str,
    wait: impl FnOnce(&TestEnv, &mut RunningProgram),
) {
    let (center, mut env) = home();
    center.configure(|settings| settings.role_credentials_lifetime = Duration::from_secs(4));
    let tokens = center.sign_in(&["sso:account:access"]);
    env.plant_my_sso(&tokens);
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", relay.url());
    let mut running = env.start(line);
    running.wait_for_line(|line| line == "ready");
    let mut expired = tokens.token_file(TestEnv::START_URL, "us-east-1");
    expired["expiresAt"] = "2020-01-02T03:04:05Z".into();
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &expired);
    relay.wait_until_held();
    assert_held_refresh_is_saved(&env, &relay, running, 0, wait);
}

fn assert_held_refresh_is_saved(
    env: &TestEnv,
    relay: &Relay,
    mut running: RunningProgram,
    status: i32,
    wait: impl FnOnce(&TestEnv, &mut RunningProgram),
) {
    let token = || env.read(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    let old = token();
    running.write_line("end");
    wait(env, &mut running);
    relay.behave(Behaviour::Faithful);
    relay.release();
    running.finish().expect_code(status);
    // Another process may save the token.
    let begun = Instant::now();
    while token() == old {
        assert!(begun.elapsed() < Duration::from_secs(60), "not saved");
    }
    env.run("export-credentials --profile dev --bearer-token")
        .expect_code(0);
    let is_temporary = |file: &String| file.contains("tmp");
    assert!(!env.files().iter().any(is_temporary), "{:?}", env.files());
}

#[test]
fn static_keys_of_default_are_an_error_with_their_location() {
    let (center, env) = signed_in();
    env.write_credentials("[other]\naws_access_key_id = k\n\n[default]\naws_access_key_id = k\n");
    assert_snapshot!(env.run(&format!("{SERVE} touch ran")), @"
    $ export-credentials --profile dev --serve -- touch ran
    --- stderr
    export-credentials: error: [HOME]/.aws/credentials:5: aws_access_key_id in [default] takes precedence over the credentials endpoint
    hint: omit --serve to pass the credentials as environment variables
    --- exit: 253
    ");
    assert!(!env.home().join("ran").exists());
    assert!(center.requests().is_empty());
    env.run("export-credentials --profile dev -- touch ran")
        .expect_code(0);
    assert!(env.home().join("ran").exists());
}

const BOTO3: &str = "
import time, boto3
credentials, seen = boto3.Session().get_credentials(), []
while len(seen) < 3:
    key = credentials.get_frozen_credentials().access_key
    if key not in seen:
        seen.append(key)
print(credentials.method, *seen)
";

#[test]
fn boto3_continues_after_an_expiry() {
    let Some(python) = python("boto3") else {
        return;
    };
    let (center, env) = signed_in_with_short_lived_credentials();
    env.write("script.py", BOTO3);
    let python = python.display();
    let run = env
        .run(&format!("{SERVE} {python} script.py"))
        .expect_code(0);
    let words: Vec<_> = run.stdout().split_whitespace().collect();
    assert_eq!((words[0], words.len()), ("container-role", 4), "{run}");
    assert!(center.count(Operation::GetRoleCredentials) >= 3);
}

/// The endpoint is in another process, which gets the arguments of this one.
#[test]
fn the_endpoint_serves_a_profile_that_is_selected_without_an_option() {
    let Some(aws) = aws_cli() else { return };
    for selection in [
        "prod",
        "my-sso --account-id 111122223333 --role-name ReadOnly",
    ] {
        let (_center, mut env) = signed_in();
        env.set("AWS_PROFILE", "missing");
        let export = format!(
            "{} configure export-credentials --format env",
            aws.display()
        );
        let line = format!("export-credentials {selection} --serve -- sh -c '{export}'");
        let run = env.run(&line).expect_code(0);
        assert!(run.stdout().contains("AWS_ACCESS_KEY_ID=ASIA"), "{run}");
    }
}

const AWS_CLI: &str = "
key() { aws configure export-credentials --format env | head -n 1; }
first=$(key)
[ -n \"$first\" ] || exit 1
second=$first
while [ \"$second\" = \"$first\" ]; do second=$(key); done
echo \"$first $second\"
";

#[test]
fn the_aws_cli_continues_after_an_expiry() {
    let Some(aws) = aws_cli() else { return };
    let (center, env) = signed_in_with_short_lived_credentials();
    let script = AWS_CLI.replace("aws configure", &format!("{} configure", aws.display()));
    env.write("script", script);
    let run = env.run(&format!("{SERVE} sh script")).expect_code(0);
    assert_eq!(
        run.stdout()
            .matches("export AWS_ACCESS_KEY_ID=ASIA")
            .count(),
        2,
        "{run}"
    );
    assert!(center.count(Operation::GetRoleCredentials) >= 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_caller_that_ignores_sigchld_can_serve_a_command() {
    let (_center, env) = signed_in();
    let line = "env --ignore-signal=CHLD export-credentials --profile dev --serve -- echo served";
    assert_eq!(env.run(line).expect_code(0).stdout(), "served\n");
}
