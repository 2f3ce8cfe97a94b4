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
    let run = env.run(&format!(
        "sso-configure migrate --yes --sso-session corp {url}"
    ));
    run.expect_error(
        252,
        "--sso-session requires a single Region to migrate, but the profiles have us-east-1, eu-west-1\n\
         hint: correct sso_region in the profiles, or omit --sso-session for a session in each Region\n",
    );
    let single = LEGACY.split("\n[profile elsewhere]").next().unwrap();
    env.write_config(single);
    env.run("sso-configure migrate --yes --sso-session corp")
        .expect_code(0);
    assert_eq!(config(&env).matches("sso_session").count(), 2);
    assert!(config(&env).contains("\n[sso-session corp]\n"));
    for arguments in ["--sso-session corp", "--sso-session new"] {
        let run = env.run(&format!("sso-configure migrate {arguments}"));
        let run = run.expect_code(0);
        assert_eq!(run.stderr(), "No legacy profiles to migrate.\n");
    }
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

#[test]
fn the_error_about_several_start_urls_counts_no_regions() {
    let other = LEGACY
        .replace("my-sso-portal", "other")
        .replace("profile ", "profile x");
    let other = other.replace("[default]", "[profile y]");
    let (_center, env) = signed_in(&format!("{LEGACY}{other}"));
    env.run("sso-configure migrate --sso-session corp")
        .expect_error(252, "a single start URL to migrate, but there are 2\n");
}

/// A profile that refers to a missing session would use the new session.
#[test]
fn a_new_session_has_no_name_that_a_profile_uses() {
    let dangling = "[profile x]\nsso_session = my-sso-portal\n\n";
    let check = |in_config: &str, in_credentials: &str| {
        let (_center, env) = signed_in(&format!("{in_config}{ONE}"));
        env.write_credentials(in_credentials);
        env.run("sso-configure migrate --yes").expect_code(0);
        let config = config(&env);
        let migrated = "[profile a]\nsso_session = my-sso-portal-2\n";
        assert!(config.contains(migrated), "{config}");
    };
    check(dangling, "");
    check("[profile x]\n", "[x]\nsso_session = my-sso-portal\n");
    check("", "[x]\nsso_session = my-sso-portal\n");
}

#[test]
fn a_region_in_another_case_is_the_same_region() {
    let other = ONE
        .replace("profile a", "profile b")
        .replace("us-east-1", "US-EAST-1");
    let (_center, env) = signed_in(&format!("{ONE}\n{other}"));
    env.run("sso-configure migrate --yes").expect_code(0);
    let config = config(&env);
    assert_eq!(config.matches("[sso-session ").count(), 1, "{config}");
    let third = other.replace("profile b", "profile c");
    env.write_config(&format!("{config}\n{third}"));
    env.run("sso-configure migrate --yes").expect_code(0);
    let config = self::config(&env);
    assert_eq!(config.matches("[sso-session ").count(), 1, "{config}");
}

#[test]
fn a_start_url_in_defaults_makes_no_legacy_profile() {
    let text = "[DEFAULT]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
                sso_region = us-east-1\n\n[profile keys]\naws_access_key_id = AKIA\n\
                aws_secret_access_key = secret\n\n[profile plain]\nregion = us-east-1\n\n";
    let role = "[profile role]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    let (_center, env) = signed_in(&format!("{text}{role}"));
    let run = env.run("sso-configure migrate --yes").expect_code(0);
    assert!(!run.stderr().contains("warning"), "{run}");
    let migrated = config(&env);
    assert!(migrated.starts_with(text), "{migrated}");
    assert_eq!(migrated.matches("sso_session = ").count(), 1, "{migrated}");

    let (_center, env) = signed_in(text);
    let run = env.run("sso-configure migrate --yes").expect_code(0);
    assert_eq!(run.stderr(), "No legacy profiles to migrate.\n");
}

#[test]
fn a_value_in_defaults_that_contradicts_the_session_is_named() {
    let session = "[sso-session corp]\nsso_start_url = https://my-sso-portal.awsapps.com/start/\n\
                   sso_region = us-east-1\n\n";
    let defaults = "[DEFAULT]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\n";
    let own = "[profile a]\nsso_region = us-east-1\nsso_account_id = 111122223333\n";
    let (_center, env) = signed_in(&[session, defaults, own].concat());
    let run = env.run("sso-configure migrate --yes").expect_code(0);
    let message = ".aws/config:6: profile a still has sso_start_url, from here\n";
    assert!(run.stderr().contains(message), "{run}");
}
