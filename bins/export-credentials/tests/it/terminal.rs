use sso_test_support::TestEnv;

use crate::signed_in;

fn shown(env: &TestEnv, line: &str) -> String {
    let shown = env.start_on_terminal(line).finish().expect_code(0);
    shown.terminal().replace('\r', "").trim().to_owned()
}

#[test]
fn the_default_format_prints_a_hint_instead_of_secrets_on_a_terminal() {
    let (_center, env) = signed_in();
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
    check(&env, " dev");
    check(&env, " dev --quiet");
    check(
        &env,
        " my-sso --account-id 111122223333 --role-name ReadOnly",
    );
    check(
        &env,
        " --sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
    );
}

#[test]
fn the_hint_on_a_terminal_contains_the_profile_that_the_environment_selects() {
    let (_center, mut env) = signed_in();
    let profile = "[profile 'ci dev']\nsso_session = my-sso\nsso_account_id = 111122223333\n\
                   sso_role_name = ReadOnly\n";
    env.write_config(&[TestEnv::SAMPLE_CONFIG, profile].concat());
    let mut check = |variables: &[(&str, &str)], arguments: &str, expected: &str| {
        for (name, value) in variables {
            env.set(name, *value);
        }
        let shown = shown(&env, &format!("export-credentials{arguments}"));
        let command = format!("run: eval \"$(export-credentials{expected})\"");
        assert!(shown.contains(&command), "{variables:?}: {shown}");
        for (name, _) in variables {
            env.unset(name);
        }
    };
    let both = [("AWS_PROFILE", "dev"), ("AWS_DEFAULT_PROFILE", "default")];
    check(&[("AWS_PROFILE", "dev")], "", " --profile dev");
    check(
        &[("AWS_DEFAULT_PROFILE", "dev")],
        " --quiet",
        " --profile dev --quiet",
    );
    check(&both, "", " --profile dev");
    check(&[("AWS_PROFILE", "ci dev")], "", " --profile 'ci dev'");
    check(&[("AWS_PROFILE", "ci dev")], " dev", " dev");
    check(
        &[("AWS_PROFILE", "ci dev")],
        " --profile dev",
        " --profile dev",
    );
    let role = " --sso-session my-sso --account-id 111122223333 --role-name ReadOnly";
    check(&[("AWS_PROFILE", "dev")], role, role);
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
