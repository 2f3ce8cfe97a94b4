//! Results on a stdout that cannot be written.

use sso_test_support::TestEnv;

const PROGRAMS: [&str; 7] = [
    "sso-login",
    "sso-logout",
    "sso-status",
    "sso-configure",
    "sso-use",
    "export-credentials",
    "sso-console",
];

const RESULTS: [&str; 10] = [
    "sso-login --profile dev --output json",
    "sso-logout --output json",
    "sso-status --profile dev --output json",
    "sso-configure list --output json",
    "sso-use --list",
    "sso-use --shell bash keys",
    "export-credentials --profile keys",
    "export-credentials --profile keys --format json",
    "sso-console dev --print",
    "sso-console --list-services",
];

fn home() -> TestEnv {
    let env = TestEnv::offline();
    let keys = "[profile keys]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n";
    env.write_config(&format!("{}{keys}", TestEnv::SAMPLE_CONFIG));
    env.plant_sso_file(
        TestEnv::TOKEN_OF_MY_SSO,
        &serde_json::json!({
            "startUrl": TestEnv::START_URL, "region": "us-east-1", "accessToken": "hunter2",
            "expiresAt": "2199-01-02T03:04:05Z",
        }),
    );
    env
}

/// Runs `script` in a shell, and returns its exit status and stderr.
fn run(env: &TestEnv, script: &str) -> (i32, String) {
    let output = env.command("sh").args(["-c", script]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), stderr)
}

fn results() -> impl Iterator<Item = String> {
    let of_program = |program: &'static str| {
        let options = ["--help", "-h", "--version"];
        let lines = options.map(|option| format!("{program} {option}"));
        let script = format!("AWS_SSO_TOOLS_COMPLETE=bash {program}");
        let words = format!("AWS_SSO_TOOLS_COMPLETE=fish {program} -- {program} --");
        lines.into_iter().chain([script, words])
    };
    let results = RESULTS.iter().map(|line| (*line).to_owned());
    PROGRAMS.into_iter().flat_map(of_program).chain(results)
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error_of_every_program() {
    for (redirection, reason) in [
        (">/dev/full", "No space left on device"),
        ("1</dev/null", "Bad file descriptor"),
    ] {
        for line in results() {
            let env = home();
            let (code, stderr) = run(&env, &format!("{line} {redirection}"));
            assert_eq!(code, 255, "{line} {redirection}: {stderr}");
            let last = stderr.lines().last().unwrap();
            let expected = format!(": error: cannot write to stdout: {reason}");
            assert!(last.contains(&expected), "{line} {redirection}: {stderr}");
            let is_message = line.contains("log");
            assert!(
                is_message || stderr.lines().count() == 1,
                "{line}: {stderr}"
            );
        }
    }
}

#[test]
fn a_closed_pipe_ends_every_program_silently() {
    for line in results() {
        let env = home();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = env.command("sh");
        let output = command.args(["-c", &line]).stdout(writer).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{line}: {stderr}");
        assert!(!stderr.contains("stdout"), "{line}: {stderr}");
    }
}
