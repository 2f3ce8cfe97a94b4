use sso_test_support::TestEnv;

use crate::signed_in;

/// Returns the text on the terminal in addition to stdout.
fn stderr_on_terminal(env: &TestEnv, line: &str) -> String {
    let shown = env.start_on_terminal(line).finish().expect_code(0);
    let shown = shown.terminal().replace('\r', "");
    let printed = env.run(line).expect_code(0);
    let stderr = shown.strip_prefix(printed.stdout().trim_end());
    stderr
        .unwrap_or_else(|| panic!("{shown}"))
        .trim()
        .to_owned()
}

#[test]
fn the_default_format_prints_a_hint_on_a_terminal() {
    let (_center, mut env) = signed_in();
    let hint =
        "To set the credentials in this shell, run: eval \"$(export-credentials --profile dev)\"";
    assert_eq!(
        stderr_on_terminal(&env, "export-credentials --profile dev"),
        hint
    );
    assert_eq!(
        stderr_on_terminal(&env, "export-credentials --profile dev --quiet"),
        ""
    );
    env.set("AWS_PROFILE", "dev");
    let hint = "To set the credentials in this shell, run: eval \"$(export-credentials)\"";
    assert_eq!(stderr_on_terminal(&env, "export-credentials"), hint);
}

#[test]
fn a_requested_format_prints_no_hint() {
    let (_center, env) = signed_in();
    for format in ["shell", "process", "env"] {
        let line = format!("export-credentials --profile dev --format {format}");
        assert_eq!(stderr_on_terminal(&env, &line), "");
    }
}
