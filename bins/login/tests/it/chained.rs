//! Profiles that reach a session through other profiles, and profiles that reach none.

use identity_center_emulator::settings::{ACCESS_KEY, Consent};
use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::TestEnv;

use crate::home;

const CHAINS: &str = "
[profile deploy]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = dev
[profile audit]
role_arn = arn:aws:iam::222222222222:role/y
source_profile = deploy
[profile exported]
credential_process = export-credentials -p audit --format process
[profile exported-role]
credential_process = export-credentials --sso-session my-sso --account-id 111122223333 --role-name ReadOnly
[profile of-environment]
credential_process = export-credentials --format process
[profile of-legacy]
role_arn = arn:aws:iam::222222222222:role/z
source_profile = legacy
";

fn chained_home() -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    env.write_config(&format!("{}{CHAINS}", TestEnv::SAMPLE_CONFIG));
    (center, env)
}

#[test]
fn a_profile_that_reaches_a_session_signs_in_to_it() {
    for name in ["deploy", "audit", "exported", "exported-role"] {
        let (_center, mut env) = chained_home();
        let login = env.run(&format!(
            "sso-login --use-device-code --json --profile {name}"
        ));
        let login = login.expect_code(0);
        let document: Value = serde_json::from_str(login.stdout()).unwrap();
        assert_eq!(document["sessionName"], "my-sso", "{login}");
        env.set("AWS_PROFILE", name);
        let again = env.run("sso-login").expect_code(0);
        let expected = "Already signed in to SSO session my-sso.";
        assert!(again.stderr().contains(expected), "{again}");
    }
    let (_center, env) = chained_home();
    let login = env.run("sso-login --json -p of-legacy").expect_code(0);
    let document: Value = serde_json::from_str(login.stdout()).unwrap();
    assert_eq!(document["startUrl"], TestEnv::START_URL, "{login}");
}

#[test]
fn a_process_without_a_profile_signs_in_with_the_profile_of_the_environment() {
    let (_center, mut env) = chained_home();
    env.set("AWS_PROFILE", "audit");
    env.run("sso-login --use-device-code -p of-environment")
        .expect_code(0);
    env.set("AWS_PROFILE", "legacy");
    let login = env.run("sso-login -p of-environment").expect_code(0);
    assert!(login.stderr().contains("Start URL"), "{login}");
}

#[test]
fn a_chained_profile_and_its_source_are_signed_in_to_once() {
    for (selection, expected) in [("-p audit -p dev -p exported", 1), ("--all", 2)] {
        let (center, env) = chained_home();
        env.run(&format!("sso-login --use-device-code {selection}"))
            .expect_code(0);
        let count = center.count(Operation::StartDeviceAuthorization);
        assert_eq!(count, expected, "{selection}");
    }
}

#[test]
fn an_invalid_source_is_reported_once_for_all_sessions() {
    let (_center, env) = home();
    let config = TestEnv::SAMPLE_CONFIG.replace("sso_region = us-east-1\n", "");
    env.write_config(&format!("{config}{CHAINS}"));
    let login = env.run("sso-login --all").expect_code(253);
    assert_eq!(
        login.stderr().matches("lacks sso_region").count(),
        2,
        "{login}"
    );
}

#[test]
fn other_kinds_of_profiles_are_named_with_a_hint_that_works() {
    let [id, secret] = ACCESS_KEY;
    let (_center, env) = home();
    env.write_config(&format!(
        "[profile keys]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
         [profile role]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = keys\n\
         [profile machine]\nrole_arn = arn:aws:iam::2:role/x\ncredential_source = Environment\n\
         [profile web]\nrole_arn = arn:aws:iam::2:role/x\nweb_identity_token_file = token\n\
         [profile console]\nlogin_session = arn:aws:sts::1:x\n\
         [profile tool]\ncredential_process = tool\n\
         [profile empty]\nregion = eu-west-1\n\
         [profile of-empty]\ncredential_process = export-credentials -p empty\n"
    ));
    let names = [
        "keys", "role", "machine", "web", "console", "tool", "empty", "of-empty",
    ];
    let errors: Vec<_> = names
        .iter()
        .map(|name| {
            let login = env.run(&format!("sso-login -p {name}")).expect_code(253);
            for program in ["sso-logout", "sso-status"] {
                let other = env.run(&format!("{program} -p {name}")).expect_code(253);
                let expected = login
                    .stderr()
                    .replace("sso-login: ", &format!("{program}: "));
                assert_eq!(other.stderr(), expected);
            }
            let list = "hint: to list the profiles: sso-configure list\n";
            let home = env.home().display().to_string();
            login.stderr().replace(&home, "[HOME]").replace(list, "")
        })
        .collect();
    assert_snapshot!(errors.concat(), @r#"
    sso-login: error: profile "keys" at [HOME]/.aws/config:1 does not use IAM Identity Center: it has access keys
    hint: its credentials need no sign-in: export-credentials --profile keys
    sso-login: error: profile "role" at [HOME]/.aws/config:4 does not use IAM Identity Center: it gets its credentials from profile "keys", which has access keys (role → keys)
    hint: its credentials need no sign-in: export-credentials --profile role
    sso-login: error: profile "machine" at [HOME]/.aws/config:7 does not use IAM Identity Center: it has credential_source
    hint: to get its credentials with the AWS CLI: aws configure export-credentials --profile machine
    sso-login: error: profile "web" at [HOME]/.aws/config:10 does not use IAM Identity Center: it has web_identity_token_file
    hint: to get its credentials with the AWS CLI: aws configure export-credentials --profile web
    sso-login: error: profile "console" at [HOME]/.aws/config:13 does not use IAM Identity Center: it has login_session
    hint: to sign in with the AWS CLI: aws login --profile console
    sso-login: error: profile "tool" at [HOME]/.aws/config:15 does not use IAM Identity Center: it has a credential_process of another program
    hint: to get its credentials: export-credentials --profile tool
    sso-login: error: profile "empty" at [HOME]/.aws/config:17 does not use IAM Identity Center: it has no credentials
    hint: to set up the profile: sso-configure --profile empty
    sso-login: error: profile "of-empty" at [HOME]/.aws/config:19 does not use IAM Identity Center: it gets its credentials from profile "empty", which has no credentials (of-empty → empty)
    hint: to set up the profile: sso-configure --profile empty
    "#);
    for name in ["keys", "role"] {
        env.run(&format!(
            "export-credentials --format process --profile {name}"
        ))
        .expect_code(0);
    }
}

#[test]
fn a_default_profile_without_sso_leaves_the_only_session() {
    let (center, env) = home();
    let only = TestEnv::SAMPLE_CONFIG
        .split("[profile legacy]")
        .next()
        .unwrap();
    env.write_config(&format!(
        "{only}\n[keys]\n[default]\nrole_arn = arn:aws:iam::2:role/x\ncredential_source = Environment\n"
    ));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.run("sso-login").expect_code(0);
    env.write_config(&format!(
        "{only}\n[default]\nrole_arn = arn:aws:iam::2:role/x\nsource_profile = dve\n"
    ));
    let login = env.run("sso-login").expect_code(253);
    assert!(login.stderr().contains("did you mean dev?"), "{login}");
}

#[test]
fn an_invalid_chain_is_named_with_the_location() {
    let (_center, env) = home();
    env.write_config(
        "[profile a]\nrole_arn = arn:aws:iam::2:role/x\nsource_profile = b\n\
         [profile b]\nrole_arn = arn:aws:iam::2:role/x\nsource_profile = c\n\
         [profile c]\nsso_session = s\nsso_account_id = 1\nsso_role_name = x\n\
         [sso-session s]\nsso_start_url = https://s.awsapps.com/start\n\
         [profile gone]\ncredential_process = export-credentials -p bb\n\
         [profile x]\ncredential_process = export-credentials -p y\n\
         [profile y]\nrole_arn = arn:aws:iam::2:role/x\nsource_profile = x\n",
    );
    let errors: Vec<_> = ["a", "gone", "x"]
        .iter()
        .map(|name| env.run(&format!("sso-login -p {name}")).to_string())
        .collect();
    assert_snapshot!(errors.join("\n"), @r#"
    $ sso-login -p a
    --- stderr
    sso-login: error: cannot follow the chain of profiles a → b → c: [sso-session s] at [HOME]/.aws/config:11 lacks sso_region
    hint: add sso_region to [sso-session s]
    --- exit: 253
    $ sso-login -p gone
    --- stderr
    sso-login: error: [HOME]/.aws/config:14: profile "bb" not found
    hint: did you mean b?
    hint: set the profile of credential_process in line 14 of [HOME]/.aws/config to an existing profile
    hint: to list the profiles: sso-configure list
    --- exit: 253
    $ sso-login -p x
    --- stderr
    sso-login: error: [HOME]/.aws/config:19: the profiles form a cycle: x → y → x
    hint: change source_profile or credential_process in one of these profiles
    --- exit: 253
    "#);
}
