use insta::assert_snapshot;

use crate::{SESSION, config, signed_in};

#[test]
fn duplicate_and_empty_names_are_rejected() {
    let (_center, env) = signed_in(SESSION);
    assert_snapshot!(env.run("sso-configure populate --name-template {role_name}"), @r#"
    $ sso-configure populate --name-template {role_name}
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: "ReadOnly" would be the name of both ReadOnly in DeveloperAccount (111122223333) of my-sso and ReadOnly in ProductionAccount (123456789011) of my-sso
    sso-configure: warning: "FullAccess" would be the name of both FullAccess in DeveloperAccount (111122223333) of my-sso and FullAccess in ProductionAccount (123456789011) of my-sso
    sso-configure: error: 2 profile names conflict; nothing was written
    hint: make the names unique with --name-template, or filter with --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), SESSION);
    assert_snapshot!(
        env.run("sso-configure populate --account Dev* --role Read* --name-template \"{role_name|replace:'ReadOnly',''}\""),
        @r#"
    $ sso-configure populate --account Dev* --role Read* --name-template "{role_name|replace:'ReadOnly',''}"
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: the name of the profile for ReadOnly in DeveloperAccount (111122223333) of my-sso would be empty
    sso-configure: error: 1 profile name conflicts; nothing was written
    hint: make the names unique with --name-template, or filter with --account and --role
    --- exit: 253
    "#
    );
}

#[test]
fn the_name_of_an_unmarked_profile_is_rejected() {
    let unmarked = "
[profile ReadOnly]
region = eu-west-1
";
    let (_center, env) = signed_in(&format!("{SESSION}{unmarked}"));
    let command = "sso-configure populate --account Dev* --name-template {role_name}";
    assert_snapshot!(env.run(command), @r#"
    $ sso-configure populate --account Dev* --name-template {role_name}
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: "ReadOnly" would be the name of ReadOnly in DeveloperAccount (111122223333) of my-sso, but the profile at [HOME]/.aws/config:6 has this name
    sso-configure: error: 1 profile name conflicts; nothing was written
    hint: make the names unique with --name-template, or filter with --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), format!("{SESSION}{unmarked}"));

    env.write_config(SESSION);
    env.write_credentials("[FullAccess]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
    assert_snapshot!(env.run(command), @r#"
    $ sso-configure populate --account Dev* --name-template {role_name}
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: "FullAccess" would be the name of FullAccess in DeveloperAccount (111122223333) of my-sso, but the profile at [HOME]/.aws/credentials:1 has this name
    sso-configure: error: 1 profile name conflicts; nothing was written
    hint: make the names unique with --name-template, or filter with --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn an_unmarked_profile_with_the_desired_content_is_not_changed() {
    let unmarked = "
[profile ReadOnly]
sso_session = my-sso
sso_account_id = 111122223333
sso_role_name = ReadOnly
output = json
";
    let (_center, env) = signed_in(&format!("{SESSION}{unmarked}"));
    let command =
        "sso-configure populate --account Dev* --role ReadOnly --name-template {role_name}";
    env.run(command).expect_code(0);
    assert_eq!(config(&env), format!("{SESSION}{unmarked}"));
    env.run(&format!("{command} --region eu-west-1 --prune"))
        .expect_error(253, "1 profile name conflicts");
}

#[test]
fn the_name_of_a_marked_profile_of_another_session_is_rejected() {
    let marked = "
[profile ReadOnly]
sso_session = another
sso_auto_populated = true
";
    let (_center, env) = signed_in(&format!("{SESSION}{marked}"));
    env.run("sso-configure populate --account Dev* --role ReadOnly --name-template {role_name}")
        .expect_error(253, "1 profile name conflicts");
}

#[test]
fn a_section_in_the_credentials_file_does_not_block_a_profile_of_populate() {
    let (_center, env) = signed_in(SESSION);
    let command = "sso-configure populate --account Dev* --role ReadOnly --name-template {role_name} \
                   --region eu-west-1";
    env.run(command).expect_code(0);
    let populated = config(&env);
    env.write_credentials(
        "[ReadOnly]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\nregion = us-west-2\n",
    );
    assert_snapshot!(env.run(command), @"
    $ sso-configure populate --account Dev* --role ReadOnly --name-template {role_name} --region eu-west-1
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: [HOME]/.aws/credentials:3: region takes precedence over the new value for profile ReadOnly
    [HOME]/.aws/config: profiles: 1 unchanged.
    --- exit: 0
    ");
    let unmarked = populated.replace("sso_auto_populated = true\n", "");
    env.write_config(&unmarked);
    env.run(command).expect_code(0);
    assert_eq!(config(&env), unmarked);

    let of_another = populated.replace("sso_account_id = 1", "sso_account_id = 9");
    env.write_config(&of_another.replace("sso_session = my-sso", "sso_session = another"));
    let run = env.run(command).expect_code(253);
    assert!(
        run.stderr().contains(".aws/config:6 has this name"),
        "{run}"
    );
    env.write_config(SESSION);
    let run = env.run(command).expect_code(253);
    assert!(
        run.stderr().contains(".aws/credentials:1 has this name"),
        "{run}"
    );
}
