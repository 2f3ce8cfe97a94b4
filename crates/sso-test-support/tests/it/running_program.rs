//! Programs that wait.

use sso_test_support::TestEnv;

#[test]
fn a_test_can_wait_for_a_line_and_answer_it() {
    let env = TestEnv::offline();
    let line = "sh -c 'echo hello; echo go to http://127.0.0.1:1/x now >&2; read line; echo $line'";
    let mut program = env.start(line);
    assert_eq!(program.wait_for_url(), "http://127.0.0.1:1/x");
    program.write_line("an answer");
    let transcript = program.finish().expect_code(0);
    assert_eq!(transcript.stdout(), "hello\nan answer\n");
}

#[test]
#[should_panic(expected = "no such line")]
fn a_program_that_ends_without_the_line_fails_the_test() {
    let mut program = TestEnv::offline().start("echo something else");
    program.wait_for_line(|line| line == "the line");
}

#[test]
fn a_program_can_be_interrupted() {
    let env = TestEnv::offline();
    let line = "sh -c 'trap \"exit 130\" INT; echo ready; while :; do sleep 0.01; done'";
    let mut program = env.start(line);
    program.wait_for_line(|line| line == "ready");
    program.interrupt();
    assert_eq!(program.finish().code(), Some(130));
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_can_be_interrupted_where_the_tests_cannot() {
    use std::{env, process::Command};

    let ignoring = "trap '' HUP INT QUIT TERM; exec \"$0\" --exact \"$1\"";
    let test = "running_program::a_program_can_be_interrupted";
    let mut tests = Command::new("sh");
    tests
        .arg("-c")
        .arg(ignoring)
        .arg(env::current_exe().unwrap());
    let said = tests.arg(test).output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn a_killed_program_has_no_status() {
    let env = TestEnv::offline();
    let mut program = env.start("sh -c 'echo ready; read forever'");
    program.wait_for_line(|line| line == "ready");
    program.kill();
    assert_eq!(program.finish().code(), None);
}
