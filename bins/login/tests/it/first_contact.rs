//! Sign-in without a selection, and selections that do not exist.

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{TWO_SESSIONS, home};

const SESSION: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
";

fn signed_in(config: &str) -> (Emulator, TestEnv) {
    let (center, env) = home();
    env.write_config(config);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

#[test]
fn a_home_without_configuration_leads_to_sso_configure() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run("sso-login"), @"
    $ sso-login
    --- stderr
    sso-login: error: no SSO session is selected, and [HOME]/.aws/config has no [default] that uses one
    hint: sso-configure
    --- exit: 253
    ");
    for config in ["", "[profile keys]\naws_access_key_id = x\n"] {
        env.write_config(config);
        let login = env.run("sso-login").expect_code(253);
        assert!(
            login.stderr().ends_with("\nhint: sso-configure\n"),
            "{login}"
        );
        let all = env.run("sso-login --all").expect_code(253);
        assert!(
            all.stderr().ends_with("\nhint: sso-configure session\n"),
            "{all}"
        );
    }
    env.write_config("[dev]\nsso_session = my-sso\n");
    for command in ["sso-login", "sso-login --all"] {
        let login = env.run(command).expect_code(253);
        let hint = "\nhint: to find the sections that cannot be used: sso-configure check\n";
        assert!(login.stderr().ends_with(hint), "{login}");
    }
}

#[test]
fn the_only_session_is_taken_without_a_selection() {
    let check = |config: &str| {
        let (center, env) = signed_in(config);
        let login = env.run("sso-login").expect_code(0);
        let message = "Already signed in to SSO session my-sso.";
        assert!(login.stderr().starts_with(message), "{login}");
        assert!(center.requests().is_empty());
    };
    check(SESSION);
    check(&format!("{SESSION}[default]\nregion = us-east-1\n"));
    check(&format!("{SESSION}[profile dev]\nsso_session = my-sso\n"));
    check(&format!("{SESSION}[sso-session incomplete]\n"));
}

#[test]
fn several_sessions_are_named_without_a_terminal() {
    let (center, env) = home();
    env.write_config(&format!(
        "{TWO_SESSIONS}[profile my old]\n[profile -old]\nsso_start_url = https://c\nsso_region = us-east-1\n"
    ));
    assert_snapshot!(env.run("sso-login"), @"
    $ sso-login
    --- stderr
    sso-login: error: no SSO session is selected, and [HOME]/.aws/config has no [default] that uses one
    hint: use one of --sso-session a, --sso-session b, --profile=-old
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn the_user_selects_one_of_several_sessions_at_the_terminal() {
    use sso_test_support::Key;

    let (center, env) = home();
    center.set_consent(Consent::Approve);
    env.write_config(TWO_SESSIONS);
    let mut login = env.start_on_terminal("sso-login --no-browser");
    login.wait_for("> a https://a.awsapps.com/start");
    login.press(Key::Down);
    login.wait_for("> b https://b.awsapps.com/start");
    login.press(Key::Enter);
    sso_test_support::Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    let b = env.run("sso-login --sso-session b").expect_code(0);
    assert!(b.stderr().starts_with("Already signed in"), "{b}");
    let mut login = env.start_on_terminal("sso-login --quiet");
    login.wait_for("> a https://a.awsapps.com/start");
    login.press(Key::Ctrl('c'));
    login.finish().expect_code(130);
}

#[test]
fn a_profile_of_the_environment_is_not_replaced_by_the_only_session() {
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        let (_center, mut env) =
            signed_in(&format!("{SESSION}[profile dev]\nsso_session = my-sso\n"));
        env.set(variable, "dve");
        let login = env.run("sso-login").expect_code(253);
        let home = env.home().display();
        assert_eq!(
            login.stderr(),
            format!(
                "sso-login: error: profile \"dve\" not found in {home}/.aws/config, selected by {variable}\n\
                 hint: did you mean dev?\n\
                 hint: to list the profiles: sso-configure list\n"
            )
        );
        env.set(variable, "default");
        env.run("sso-login")
            .expect_error(253, "profile \"default\" not found");
    }
}

#[test]
fn a_name_that_does_not_exist_has_a_suggestion() {
    let (_center, env) = signed_in(&format!(
        "{SESSION}[profile dev]\nsso_session = my-sso\n[test]\nsso_session = my-sso\n"
    ));
    let check = |arguments: &str, hint: &str| {
        let login = env.run(&format!("sso-login {arguments}")).expect_code(253);
        let first = login.stderr().lines().nth(1);
        let config = env.config_path().display().to_string();
        assert_eq!(
            first,
            Some(format!("hint: {hint}").replace("CONFIG", &config)).as_deref()
        );
    };
    check("--profile dve", "did you mean dev?");
    check("--profile Dev", "did you mean dev?");
    check("--profile prod", "to list the profiles: sso-configure list");
    check("--profile test", "write [profile test] in line 6 of CONFIG");
    check(
        "--profile my-sso",
        "my-sso is an SSO session; select it with --sso-session",
    );
    check("--sso-session my_sso", "did you mean my-sso?");
    check(
        "--sso-session dev",
        "dev is a profile; select it with --profile",
    );
}
