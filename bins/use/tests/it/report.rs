//! Output of `--current` and `--list`.

use insta::assert_snapshot;

use crate::{home, signed_in};

#[test]
fn the_current_profile_is_that_of_the_aws_cli() {
    let (_center, mut env) = home();
    let current = |env: &sso_test_support::TestEnv| {
        let run = env.run("sso-use --current").expect_code(0);
        assert_eq!(run.stderr(), "", "{run}");
        run.stdout().to_owned()
    };
    env.set("AWS_DEFAULT_PROFILE", "prod");
    assert_eq!(current(&env), "prod\n");
    env.set("AWS_PROFILE", "dev");
    assert_eq!(current(&env), "dev\n");
    env.set("AWS_ACCESS_KEY_ID", "AKIA");
    env.set("AWS_SSO_TOOLS_EXPORTED_PROFILE", "keys");
    env.set("AWS_SSO_TOOLS_EXPORTED_KEY_ID", "AKIA");
    assert_eq!(current(&env), "keys\n");
    assert_snapshot!(env.run("sso-use --current --json"), @r#"
    $ sso-use --current --json
    --- stdout
    {
      "profile": "keys",
      "schemaVersion": 1,
      "variable": "AWS_SSO_TOOLS_EXPORTED_PROFILE"
    }
    --- exit: 0
    "#);
}

#[test]
fn credentials_of_another_program_cause_a_warning() {
    let (_center, mut env) = home();
    env.set("AWS_PROFILE", "dev");
    env.set("AWS_ACCESS_KEY_ID", "AKIA");
    let run = env.run("sso-use --current").expect_code(0);
    assert_eq!(run.stdout(), "dev\n");
    assert!(run.stderr().contains("AWS_ACCESS_KEY_ID is set"), "{run}");
    // Of another program, after those of `--credentials`.
    env.set("AWS_SSO_TOOLS_EXPORTED_PROFILE", "keys");
    env.set("AWS_SSO_TOOLS_EXPORTED_KEY_ID", "AKIAOFKEYS");
    let run = env.run("sso-use --current").expect_code(0);
    assert_eq!(run.stdout(), "dev\n");
    assert!(run.stderr().contains("AWS_ACCESS_KEY_ID is set"), "{run}");
}

#[test]
fn without_a_variable_only_an_existing_default_profile_is_the_current_one() {
    let (_center, env) = home();
    env.write_config("[profile dev]\nregion = eu-west-1\n");
    env.run("sso-use --current")
        .expect_error(253, "no profile is selected");
    env.write_config("[default]\nregion = eu-west-1\n");
    let run = env.run("sso-use --current").expect_code(0);
    assert_eq!(run.stdout(), "default\n");
}

#[test]
fn the_list_is_that_of_sso_configure() {
    let (_center, mut env) = signed_in();
    let expected = env.run("sso-configure list --names").expect_code(0);
    let list = env.run("sso-use --list").expect_code(0);
    assert_eq!(list.stdout(), expected.stdout());
    env.set("AWS_PROFILE", "dev");
    let json = env.run("sso-use --list --json").expect_code(0);
    let json: serde_json::Value = serde_json::from_str(json.stdout()).unwrap();
    let names = json["profiles"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, expected.stdout().lines().collect::<Vec<_>>());
    let current = |it: &&serde_json::Value| it["current"].as_bool().unwrap();
    let current: Vec<_> = json["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .filter(current)
        .collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["name"], "dev");
}
