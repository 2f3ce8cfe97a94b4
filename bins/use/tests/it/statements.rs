//! Output for the function of a shell.

use identity_center_emulator::Operation;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{home, signed_in};

#[test]
fn a_switch_prints_statements_without_a_request_and_records_the_use() {
    let (center, mut env) = signed_in();
    env.set("AWS_DEFAULT_PROFILE", "keys");
    assert_snapshot!(env.run("sso-use --shell bash dev"), @r"
    $ sso-use --shell bash dev
    --- stdout
    \builtin unset AWS_ACCESS_KEY_ID &&
    \builtin unset AWS_SECRET_ACCESS_KEY &&
    \builtin unset AWS_SESSION_TOKEN &&
    \builtin unset AWS_CREDENTIAL_EXPIRATION &&
    \builtin unset AWS_SECURITY_TOKEN &&
    \builtin unset AWS_ACCOUNT_ID &&
    \builtin unset AWS_DEFAULT_PROFILE &&
    \builtin unset AWS_SSO_TOOLS_EXPORTED_PROFILE &&
    \builtin unset AWS_SSO_TOOLS_EXPORTED_KEY_ID &&
    \builtin export AWS_SSO_TOOLS_PREVIOUS_PROFILE=keys &&
    \builtin export AWS_PROFILE=dev &&
    \builtin true;
    --- stderr
    Switched to profile dev.
    --- exit: 0
    ");
    assert!(center.requests().is_empty());
    let own = |path: &String| path.contains("aws-sso-tools/");
    assert!(env.files().iter().any(own), "{:?}", env.files());
}

#[cfg(unix)]
#[test]
fn a_switch_leaves_the_modes_of_files_unchanged() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let (_center, env) = signed_in();
    let path = |file: &String| env.home().join(file);
    let files = env.files();
    for file in &files {
        set_permissions(path(file), Permissions::from_mode(0o644)).unwrap();
    }
    for line in ["sso-use --shell bash dev", "sso-use --shell bash keys"] {
        let run = env.run(line).expect_code(0);
        assert_eq!(run.stderr().lines().count(), 1, "{run}");
        for file in &files {
            let mode = metadata(path(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o644, "{file}");
        }
    }
}

#[test]
fn powershell_gets_one_statement_for_each_variable() {
    let (_center, env) = signed_in();
    let run = env.run("sso-use --shell pwsh dev").expect_code(0);
    assert_snapshot!(run.stdout(), @r#"
    $Env:AWS_ACCESS_KEY_ID=$null
    $Env:AWS_SECRET_ACCESS_KEY=$null
    $Env:AWS_SESSION_TOKEN=$null
    $Env:AWS_CREDENTIAL_EXPIRATION=$null
    $Env:AWS_SECURITY_TOKEN=$null
    $Env:AWS_ACCOUNT_ID=$null
    $Env:AWS_DEFAULT_PROFILE=$null
    $Env:AWS_SSO_TOOLS_EXPORTED_PROFILE=$null
    $Env:AWS_SSO_TOOLS_EXPORTED_KEY_ID=$null
    $Env:AWS_PROFILE="dev"
    "#);
}

/// Returns the variables that the statements for bash export.
fn exported(env: &TestEnv, command_line: &str) -> Vec<String> {
    let run = env.run(command_line).expect_code(0);
    let lines = run.stdout().lines();
    let exported = lines.filter_map(|line| line.strip_prefix("\\builtin export "));
    exported
        .map(|it| it.trim_end_matches(" &&").to_owned())
        .collect()
}

#[test]
fn credentials_are_those_of_export_credentials_with_region_and_account() {
    let (_center, env) = signed_in();
    let expected = env.run("export-credentials dev --with-region --with-account-id");
    let expected = expected.expect_code(0);
    let expected = expected.stdout().lines();
    let expected = expected.filter_map(|line| line.strip_prefix("export "));
    let mut expected: Vec<_> = expected
        .map(|it| it.trim_end_matches(';').to_owned())
        .collect();
    let value = |name: &str| {
        let mut lines = expected.iter();
        let value = lines.find_map(|line| line.strip_prefix(&format!("{name}=")));
        value.unwrap().to_owned()
    };
    let (key_id, region) = (value("AWS_ACCESS_KEY_ID"), value("AWS_REGION"));
    expected.push("AWS_SSO_TOOLS_EXPORTED_PROFILE=dev".to_owned());
    expected.push(format!("AWS_SSO_TOOLS_EXPORTED_KEY_ID={key_id}"));
    expected.push(format!("AWS_SSO_TOOLS_EXPORTED_REGION={region}"));
    let mut found = exported(&env, "sso-use --shell bash dev --credentials");
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_region_of_the_user_stays_and_causes_a_warning() {
    let (_center, mut env) = signed_in();
    env.set("AWS_REGION", "eu-north-1");
    for options in ["", " --credentials"] {
        let run = env
            .run(&format!("sso-use --shell bash dev{options}"))
            .expect_code(0);
        assert!(!run.stdout().contains("AWS_REGION"), "{run}");
        assert!(
            run.stderr().contains("\"eu-north-1\" from AWS_REGION"),
            "{run}"
        );
    }
    // The second time, too.
    env.set("AWS_SSO_TOOLS_EXPORTED_PROFILE", "dev");
    env.set("AWS_SSO_TOOLS_EXPORTED_KEY_ID", "AKIA");
    env.set("AWS_ACCESS_KEY_ID", "AKIA");
    for arguments in ["dev --credentials", "prod"] {
        let line = format!("sso-use --shell bash {arguments}");
        let run = env.run(&line).expect_code(0);
        assert!(!run.stdout().contains(" AWS_REGION"), "{run}");
    }
    // Those of `--credentials` belong to its profile, until the user changes them.
    env.set("AWS_SSO_TOOLS_EXPORTED_REGION", "eu-north-1");
    env.set("AWS_DEFAULT_REGION", "eu-south-1");
    let run = env.run("sso-use --shell bash prod").expect_code(0);
    assert!(run.stdout().contains("unset AWS_REGION "), "{run}");
    assert!(
        run.stdout()
            .contains("unset AWS_SSO_TOOLS_EXPORTED_REGION "),
        "{run}"
    );
    assert!(!run.stdout().contains("AWS_DEFAULT_REGION"), "{run}");
    assert!(!run.stderr().contains("AWS_REGION"), "{run}");
}

#[test]
fn the_previous_profile_is_the_last_other_one() {
    let (_center, mut env) = signed_in();
    let check = |env: &TestEnv, line: &str, expected: &[&str]| {
        assert_eq!(exported(env, line), expected, "{line}");
    };
    check(&env, "sso-use --shell bash dev", &["AWS_PROFILE=dev"]);
    env.set("AWS_PROFILE", "dev");
    let previous = "AWS_SSO_TOOLS_PREVIOUS_PROFILE=dev";
    check(
        &env,
        "sso-use --shell bash keys",
        &[previous, "AWS_PROFILE=keys"],
    );
    check(&env, "sso-use --shell bash dev", &["AWS_PROFILE=dev"]);
    check(&env, "sso-use --shell bash --clear", &[previous]);
    env.set("AWS_SSO_TOOLS_PREVIOUS_PROFILE", "keys");
    check(
        &env,
        "sso-use --shell bash -",
        &[previous, "AWS_PROFILE=keys"],
    );
    // After `--clear` and `-`, the previous state is that without a profile.
    env.set("AWS_SSO_TOOLS_PREVIOUS_PROFILE", "dev");
    check(&env, "sso-use --shell bash -", &[previous]);
    env.set("AWS_SSO_TOOLS_PREVIOUS_PROFILE", "gone");
    let gone = env.run("sso-use --shell bash -").expect_code(253);
    let reason = "selected by AWS_SSO_TOOLS_PREVIOUS_PROFILE";
    assert!(gone.stderr().contains(reason), "{gone}");
}

#[test]
fn a_session_that_needs_a_sign_in_is_a_warning_without_a_terminal() {
    let (center, env) = home();
    let run = env.run("sso-use --shell bash dev").expect_code(0);
    assert!(run.stdout().contains("AWS_PROFILE=dev"), "{run}");
    assert!(
        run.stderr().contains("hint: sso-login --profile dev\n"),
        "{run}"
    );
    let run = env
        .run("sso-use --shell bash dev --no-login")
        .expect_code(0);
    assert_eq!(run.stderr(), "Switched to profile dev.\n", "{run}");
    let failed = env
        .run("sso-use --shell bash dev --credentials")
        .expect_code(253);
    assert_eq!(failed.stdout(), "", "{failed}");
    assert!(center.requests().is_empty());
}

#[test]
fn a_profile_of_any_kind_is_selected_and_an_invalid_one_causes_a_warning() {
    let (_center, env) = signed_in();
    env.write_config(&format!(
        "{}[profile settings]\nregion = eu-west-1\n[profile process]\ncredential_process = false\n\
         [profile role]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = dev\n\
         [profile broken]\nsso_session = nope\nsso_account_id = 111122223333\nsso_role_name = x\n",
        TestEnv::SAMPLE_CONFIG
    ));
    for name in ["dev", "keys", "settings", "process", "role", "legacy"] {
        let line = format!("sso-use --shell bash {name} --no-login");
        let run = env.run(&line).expect_code(0);
        assert!(
            run.stdout().contains(&format!("AWS_PROFILE={name} ")),
            "{run}"
        );
        assert_eq!(
            run.stderr(),
            format!("Switched to profile {name}.\n"),
            "{run}"
        );
    }
    let run = env.run("sso-use --shell bash broken").expect_code(0);
    assert!(
        run.stderr()
            .contains("warning: section [sso-session nope] not found"),
        "{run}"
    );
    // With `--credentials`, it is only an error.
    let run = env.run("sso-use --shell bash broken --credentials");
    let text = "section [sso-session nope] not found";
    assert_eq!(run.stderr().matches(text).count(), 1, "{run}");
    run.expect_error(253, text);
}

#[test]
fn a_secret_that_tcsh_would_show_to_others_is_refused() {
    let (_center, env) = signed_in();
    env.write_credentials("[odd]\naws_access_key_id = AKIA\naws_secret_access_key = a b\n");
    let run = env
        .run("sso-use --shell tcsh odd --credentials")
        .expect_code(255);
    assert_eq!(run.stdout(), "false;\n", "{run}");
    let error = "AWS_SECRET_ACCESS_KEY contains special characters";
    assert!(run.stderr().contains(error), "{run}");
    let run = env
        .run("sso-use --shell bash odd --credentials")
        .expect_code(0);
    assert!(
        run.stdout().contains("AWS_SECRET_ACCESS_KEY='a b'"),
        "{run}"
    );
}

#[test]
fn secrets_are_only_in_the_statements() {
    let (center, env) = signed_in();
    let run = env
        .run("sso-use --shell bash dev --credentials -vv")
        .expect_code(0);
    let mut lines = run.stdout().lines();
    let secret = lines.find_map(|line| line.split_once("AWS_SECRET_ACCESS_KEY="));
    let secret = secret.unwrap().1.trim_end_matches(" &&");
    assert!(!run.stderr().contains(secret), "{run}");
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn the_profile_is_cleared_with_an_unusable_config_file() {
    let (_center, env) = home();
    env.write_config("[profile dev\n");
    let _ = env.run("sso-use --shell bash dev").expect_code(253);
    let run = env.run("sso-use --shell bash --clear").expect_code(0);
    assert!(run.stdout().contains("unset AWS_PROFILE &&\n"), "{run}");
}
