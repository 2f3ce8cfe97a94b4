//! Process with the credentials endpoint, beside a command under `--serve`.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use identity_center_emulator::settings::{ACCESS_KEY, AssumableRole, Consent};
use identity_center_emulator::sign_in::rfc3339;
use serde_json::json;
use sso_test_support::{Key, RunningProgram, TestEnv, report_skip, tool};
use time::OffsetDateTime;

use crate::{home, signed_in};

/// Name of the cache file of the role in [`MFA_CONFIG`], computed with botocore's algorithm.
const MFA_CREDENTIALS: &str = "2a6fd7fdacc3715cf7c10afea44f8f547726f8ab.json";

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/otter";

/// Returns false in a container, where `export-credentials` supervises the command.
pub(crate) fn has_companion() -> bool {
    let namespace = std::fs::read_link("/proc/self/ns/pid");
    let of_machine = Path::new("pid:[4026531836]");
    let has_companion = !cfg!(target_os = "linux") || namespace.is_ok_and(|it| it == of_machine);
    if !has_companion {
        report_skip("in a container");
    }
    has_companion
}

fn soon() -> String {
    rfc3339(OffsetDateTime::now_utc() + Duration::from_secs(20))
}

#[test]
fn a_refresh_cannot_read_what_the_user_types_for_the_command() {
    assert_refresh_cannot_read("");
}

/// A credential process that reads from stdin or from the terminal would take the keys of the
/// command. `container` is the beginning of the command line.
pub(crate) fn assert_refresh_cannot_read(container: &str) {
    let (_center, env) = home();
    env.write_config("[profile dev]\ncredential_process = sh process\n");
    let document = json!({
        "Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "secret", "Expiration": soon(),
    });
    env.write(
        "process",
        format!(
            "if [ -e started ]; then\n\
             read line && echo \"stdin: $line\" >>taken\n\
             (read line </dev/tty && echo \"terminal: $line\" >>taken) 2>>errors\n\
             echo >>refreshed\n\
             fi\n\
             touch started\n\
             echo '{document}'"
        ),
    );
    env.write(
        "command",
        "echo ready; until [ -s refreshed ]; do :; done; read line; echo \"command got $line\"",
    );
    let line = format!("{container}export-credentials --profile dev --serve -- sh command");
    let mut terminal = env.start_on_terminal(&line);
    terminal.wait_for("ready");
    terminal.type_text("rm -rf build1");
    terminal.press(Key::Enter);
    terminal.wait_for("command got rm -rf build1");
    terminal.finish().expect_code(0);
    assert!(!env.files().contains(&"taken".to_owned()));
}

/// Sends a request like an SDK, and returns the response.
fn response(variables: &BTreeMap<String, String>) -> String {
    let uri = &variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    let address = uri.strip_prefix("http://").unwrap();
    let (address, path) = address.split_once('/').unwrap();
    let token = &variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
    let mut endpoint = TcpStream::connect(address).unwrap();
    let request =
        format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\n\r\n");
    endpoint.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    endpoint.read_to_string(&mut response).unwrap();
    response
}

fn variables(env: &TestEnv) -> BTreeMap<String, String> {
    let text = String::from_utf8(env.read("environment")).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Returns the first error of the endpoint.
fn wait_for_error(env: &TestEnv) -> String {
    let begun = Instant::now();
    loop {
        let response = response(&variables(env));
        if response.starts_with("HTTP/1.1 503 ") {
            return response;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{response}");
        // The endpoint closes the oldest of many connections.
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn plant_mfa_credentials(env: &TestEnv) {
    let [id, secret] = ACCESS_KEY;
    env.write_config(&format!(
        "[profile dev]\nrole_arn = arn:aws:iam::222222222222:role/mfa\nsource_profile = dev\n\
         mfa_serial = {DEVICE}\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
    ));
    env.plant_cli_file(
        MFA_CREDENTIALS,
        &json!({
            "Credentials": {
                "AccessKeyId": "ASIA", "SecretAccessKey": "secret", "SessionToken": "token",
                "Expiration": soon(),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": "AROA:name",
                "Arn": "arn:aws:sts::222222222222:assumed-role/mfa/name",
            },
        }),
    );
}

#[test]
fn the_endpoint_says_how_to_enter_an_mfa_code() {
    let (center, env) = home();
    center.configure(|settings| {
        let role = AssumableRole::new("arn:aws:iam::222222222222:role/mfa");
        settings.assumable_roles.push(role.with_mfa_serial(DEVICE));
    });
    plant_mfa_credentials(&env);
    let line = "export-credentials --profile dev --min-validity 1s --serve -- \
                sh -c 'env >environment; echo ready; read end'";
    let mut running = env.start(line);
    running.wait_for_line(|line| line == "ready");
    let error = wait_for_error(&env);
    let hint = "export-credentials --profile dev --min-validity 30m";
    assert!(
        error.contains(&format!("in another terminal, run: {hint}")),
        "{error}"
    );

    let mut terminal = env.start_on_terminal(hint);
    terminal.wait_for("Enter MFA code for");
    terminal.type_text("123456");
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
    assert_serves(&env, "in the cache");
    running.write_line("end");
    let ended = running.finish().expect_code(0);
    let reported = ended.stderr().matches("cannot refresh the served").count();
    assert_eq!(reported, 1, "{ended}");
}

/// Checks the first response after the endpoint can serve credentials again.
fn assert_serves(env: &TestEnv, source: &str) {
    let response = response(&variables(env));
    assert!(
        response.starts_with("HTTP/1.1 200 "),
        "{source}: {response}"
    );
}

/// Starts a command with credentials that expire soon, and waits for the error of the endpoint.
fn start_until_error(env: &TestEnv) -> RunningProgram {
    let line = "export-credentials --profile dev --min-validity 1s --serve -- \
                sh -c 'env >environment; echo ready; read end'";
    let mut running = env.start(line);
    running.wait_for_line(|line| line == "ready");
    wait_for_error(env);
    running
}

#[test]
fn the_endpoint_sees_a_sign_in_of_another_process_at_the_next_request() {
    let (center, env) = signed_in();
    let credentials = json!({
        "AccessKeyId": "ASIA", "SecretAccessKey": "secret", "SessionToken": "token",
        "Expiration": soon(),
    });
    let file = json!({"ProviderType": "sso", "Credentials": credentials});
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &file);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    std::fs::remove_file(&token).unwrap();
    let mut running = start_until_error(&env);
    let requests = center.requests().len();
    assert!(response(&variables(&env)).starts_with("HTTP/1.1 503 "));
    assert_eq!(center.requests().len(), requests, "nothing has changed");

    center.set_consent(Consent::Granted);
    env.run("sso-login --profile dev --use-device-code --no-browser")
        .expect_code(0);
    assert_serves(&env, "after a sign-in");
    running.write_line("end");
    running.finish().expect_code(0);
}

/// The process succeeds in another terminal, and then without a prompt, because it saves its sign-in.
#[test]
fn the_endpoint_says_what_to_do_if_a_credential_process_prompts() {
    let (_center, env) = home();
    env.write_config("[profile dev]\ncredential_process = sh process\n");
    let document = |expiration: &str| {
        json!({
            "Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "secret",
            "Expiration": expiration,
        })
    };
    let (first, second) = (document(&soon()), document("2099-12-31T23:59:59Z"));
    env.write(
        "process",
        format!(
            "[ -e started ] || {{ touch started; echo '{first}'; exit; }}\n\
             [ -e signed-in ] || read line </dev/tty || exit 1\n\
             touch signed-in\n\
             echo '{second}'"
        ),
    );
    let line = "export-credentials --profile dev --min-validity 1s --serve -- \
                sh -c 'env >environment; echo ready; read end'";
    let mut running = env.start(line);
    running.wait_for_line(|line| line == "ready");
    let error = wait_for_error(&env);
    let hint = "export-credentials --profile dev";
    let expected = format!(
        "; hint: if the credential_process prompts and saves its sign-in, run in another terminal: \
         {hint}; hint: if it prompts each time, end the command and start it again"
    );
    assert!(error.contains(&expected), "{error}");
    let mut terminal = env.start_on_terminal(hint);
    terminal.type_text("password");
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
    assert!(env.files().contains(&"signed-in".to_owned()));
    running.write_line("end");
    running.finish().expect_code(0);
}

/// Programs such as build tools wait for all of their children.
#[cfg(target_os = "linux")]
#[test]
fn the_companion_is_not_a_child_of_the_command() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    let line = "export-credentials --profile dev --serve -- \
                sh -c 'read children </proc/$$/task/$$/children; echo \"$children.\"'";
    assert_eq!(env.run(line).expect_code(0).stdout(), ".\n");
}

/// `flock` passes the descriptor of the lock to its command. The next round begins when the command has
/// ended, and the companion has not.
#[test]
fn the_companion_does_not_hold_the_locks_of_the_caller() {
    if !has_companion() || tool("flock").is_none() {
        return;
    }
    let (_center, env) = signed_in();
    let line = "export-credentials --profile dev --serve -- true";
    env.write(
        "script",
        format!("for round in 1 2 3 4 5 6 7 8; do flock --nonblock lock {line} || exit 1; done"),
    );
    env.run("sh script").expect_code(0);
}

/// Ctrl-C sends SIGINT to the process group, and the companion leaves it only after its start.
#[cfg(target_os = "linux")]
#[test]
fn the_companion_starts_in_another_process_group() {
    if !has_companion() || tool("strace").is_none() {
        return;
    }
    let (_center, env) = signed_in();
    let strace = "strace -f -qq -o calls -e trace=execve,setpgid,setsid";
    let line = format!("{strace} export-credentials --profile dev --serve -- true");
    env.run(&line).expect_code(0);
    let calls = String::from_utf8(env.read("calls")).unwrap();
    let at = |call: &str| {
        calls
            .find(call)
            .unwrap_or_else(|| panic!("{call}: {calls}"))
    };
    assert!(at("setpgid(0, 0)") < at("--companion-of="), "{calls}");
    // The companion has left the terminal, too.
    assert!(calls.contains("setsid()"), "{calls}");
    assert!(!calls.contains("EPERM"), "{calls}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_to_the_starting_companion_ends_the_process() {
    let strace = tool("strace");
    if !has_companion() || strace.is_none() {
        return;
    }
    let program = sso_test_support::programs_dir().join("export-credentials");
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)] {
        let (_center, env) = signed_in();
        // The launcher of the companion has the path of the program, but this process does not.
        std::os::unix::fs::symlink(&program, env.home().join("link")).unwrap();
        let inject = format!("-e trace=execve -e inject=execve:signal={signal}");
        let strace = format!("strace -f -qq -o calls -P {} {inject}", program.display());
        let line = format!("{strace} ./link --profile dev --serve -- touch ran");
        let run = env.run(&line);
        assert_eq!(run.signal(), Some(number), "{run}");
        assert!(!env.home().join("ran").exists());
    }
}

/// A supervisor, such as systemd, sends signals to each process, and the command may handle them.
#[cfg(target_os = "linux")]
#[test]
fn signals_do_not_end_the_companion() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    let line = "export-credentials --profile dev --serve -- \
                sh -c 'env >environment; echo ready; read end'";
    let mut running = env.start(line);
    running.wait_for_line(|line| line == "ready");
    let companion = processes_with(&format!("--companion-of={}", running.id())).concat();
    for signal in ["HUP", "INT", "QUIT", "TERM", "USR1", "ALRM"] {
        env.run(&format!("kill -{signal} {companion}"))
            .expect_code(0);
        let response = response(&variables(&env));
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    }
    running.write_line("end");
    // The companion would report the signal.
    assert_eq!(running.finish().expect_code(0).stderr(), "");
}

/// Returns the IDs of the processes whose command line contains `argument`.
#[cfg(target_os = "linux")]
pub(crate) fn processes_with(argument: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().into_string().ok());
    ids.filter(|id| {
        let arguments = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        arguments.split('\0').any(|found| found == argument)
    })
    .collect()
}

/// bash and Python number descriptors from 10, and commands like `flock` from 3.
#[cfg(target_os = "linux")]
#[test]
fn the_companion_has_no_descriptors_of_the_caller() {
    if !has_companion() || tool("bash").is_none() {
        return;
    }
    let (_center, env) = signed_in();
    let descriptors = [3, 9, 10, 63, 255, 1000];
    let opened = descriptors.map(|number| format!(" {number}>file{number}"));
    let opened = opened.concat();
    let serve = "exec export-credentials --profile dev --serve --";
    env.write("script", format!("exec{opened}; {serve} bash command"));
    env.write("command", "echo ready; read end; echo written >&1000");
    let mut running = env.start("bash script");
    running.wait_for_line(|line| line == "ready");
    let companions = processes_with(&format!("--companion-of={}", running.id()));
    let [companion] = &companions[..] else {
        panic!("{companions:?}")
    };
    let open = std::fs::read_dir(format!("/proc/{companion}/fd")).unwrap();
    let open = open.map(|entry| std::fs::read_link(entry.unwrap().path()).unwrap());
    let of_caller: Vec<_> = open.filter(|path| path.starts_with(env.home())).collect();
    assert!(of_caller.is_empty(), "{of_caller:?}");
    running.write_line("end");
    running.finish().expect_code(0);
    assert_eq!(env.read("file1000"), b"written\n");
}
