//! The page on profiles that programs read differently, compared with the AWS CLI, the SDKs and this
//! program.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{
    CredentialSource, EQUIVALENT_COMMANDS, SHELL_COMMANDS, TestEnv, aws_cli, tool,
};

use crate::interop::interpreter;

const PAGE: &str = include_str!("../../../../docs/guide/consumers.md");

/// Result of a program that rejects a profile, or ignores it and uses credentials from elsewhere.
const REJECTED: &str = "error";

/// Programs in the order of the columns of the page. The first three have one column.
struct Consumers {
    aws_cli: PathBuf,
    sdks: Vec<PathBuf>,
}

impl Consumers {
    fn find() -> Option<Self> {
        let names = ["python", "go", "java", "javascript", "rust"];
        let sdks = names.map(|name| tool(&format!("sdk-{name}")));
        Some(Self {
            aws_cli: aws_cli()?,
            sdks: sdks.into_iter().collect::<Option<_>>()?,
        })
    }

    fn commands(&self, env: &TestEnv) -> Vec<Command> {
        let mut ours = env.command("export-credentials");
        ours.args(["--format", "process"]);
        let mut aws_cli = env.command(interpreter(&self.aws_cli).to_str().unwrap());
        aws_cli.args(["-c", include_str!("at_endpoint.py")]);
        aws_cli.args(["configure", "export-credentials"]);
        let sdks = self
            .sdks
            .iter()
            .map(|sdk| env.command(sdk.to_str().unwrap()));
        [ours, aws_cli].into_iter().chain(sdks).collect()
    }
}

#[test]
fn the_page_shows_the_source_that_each_program_selects() {
    let Some(consumers) = Consumers::find() else {
        return;
    };
    let pairs = CredentialSource::pairs();
    check_table("| profile with |", pairs.len(), |index| {
        let [first, second] = pairs[index];
        let cells = selections(&consumers, &[first, second]);
        let is_sso = [first, second].iter().any(|it| it.name == "SSO role");
        if is_sso && second.name != "`sso_start_url`" {
            let legacy = selections(&consumers, &[first, second].map(of_legacy_profile));
            assert_eq!(
                legacy, cells,
                "a legacy profile with {first:?} and {second:?}"
            );
        }
        format!(
            "| {} | {} | {} |",
            first.name,
            second.name,
            cells.join(" | ")
        )
    });
}

#[test]
fn the_page_shows_the_programs_that_use_a_shell() {
    let Some(consumers) = Consumers::find() else {
        return;
    };
    let commands = [&SHELL_COMMANDS[..], &EQUIVALENT_COMMANDS].concat();
    check_table("| syntax |", commands.len(), |index| {
        let (name, command) = commands[index];
        format!(
            "| {name} | {} |",
            interpretations(&consumers, command).join(" | ")
        )
    });
}

/// Compares the rows of the table that begins with `header` with those that `row` returns.
fn check_table(header: &str, count: usize, row: impl Fn(usize) -> String + Sync) {
    let rows = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (rows, row) = (&rows, &row);
            scope.spawn(move || {
                for index in (worker..count).step_by(WORKERS) {
                    let row = row(index);
                    rows.lock().unwrap().insert(index, row);
                }
            });
        }
    });
    let rows: Vec<_> = rows.into_inner().unwrap().into_values().collect();
    let lines = PAGE.lines().skip_while(|line| !line.starts_with(header));
    let listed: Vec<_> = lines.skip(2).take_while(|line| !line.is_empty()).collect();
    assert_eq!(
        listed.join("\n"),
        rows.join("\n"),
        "the rows on the right are correct"
    );
}

/// Number of programs that run at the same time.
const WORKERS: usize = 2;

fn selections(consumers: &Consumers, sources: &[CredentialSource]) -> Vec<String> {
    let (center, env) = home(sources);
    let select = |command| {
        center.forget_requests();
        selected(&center, command)
    };
    let mut cells: Vec<_> = consumers.commands(&env).into_iter().map(select).collect();
    // The AWS CLI of Debian does not know the key.
    if sources.iter().any(|it| it.name == "`login_session`") {
        let [ours, aws_cli, ..] = cells.as_mut_slice() else {
            unreachable!("there are seven programs");
        };
        aws_cli.clone_from(ours);
    }
    joined(&cells)
}

/// Joins the cells of the programs that have one column.
fn joined(cells: &[String]) -> Vec<String> {
    let [ours, aws_cli, boto3, sdks @ ..] = cells else {
        unreachable!("there are seven programs");
    };
    assert_eq!([aws_cli, boto3], [ours, ours]);
    [ours].into_iter().chain(sdks).cloned().collect()
}

/// Returns the SSO role with the keys of a legacy profile, and other sources unchanged.
fn of_legacy_profile(mut source: CredentialSource) -> CredentialSource {
    if source.name == "SSO role" {
        source.config = "sso_start_url = https://my-sso-portal.awsapps.com/start\n\
            sso_region = us-east-1\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n";
    }
    source
}

fn interpretations(consumers: &Consumers, command: &str) -> Vec<String> {
    let (_center, mut env) = home(&[]);
    let home = env.home().to_str().unwrap().to_owned();
    let command = command.replace("HOME", &home);
    env.write_config(&format!("[profile dev]\ncredential_process = {command}\n"));
    env.write("print", PRINT);
    make_executable(&env.home().join("print"));
    env.write("shell", "");
    env.set("WORD", "shell");
    let cells: Vec<_> = consumers
        .commands(&env)
        .into_iter()
        .map(interpretation)
        .collect();
    joined(&cells)
}

/// Prints the key `ASIASHELL` for an argument that a shell has expanded.
const PRINT: &str = r#"#!/bin/sh
case "$*" in
shell | "$HOME" | '$PRINTED' | '|;&><$`~*?[]#()') id=ASIASHELL ;;
*) id=ASIALITERAL ;;
esac
printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "secret"}\n' $id
"#;

fn interpretation(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let id = String::from_utf8_lossy(&output.stdout);
    let of_key = [("ASIASHELL", "works"), ("ASIALITERAL", "literal")];
    let found = of_key.iter().find(|(key, _)| id.contains(key));
    found.map_or(REJECTED, |(_, text)| text).to_owned()
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
}

/// Creates a home with a profile `dev` and everything that its sources need.
fn home(sources: &[CredentialSource]) -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    let [config, credentials] = CredentialSource::files(sources, env.home().to_str().unwrap());
    env.write_config(&config);
    env.write_credentials(&credentials);
    let tokens = center.sign_in(&["sso:account:access"]);
    env.plant_my_sso(&tokens);
    let file = tokens.token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &file);
    env.write(LOGIN_TOKEN, login_token().to_string());
    env.write("token", "token");
    env.write(
        "process.json",
        credentials_json("ASIAPROCESS", "SessionToken"),
    );
    env.set("AWS_PROFILE", "dev");
    env.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", container_url());
    env.set("AWS_EC2_METADATA_DISABLED", "true");
    env.set("AWS_MAX_ATTEMPTS", "1");
    (center, env)
}

/// Name of the token file of the session in [`login_token`], with its SHA-256.
const LOGIN_TOKEN: &str =
    ".aws/login/cache/6eeec053fe13079aaf7fd81065ec5ecbdb93674f20700e51842d0c769b240c8a.json";

fn login_token() -> Value {
    json!({
        "accessToken": {
            "accessKeyId": "ASIALOGIN",
            "secretAccessKey": "secret",
            "sessionToken": "token",
            "accountId": "111122223333",
            "expiresAt": "2099-01-01T00:00:00Z",
        },
        "tokenType": "aws_sigv4",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "token",
        "idToken": "token",
        "dpopKey": "key",
    })
}

fn credentials_json(access_key_id: &str, session_token: &str) -> String {
    let mut credentials = json!({
        "Version": 1,
        "AccessKeyId": access_key_id,
        "SecretAccessKey": "secret",
        "Expiration": "2099-01-01T00:00:00Z",
    });
    credentials[session_token] = "token".into();
    credentials.to_string()
}

/// Starts a credentials endpoint for containers, until the test process ends.
fn container_url() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 8192]);
            let body = credentials_json("ASIACONTAINER", "Token");
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let length = body.len();
            let _ = write!(connection, "{head}Content-Length: {length}\r\n\r\n{body}");
        }
    });
    url
}

/// Runs the command and returns the source of its credentials.
fn selected(center: &Emulator, mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    if let Some(request) = center
        .requests()
        .iter()
        .find(|it| it.operation == Operation::AssumeRole)
    {
        return match request.form()["Action"].as_str() {
            "AssumeRole" => "`role_arn`".to_owned(),
            _ => "`web_identity_token_file`".to_owned(),
        };
    }
    if !output.status.success() {
        return unsupported(&error).unwrap_or(REJECTED).to_owned();
    }
    let id = String::from_utf8_lossy(&output.stdout);
    let of_key = [
        ("AKIACREDENTIALS", "access keys in `credentials`"),
        ("AKIACONFIG", "access keys in `config`"),
        ("ASIAPROCESS", "`credential_process`"),
        ("ASIALOGIN", "`login_session`"),
        ("ASIACONTAINER", REJECTED),
        ("ASIA", "SSO role"),
    ];
    let source = of_key.iter().find(|(key, _)| id.contains(key));
    source.unwrap_or_else(|| panic!("{output:?}")).1.to_owned()
}

/// Returns the source of an error about a source that the program selects but does not support.
fn unsupported(error: &str) -> Option<&'static str> {
    let of_error = [
        (
            "web_identity_token_file of profile",
            "`web_identity_token_file`",
        ),
        ("credential_source of profile", "`role_arn`"),
        ("login_session of profile", "`login_session`"),
        ("botocore[crt]", "`login_session`"),
    ];
    let source = of_error.iter().find(|(text, _)| error.contains(text));
    source.map(|(_, source)| *source)
}
