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
fn profiles_with_the_same_start_url_and_region_share_a_session() {
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
    No legacy profiles to migrate.
    --- exit: 0
    ");
    env.run("sso-configure undo --quiet").expect_code(0);
    assert_eq!(config(&env), LEGACY);
}

#[test]
fn an_existing_session_is_reused() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.run("sso-configure migrate --yes").expect_code(0);
    let expected = TestEnv::SAMPLE_CONFIG.replace(
        "[profile legacy]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = us-east-1\n",
        "[profile legacy]\nsso_session = my-sso\n",
    );
    assert_eq!(config(&env), expected);
}

#[test]
fn spellings_of_a_start_url_share_a_session() {
    let config = "\
[profile a]
sso_start_url = https://my-portal.awsapps.com/start
sso_region = us-east-1
[profile b]
sso_start_url = https://My-Portal.awsapps.com/start/#/
sso_region = us-east-1
";
    let env = TestEnv::offline();
    env.write_config(config);
    let url = "--start-url https://my-portal.awsapps.com:443/start/";
    env.run(&format!("sso-configure migrate --yes {url}"))
        .expect_code(0);
    let migrated = crate::config(&env);
    assert_eq!(
        migrated.matches("sso_session = my-portal\n").count(),
        2,
        "{migrated}"
    );
    assert_eq!(migrated.matches("sso_start_url").count(), 1, "{migrated}");
}

#[test]
fn a_session_is_named_after_the_instance_in_the_start_url() {
    let check = |start_url: &str, name: &str| {
        let env = TestEnv::offline();
        env.write_config(&format!(
            "[profile a]\nsso_start_url = {start_url}\nsso_region = us-east-1\n"
        ));
        env.run("sso-configure migrate --yes").expect_code(0);
        let migrated = crate::config(&env);
        assert!(
            migrated.contains(&format!("[sso-session {name}]")),
            "{migrated}"
        );
    };
    check("https://corp.awsapps.com/start#/", "corp");
    check("https://sso.example.com:8443", "sso");
    check("https://start.home.awsapps.cn/directory/corp", "corp");
    check(
        "https://start.cn-north-1.home.awsapps.cn/directory/corp/#/",
        "corp",
    );
    check(
        "https://start.us-gov-home.awsapps.com/directory/d-12?x",
        "d-12",
    );
    check(
        "https://identitycenter.amazonaws.com/ssoins-12",
        "ssoins-12",
    );
    check("https://ssoins-12.portal.us-east-1.app.aws", "ssoins-12");
    check("https://start.example.com", "start");
}

#[test]
fn the_session_name_can_be_given_for_a_single_start_url() {
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
    let single = LEGACY.split("\n[profile elsewhere]").next().unwrap();
    env.write_config(single);
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(0);
    assert_eq!(config(&env).matches("sso_session").count(), 2);
    assert!(config(&env).contains("\n[sso-session corp]\n"));
    env.write_config(&format!(
        "{single}\n[sso-session corp]\nsso_start_url = https://other\nsso_region = us-east-1\n"
    ));
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(253);
}

#[test]
fn without_a_terminal_migrate_requires_yes() {
    let (_center, env) = signed_in(LEGACY);
    let migration = env.run("sso-configure migrate").expect_code(252);
    assert!(migration.stderr().contains("--yes"), "{migration}");
    assert_eq!(config(&env), LEGACY);
}

#[test]
fn the_aws_cli_reads_a_migrated_profile() {
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
fn an_interactive_run_asks_for_names_and_confirmation() {
    let (_center, env) = signed_in(LEGACY);
    let mut terminal = env.start_on_terminal("sso-configure migrate");
    terminal.wait_for("2 profiles of https://my-sso-portal.awsapps.com/start in us-east-1");
    terminal.wait_for("SSO session name [my-sso-portal]: ");
    terminal.type_text("corp\r");
    terminal.wait_for(
        "1 profile of https://my-sso-portal.awsapps.com/start in eu-west-1\n\
         SSO session name [my-sso-portal]: ",
    );
    terminal.type_text("\r");
    terminal.wait_for("Write these changes? [y/N]: ");
    terminal.type_text("n\r");
    terminal.finish().expect_code(0);
    assert_eq!(config(&env), LEGACY);
}

const ONE: &str = "\
[profile a]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
";

#[test]
fn an_unusable_session_with_the_default_name_is_not_changed() {
    for keys in [
        "sso_start_url = https://other.awsapps.com/start\n",
        "sso_region = us-east-1\n",
        "",
        "sso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = not a region\n",
    ] {
        let session = format!("[sso-session my-sso-portal]\n{keys}");
        let (_center, env) = signed_in(&format!("{session}\n{ONE}"));
        env.run("sso-configure migrate --yes").expect_code(0);
        let config = config(&env);
        assert!(
            config.starts_with(&format!(
                "{session}\n[profile a]\nsso_session = my-sso-portal-2\n"
            )),
            "{config}"
        );
    }
}

#[test]
fn a_session_without_account_access_is_not_used() {
    let session = "[sso-session bearer]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
                   sso_region = us-east-1\nsso_registration_scopes = codewhisperer:completions\n";
    let (_center, env) = signed_in(&format!("{session}\n{ONE}"));
    env.run("sso-configure migrate --yes --sso-session bearer")
        .expect_error(253, "which has no scope sso:account:access");
    env.run("sso-configure migrate --yes").expect_code(0);
    assert!(config(&env).contains("[profile a]\nsso_session = my-sso-portal\n"));
}

#[test]
fn forms_of_a_start_url_share_a_session() {
    let forms = ["/", "#", "#/", "/#/"].map(|end| {
        let own = ONE.replace("/start\n", &format!("/start{end}\n"));
        own.replace("[profile a]", &format!("[profile \"{end}\"]"))
    });
    let (_center, env) = signed_in(&format!("{ONE}{}", forms.concat()));
    let url = "https://my-sso-portal.awsapps.com/start#/";
    env.run(&format!("sso-configure migrate --yes --start-url {url}"))
        .expect_code(0);
    let config = config(&env);
    assert_eq!(
        config.matches("sso_session = my-sso-portal\n").count(),
        5,
        "{config}"
    );
    assert_eq!(config.matches("[sso-session ").count(), 1, "{config}");
}

#[test]
fn a_given_session_name_is_used_although_another_session_has_the_start_url() {
    let session = "[sso-session other]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
                   sso_region = us-east-1\n";
    let (_center, env) = signed_in(&format!("{session}\n{ONE}"));
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(0);
    assert!(
        config(&env).contains("[profile a]\nsso_session = corp\n"),
        "{}",
        config(&env)
    );
    assert!(config(&env).contains("\n[sso-session corp]\n"));

    let second = session.replace("other", "second");
    env.write_config(&format!("{session}\n{second}\n{ONE}"));
    env.run("sso-configure migrate --yes --sso-session second")
        .expect_code(0);
    assert!(
        config(&env).contains("[profile a]\nsso_session = second\n"),
        "{}",
        config(&env)
    );
}

#[test]
fn keys_in_the_credentials_file_that_contradict_the_session_are_named() {
    let (_center, env) = signed_in(ONE);
    env.write_credentials("[a]\nsso_region = eu-west-1\n");
    env.write_config(&ONE.replace("us-east-1", "eu-west-1"));
    let run = env.run("sso-configure migrate --yes").expect_code(0);
    let message = ".aws/credentials:2: profile a still has sso_region, from here\n";
    assert!(run.stderr().contains(message), "{run}");
}

#[cfg(unix)]
#[test]
fn the_same_name_for_two_start_urls_is_refused() {
    let (_center, env) = signed_in(LEGACY);
    let mut terminal = env.start_on_terminal("sso-configure migrate");
    terminal.wait_for("SSO session name [my-sso-portal]: ");
    terminal.type_text("my-sso-portal-2\r");
    terminal.wait_for(
        "1 profile of https://my-sso-portal.awsapps.com/start in eu-west-1\n\
         SSO session name [my-sso-portal]: ",
    );
    terminal.type_text("my-sso-portal-2\r");
    terminal.wait_for("this is the name for https://my-sso-portal.awsapps.com/start in us-east-1");
    terminal.type_text("\x15\r");
    terminal.wait_for("Write these changes? [y/N]: ");
    terminal.type_text("y\r");
    terminal.finish().expect_code(0);
    let config = config(&env);
    assert_eq!(
        config.matches("sso_session = my-sso-portal-2\n").count(),
        1,
        "{config}"
    );
    assert!(
        config.contains("[profile elsewhere]\nsso_session = my-sso-portal\n"),
        "{config}"
    );
}

/// SDKs other than the AWS CLI ignore `[DEFAULT]`.
#[test]
fn keys_of_defaults_are_written_to_the_session_and_the_profile() {
    let defaults = "[DEFAULT]\nsso_region = us-east-1\n\n";
    let (_center, env) = signed_in(&format!("{defaults}{ONE}"));
    env.run("sso-configure migrate --yes").expect_code(0);
    let config = config(&env);
    let session = "[sso-session my-sso-portal]\nsso_start_url = \
                   https://my-sso-portal.awsapps.com/start\nsso_region = us-east-1\n";
    assert!(config.contains(session), "{config}");
    assert!(
        config.contains("[profile a]\nsso_session = my-sso-portal\n"),
        "{config}"
    );
}
