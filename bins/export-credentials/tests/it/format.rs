//! Credentials as text.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{TestEnv, aws_cli, python};

use crate::home_with;

fn export(env: &TestEnv, format: &str) -> String {
    let export = env.run(&format!(
        "export-credentials --profile dev --format {format}"
    ));
    assert_eq!((export.code(), export.stderr()), (Some(0), ""), "{export}");
    export.stdout().to_owned()
}

/// Exports from a home where the secret access key is `value`.
fn export_hostile(value: &str, format: &str) -> String {
    export(&home_with(value, "IQoJb3J=="), format)
}

fn check_refused(value: &str, format: &str, what: &str) {
    let env = home_with(value, "IQoJb3J==");
    let refused = env.run(&format!(
        "export-credentials --profile dev --format {format}"
    ));
    refused.expect_error(255, what);
}

const ORDINARY: [&str; 2] = ["wJalr/XUt+nFEMI=", "IQoJb3J=="];

#[test]
fn each_format_of_the_aws_cli_has_its_form() {
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    assert_snapshot!(export(&env, "shell"), @"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE;
    export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=;
    export AWS_SESSION_TOKEN=IQoJb3J==;
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00;
    unset AWS_SECURITY_TOKEN;
    ");
    assert_snapshot!(export(&env, "process"), @r#"
    {
      "Version": 1,
      "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
      "SecretAccessKey": "wJalr/XUt+nFEMI=",
      "SessionToken": "IQoJb3J==",
      "Expiration": "2199-01-02T03:04:05+00:00"
    }
    "#);
    assert_snapshot!(export(&env, "env"), @"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    export AWS_SESSION_TOKEN=IQoJb3J==
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "env-no-export"), @"
    AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    AWS_SESSION_TOKEN=IQoJb3J==
    AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "powershell"), @r#"
    $Env:AWS_ACCESS_KEY_ID="ASIAIOSFODNN7EXAMPLE"
    $Env:AWS_SECRET_ACCESS_KEY="wJalr/XUt+nFEMI="
    $Env:AWS_SESSION_TOKEN="IQoJb3J=="
    $Env:AWS_CREDENTIAL_EXPIRATION="2199-01-02T03:04:05+00:00"
    "#);
    assert_snapshot!(export(&env, "windows-cmd"), @"
    set AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    set AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    set AWS_SESSION_TOKEN=IQoJb3J==
    set AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "fish"), @r#"
    set -gx AWS_ACCESS_KEY_ID "ASIAIOSFODNN7EXAMPLE"
    set -gx AWS_SECRET_ACCESS_KEY "wJalr/XUt+nFEMI="
    set -gx AWS_SESSION_TOKEN "IQoJb3J=="
    set -gx AWS_CREDENTIAL_EXPIRATION "2199-01-02T03:04:05+00:00"
    "#);
}

#[test]
fn each_format_of_our_own_has_its_form() {
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    assert_snapshot!(export(&env, "json"), @r#"
    {
      "profile": "dev",
      "region": "us-west-2",
      "accountId": null,
      "source": "sso",
      "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
      "secretAccessKey": "wJalr/XUt+nFEMI=",
      "sessionToken": "IQoJb3J==",
      "expiration": "2199-01-02T03:04:05+00:00"
    }
    "#);
    let as_json = env.run("export-credentials --profile dev --output json");
    assert_eq!(as_json.stdout(), export(&env, "json"));
    assert_snapshot!(export(&env, "dotenv"), @"
    AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    AWS_SESSION_TOKEN=IQoJb3J==
    AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "docker-env"), @"
    AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    AWS_SESSION_TOKEN=IQoJb3J==
    AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "github-actions"), @"
    ::add-mask::ASIAIOSFODNN7EXAMPLE
    ::add-mask::wJalr/XUt+nFEMI=
    ::add-mask::IQoJb3J==
    AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    AWS_SESSION_TOKEN=IQoJb3J==
    AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "nushell"), @r#"
    {
      "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
      "AWS_CREDENTIAL_EXPIRATION": "2199-01-02T03:04:05+00:00",
      "AWS_SECRET_ACCESS_KEY": "wJalr/XUt+nFEMI=",
      "AWS_SESSION_TOKEN": "IQoJb3J=="
    }
    "#);
    assert_snapshot!(export(&env, "ini"), @"
    [dev]
    aws_access_key_id = ASIAIOSFODNN7EXAMPLE
    aws_secret_access_key = wJalr/XUt+nFEMI=
    aws_session_token = IQoJb3J==
    ");
    assert_snapshot!(export(&env, "tcsh"), @"
    setenv AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE';
    setenv AWS_SECRET_ACCESS_KEY 'wJalr/XUt+nFEMI=';
    setenv AWS_SESSION_TOKEN 'IQoJb3J==';
    setenv AWS_CREDENTIAL_EXPIRATION '2199-01-02T03:04:05+00:00';
    unsetenv AWS_SECURITY_TOKEN;
    ");
    assert_snapshot!(export(&env, "xonsh"), @"
    $AWS_ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE'
    $AWS_SECRET_ACCESS_KEY = 'wJalr/XUt+nFEMI='
    $AWS_SESSION_TOKEN = 'IQoJb3J=='
    $AWS_CREDENTIAL_EXPIRATION = '2199-01-02T03:04:05+00:00'
    ${...}.pop('AWS_SECURITY_TOKEN', None)
    ");
}

#[test]
fn the_region_comes_along_where_it_is_asked_for() {
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    assert_snapshot!(export(&env, "shell --with-region"), @"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE;
    export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=;
    export AWS_SESSION_TOKEN=IQoJb3J==;
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00;
    unset AWS_SECURITY_TOKEN;
    export AWS_REGION=us-west-2;
    export AWS_DEFAULT_REGION=us-west-2;
    ");
    assert_snapshot!(export(&env, "ini --with-region"), @"
    [dev]
    aws_access_key_id = ASIAIOSFODNN7EXAMPLE
    aws_secret_access_key = wJalr/XUt+nFEMI=
    aws_session_token = IQoJb3J==
    region = us-west-2
    ");
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace("region = us-west-2\n", ""));
    let without = export(&env, "shell --with-region");
    assert!(
        without.ends_with("unset AWS_REGION;\nunset AWS_DEFAULT_REGION;\n"),
        "{without}"
    );
}

#[test]
fn a_session_token_that_is_not_there_is_unset() {
    let env = home_with("secret", "");
    assert!(export(&env, "shell").contains("unset AWS_SESSION_TOKEN;\n"));
    assert!(!export(&env, "process").contains("SessionToken"));
}

/// The value is what PowerShell would give the variable: `about_Quoting_Rules`,
/// `about_Special_Characters`.
fn read_by_powershell(line: &str) -> String {
    let quoted = line.split_once('=').unwrap().1.strip_prefix('"').unwrap();
    let (mut value, mut characters) = (String::new(), quoted.chars());
    loop {
        match characters.next().expect("the quote is closed") {
            '`' => value.push(match characters.next().unwrap() {
                'n' => '\n',
                'r' => '\r',
                special @ ('0' | 'a' | 'b' | 'e' | 'f' | 't' | 'u' | 'v') => panic!("`{special}"),
                other => other,
            }),
            '$' => panic!("a variable or a subexpression"),
            '"' | '“' | '”' | '„' => break,
            other => value.push(other),
        }
    }
    assert_eq!(characters.as_str(), "", "something follows the string");
    value
}

#[test]
fn hostile_values_are_data_to_powershell() {
    let check = |value: &str| {
        let text = export_hostile(value, "powershell");
        assert_eq!(
            text.lines().count(),
            4,
            "a pipe hands on line by line: {text}"
        );
        let line = text.lines().nth(1).unwrap();
        assert!(line.starts_with("$Env:AWS_SECRET_ACCESS_KEY="), "{line}");
        assert_eq!(read_by_powershell(line), value);
    };
    check("$(Remove-Item x) $env:PATH `n ``");
    check("\"; Remove-Item x; \"");
    check("“ ” „ ‘ ’ '");
    check("one\ntwo\r\nthree");
    check("% ! ; & 🦀 \\");
    check(&"$\"`".repeat(30_000));
}

/// The value is what the command interpreter would give the variable, in a batch file and at the
/// prompt: nothing that means something may stand outside of quotes, or anything that means
/// something inside of them.
fn read_by_cmd(line: &str) -> &str {
    let statement = line.strip_prefix("set ").unwrap();
    assert!(!line.contains(['%', '!', '\n', '\r']));
    let assignment = match statement.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').unwrap(),
        None => statement
            .split(['&', '|', '<', '>', '^', '(', ')'])
            .next()
            .unwrap(),
    };
    assert!(!assignment.contains('"'));
    assignment.split_once('=').unwrap().1
}

#[test]
fn hostile_values_are_data_to_cmd_or_refused() {
    let check = |value: &str| {
        let text = export_hostile(value, "windows-cmd");
        assert_eq!(read_by_cmd(text.lines().nth(1).unwrap()), value);
    };
    check("a & del x | b > c < d ^ (e) ; , '");
    check("ends with a blank ");
    check("$(x) `x` \\ 🦀");
    check_refused("%PATH%", "windows-cmd", "one of \" % !");
    check_refused("a!b", "windows-cmd", "one of \" % !");
    check_refused("a\" & del x", "windows-cmd", "one of \" % !");
    check_refused("one\ntwo", "windows-cmd", "a line end");
    check_refused(&"x".repeat(8_192), "windows-cmd", "8,000 characters");
}

#[test]
fn hostile_values_are_data_to_docker_or_refused() {
    let check = |value: &str| {
        let text = export_hostile(value, "docker-env");
        let line = text.lines().nth(1).unwrap();
        assert_eq!(line.split_once('='), Some(("AWS_SECRET_ACCESS_KEY", value)));
    };
    check("\"$(id)\" 'x' `x` \\ # ; % ! 🦀 ");
    check_refused("one\ntwo", "docker-env", "a line end");
    check_refused("one\rtwo", "docker-env", "a line end");
    check_refused(&"x".repeat(100_000), "docker-env", "64 kB");
}

#[test]
fn hostile_values_are_data_to_json() {
    for value in [
        "\"\\/\u{7f}\0\n\u{1}🦀é",
        "'$(id)`;%!",
        &"\"\n".repeat(50_000),
    ] {
        let text = export_hostile(value, "process");
        assert!(text.is_ascii());
        let process: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(process["SecretAccessKey"], value);
        let document: Value = serde_json::from_str(&export_hostile(value, "json")).unwrap();
        assert_eq!(document["secretAccessKey"], value);
    }
}

#[test]
fn no_environment_takes_a_nul() {
    let formats = "shell env env-no-export powershell windows-cmd fish dotenv docker-env \
                   github-actions nushell tcsh xonsh";
    for format in formats.split_whitespace() {
        check_refused("a\0b", format, "AWS_SECRET_ACCESS_KEY holds a NUL");
    }
    check_refused("a\0b", "ini", "aws_secret_access_key holds a line end, NUL");
}

#[test]
fn a_section_is_read_back_by_botocore_as_it_was_meant() {
    let Some(python) = python("botocore") else {
        return;
    };
    let check = |value: &str| {
        let env = home_with(value, "IQoJb3J==");
        let section = export(&env, "ini");
        env.write_config("");
        env.write_credentials(&section);
        let script = "import botocore.session as s, json; \
                      print(json.dumps(s.Session(profile='dev').get_credentials().secret_key))";
        let said = env
            .command(python.to_str().unwrap())
            .args(["-c", script])
            .output()
            .unwrap();
        assert!(said.status.success(), "{said:?}");
        assert_eq!(
            serde_json::from_slice::<Value>(&said.stdout).unwrap(),
            value,
            "{section}"
        );
    };
    check(ORDINARY[0]);
    check("a # b ; c = d % e %(f)s [g] \"h\" 'i' 🦀");
    check("# starts like a comment");
    check_refused("one\ntwo", "ini", "a line end");
    check_refused(" blank", "ini", "white space at an end");
}

#[test]
fn a_dotenv_file_is_read_back_by_python_as_it_was_meant() {
    let Some(python) = python("dotenv") else {
        return;
    };
    let check = |value: &str| {
        let env = home_with(value, "IQoJb3J==");
        let file = export(&env, "dotenv");
        env.write(".env", &file);
        let script = "import dotenv, json; \
                      print(json.dumps(dotenv.dotenv_values('.env')['AWS_SECRET_ACCESS_KEY']))";
        let said = env
            .command(python.to_str().unwrap())
            .args(["-c", script])
            .output()
            .unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&said.stdout).unwrap(),
            value,
            "{file}"
        );
    };
    check(ORDINARY[0]);
    check("$(id) $HOME `id` \"x\" # ; % ! 🦀 ");
    check("it's #1");
    check_refused("it's \"quoted\"", "dotenv", "quotes or backslashes");
    check_refused("${HOME}", "dotenv", "a variable to some readers");
    check_refused("one\ntwo", "dotenv", "a line end");
}

#[test]
fn the_six_formats_of_the_aws_cli_are_its_own_byte_for_byte() {
    let Some(aws) = aws_cli() else { return };
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    // Debian's does not know fish, whose form is in the snapshot.
    for format in [
        "process",
        "env",
        "env-no-export",
        "powershell",
        "windows-cmd",
    ] {
        assert_eq!(export(&env, format), export_by_aws_cli(&aws, &env, format));
    }
    let env = home_with("\"\\ \u{7f}\n\u{1}🦀é/", "IQoJb3J==");
    assert_eq!(
        export(&env, "process"),
        export_by_aws_cli(&aws, &env, "process")
    );
}

fn export_by_aws_cli(aws: &Path, env: &TestEnv, format: &str) -> String {
    let mut command = env.command(aws.to_str().unwrap());
    command.args([
        "configure",
        "export-credentials",
        "--profile",
        "dev",
        "--format",
        format,
    ]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_source_is_told_as_json() {
    let env = TestEnv::offline();
    env.write_config(
        "[profile keys]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n\
         [profile process]\ncredential_process = cat answer.json\n",
    );
    let answer = "{\"Version\": 1, \"AccessKeyId\": \"AKIA\", \"SecretAccessKey\": \"secret\"}";
    env.write("answer.json", answer);
    for kind in ["keys", "process"] {
        let run = env.run(&format!(
            "export-credentials --profile {kind} --output json"
        ));
        let document: Value = serde_json::from_str(run.expect_code(0).stdout()).unwrap();
        assert_eq!(document["source"], kind);
    }
}
