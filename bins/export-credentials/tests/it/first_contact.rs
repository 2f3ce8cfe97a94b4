//! Commands without a selection, and selections that do not exist.

use sso_test_support::TestEnv;

use crate::signed_in;

/// Ways to run the program that need a profile.
const COMMANDS: [&str; 4] = [
    "export-credentials --format json",
    "export-credentials --format process",
    "export-credentials -- true",
    "export-credentials --serve -- true",
];

fn check(env: &TestEnv, expected: &str) {
    for command in COMMANDS {
        let run = env.run(command).expect_code(253);
        let home = env.home().to_str().unwrap();
        let shown = run.stderr().replace(home, "~");
        assert_eq!(shown, format!("export-credentials: error: {expected}"));
        assert_eq!(run.stdout(), "", "{run}");
    }
}

#[test]
fn a_home_without_configuration_leads_to_sso_configure() {
    let env = TestEnv::offline();
    let message = "no profile is selected, and ~/.aws/config has no [default]\nhint: ";
    check(&env, &format!("{message}sso-configure\n"));
    env.write_config("[sso-session a]\nsso_start_url = https://a\nsso_region = us-east-1\n");
    check(&env, &format!("{message}sso-configure\n"));
    env.write_config("[dev]\n");
    let hint = "to find the sections that cannot be used: sso-configure check";
    check(&env, &format!("{message}{hint}\n"));
}

#[test]
fn the_profiles_are_named_without_a_selection() {
    let env = TestEnv::offline();
    let message = "no profile is selected, and ~/.aws/config has no [default]\nhint: use ";
    env.write_credentials("[my keys]\naws_access_key_id = x\n");
    check(&env, &format!("{message}--profile 'my keys'\n"));
    env.write_config("[profile dev]\n[profile -x]\n");
    let choices = "one of --profile dev, --profile=-x, --profile 'my keys'";
    check(&env, &format!("{message}{choices}\n"));
}

#[test]
fn an_unknown_profile_of_the_environment_is_named_with_its_variable() {
    let (center, mut env) = signed_in();
    env.set("AWS_PROFILE", "dve");
    check(
        &env,
        "profile \"dve\" not found in ~/.aws/config, selected by AWS_PROFILE\n\
         hint: did you mean dev?\n\
         hint: to list the profiles: sso-configure list\n",
    );
    assert!(center.requests().is_empty());
}

#[test]
fn bearer_token_without_a_selection_is_that_of_the_only_session() {
    let (_center, env) = signed_in();
    env.write_config(
        "[sso-session my-sso]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = us-east-1\n",
    );
    let run = env.run("export-credentials --bearer-token").expect_code(0);
    assert!(!run.stdout().is_empty(), "{run}");
    env.write_config("");
    let run = env.run("export-credentials --bearer-token");
    run.expect_error(253, "no SSO session is selected");
}

#[cfg(unix)]
#[test]
fn no_profile_is_asked_for_on_a_terminal() {
    let env = TestEnv::offline();
    env.write_config("[profile dev]\n[profile prod]\n");
    let terminal = env.start_on_terminal("export-credentials --format json");
    let finished = terminal.finish().expect_code(253).to_string();
    assert!(
        finished.contains("hint: use one of --profile dev, --profile prod"),
        "{finished}"
    );
}
