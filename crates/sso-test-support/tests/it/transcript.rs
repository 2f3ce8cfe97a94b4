use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

#[test]
fn transcript_contains_both_streams_and_the_exit_status() {
    let env = TestEnv::offline();
    let transcript = env.run("sh -c 'echo out; echo err >&2; exit 3'");
    assert_eq!(
        (transcript.stdout(), transcript.stderr()),
        ("out\n", "err\n")
    );
    let expected = "$ sh -c 'echo out; echo err >&2; exit 3'\n\
        --- stdout\nout\n--- stderr\nerr\n--- exit: 3";
    assert_eq!(transcript.to_string(), expected);
    assert_eq!(env.run("true").to_string(), "$ true\n--- exit: 0");
}

#[track_caller]
fn check(env: &TestEnv, text: &str, expected: &str) {
    env.write("text", text);
    let transcript = env.run("cat text");
    assert_eq!(
        transcript.to_string(),
        format!("$ cat text\n--- stdout\n{expected}\n--- exit: 0")
    );
}

#[test]
fn values_that_differ_between_runs_are_replaced() {
    let server = Emulator::start();
    let env = TestEnv::new(&server);
    let signed_in = server.sign_in(&["sso:account:access"]);
    check(
        &env,
        &format!("see {}", env.config_path().display()),
        "see [HOME]/.aws/config",
    );
    check(&env, &signed_in.access_token, "[ACCESS_TOKEN]");
    check(
        &env,
        &format!("<{}>", signed_in.client_secret),
        "<[CLIENT_SECRET]>",
    );
    check(&env, &server.url(), "http://127.0.0.1:[PORT]");
    check(
        &env,
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2F",
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2F",
    );
    check(&env, "the code BCDF-GHJK.", "the code [USER_CODE].");
    check(
        &env,
        "until 2026-11-22T19:46:33Z, or 2026-11-22T19:46:33.5+01:00",
        "until [TIME], or [TIME]",
    );
    check(
        &env,
        "until 19:46 UTC, or 2026-11-22 20:46 +01:00",
        "until [TIME], or [TIME]",
    );
    check(&env, "ASIAABCDEFGHIJKLMNOP", "[ACCESS_KEY_ID]");
    let url = "/authorize?client_id=abc&state=xyz&code_challenge_method=S256&code_challenge=c-_1";
    let expected = "/authorize?client_id=[CLIENT_ID]&state=[STATE]\
        &code_challenge_method=S256&code_challenge=[CHALLENGE]";
    check(&env, url, expected);
}

#[test]
fn test_can_add_replacements() {
    let env = TestEnv::offline();
    let transcript = env.run("echo 59 minutes").redact("59 minutes", "LEFT");
    assert!(
        transcript.to_string().ends_with("[LEFT]\n--- exit: 0"),
        "{transcript}"
    );
}
