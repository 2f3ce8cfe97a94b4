//! `sso-configure list --names` prints the names that the AWS CLI lists.

use std::fmt::Write as _;

use insta::assert_snapshot;
use sso_test_support::{TestEnv, aws_cli};

use crate::{SESSION, signed_in};

/// Config file, credentials file, and the names in both.
const FILES: [(&str, &str, &str); 8] = [
    ("", "", ""),
    (
        "[profile b]\n[profile a]\n[default]\n",
        "[a]\n[c]\n",
        "b\na\ndefault\nc\n",
    ),
    (
        "[profile b]\n[default]\n[profile c]\n[profile 'b']\n[profile default]\n",
        "[default]\n",
        "b\ndefault\nc\n",
    ),
    (
        "[b]\n[profile a b]\n[profile 'x]\n[sso-session s]\n[DEFAULT]\n",
        "[DEFAULT]\nx = 1\n",
        "",
    ),
    (
        "[profile \" two  words \"]\n[profile it\\'s]\n[profile '\"']\n",
        "[ c ]\n[profile z]\n[d]e]\n",
        " two  words \nit's\n\"\n c \nprofile z\nd]e\n",
    ),
    (
        "[profile -p]\n[profile --help]\n[profile '$(id)']\n[profile \"\"]\n",
        "",
        "-p\n--help\n$(id)\n\n",
    ),
    (
        "[profile Ünïcödé]\n[profile 日本]\n[profile 👩\u{200d}🚀]\n",
        "[e\u{301}]\n[é]\n",
        "Ünïcödé\n日本\n👩\u{200d}🚀\ne\u{301}\né\n",
    ),
    (
        "[profile a]\r\nregion = x\r\n[profiles b]\r\n[profileX c]\r\n",
        "",
        "a\nb\nc\n",
    ),
];

fn home(config: &str, credentials: &str) -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(config);
    env.write_credentials(credentials);
    env
}

#[test]
fn names_are_exact_and_in_order() {
    for (config, credentials, names) in FILES {
        let list = home(config, credentials).run("sso-configure list --names");
        let found = (list.code(), list.stdout(), list.stderr());
        assert_eq!(found, (Some(0), names, ""), "{config}");
    }
}

#[test]
fn names_are_those_of_the_aws_cli() {
    let Some(aws) = aws_cli() else { return };
    for (config, credentials, names) in FILES {
        let env = home(config, credentials);
        let mut command = env.command(aws.to_str().unwrap());
        let output = command.args(["configure", "list-profiles"]).output();
        let listed = String::from_utf8(output.unwrap().stdout).unwrap();
        assert_eq!(listed, names, "{config}");
    }
}

#[test]
fn each_name_selects_a_profile() {
    for (config, credentials, names) in FILES {
        let env = home(config, credentials);
        for name in names.lines() {
            let mut command = env.command("sso-status");
            let output = command.arg(format!("--profile={name}")).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(!stderr.contains("not found"), "{name}: {stderr}");
            assert!(stderr.contains(&format!("profile {name:?}")), "{stderr}");
        }
    }
}

#[test]
fn names_with_hidden_characters_are_omitted_with_a_warning() {
    let env = home(
        "[profile a]\n[profile \u{1b}[31mred]\n[profile \"x\ty\"]\n[profile b\u{202e}c]\n",
        "[d]\n[\u{200b}]\n",
    );
    assert_snapshot!(env.run("sso-configure list --names"), @r"
    $ sso-configure list --names
    --- stdout
    a
    d
    --- stderr
    sso-configure: warning: profile \u{1b}[31mred is omitted, because its name contains control or invisible characters
    sso-configure: warning: profile x y is omitted, because its name contains control or invisible characters
    sso-configure: warning: profile b\u{202e}c is omitted, because its name contains control or invisible characters
    sso-configure: warning: profile \u{200b} is omitted, because its name contains control or invisible characters
    --- exit: 0
    ");
}

#[test]
fn names_in_the_form_of_secrets_are_exact() {
    let names = [
        "https://u:p@host/?q",
        "q7Lw2Zt9KxVb4/Nc8RmYp3Hs6Jf+GdT1uEa5QoWi",
    ];
    let mut env = home(
        &names.map(|name| format!("[profile {name}]\n")).concat(),
        "",
    );
    for command in ["sso-configure list --names", "sso-use --list"] {
        let list = env.run(command).expect_code(0);
        assert_eq!(
            list.stdout(),
            format!("{}\n{}\n", names[0], names[1]),
            "{list}"
        );
    }
    for name in names {
        env.set("AWS_PROFILE", name);
        let current = env.run("sso-use --current");
        assert_eq!(current.stdout(), format!("{name}\n"), "{current}");
    }
}

#[test]
fn tables_findings_and_warnings_show_the_same_escapes() {
    let env = home(
        "[profile esc\u{1b}[31mX]\nsso_session = esc\u{1b}[31mX\n\
         sso_account_id = 111122223333\nsso_role_name = x\n",
        "",
    );
    for command in [
        "list",
        "list --json",
        "check --offline",
        "check --offline --json",
    ] {
        let run = env.run(&format!("sso-configure {command}"));
        let output = format!("{}{}", run.stdout(), run.stderr());
        assert!(
            output.contains(r"esc\u{1b}[31mX") || command.contains("json"),
            "{run}"
        );
        assert!(!output.contains("esc[31mX"), "{run}");
    }
}

#[test]
fn names_do_not_depend_on_the_settings_and_the_cache() {
    let config = format!("{SESSION}[profile a]\nsso_session = gone\n[profile b]\nrole_arn = x\n");
    let (_center, env) = signed_in(&config);
    for file in env.files() {
        if file.contains("/cache/") {
            env.write(env.home().join(file), "{");
        }
    }
    let list = env.run("sso-configure list");
    assert!(list.stdout().contains("unreadable"), "{list}");
    assert!(list.stderr().contains("[sso-session gone]"), "{list}");
    let before = env.files();
    assert_snapshot!(env.run("sso-configure list --names"), @"
    $ sso-configure list --names
    --- stdout
    a
    b
    --- exit: 0
    ");
    assert_eq!(env.files(), before);
}

#[test]
fn ten_thousand_names_are_listed() {
    let mut config = String::new();
    for number in 0..10_000 {
        writeln!(config, "[profile p{number}]\nsso_session = gone").unwrap();
    }
    let list = home(&config, "")
        .run("sso-configure list --names")
        .expect_code(0);
    assert_eq!(list.stdout().lines().count(), 10_000);
    assert_eq!(list.stdout().lines().last(), Some("p9999"));
}

#[test]
fn an_unusable_file_is_reported() {
    let env = home("[profile a]\n", "a = 1\n");
    assert_snapshot!(env.run("sso-configure list --names"), @"
    $ sso-configure list --names
    --- stdout
    a
    --- stderr
    sso-configure: warning: [HOME]/.aws/credentials:1:1: text before the first section header; the file is ignored
    --- exit: 0
    ");
    env.write_config("a = 1\n");
    assert_snapshot!(env.run("sso-configure list --names"), @"
    $ sso-configure list --names
    --- stderr
    sso-configure: error: [HOME]/.aws/config:1:1: text before the first section header
    hint: fix line 1 of [HOME]/.aws/config
    --- exit: 253
    ");
}

#[test]
fn names_are_not_json() {
    let env = TestEnv::offline();
    for option in ["--json", "--output json", "--output text"] {
        for command in ["list", "accounts"] {
            env.run(&format!("sso-configure {command} --names {option}"))
                .expect_error(252, "cannot be used with");
        }
    }
}
