use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{TestEnv, aws_cli, python};

use crate::{home_with, home_without_session_token};

fn export(env: &TestEnv, format: &str) -> String {
    let export = env.run(&format!(
        "export-credentials --profile dev --format {format}"
    ));
    assert_eq!((export.code(), export.stderr()), (Some(0), ""), "{export}");
    export.stdout().to_owned()
}

fn export_value(value: &str, format: &str) -> String {
    export(&home_with(value, "IQoJb3J=="), format)
}

fn check_rejected(value: &str, format: &str, message: &str) {
    let env = home_with(value, "IQoJb3J==");
    let rejected = env.run(&format!(
        "export-credentials --profile dev --format {format}"
    ));
    let rejected = rejected.expect_code(255);
    assert!(rejected.stderr().contains(message), "{rejected}");
    assert!(!rejected.stdout().contains("IQoJb3J"), "{rejected}");
}

const ORDINARY: [&str; 2] = ["wJalr/XUt+nFEMI=", "IQoJb3J=="];

#[test]
fn formats_of_the_aws_cli_match_their_snapshots() {
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
      "Expiration": "2199-01-02T03:04:05+00:00",
      "AccountId": "111122223333"
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
fn additional_formats_match_their_snapshots() {
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    assert_snapshot!(export(&env, "json"), @r#"
    {
      "schemaVersion": 1,
      "profile": "dev",
      "region": "us-west-2",
      "accountId": "111122223333",
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
    AWS_SECURITY_TOKEN=
    ");
    assert_snapshot!(export(&env, "nushell"), @r#"
    {
      "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
      "AWS_CREDENTIAL_EXPIRATION": "2199-01-02T03:04:05+00:00",
      "AWS_SECRET_ACCESS_KEY": "wJalr/XUt+nFEMI=",
      "AWS_SECURITY_TOKEN": null,
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
fn with_region_adds_the_region() {
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
fn a_missing_session_token_is_unset() {
    let env = home_without_session_token();
    assert!(export(&env, "shell").contains("unset AWS_SESSION_TOKEN;\n"));
    assert!(!export(&env, "process").contains("SessionToken"));
    assert_snapshot!(export(&env, "env"), @"
    unset AWS_SESSION_TOKEN;
    unset AWS_CREDENTIAL_EXPIRATION;
    unset AWS_SECURITY_TOKEN;
    export AWS_ACCESS_KEY_ID=AKIA
    export AWS_SECRET_ACCESS_KEY=secret
    ");
    assert_snapshot!(export(&env, "fish"), @r#"
    while set -el AWS_SESSION_TOKEN; end; set -eg AWS_SESSION_TOKEN; set -qU AWS_SESSION_TOKEN; and set -gx AWS_SESSION_TOKEN "";
    while set -el AWS_CREDENTIAL_EXPIRATION; end; set -eg AWS_CREDENTIAL_EXPIRATION; set -qU AWS_CREDENTIAL_EXPIRATION; and set -gx AWS_CREDENTIAL_EXPIRATION "";
    while set -el AWS_SECURITY_TOKEN; end; set -eg AWS_SECURITY_TOKEN; set -qU AWS_SECURITY_TOKEN; and set -gx AWS_SECURITY_TOKEN "";
    true;
    set -gx AWS_ACCESS_KEY_ID "AKIA"
    set -gx AWS_SECRET_ACCESS_KEY "secret"
    "#);
    assert_snapshot!(export(&env, "powershell"), @r#"
    $Env:AWS_SESSION_TOKEN=$null
    $Env:AWS_CREDENTIAL_EXPIRATION=$null
    $Env:AWS_SECURITY_TOKEN=$null
    $Env:AWS_ACCESS_KEY_ID="AKIA"
    $Env:AWS_SECRET_ACCESS_KEY="secret"
    "#);
    assert_snapshot!(export(&env, "windows-cmd"), @"
    set AWS_SESSION_TOKEN=none
    set AWS_SESSION_TOKEN=
    set AWS_CREDENTIAL_EXPIRATION=none
    set AWS_CREDENTIAL_EXPIRATION=
    set AWS_SECURITY_TOKEN=none
    set AWS_SECURITY_TOKEN=
    set AWS_ACCESS_KEY_ID=AKIA
    set AWS_SECRET_ACCESS_KEY=secret
    ");
    assert_snapshot!(export(&env, "nushell"), @r#"
    {
      "AWS_ACCESS_KEY_ID": "AKIA",
      "AWS_CREDENTIAL_EXPIRATION": null,
      "AWS_SECRET_ACCESS_KEY": "secret",
      "AWS_SECURITY_TOKEN": null,
      "AWS_SESSION_TOKEN": null
    }
    "#);
    assert_snapshot!(export(&env, "github-actions"), @"
    ::add-mask::AKIA
    ::add-mask::secret
    AWS_ACCESS_KEY_ID=AKIA
    AWS_SECRET_ACCESS_KEY=secret
    AWS_SESSION_TOKEN=
    AWS_CREDENTIAL_EXPIRATION=
    AWS_SECURITY_TOKEN=
    ");
}

/// Returns the value that PowerShell assigns: `about_Quoting_Rules`, `about_Special_Characters`.
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
    assert_eq!(characters.as_str(), "", "text follows the string");
    value
}

#[test]
fn special_characters_are_literal_in_powershell() {
    let check = |value: &str| {
        let text = export_value(value, "powershell");
        assert_eq!(text.lines().count(), 4, "a statement is one line: {text}");
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

/// Returns the value that cmd assigns in a batch file and at the prompt. Asserts that there are no
/// special characters that quotes do not escape.
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
fn special_characters_are_literal_in_cmd_or_rejected() {
    let check = |value: &str| {
        let text = export_value(value, "windows-cmd");
        assert_eq!(read_by_cmd(text.lines().nth(1).unwrap()), value);
    };
    check("a & del x | b > c < d ^ (e) ; , '");
    check("ends with a blank ");
    check("$(x) `x` \\ 🦀");
    check_rejected("%PATH%", "windows-cmd", "one of \" % !");
    check_rejected("a!b", "windows-cmd", "one of \" % !");
    check_rejected("a\" & del x", "windows-cmd", "one of \" % !");
    check_rejected("one\ntwo", "windows-cmd", "a line break");
    check_rejected(&"x".repeat(8_192), "windows-cmd", "8,000 characters");
}

#[test]
fn special_characters_are_literal_in_docker_or_rejected() {
    let check = |value: &str| {
        let text = export_value(value, "docker-env");
        let line = text.lines().nth(1).unwrap();
        assert_eq!(line.split_once('='), Some(("AWS_SECRET_ACCESS_KEY", value)));
    };
    check("\"$(id)\" 'x' `x` \\ # ; % ! 🦀 ");
    check_rejected("one\ntwo", "docker-env", "a line break");
    check_rejected("one\rtwo", "docker-env", "a line break");
    check_rejected(&"x".repeat(100_000), "docker-env", "64 kB");
}

#[test]
fn special_characters_are_escaped_in_json() {
    for value in [
        "\"\\/\u{7f}\0\n\u{1}🦀é",
        "'$(id)`;%!",
        &"\"\n".repeat(50_000),
    ] {
        let text = export_value(value, "process");
        assert!(text.is_ascii());
        let process: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(process["SecretAccessKey"], value);
        let document: Value = serde_json::from_str(&export_value(value, "json")).unwrap();
        assert_eq!(document["secretAccessKey"], value);
    }
}

#[test]
fn nul_characters_are_rejected() {
    let formats = "shell env env-no-export powershell windows-cmd fish dotenv docker-env \
                   github-actions nushell tcsh xonsh";
    for format in formats.split_whitespace() {
        check_rejected("a\0b", format, "AWS_SECRET_ACCESS_KEY contains a NUL");
    }
    check_rejected(
        "a\0b",
        "ini",
        "aws_secret_access_key contains a line break, a NUL",
    );
}

#[test]
fn botocore_reads_the_value_back_from_the_ini_section() {
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
        let output = env
            .command(python.to_str().unwrap())
            .args(["-c", script])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            serde_json::from_slice::<Value>(&output.stdout).unwrap(),
            value,
            "{section}"
        );
    };
    check(ORDINARY[0]);
    check("a # b ; c = d % e %(f)s [g] \"h\" 'i' 🦀");
    check("# starts like a comment");
    check_rejected("one\ntwo", "ini", "a line break");
    check_rejected(" blank", "ini", "trailing white space");
}

#[test]
fn python_dotenv_reads_the_value_back_from_the_dotenv_file() {
    let Some(python) = python("dotenv") else {
        return;
    };
    let check = |value: &str| {
        let env = home_with(value, "IQoJb3J==");
        let file = export(&env, "dotenv");
        env.write(".env", &file);
        let script = "import dotenv, json; \
                      print(json.dumps(dotenv.dotenv_values('.env')['AWS_SECRET_ACCESS_KEY']))";
        let output = env
            .command(python.to_str().unwrap())
            .args(["-c", script])
            .output()
            .unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&output.stdout).unwrap(),
            value,
            "{file}"
        );
    };
    check(ORDINARY[0]);
    check("$(id) $HOME `id` \"x\" # ; % ! 🦀 ");
    check("it's #1");
    check_rejected("it's \"quoted\"", "dotenv", "quotes or backslashes");
    check_rejected("${HOME}", "dotenv", "a variable reference to some readers");
    check_rejected("one\ntwo", "dotenv", "a line break");
}

#[test]
fn formats_of_the_aws_cli_are_identical_to_its_output() {
    let Some(aws) = aws_cli() else { return };
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    // Debian's version has no fish format, which the snapshot covers.
    for format in ["env", "env-no-export", "powershell", "windows-cmd"] {
        assert_eq!(export(&env, format), export_by_aws_cli(&aws, &env, format));
    }
    // The AWS CLI does not print the account.
    let account = ",\n  \"AccountId\": \"111122223333\"";
    for secret in [ORDINARY[0], "\"\\ \u{7f}\n\u{1}🦀é/"] {
        let env = home_with(secret, "IQoJb3J==");
        assert_eq!(
            export(&env, "process").replace(account, ""),
            export_by_aws_cli(&aws, &env, "process")
        );
    }
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
fn json_contains_the_source() {
    let env = TestEnv::offline();
    env.write_config(
        "[profile keys]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n\
         [profile process]\ncredential_process = cat output.json\n",
    );
    let output = "{\"Version\": 1, \"AccessKeyId\": \"AKIA\", \"SecretAccessKey\": \"secret\"}";
    env.write("output.json", output);
    for kind in ["keys", "process"] {
        let run = env.run(&format!(
            "export-credentials --profile {kind} --output json"
        ));
        let document: Value = serde_json::from_str(run.expect_code(0).stdout()).unwrap();
        assert_eq!(document["source"], kind);
    }
}

#[test]
fn the_account_of_a_role_is_in_the_output_for_processes_and_on_request_in_variables() {
    let env = home_with(ORDINARY[0], ORDINARY[1]);
    assert!(export(&env, "process").contains("\"AccountId\": \"111122223333\""));
    let shell = export(&env, "shell --with-account-id");
    assert!(
        shell.ends_with("\nexport AWS_ACCOUNT_ID=111122223333;\n"),
        "{shell}"
    );
    assert!(!export(&env, "shell").contains("AWS_ACCOUNT_ID"));

    let env = home_without_session_token();
    assert!(!export(&env, "process").contains("AccountId"));
    let unknown = export(&env, "shell --with-account-id");
    assert!(unknown.ends_with("\nunset AWS_ACCOUNT_ID;\n"), "{unknown}");
}

#[test]
fn another_account_in_the_environment_is_reported() {
    let mut env = home_with(ORDINARY[0], ORDINARY[1]);
    let warning = |account: &str| {
        format!(
            "export-credentials: warning: AWS_ACCOUNT_ID is \"{account}\", but the credentials are for \
             account 111122223333; use --with-account-id to replace it\n"
        )
    };
    for (account, arguments, is_reported) in [
        ("999999999999", "", true),
        ("999999999999", "--format github-actions", true),
        ("999999999999", "-- true", true),
        ("999999999999", "--with-account-id", false),
        ("999999999999", "--with-account-id -- true", false),
        ("999999999999", "--format process", false),
        ("999999999999", "--output json", false),
        (" 111122223333", "", true),
        ("111122223333\u{a0}", "", true),
        ("111122223333", "", false),
        ("", "", false),
    ] {
        env.set("AWS_ACCOUNT_ID", account);
        let run = env.run(&format!("export-credentials --profile dev {arguments}"));
        let shown = account.replace('\u{a0}', "\\u{a0}");
        let expected = if is_reported {
            warning(&shown)
        } else {
            String::new()
        };
        assert_eq!(run.expect_code(0).stderr(), expected, "{arguments}");
    }
}
