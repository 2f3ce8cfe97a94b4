use sso_test_support::TestEnv;

#[test]
fn test_waits_for_a_line_and_writes_to_stdin() {
    let env = TestEnv::offline();
    let line = "sh -c 'echo hello; echo go to http://127.0.0.1:1/x now >&2; read line; echo $line'";
    let mut program = env.start(line);
    assert_eq!(program.wait_for_url(), "http://127.0.0.1:1/x");
    program.write_line("a reply");
    let transcript = program.finish().expect_code(0);
    assert_eq!(transcript.stdout(), "hello\na reply\n");
}

#[test]
#[should_panic(expected = "no matching line")]
fn program_that_ends_without_the_line_fails_the_test() {
    let mut program = TestEnv::offline().start("echo something else");
    program.wait_for_line(|line| line == "the line");
}

#[test]
fn interrupted_program_handles_the_signal() {
    let env = TestEnv::offline();
    let line = "sh -c 'trap \"exit 130\" INT; echo ready; while :; do sleep 0.01; done'";
    let mut program = env.start(line);
    program.wait_for_line(|line| line == "ready");
    program.interrupt();
    assert_eq!(program.finish().code(), Some(130));
}

#[test]
#[cfg(target_os = "linux")]
fn program_is_interrupted_although_the_tests_ignore_the_signal() {
    use std::{env, process::Command};

    let ignoring = "trap '' HUP INT QUIT TERM; exec \"$0\" --exact \"$1\"";
    let test = "running_program::interrupted_program_handles_the_signal";
    let mut tests = Command::new("sh");
    tests
        .arg("-c")
        .arg(ignoring)
        .arg(env::current_exe().unwrap());
    let stdout = tests.arg(test).output().unwrap().stdout;
    let stdout = String::from_utf8(stdout).unwrap();
    assert!(stdout.contains("1 passed"), "{stdout}");
}

#[test]
fn killed_program_has_no_exit_status() {
    let env = TestEnv::offline();
    let mut program = env.start("sh -c 'echo ready; read forever'");
    program.wait_for_line(|line| line == "ready");
    program.kill();
    assert_eq!(program.finish().code(), None);
}
