//! Legacy profiles become profiles of a session.

use insta::assert_snapshot;
use sso_test_support::{TestEnv, aws_cli};

use crate::{config, signed_in};

const LEGACY: &str = "\
# mine
[profile a]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly # kept
region = eu-west-1

[profile other]
region = eu-west-1

[default]
sso_region=us-east-1
sso_start_url=https://my-sso-portal.awsapps.com/start
sso_account_id=123456789011
sso_role_name=FullAccess

[profile elsewhere]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-west-1
";

#[test]
fn profiles_of_one_start_url_and_region_get_one_session() {
    let (_center, env) = signed_in(LEGACY);
    let cached = env.files();
    assert_snapshot!(env.run("sso-configure migrate --dry-run"), @"
    $ sso-configure migrate --dry-run
    --- stdout
    --- [HOME]/.aws/config
    +++ [HOME]/.aws/config
    @@ -1,7 +1,6 @@
     # mine
     [profile a]
    -sso_start_url = https://my-sso-portal.awsapps.com/start
    -sso_region = us-east-1
    +sso_session = my-sso-portal
     sso_account_id = 111122223333
     sso_role_name = ReadOnly # kept
     region = eu-west-1
    @@ -10,11 +9,19 @@
     region = eu-west-1
     
     [default]
    -sso_region=us-east-1
    -sso_start_url=https://my-sso-portal.awsapps.com/start
    +sso_session=my-sso-portal
     sso_account_id=123456789011
     sso_role_name=FullAccess
     
     [profile elsewhere]
    +sso_session = my-sso-portal-2
    +
    +[sso-session my-sso-portal]
     sso_start_url = https://my-sso-portal.awsapps.com/start
    +sso_region = us-east-1
    +sso_registration_scopes = sso:account:access
    +
    +[sso-session my-sso-portal-2]
    +sso_start_url = https://my-sso-portal.awsapps.com/start
     sso_region = eu-west-1
    +sso_registration_scopes = sso:account:access
    --- exit: 1
    ");
    assert_eq!(config(&env), LEGACY);
    env.run("sso-configure migrate --yes").expect_code(0);
    assert_snapshot!(config(&env), @"
    # mine
    [profile a]
    sso_session = my-sso-portal
    sso_account_id = 111122223333
    sso_role_name = ReadOnly # kept
    region = eu-west-1

    [profile other]
    region = eu-west-1

    [default]
    sso_session=my-sso-portal
    sso_account_id=123456789011
    sso_role_name=FullAccess

    [profile elsewhere]
    sso_session = my-sso-portal-2

    [sso-session my-sso-portal]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access

    [sso-session my-sso-portal-2]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access
    ");
    for file in cached {
        assert!(env.home().join(&file).exists(), "{file}");
    }
    assert_snapshot!(env.run("sso-configure migrate --yes"), @"
    $ sso-configure migrate --yes
    --- stderr
    There is no legacy profile to migrate.
    --- exit: 0
    ");
    env.run("sso-configure undo --quiet").expect_code(0);
    assert_eq!(config(&env), LEGACY);
}

#[test]
fn a_session_that_is_there_is_taken() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.run("sso-configure migrate --yes").expect_code(0);
    let expected = TestEnv::SAMPLE_CONFIG.replace(
        "[profile legacy]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = us-east-1\n",
        "[profile legacy]\nsso_session = my-sso\n",
    );
    assert_eq!(config(&env), expected);
}

#[test]
fn the_name_may_be_chosen_where_there_is_one_to_choose() {
    let (_center, env) = signed_in(LEGACY);
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(252);
    env.run("sso-configure migrate --yes --sso-session 'a b'")
        .expect_code(252);
    let url = "--start-url https://my-sso-portal.awsapps.com/start";
    env.run(&format!(
        "sso-configure migrate --yes --sso-session corp {url}"
    ))
    .expect_code(252);
    let one = LEGACY.split("\n[profile elsewhere]").next().unwrap();
    env.write_config(one);
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(0);
    assert_eq!(config(&env).matches("sso_session").count(), 2);
    assert!(config(&env).contains("\n[sso-session corp]\n"));
    env.write_config(&format!(
        "{one}\n[sso-session corp]\nsso_start_url = https://other\nsso_region = us-east-1\n"
    ));
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(253);
}

#[test]
fn without_a_terminal_and_without_a_word_nothing_is_written() {
    let (_center, env) = signed_in(LEGACY);
    let migration = env.run("sso-configure migrate").expect_code(252);
    assert!(migration.stderr().contains("--yes"), "{migration}");
    assert_eq!(config(&env), LEGACY);
}

#[test]
fn the_aws_cli_reads_what_was_migrated() {
    let Some(aws) = aws_cli() else { return };
    let (_center, env) = signed_in(LEGACY);
    env.run("sso-configure migrate --yes").expect_code(0);
    let output = env
        .command(aws.to_str().unwrap())
        .args(["configure", "get", "sso_session", "--profile", "a"])
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"my-sso-portal\n");
}

#[cfg(unix)]
#[test]
fn a_person_is_asked_for_names_and_shown_the_diff() {
    let (_center, env) = signed_in(LEGACY);
    let mut terminal = env.start_on_terminal("sso-configure migrate");
    terminal.wait_for("[my-sso-portal]: ");
    terminal.type_text("corp\r");
    terminal.wait_for("[my-sso-portal-2]: ");
    terminal.type_text("\r");
    terminal.wait_for("Write this? [y/N]: ");
    terminal.type_text("n\r");
    terminal.finish().expect_code(0);
    assert_eq!(config(&env), LEGACY);
}
