//! Findings of `check` about files and directories that the user may not read, pipes and scripts.

use std::fs;
use std::path::Path;

use sso_test_support::{TestEnv, Transcript};

use crate::check_access::set_mode;
use crate::signed_in;

const CHECK: &str = "sso-configure check --offline";

/// Runs a command as another user, who owns the files. Returns `None` without the permission to do so.
fn run_as_user(env: &TestEnv, command: &str) -> Option<Transcript> {
    if !env.is_of_root() {
        return None;
    }
    let home = env.home().display();
    env.run(&format!("chown -R 65534 {home}")).expect_code(0);
    let as_user = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    let run = env.run(&format!("{as_user} {command}"));
    env.run(&format!("chown -R 0 {home}")).expect_code(0);
    Some(run)
}

/// Checks that the first lines of the findings are those of `expected`, as `PATH: error: CODE: `.
fn check(run: &Transcript, expected: &[(&Path, &str)]) {
    let lines = run.stdout().lines().filter(|line| !line.starts_with("  "));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), expected.len(), "{run}");
    for (line, (path, code)) in lines.iter().zip(expected) {
        let start = format!("{}: error: {code}: ", path.display());
        assert!(line.starts_with(&start), "{run}");
    }
}

#[test]
fn a_token_that_the_user_may_not_read_is_made_readable() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let content = env.read(&token);
    set_mode(&token, 0o000);
    let Some(run) = run_as_user(&env, CHECK) else {
        return;
    };
    check(&run, &[(&token, "unreadable-file")]);
    assert!(run.stdout().contains("  fix: make "), "{run}");
    run_as_user(&env, &format!("{CHECK} --fix --yes"))
        .unwrap()
        .expect_code(0);
    assert_eq!(env.read(&token), content);
    run_as_user(&env, CHECK).unwrap().expect_code(0);
}

#[test]
fn a_directory_that_denies_access_is_one_finding() {
    for mode in [0o000, 0o200, 0o400, 0o600] {
        let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
        let cache = env.sso_cache();
        set_mode(&cache, mode);
        let Some(run) = run_as_user(&env, CHECK) else {
            return;
        };
        check(&run, &[(&cache, "unreadable-directory")]);
        let hint = "  hint: correct the owner or the mode of the directory\n";
        assert!(run.stdout().contains(hint), "{mode:o}: {run}");
        set_mode(&cache, 0o700);
        let above = env.aws_dir();
        set_mode(&above, mode);
        let run = run_as_user(&env, CHECK).unwrap();
        check(&run, &[(&above, "unreadable-directory")]);
        set_mode(&above, 0o700);
    }
}

#[test]
fn a_config_or_credentials_file_that_the_user_may_not_read_is_one_finding() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.write_credentials("");
    set_mode(&env.credentials_path(), 0o600);
    for path in [env.config_path(), env.credentials_path()] {
        set_mode(&path, 0o000);
        let Some(run) = run_as_user(&env, CHECK) else {
            return;
        };
        check(&run, &[(&path, "unreadable")]);
        set_mode(&path, 0o600);
    }
}

#[test]
fn files_that_are_pipes_are_checked() {
    let run = |config: &str, variable: &str| {
        let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
        env.write("config-of-pipe", config);
        let script = format!("{variable}=<(cat \"$HOME/config-of-pipe\") {CHECK}");
        let output = env.command("bash").args(["-c", &script]).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stdout, stderr)
    };
    let (code, stdout, stderr) = run(TestEnv::SAMPLE_CONFIG, "AWS_CONFIG_FILE");
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert_eq!(stderr, "No problems found.\n");
    let wrong = TestEnv::SAMPLE_CONFIG.replace("sso_session = my-sso", "sso_session = gone");
    let (code, stdout, _) = run(&wrong, "AWS_CONFIG_FILE");
    assert_eq!(code, Some(1));
    assert!(stdout.contains(": unknown-session: "), "{stdout}");
    let (code, stdout, _) = run("[a\n", "AWS_CONFIG_FILE");
    assert_eq!(code, Some(1));
    assert!(stdout.contains(": syntax: "), "{stdout}");
    let half = "[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
    let (code, stdout, _) = run(half, "AWS_SHARED_CREDENTIALS_FILE");
    assert_eq!(code, Some(1));
    assert!(stdout.contains(": half-key-pair: "), "{stdout}");
}

#[test]
fn a_pipe_that_no_process_writes_to_is_found() {
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        let (_center, mut env) = signed_in(TestEnv::SAMPLE_CONFIG);
        let pipe = env.home().join("pipe");
        env.run(&format!("mkfifo -m 600 {}", pipe.display()))
            .expect_code(0);
        env.set(variable, &pipe);
        check(&env.run(CHECK), &[(&pipe, "unreadable")]);
    }
}

#[test]
fn a_script_that_no_interpreter_reads_cannot_be_started() {
    let check = |script: &[u8], reason: Option<&str>| {
        let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
        env.write("script", script);
        let path = env.home().join("script");
        set_mode(&path, 0o700);
        let process = format!("[profile p]\ncredential_process = {}\n", path.display());
        env.write_config(&format!("{}{process}", TestEnv::SAMPLE_CONFIG));
        let run = env.run(CHECK);
        assert_eq!(
            run.stdout().matches("unusable-program").count(),
            usize::from(reason.is_some()),
            "{run}"
        );
        assert!(run.stdout().contains(reason.unwrap_or_default()), "{run}");
        fs::remove_file(path).unwrap();
    };
    let windows = Some("is a script with the line breaks of Windows (CRLF)");
    check(b"#!/bin/sh\r\n", windows);
    check(b"#!/bin/sh -e\r\n", windows);
    check(b"#!/usr/bin/env sh\r\n", windows);
    check(
        b"#!/usr/bin/env no-such-shell\n",
        Some("is not in a directory of PATH"),
    );
    check(
        b"\xef\xbb\xbf#!/bin/sh\n",
        Some("is a script without a #! line"),
    );
    check(
        "# \u{e9}\n".as_bytes(),
        Some("is a script without a #! line"),
    );
    check(b"#!/bin/sh\n# \r\n", None);
    check(b"#! /bin/sh -e \n", None);
    check(b"#!/usr/bin/env sh\n", None);
    check(b"#!/usr/bin/env -S sh -e\n", None);
    check(b"\x7fELF\x02\x01\x00", None);
}
