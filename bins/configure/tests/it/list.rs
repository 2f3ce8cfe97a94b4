use identity_center_emulator::Emulator;
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::TestEnv;

use crate::signed_in;

#[test]
fn sessions_are_listed_with_their_state_and_profiles_with_their_location() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let before = env.files();
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    SESSION  SIGNED IN  REGION     START URL
    my-sso   yes        us-east-1  https://my-sso-portal.awsapps.com/start
    –        no         us-east-1  https://my-sso-portal.awsapps.com/start

    PROFILE  KIND          SESSION  ACCOUNT       ROLE        REGION
    dev      SSO           my-sso   111122223333  ReadOnly    us-west-2
    prod     SSO           my-sso   123456789011  FullAccess  –
    legacy   SSO (legacy)  –        111122223333  ReadOnly    –
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-configure list --output json"), @r#"
    $ sso-configure list --output json
    --- stdout
    {
      "schemaVersion": 1,
      "file": "[HOME]/.aws/config",
      "sessions": [
        {
          "name": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "registrationScopes": [
            "sso:account:access"
          ],
          "state": "valid"
        },
        {
          "name": null,
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "registrationScopes": null,
          "state": "signedOut"
        }
      ],
      "profiles": [
        {
          "name": "dev",
          "kind": "sso",
          "sourceProfile": null,
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "roleArn": null,
          "region": "us-west-2",
          "location": "[HOME]/.aws/config:6"
        },
        {
          "name": "prod",
          "kind": "sso",
          "sourceProfile": null,
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "123456789011",
          "roleName": "FullAccess",
          "roleArn": null,
          "region": null,
          "location": "[HOME]/.aws/config:12"
        },
        {
          "name": "legacy",
          "kind": "legacySso",
          "sourceProfile": null,
          "sessionName": null,
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "roleArn": null,
          "region": null,
          "location": "[HOME]/.aws/config:17"
        }
      ]
    }
    --- exit: 0
    "#);
    assert_eq!(env.files(), before);
}

#[test]
fn invalid_profiles_are_warnings() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    No SSO sessions or profiles found. Run sso-configure to create one.
    --- exit: 0
    ");
    env.write_config("[profile a]\nsso_session = gone\n\n[profile b]\nregion = eu-west-1\n");
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    No SSO sessions found. Run sso-configure check to find the sections that cannot be used.

    PROFILE  KIND      SESSION  ACCOUNT  ROLE  REGION
    a        invalid   –        –        –     –
    b        settings  –        –        –     eu-west-1
    --- stderr
    sso-configure: warning: section [sso-session gone] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:2
    --- exit: 0
    ");
}

#[test]
fn a_list_without_sessions_says_so_above_the_profiles() {
    let env = TestEnv::offline();
    env.write_credentials("[keys]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n");
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    No SSO sessions found. Run sso-configure to create one.

    PROFILE  KIND         SESSION  ACCOUNT  ROLE  REGION
    keys     access keys  –        –        –     –
    --- exit: 0
    ");
}

#[test]
fn an_unknown_session_of_a_command_line_has_its_location() {
    let env = TestEnv::offline();
    let line = "export-credentials --sso-session my-ss --account-id 1 --role-name r";
    let session = "[sso-session my-sso]\nsso_start_url = https://a\nsso_region = us-east-1\n";
    env.write_config(&format!(
        "[profile a]\ncredential_process = {line}\n{session}"
    ));
    let list = env.run("sso-configure list").expect_code(0);
    let config = env.aws_dir().join("config");
    let config = config.display();
    assert_eq!(
        list.stderr(),
        format!(
            "sso-configure: warning: section [sso-session my-ss] not found in {config}, referenced by \
             credential_process at {config}:2\n"
        )
    );
    let login = env.run("sso-login --profile a").expect_code(253);
    let hint = format!(
        "hint: did you mean my-sso?\nhint: set the SSO session of credential_process in line 2 of {config} \
         to an existing SSO session\n"
    );
    assert!(login.stderr().contains(&hint), "{login}");
}

/// A profile of each kind.
const KINDS: &str = "
[profile token]
sso_session = my-sso

[profile deploy]
role_arn = arn:aws:iam::222222222222:role/ci/Deploy
source_profile = dev

[profile admin]
role_arn = arn:aws:iam::333333333333:role/Admin
source_profile = deploy

[profile from-keys]
role_arn = arn:aws:iam::222222222222:role/FromKeys
source_profile = keys

[profile instance]
role_arn = arn:aws:iam::222222222222:role/Instance
credential_source = Ec2InstanceMetadata

[profile web]
role_arn = arn:aws:iam::222222222222:role/Web
web_identity_token_file = /token

[profile exported]
credential_process = export-credentials --profile deploy --format process

[profile role]
credential_process = export-credentials --sso-session my-sso --account-id 111122223333 --role-name Admin

[profile tool]
credential_process = tool --password hunter2

[profile console]
login_session = arn:aws:iam::444444444444:user/me

[profile settings]
region = eu-west-1

[profile lost]
sso_session = gone
sso_account_id = 111122223333
sso_role_name = ReadOnly

[profile on-lost]
role_arn = arn:aws:iam::222222222222:role/OnLost
source_profile = lost

[profile cycle]
role_arn = arn:aws:iam::222222222222:role/Cycle
source_profile = cycle
";

const KEYS: &str =
    "[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hunter2\n";

fn with_all_kinds() -> (Emulator, TestEnv) {
    let (center, env) = signed_in(&format!("{}{KINDS}", TestEnv::SAMPLE_CONFIG));
    env.write_credentials(KEYS);
    (center, env)
}

#[test]
fn every_profile_is_listed_with_its_kind() {
    let (center, env) = with_all_kinds();
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    SESSION  SIGNED IN  REGION     START URL
    my-sso   yes        us-east-1  https://my-sso-portal.awsapps.com/start
    –        no         us-east-1  https://my-sso-portal.awsapps.com/start

    PROFILE    KIND                SOURCE  SESSION  ACCOUNT       ROLE        REGION
    dev        SSO                 –       my-sso   111122223333  ReadOnly    us-west-2
    prod       SSO                 –       my-sso   123456789011  FullAccess  –
    legacy     SSO (legacy)        –       –        111122223333  ReadOnly    –
    token      bearer token        –       my-sso   –             –           –
    deploy     assume role         dev     my-sso   222222222222  Deploy      –
    admin      assume role         deploy  my-sso   333333333333  Admin       –
    from-keys  assume role         keys    –        222222222222  FromKeys    –
    instance   assume role         –       –        222222222222  Instance    –
    web        web identity        –       –        222222222222  Web         –
    exported   export-credentials  deploy  my-sso   222222222222  Deploy      –
    role       export-credentials  –       my-sso   111122223333  Admin       –
    tool       process             –       –        –             –           –
    console    console login       –       –        –             –           –
    settings   settings            –       –        –             –           eu-west-1
    lost       invalid             –       –        –             –           –
    on-lost    invalid             –       –        –             –           –
    cycle      invalid             –       –        –             –           –
    keys       access keys         –       –        –             –           –
    --- stderr
    sso-configure: warning: section [sso-session gone] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:62
    sso-configure: warning: [HOME]/.aws/config:72: the profiles form a cycle: cycle → cycle
    --- exit: 0
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn profiles_have_the_same_fields_in_json() {
    let (_center, env) = with_all_kinds();
    let list = env.run("sso-configure list --json").expect_code(0);
    let list: Value = serde_json::from_str(list.stdout()).unwrap();
    let profiles = list["profiles"].as_array().unwrap();
    let kinds: Vec<_> = profiles
        .iter()
        .map(|it| format!("{} {}", it["name"], it["kind"]))
        .collect();
    assert_snapshot!(kinds.join("\n").replace('"', ""), @"
    dev sso
    prod sso
    legacy legacySso
    token bearerToken
    deploy assumeRole
    admin assumeRole
    from-keys assumeRole
    instance assumeRole
    web webIdentity
    exported exportCredentials
    role exportCredentials
    tool process
    console consoleLogin
    settings settings
    lost invalid
    on-lost invalid
    cycle invalid
    keys accessKeys
    ");
    let show = |name: &str| {
        let profile = profiles.iter().find(|it| it["name"] == name).unwrap();
        let text = serde_json::to_string_pretty(profile).unwrap();
        text.replace(env.home().to_str().unwrap(), "[HOME]")
    };
    assert_snapshot!(show("exported"), @r#"
    {
      "accountId": "222222222222",
      "kind": "exportCredentials",
      "location": "[HOME]/.aws/config:46",
      "name": "exported",
      "region": null,
      "roleArn": "arn:aws:iam::222222222222:role/ci/Deploy",
      "roleName": "Deploy",
      "sessionName": "my-sso",
      "sourceProfile": "deploy",
      "startUrl": "https://my-sso-portal.awsapps.com/start"
    }
    "#);
    assert_snapshot!(show("keys"), @r#"
    {
      "accountId": null,
      "kind": "accessKeys",
      "location": "[HOME]/.aws/credentials:1",
      "name": "keys",
      "region": null,
      "roleArn": null,
      "roleName": null,
      "sessionName": null,
      "sourceProfile": null,
      "startUrl": null
    }
    "#);
    let fields = |it: &Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(profiles.iter().all(|it| fields(it) == fields(&profiles[0])));
}

#[test]
fn lists_contain_no_secrets_and_no_arguments() {
    let (_center, env) = with_all_kinds();
    for options in ["", "--json", "--names", "-vv"] {
        let list = env
            .run(&format!("sso-configure list {options}"))
            .expect_code(0);
        for secret in ["AKIA", "hunter2", "--password"] {
            assert!(!list.to_string().contains(secret), "{secret} in {list}");
        }
    }
}

/// In a narrow terminal, each profile is a block of lines.
#[cfg(unix)]
#[test]
fn profiles_fit_the_width_of_the_terminal() {
    let (_center, env) = signed_in(&TestEnv::SAMPLE_CONFIG.replace("my-sso-portal", "a"));
    let row = "prod     SSO           my-sso   123456789011  FullAccess  –";
    let block = "PROFILE  prod\nKIND     SSO\nSESSION  my-sso\nACCOUNT  123456789011\n";
    for (columns, expected) in [(80, row), (60, block), (40, block)] {
        let mut terminal = env.start_on_terminal("sh");
        terminal.resize(60, columns);
        terminal.type_text("sso-configure list; echo en''d\r");
        let screen = terminal.wait_for("end");
        assert!(screen.contains(expected), "{columns}: {screen}");
    }
}

#[test]
fn populate_without_a_session_leads_to_one() {
    let env = TestEnv::offline();
    let check = |config: &str, hint: &str| {
        env.write_config(config);
        let populate = env.run("sso-configure populate").expect_code(253);
        assert!(populate.stderr().ends_with(hint), "{populate}");
    };
    check("", "\nhint: sso-configure session\n");
    check(
        "[sso_session a]\n",
        "\nhint: to find the sections that cannot be used: sso-configure check\n",
    );
    env.write_config("[sso-session my-sso]\nsso_start_url = https://a\nsso_region = us-east-1\n");
    let populate = env.run("sso-configure populate --sso-session mysso");
    let hint = "\nhint: did you mean my-sso?\n";
    assert!(populate.stderr().contains(hint), "{populate}");
}
