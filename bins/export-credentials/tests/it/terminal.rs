//! A person at a terminal.

use sso_test_support::TestEnv;

use crate::signed_in;

/// Returns what a terminal shows that is not on the standard output.
fn said_on_terminal(env: &TestEnv, line: &str) -> String {
    let shown = env.start_on_terminal(line).finish().expect_code(0);
    let shown = shown.terminal().replace('\r', "");
    let printed = env.run(line).expect_code(0);
    let said = shown.strip_prefix(printed.stdout().trim_end());
    said.unwrap_or_else(|| panic!("{shown}")).trim().to_owned()
}

#[test]
fn export_credentials_alone_says_how_to_use_it() {
    let (_center, mut env) = signed_in();
    let hint = "To set them in this shell: eval \"$(export-credentials --profile dev)\"";
    assert_eq!(
        said_on_terminal(&env, "export-credentials --profile dev"),
        hint
    );
    assert_eq!(
        said_on_terminal(&env, "export-credentials --profile dev --quiet"),
        ""
    );
    env.set("AWS_PROFILE", "dev");
    let hint = "To set them in this shell: eval \"$(export-credentials)\"";
    assert_eq!(said_on_terminal(&env, "export-credentials"), hint);
}

#[test]
fn a_format_that_was_asked_for_comes_alone() {
    let (_center, env) = signed_in();
    for format in ["shell", "process", "env"] {
        let line = format!("export-credentials --profile dev --format {format}");
        assert_eq!(said_on_terminal(&env, &line), "");
    }
}
