//! Values of `--set`, and templates for names.

use identity_center_emulator::settings::Account;
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

const ONE: &str = "sso-configure populate --account Dev* --role ReadOnly";

/// Returns the value of `key` in the profile that `populate` writes.
fn value(key: &str, account: &str, arguments: &str) -> String {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        let email = "dev@example.com";
        settings.accounts = vec![Account::new("111122223333", account, email, &["ReadOnly"])];
    });
    let run = env.run(&format!("sso-configure populate {arguments}"));
    let run = run.expect_code(0);
    let config = config(&env);
    let mut lines = config.lines();
    let line = lines.find_map(|line| line.strip_prefix(&format!("{key} = ")));
    line.unwrap_or_else(|| panic!("{run}{config}")).to_owned()
}

#[test]
fn fields_are_replaced_in_values() {
    let check = |template: &str, expected: &str| {
        let arguments = format!("--region eu-west-1 --set 'x={template}'");
        assert_eq!(value("x", "Dev  Team", &arguments), expected, "{template}");
    };
    check("{profile}", "Dev-Team.ReadOnly");
    check("{profile|lower}", "dev-team.readonly");
    check(
        "{account_name}/{account_id}/{role_name}/{region}/{session}",
        "Dev Team/111122223333/ReadOnly/eu-west-1/my-sso",
    );
    check("<{email}>", "<dev@example.com>");
    check(r#"{{"a": "{account_id}"}}"#, r#"{"a": "111122223333"}"#);
}

#[test]
fn fields_are_replaced_in_the_sync_file() {
    let (_center, env) = signed_in(SESSION);
    let rule = "[[profiles]]\nsso_session = \"my-sso\"\nset = { output = \"{role_name}\" }\n";
    env.write("team.toml", rule);
    env.run("sso-configure populate --from team.toml --set x={profile}")
        .expect_code(0);
    let config = config(&env);
    assert_eq!(config.matches("\noutput = ReadOnly\n").count(), 2);
    assert_eq!(config.matches("\nx = DeveloperAccount.").count(), 2);
}

#[test]
fn invalid_values_are_rejected_before_the_listing() {
    let (center, env) = signed_in(SESSION);
    center.forget_requests();
    let check = |arguments: &str, reason: &str| {
        let run = env.run(&format!("{ONE} {arguments}"));
        run.expect_error(252, reason);
    };
    check(
        "--set x={profil}",
        "x: unknown field {profil}; the fields are",
    );
    check("--set 'x={\"a\": 1}'", "unknown field {\"a\": 1}");
    check("--set x={profile", "`{` is not closed");
    check("--set x=profile}", "`}` has no matching `{`");
    check("--set 'x={profile|slugg}'", "invalid filter `slugg`");
    check(
        "--name-template {profile}",
        "{profile} is the resulting name; only --set can contain it",
    );
    for value in [
        "x \"{account_name}\"",
        "x '\\''{profile}'\\''",
        "x \\{profile}",
    ] {
        check(
            &format!("--set 'credential_process={value}'"),
            "credential_process: a field cannot be between quotes",
        );
    }
    let rule = "[[profiles]]\nsso_session = \"my-sso\"\nset = { output = \"{x}\" }\n";
    env.write("team.toml", rule);
    env.run("sso-configure populate --from team.toml")
        .expect_error(253, "`set`: output: unknown field {x}");
    assert!(center.requests().is_empty());
    assert_eq!(config(&env), SESSION);
}

#[cfg(unix)]
#[test]
fn values_are_quoted_in_command_lines() {
    let names = [
        "Dev",
        "It's $(touch p) \"x\" `id` \\ a!",
        "*; touch p",
        "Büro & 日本",
        "~#1 = {x}",
    ];
    for name in names {
        let arguments = "--set 'credential_process=printf %s- {account_name} {profile} x={email}'";
        let line = value("credential_process", name, arguments);
        let profile = value("x", name, "--set x={profile}");
        let words = aws_config_parse::split_words(&line).unwrap();
        let expected = ["printf", "%s-", name, &profile, "x=dev@example.com"];
        assert_eq!(words, expected, "{line}");
        for shell in ["sh", "bash"] {
            let env = TestEnv::offline();
            env.write("process", &line);
            let run = env.run(&format!("{shell} process"));
            let expected = format!("{name}-{profile}-x=dev@example.com-");
            assert_eq!(run.stdout().trim_end(), expected, "{shell}: {line}");
        }
    }
}

#[test]
fn values_that_cannot_be_quoted_are_rejected() {
    for name in ["Team #1", "a ;b"] {
        let (center, env) = signed_in(SESSION);
        center.configure(|settings| settings.accounts[0].name = Some(name.to_owned()));
        let run = env.run("sso-configure populate --set 'credential_process=x {account_name}'");
        run.expect_error(253, "would contain characters that cannot be quoted");
        assert_eq!(config(&env), SESSION);
        env.run("sso-configure populate --set 'credential_process=x {account_name|slug}'")
            .expect_code(0);
    }
}

#[test]
fn the_preset_gives_the_names_of_the_aws_cli() {
    for arguments in ["--name-template aws-cli", "--from team.toml"] {
        let (_center, env) = signed_in(SESSION);
        let rule = "[[profiles]]\nsso_session = \"my-sso\"\nname_template = \"aws-cli\"\n";
        env.write("team.toml", rule);
        env.run(&format!("sso-configure populate {arguments}"))
            .expect_code(0);
        let config = config(&env);
        assert!(
            config.contains("[profile ReadOnly-111122223333]"),
            "{config}"
        );
        assert!(
            config.contains("[profile FullAccess-123456789011]"),
            "{config}"
        );
    }
}

#[test]
fn names_that_are_equal_after_the_replacement_conflict() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![
            Account::new("111122223333", "a b", "", &["R"]),
            Account::new("123456789011", "a|b", "", &["R"]),
        ];
    });
    let run = env.run("sso-configure populate");
    let run = run.expect_code(253);
    assert!(run.stderr().contains("1 profile name conflicts"), "{run}");
    let warning = "\"a-b.R\" would be the name of both R in a b (111122223333) of my-sso and R in \
                   a|b (123456789011) of my-sso";
    assert!(run.stderr().contains(warning), "{run}");
}
