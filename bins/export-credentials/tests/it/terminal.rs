use sso_test_support::TestEnv;

use crate::signed_in;

fn shown(env: &TestEnv, line: &str) -> String {
    let shown = env.start_on_terminal(line).finish().expect_code(0);
    shown.terminal().replace('\r', "").trim().to_owned()
}

#[test]
fn the_default_format_prints_a_hint_instead_of_secrets_on_a_terminal() {
    let (_center, mut env) = signed_in();
    let check = |env: &TestEnv, arguments: &str| {
        let hint = format!(
            "To set the credentials in sh, bash, ksh or zsh, run: eval \"$(export-credentials{arguments})\"\n\
             For other shells, such as fish, see the examples of export-credentials --help.\n\
             To print them, add --format shell."
        );
        let shown = shown(env, &format!("export-credentials{arguments}"));
        assert_eq!(shown.replace('\n', ""), hint.replace('\n', ""));
    };
    check(&env, " --profile dev");
    check(&env, " --profile dev --quiet");
    check(
        &env,
        " --sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
    );
    env.set("AWS_PROFILE", "dev");
    check(&env, "");
}

#[test]
fn a_requested_format_is_printed_on_a_terminal() {
    let (_center, env) = signed_in();
    for format in ["shell", "process", "env"] {
        let line = format!("export-credentials --profile dev --format {format}");
        let printed = env.run(&line).expect_code(0);
        assert_eq!(shown(&env, &line), printed.stdout().trim_end());
    }
}
