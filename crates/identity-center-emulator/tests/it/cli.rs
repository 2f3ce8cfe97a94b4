use std::net::TcpListener;

use identity_center_emulator::grant_type::DEVICE_CODE;
use serde_json::json;
use sso_test_support::{Browser, RunningProgram, TestEnv};

use crate::client::SCOPE;

fn start(env: &TestEnv, arguments: &str) -> RunningProgram {
    let program = env!("CARGO_BIN_EXE_identity-center-emulator");
    env.start(&format!("'{program}' {arguments}"))
}

#[test]
fn program_prints_a_shell_script_that_configures_aws_tools() {
    let env = TestEnv::offline();
    let mut program = start(&env, "");
    let line = program.wait_for_line(|line| line.starts_with("export AWS_ENDPOINT_URL="));
    let (_, url) = line.split_once('=').expect("a variable");
    let page = Browser::new().visit(url);
    assert!(page.body.contains("2 test accounts"), "{page:?}");

    let ended = program.finish().expect_code(0);
    let expected = format!(
        "\
# A local IAM Identity Center is running at {url} (stop it with Ctrl-C).
# Run this in another shell:

export AWS_ENDPOINT_URL={url}
export HOME=\"$(mktemp -d)\"
mkdir \"$HOME/.aws\"
cat > \"$HOME/.aws/config\" <<'END'
{config}END

# Then try:
#   aws sso login --profile dev
#   aws configure export-credentials --profile dev
",
        config = TestEnv::SAMPLE_CONFIG,
    );
    assert_eq!((ended.stdout(), ended.stderr()), (expected.as_str(), ""));
}

#[cfg(unix)]
#[test]
fn background_job_serves_with_an_empty_stdin() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let mut command = Command::new(env!("CARGO_BIN_EXE_identity-center-emulator"));
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut program = command.spawn().expect("the program starts");
    let stdout = program.stdout.take().expect("a pipe");
    let mut lines = BufReader::new(stdout)
        .lines()
        .map(|line| line.expect("a line"));
    let url = lines.find_map(|line| {
        let url = line.strip_prefix("export AWS_ENDPOINT_URL=")?;
        Some(url.to_owned())
    });
    // A program that does not wait would end after the last line.
    assert!(lines.any(|line| line.ends_with("export-credentials --profile dev")));
    let page = Browser::new().visit(&url.expect("a URL"));
    assert!(page.body.contains("2 test accounts"), "{page:?}");
    program.kill().expect("the program is running");
    let ended = program.wait().expect("the program has ended");
    assert_eq!(ended.code(), None, "the signal ended the process");
}

#[test]
fn program_stops_at_the_end_of_a_piped_stdin() {
    let env = TestEnv::offline();
    let mut program = start(&env, "--accounts 7");
    let url = program.wait_for_url();
    assert!(Browser::new().visit(&url).body.contains("7 test accounts"));
    program.finish().expect_code(0);
    let address = url.trim_start_matches("http://");
    assert!(TcpListener::bind(address).is_ok(), "{url} is still in use");
}

#[test]
fn options_set_consent_and_lifetime() {
    let env = TestEnv::offline();
    let mut program = start(&env, "--approve --lifetime 60");
    let url = program.wait_for_url();
    let post = |path: &str, body: &serde_json::Value| {
        let request = crate::client::agent().post(format!("{url}{path}"));
        crate::client::read(request.send(body.to_string()))
    };
    let registration = json!({ "clientName": "test", "clientType": "public", "scopes": [SCOPE] });
    let client = post("/client/register", &registration).body;
    let client = json!({
        "clientId": client["clientId"],
        "clientSecret": client["clientSecret"],
        "startUrl": TestEnv::START_URL,
    });
    let device = post("/device_authorization", &client).body;
    let page = device["verificationUriComplete"].as_str().expect("a URL");
    let page = Browser::new().visit(page);
    assert!(page.body.contains("Request approved"), "{page:?}");

    let mut grant = client;
    grant["grantType"] = json!(DEVICE_CODE);
    grant["deviceCode"] = device["deviceCode"].clone();
    let token = post("/token", &grant);
    assert_eq!(token.body["expiresIn"], 60, "{token:?}");
}

#[test]
fn port_in_use_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound port").port();
    let env = TestEnv::offline();
    let ended = start(&env, &format!("--port {port}"))
        .finish()
        .expect_code(1);
    let expected = format!("error: cannot listen on port {port}: ");
    assert!(ended.stderr().starts_with(&expected), "{ended}");
}
