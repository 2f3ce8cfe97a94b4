//! The wizard without questions.

use identity_center_emulator::Operation;
use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use sso_test_support::{TestEnv, aws_cli, python};

use crate::{SESSION, config, signed_in};

pub(crate) const ALL_OPTIONS: &str = "sso-configure --sso-session my-sso \
    --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 \
    --scopes sso:account:access --account-id 123456789011 --role-name ReadOnly \
    --region eu-west-1 --output-format json --profile dev";

pub(crate) fn run_with_input(env: &TestEnv, arguments: &str, input: &str) -> (i32, String) {
    let mut command = assert_cmd::Command::from_std(env.command("sso-configure"));
    let output = command
        .args(arguments.split(' '))
        .write_stdin(input)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), stderr)
}

#[test]
fn with_all_options_no_question_and_no_request_is_needed() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run(ALL_OPTIONS), @r#"
    $ sso-configure --sso-session my-sso --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --scopes sso:account:access --account-id 123456789011 --role-name ReadOnly --region eu-west-1 --output-format json --profile dev
    --- stderr

    Profile dev was written to [HOME]/.aws/config.

    To use this profile, specify the profile name using --profile, as shown:

        aws sts get-caller-identity --profile dev
        eval "$(export-credentials --profile dev)"

    To use it with SDKs and other tools, set AWS_PROFILE:

        export AWS_PROFILE=dev
    --- exit: 0
    "#);
    assert_snapshot!(config(&env), @"
    [profile dev]
    sso_session = my-sso
    sso_account_id = 123456789011
    sso_role_name = ReadOnly
    region = eu-west-1
    output = json

    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
    ");
    let again = env.run(ALL_OPTIONS).expect_code(0);
    assert!(
        again
            .stderr()
            .contains("Profile dev is already up to date in"),
        "{again}"
    );
}

#[test]
fn the_aws_cli_and_boto3_read_the_written_profile() {
    let (Some(aws), Some(python)) = (aws_cli(), python("boto3")) else {
        return;
    };
    let (_center, env) = signed_in(SESSION);
    env.run(ALL_OPTIONS).expect_code(0);
    let default = ALL_OPTIONS.replace("dev", "default");
    env.run(&default).expect_code(0);
    assert!(config(&env).contains("\n[default]\n"), "{}", config(&env));
    let read = |program: &std::path::Path, arguments: &[&str]| {
        let output = env
            .command(program.to_str().unwrap())
            .args(arguments)
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert_eq!(
        read(&aws, &["configure", "list-profiles"]),
        "dev\ndefault\n"
    );
    let get = |key| read(&aws, &["configure", "get", key, "--profile", "dev"]);
    assert_eq!(get("sso_account_id"), "123456789011\n");
    assert_eq!(get("region"), "eu-west-1\n");
    assert_eq!(get("output"), "json\n");
    let script = "import boto3; s = boto3.Session(profile_name='dev'); \
                  print(s.region_name, s.get_credentials().get_frozen_credentials().access_key[:4])";
    assert_eq!(read(&python, &["-c", script]), "eu-west-1 ASIA\n");
}

#[test]
fn an_existing_profile_is_changed_in_place_with_a_diff() {
    let before = format!(
        "# mine\n{SESSION}\n[profile dev]  # the team's\nsso_session=my-sso\n\
         sso_account_id = 111122223333\nsso_account_name = Developer\nsso_role_name = ReadOnly\n\
         cli_pager =\nmy_key = my secret\nregion = us-west-2\n"
    );
    let (center, env) = signed_in(&before);
    assert_snapshot!(env.run("sso-configure --profile dev --no-input --role-name FullAccess"), @r#"
    $ sso-configure --profile dev --no-input --role-name FullAccess
    --- stderr

    --- [HOME]/.aws/config
    +++ [HOME]/.aws/config
    @@ -8,7 +8,7 @@
     sso_session=my-sso
     sso_account_id = 111122223333
     sso_account_name = Developer
    -sso_role_name = ReadOnly
    +sso_role_name = FullAccess
     cli_pager =
     my_key = ****
     region = us-west-2

    Profile dev was written to [HOME]/.aws/config.

    To use this profile, specify the profile name using --profile, as shown:

        aws sts get-caller-identity --profile dev
        eval "$(export-credentials --profile dev)"

    To use it with SDKs and other tools, set AWS_PROFILE:

        export AWS_PROFILE=dev
    --- exit: 0
    "#);
    assert_snapshot!(config(&env), @"
    # mine
    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access

    [profile dev]  # the team's
    sso_session=my-sso
    sso_account_id = 111122223333
    sso_account_name = Developer
    sso_role_name = FullAccess
    cli_pager =
    my_key = my secret
    region = us-west-2
    ");
    assert_eq!(center.count(Operation::ListAccounts), 0);
    env.run("sso-configure undo").expect_code(0);
    assert_eq!(config(&env), before);
}

#[test]
fn without_new_answers_nothing_changes() {
    let before = format!(
        "{SESSION}\n[profile dev]\nsso_session = my-sso\nsso_account_id = 111122223333\n\
         sso_role_name = ReadOnly\nsso_account_name = Developer\nregion = us-west-2\n"
    );
    let env = TestEnv::offline();
    env.write_config(&before);
    env.run("sso-configure --profile dev --no-input")
        .expect_code(0);
    assert_eq!(config(&env), before);
    env.run("sso-configure session --sso-session my-sso --no-input")
        .expect_code(0);
    assert_eq!(config(&env), before);
}

#[test]
fn a_legacy_profile_is_kept_unless_a_session_is_given() {
    let legacy = "[profile old]\nsso_start_url = https://my-sso-portal.awsapps.com/start/\n\
                  sso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    let env = TestEnv::offline();
    env.write_config(legacy);
    let output = env
        .run("sso-configure --profile old --no-input")
        .expect_code(0);
    assert!(
        output.stderr().contains("uses the legacy format"),
        "{output}"
    );
    assert_eq!(config(&env), legacy);
    env.run("sso-configure --profile old --no-input --sso-session my-sso")
        .expect_code(0);
    assert_snapshot!(config(&env), @"
    [profile old]
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    sso_session = my-sso

    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start/
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
    ");
    env.run("sso-configure --profile old --no-input --sso-session= --start-url https://a.awsapps.com/start --sso-region us-east-1")
        .expect_code(0);
    assert_snapshot!(config(&env), @"
    [profile old]
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    sso_start_url = https://a.awsapps.com/start
    sso_region = us-east-1

    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start/
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
    ");
}

#[test]
fn scopes_without_account_access_need_no_account_and_role() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run(
        "sso-configure --no-input --sso-session q --start-url https://a.awsapps.com/start \
         --sso-region us-east-1 --scopes codewhisperer:analysis,codewhisperer:completions"
    ), @"
    $ sso-configure --no-input --sso-session q --start-url https://a.awsapps.com/start --sso-region us-east-1 --scopes codewhisperer:analysis,codewhisperer:completions
    --- stderr
    Without the scope sso:account:access, no account and role can be selected.

    Profile q was written to [HOME]/.aws/config.

    To sign in and get the bearer token of this profile:

        sso-login --profile q
        export-credentials --profile q --bearer-token
    --- exit: 0
    ");
    assert_snapshot!(config(&env), @"
    [profile q]
    sso_session = q

    [sso-session q]
    sso_start_url = https://a.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = codewhisperer:analysis,codewhisperer:completions
    ");
}

#[test]
fn a_single_account_and_role_are_selected_without_a_question() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![Account::new("111122223333", "Only", "", &["Admin"])];
    });
    assert_snapshot!(env.run("sso-configure --sso-session my-sso --no-input"), @r#"
    $ sso-configure --sso-session my-sso --no-input
    --- stderr
    The only AWS account available to you is: 111122223333
    Using the account ID 111122223333
    The only role available to you is: Admin
    Using the role name "Admin"

    Profile 111122223333_Admin was written to [HOME]/.aws/config.

    To use this profile, specify the profile name using --profile, as shown:

        aws sts get-caller-identity --profile 111122223333_Admin
        eval "$(export-credentials --profile 111122223333_Admin)"

    To use it with SDKs and other tools, set AWS_PROFILE:

        export AWS_PROFILE=111122223333_Admin
    --- exit: 0
    "#);
    assert_snapshot!(config(&env), @"
    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access

    [profile 111122223333_Admin]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_role_name = Admin
    ");
}

#[test]
fn an_unknown_region_is_accepted_with_a_warning() {
    let env = TestEnv::offline();
    let run = env
        .run(&ALL_OPTIONS.replace("eu-west-1", "eu-west-99"))
        .expect_code(0);
    let warning = "sso-configure: warning: unknown AWS Region: eu-west-99\n";
    assert!(run.stderr().starts_with(warning), "{run}");
    assert!(config(&env).contains("region = eu-west-99\n"));
}

#[test]
fn a_start_url_from_the_browser_is_normalized_and_determines_the_region() {
    let env = TestEnv::offline();
    let command = "sso-configure session --no-input --sso-session a --start-url \
                   https://ssoins-12.portal.eu-north-1.app.aws/#/";
    env.run(command).expect_code(0);
    assert_snapshot!(config(&env), @"
    [sso-session a]
    sso_start_url = https://ssoins-12.portal.eu-north-1.app.aws
    sso_region = eu-north-1
    sso_registration_scopes = sso:account:access
    ");
}

#[test]
fn options_take_precedence_over_json_answers() {
    let (_center, env) = signed_in("");
    let answers = r#"{
        "ssoSession": "my-sso",
        "startUrl": "https://my-sso-portal.awsapps.com/start",
        "ssoRegion": "us-east-1",
        "scopes": ["sso:account:access"],
        "accountId": "111122223333",
        "region": null,
        "outputFormat": "yaml",
        "profile": "dev"
    }"#;
    let (code, stderr) = run_with_input(&env, "--from - --role-name FullAccess", answers);
    assert_eq!(code, 0, "{stderr}");
    assert_snapshot!(config(&env), @"
    [profile dev]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_role_name = FullAccess
    output = yaml

    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
    ");
    env.write(
        "answers.json",
        answers.replace("111122223333", "123456789011"),
    );
    env.run("sso-configure --from answers.json --role-name ReadOnly")
        .expect_code(0);
    assert!(config(&env).contains("123456789011"));
}

#[test]
fn json_output_describes_the_written_sections() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run(&format!("{ALL_OPTIONS} --output json -q")), @r#"
    $ sso-configure --sso-session my-sso --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --scopes sso:account:access --account-id 123456789011 --role-name ReadOnly --region eu-west-1 --output-format json --profile dev --output json -q
    --- stdout
    {
      "schemaVersion": 1,
      "accountId": "123456789011",
      "file": "[HOME]/.aws/config",
      "profile": "dev",
      "roleName": "ReadOnly",
      "ssoRegion": "us-east-1",
      "ssoSession": "my-sso",
      "startUrl": "https://my-sso-portal.awsapps.com/start",
      "written": true
    }
    --- exit: 0
    "#);
    assert_snapshot!(env.run(
        "sso-configure session --no-input --sso-session my-sso --output json -q"
    ), @r#"
    $ sso-configure session --no-input --sso-session my-sso --output json -q
    --- stdout
    {
      "schemaVersion": 1,
      "accountId": null,
      "file": "[HOME]/.aws/config",
      "profile": null,
      "roleName": null,
      "ssoRegion": "us-east-1",
      "ssoSession": "my-sso",
      "startUrl": "https://my-sso-portal.awsapps.com/start",
      "written": false
    }
    --- exit: 0
    "#);
}

#[test]
fn the_schema_has_a_property_for_each_answer_option() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/sso-configure-answers.schema.json"
    );
    let schema = std::fs::read(path).unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    let env = TestEnv::offline();
    for name in properties.keys() {
        let (_, stderr) = run_with_input(&env, "--from -", &format!("{{{name:?}: null}}"));
        assert!(
            stderr.contains("SSO session name: a name is required"),
            "{stderr}"
        );
    }
    let help = env.run("sso-configure --help").expect_code(0);
    let (_, answers) = help.stdout().split_once("Answers:").unwrap();
    let (answers, _) = answers.split_once("--no-input").unwrap();
    assert_eq!(answers.matches("--").count(), properties.len());
}

#[test]
fn keys_in_the_credentials_file_that_override_the_answers_are_named() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    env.write_credentials("[dev]\nsso_account_id = 999999999999\nregion = us-west-2\n");
    let line = "sso-configure --no-input --profile dev --sso-session my-sso \
                --account-id 111122223333 --role-name ReadOnly --region eu-west-1";
    let run = env.run(line).expect_code(0);
    for message in [
        ".aws/credentials:2: sso_account_id takes precedence over the new value for profile dev\n",
        ".aws/credentials:3: region takes precedence over the new value for profile dev\n",
    ] {
        assert!(run.stderr().contains(message), "{run}");
    }
}
