//! Two profiles of one name.

use insta::assert_snapshot;

use crate::{SESSION, config, signed_in};

#[test]
fn two_of_one_name_are_both_named_and_nothing_is_written() {
    let (_center, env) = signed_in(SESSION);
    assert_snapshot!(env.run("sso-configure populate --name-template {role_name}"), @r#"
    $ sso-configure populate --name-template {role_name}
    --- stderr
    Listing the accounts of the sso-session my-sso
    sso-configure: warning: "ReadOnly" would be the name of ReadOnly in DeveloperAccount (111122223333) of my-sso and of ReadOnly in ProductionAccount (123456789011) of my-sso
    sso-configure: warning: "FullAccess" would be the name of FullAccess in DeveloperAccount (111122223333) of my-sso and of FullAccess in ProductionAccount (123456789011) of my-sso
    sso-configure: error: 2 names collide: nothing is written
    hint: tell them apart by --name-template, or choose by --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), SESSION);
    assert_snapshot!(
        env.run("sso-configure populate --account Dev* --role Read* --name-template \"{role_name|replace:'ReadOnly',''}\""),
        @r#"
    $ sso-configure populate --account Dev* --role Read* --name-template "{role_name|replace:'ReadOnly',''}"
    --- stderr
    Listing the accounts of the sso-session my-sso
    sso-configure: warning: ReadOnly in DeveloperAccount (111122223333) of my-sso would have no name
    sso-configure: error: 1 name collides: nothing is written
    hint: tell them apart by --name-template, or choose by --account and --role
    --- exit: 253
    "#
    );
}

#[test]
fn a_name_that_another_profile_has_is_not_taken_from_it() {
    let mine = "
[profile ReadOnly]
region = eu-west-1
";
    let (_center, env) = signed_in(&format!("{SESSION}{mine}"));
    let command = "sso-configure populate --account Dev* --name-template {role_name}";
    assert_snapshot!(env.run(command), @r#"
    $ sso-configure populate --account Dev* --name-template {role_name}
    --- stderr
    Listing the accounts of the sso-session my-sso
    sso-configure: warning: "ReadOnly" would be the name of ReadOnly in DeveloperAccount (111122223333) of my-sso, and is that of the profile at [HOME]/.aws/config:6
    sso-configure: error: 1 name collides: nothing is written
    hint: tell them apart by --name-template, or choose by --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), format!("{SESSION}{mine}"));

    env.write_config(SESSION);
    env.write_credentials("[FullAccess]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
    assert_snapshot!(env.run(command), @r#"
    $ sso-configure populate --account Dev* --name-template {role_name}
    --- stderr
    Listing the accounts of the sso-session my-sso
    sso-configure: warning: "FullAccess" would be the name of FullAccess in DeveloperAccount (111122223333) of my-sso, and is that of the profile at [HOME]/.aws/credentials:1
    sso-configure: error: 1 name collides: nothing is written
    hint: tell them apart by --name-template, or choose by --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn a_profile_that_says_the_same_without_the_mark_stays_as_it_is() {
    let mine = "
[profile ReadOnly]
sso_session = my-sso
sso_account_id = 111122223333
sso_role_name = ReadOnly
output = json
";
    let (_center, env) = signed_in(&format!("{SESSION}{mine}"));
    let command =
        "sso-configure populate --account Dev* --role ReadOnly --name-template {role_name}";
    env.run(command).expect_code(0);
    assert_eq!(config(&env), format!("{SESSION}{mine}"));
    env.run(&format!("{command} --region eu-west-1 --prune"))
        .expect_error(253, "1 name collides");
}

#[test]
fn a_marked_profile_of_another_session_is_somebody_elses() {
    let theirs = "
[profile ReadOnly]
sso_session = another
sso_auto_populated = true
";
    let (_center, env) = signed_in(&format!("{SESSION}{theirs}"));
    env.run("sso-configure populate --account Dev* --role ReadOnly --name-template {role_name}")
        .expect_error(253, "1 name collides");
}
