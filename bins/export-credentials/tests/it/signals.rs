use std::time::{Duration, Instant};

use identity_center_emulator::{Emulator, Operation};
use serde_json::Value;
use sso_test_support::{Behaviour, Key, Relay, Terminal, TestEnv};

use crate::{signed_in, signed_in_with_expired_token};

const EXPORT: &str = "export-credentials --profile dev";
const WAITING: &str = "Waiting for a token request or a write.";

const SIGNALS: [(&str, i32); 4] = [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)];

/// Returns a home with an expired token, whose refresh gets no response before
/// [`Relay::release`].
fn with_held_refresh() -> (Emulator, Relay, TestEnv) {
    let (center, mut env) = signed_in_with_expired_token();
    let relay = Relay::plain(center.address());
    relay.behave_once(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    (center, relay, env)
}

fn token(env: &TestEnv) -> Value {
    env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))["accessToken"].take()
}

/// Asserts that the refresh token has been used once, and that the result was saved.
fn assert_signed_in(center: &Emulator, env: &TestEnv) {
    env.run(EXPORT).expect_code(0);
    assert_eq!(center.count(Operation::CreateToken), 1);
}

#[test]
fn a_refresh_is_saved_before_a_signal_ends_the_program() {
    for (signal, status) in SIGNALS {
        let (center, relay, env) = with_held_refresh();
        let mut export = env.start(EXPORT);
        relay.wait_until_held();
        export.send(signal);
        export.wait_for_line(|line| line.starts_with(WAITING));
        relay.release();
        let export = export.finish().expect_code(status);
        let error = match signal {
            "INT" => "export-credentials: error: interrupted\n".to_owned(),
            signal => format!("export-credentials: error: interrupted by SIG{signal}\n"),
        };
        assert!(export.stderr().ends_with(&error), "{export}");
        assert_eq!(export.stderr().matches(WAITING).count(), 1, "{export}");
        assert_signed_in(&center, &env);
    }
}

/// The pipe holds 64 KiB.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_a_program_whose_output_nobody_reads() {
    let (_center, env) = signed_in();
    let fill = "mkfifo unread; exec 3<>unread; yes | head -c 65536 >&3";
    let export = env.start(&format!("sh -c '{fill}; exec {EXPORT} >&3'"));
    // The credentials are saved before they are printed.
    while !env
        .files()
        .iter()
        .any(|file| file.contains("cli/cache/") && file.contains(".json"))
    {
        std::thread::yield_now();
    }
    export.send("TERM");
    export.finish().expect_code(143);
}

#[test]
fn a_refresh_is_saved_before_a_signal_without_a_message_ends_the_program() {
    for signal in ["ALRM", "PROF", "USR1", "USR2", "VTALRM", "XCPU"] {
        let (center, relay, env) = with_held_refresh();
        let export = env.start(EXPORT);
        relay.wait_until_held();
        export.send(signal);
        relay.release();
        assert_eq!(
            export.finish().code(),
            None,
            "the process ends by SIG{signal}"
        );
        assert_signed_in(&center, &env);
    }
}

/// `timeout` sends its signal twice: to its child, and to its process group.
#[test]
fn a_repeated_signal_of_a_process_does_not_skip_the_wait() {
    for (signal, status) in SIGNALS {
        let (center, relay, env) = with_held_refresh();
        let mut export = env.start(EXPORT);
        relay.wait_until_held();
        export.send(signal);
        export.wait_for_line(|line| line.starts_with(WAITING));
        for _ in 0..3 {
            export.send(signal);
        }
        relay.release();
        export.finish().expect_code(status);
        assert_signed_in(&center, &env);
    }
}

#[test]
fn a_second_ctrl_c_does_not_wait_for_a_refresh() {
    let (_center, relay, env) = with_held_refresh();
    let mut export = env.start_on_terminal(EXPORT);
    relay.wait_until_held();
    export.press(Key::Ctrl('c'));
    export.wait_for(WAITING);
    export.press(Key::Ctrl('c'));
    let export = export.finish().expect_code(130);
    assert_eq!(export.terminal().matches(WAITING).count(), 1, "{export}");
    assert!(
        export
            .terminal()
            .ends_with("export-credentials: error: interrupted"),
        "{export}"
    );
}

#[test]
fn a_ctrl_c_after_another_signal_does_not_wait_for_a_refresh() {
    let (_center, relay, env) = with_held_refresh();
    let mut export = env.start_on_terminal(EXPORT);
    relay.wait_until_held();
    export.send("TERM");
    export.wait_for(WAITING);
    export.press(Key::Ctrl('c'));
    export.finish().expect_code(130);
}

#[test]
fn a_refresh_is_saved_when_the_terminal_is_closed() {
    let (center, relay, env) = with_held_refresh();
    let mut export = env.start_on_terminal(EXPORT);
    relay.wait_until_held();
    hang_up_and_release(&mut export, &relay, &env);
    assert_signed_in(&center, &env);
}

/// An interactive shell passes SIGHUP on to its jobs and ends, and then the kernel sends another one.
#[test]
fn a_refresh_is_saved_when_shell_and_kernel_report_the_closed_terminal() {
    let (center, relay, env) = with_held_refresh();
    let mut export = env.start_on_terminal(EXPORT);
    relay.wait_until_held();
    export.send("HUP");
    export.wait_for(WAITING);
    hang_up_and_release(&mut export, &relay, &env);
    assert_signed_in(&center, &env);
}

/// Waits until the refreshed token is saved.
fn hang_up_and_release(export: &mut Terminal, relay: &Relay, env: &TestEnv) {
    let before = token(env);
    export.hang_up();
    relay.release();
    let begun = Instant::now();
    while token(env) == before {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the token is lost"
        );
        std::thread::yield_now();
    }
}

/// `nohup` and a shell's `&` ignore signals.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let (center, relay, env) = with_held_refresh();
    let line = format!("sh -c 'trap \"\" HUP INT QUIT TERM; exec {EXPORT}'");
    let export = env.start(&line);
    relay.wait_until_held();
    for (signal, _) in SIGNALS {
        export.send(signal);
    }
    relay.release();
    export.finish().expect_code(0);
    assert_signed_in(&center, &env);
}

#[test]
fn a_signal_during_a_request_ends_the_program_without_a_wait() {
    for (signal, status) in SIGNALS {
        let (center, mut env) = signed_in();
        let relay = Relay::plain(center.address());
        relay.behave(Behaviour::Hold);
        env.set("AWS_ENDPOINT_URL", relay.url());
        let export = env.start(EXPORT);
        relay.wait_until_held();
        export.send(signal);
        let export = export.finish().expect_code(status);
        assert!(!export.stderr().contains(WAITING), "{export}");
        assert_eq!(export.stdout(), "", "{export}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_has_the_default_actions_after_a_request() {
    let check = |serve: &str| {
        let (_center, env) = signed_in();
        let line = format!("{EXPORT} {serve} -- grep -E \"Sig(Blk|Ign|Cgt)\" /proc/self/status");
        let run = env.run(&line).expect_code(0);
        for line in run.stdout().lines() {
            let (_, mask) = line.split_once(':').unwrap();
            let mask = u64::from_str_radix(mask.trim(), 16).unwrap();
            let signals = 1 << 14 | 0b111;
            assert_eq!(mask & signals, 0, "{run}");
        }
    };
    check("");
    check("--serve");
}
