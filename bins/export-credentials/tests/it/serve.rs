use std::net::TcpStream;
use std::time::Duration;

use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use sso_test_support::{Behaviour, Key, Relay, RunningProgram, TestEnv, aws_cli, python};

use crate::{home, signed_in};

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
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn the_exit_status_is_the_commands_or_128_plus_its_signal() {
    let (_center, env) = signed_in();
    let check = |script: &str, status| {
        env.run(&format!("{SERVE} sh -c '{script}'"))
            .expect_code(status);
    };
    check("exit 0", 0);
    check("exit 7", 7);
    check("exit 255", 255);
    check("kill -KILL $$", 137);
    check("kill -TERM $$", 143);
    check("kill -INT $$", 130);
}

/// Waits until a process has a handler for a signal. Some handlers are installed only after the
/// command has started.
#[cfg(target_os = "linux")]
fn wait_until_handled(signal: u32, by: &RunningProgram) {
    let handles = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", by.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
        caught & (1 << (signal - 1)) != 0
    };
    let begun = std::time::Instant::now();
    while !handles() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "signal {signal} has no handler"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn signals_are_forwarded_to_the_command() {
    let (_center, env) = signed_in();
    let signals = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("TERM", 15),
        ("WINCH", 28),
    ];
    for (signal, number) in signals {
        let line = format!(
            "{SERVE} sh -c 'trap \"exit {number}\" {signal}; echo ready; while :; do sleep 0.01; done'"
        );
        let mut running = env.start(&line);
        running.wait_for_line(|line| line == "ready");
        wait_until_handled(number, &running);
        running.send(signal);
        running.finish().expect_code(i32::try_from(number).unwrap());
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
    let (center, mut env) = home();
    center.configure(|settings| {
        settings.access_token_lifetime = Duration::from_secs(60);
        settings.role_credentials_lifetime = Duration::from_secs(4);
    });
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let relay = Relay::plain(center.address());
    env.set("AWS_ENDPOINT_URL", relay.url());
    let mut running = env.start(&format!("{SERVE} sh -c 'echo ready; read end; echo ended'"));
    running.wait_for_line(|line| line == "ready");
    let before = center.count(Operation::CreateToken);
    relay.behave(Behaviour::Hold);
    relay.wait_until_held();
    assert_eq!(center.count(Operation::CreateToken), before + 1);
    running.write_line("end");
    running.wait_for_line(|line| line == "ended");
    relay.release();
    running.finish().expect_code(0);
    relay.behave(Behaviour::Faithful);
    env.run("export-credentials --profile dev --bearer-token")
        .expect_code(0);
}

#[test]
fn a_signal_that_the_command_ignores_does_not_end_export_credentials() {
    let (_center, env) = signed_in();
    let line = format!("{SERVE} sh -c 'trap \"\" TERM; echo ready; read end; exit 9'");
    let mut running = env.start(&line);
    running.wait_for_line(|line| line == "ready");
    running.send("TERM");
    running.send("WINCH");
    running.write_line("end");
    running.finish().expect_code(9);
}

#[test]
fn ctrl_c_reaches_the_command_once() {
    let (_center, env) = signed_in();
    let script = "n=0; trap 'n=$((n+1)); echo interrupted' INT; echo ready; \
                  while read line; do [ \"$line\" != end ] || break; done; echo $n times";
    env.write("script", script);
    let mut terminal = env.start_on_terminal(&format!("{SERVE} bash script"));
    terminal.wait_for("ready");
    terminal.press(Key::Ctrl('c'));
    terminal.wait_for("interrupted");
    terminal.type_text("end");
    terminal.press(Key::Enter);
    terminal.wait_for("times");
    let ended = terminal.finish().expect_code(0);
    assert!(ended.to_string().contains("1 times"), "{ended}");
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
