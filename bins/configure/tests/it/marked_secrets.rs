//! Secrets in any key of the files, and in variables: no program prints them.

use std::collections::BTreeSet;

use sso_test_support::TestEnv;

/// Password in URLs, tokens and command lines.
const MARK: &str = "hunter2";

/// Values with a mark that a program can recognise as secrets.
const SECRETS: [&str; 8] = [
    // Secret access key.
    "q7Lw2Zt9KxVhunter2RmYp3Hs6Jf+GdT1uEa5QoW",
    // JSON Web Token.
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.hunter2",
    "https://me:hunter2@example.invalid/x.pem",
    "\"https://me:hunter2@example.invalid/x.pem\"",
    "'https://hunter2@example.invalid'",
    "https://example.invalid/start?token=hunter2",
    "https://example.invalid/start#token=hunter2",
    "https://me:x/\"hunter2@example.invalid/start",
];

/// URL of a proxy without a scheme. In the value of another setting, it has the form of a name.
const PROXY: &str = "me:hunter2@example.invalid:8080";

const SSO: &str = "sso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
const LEGACY: &str = "sso_start_url = https://example.invalid/start\nsso_region = us-east-1\n\
                      sso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
const ROLE: &str = "role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = dev\n";
const SESSION: &str = "sso_start_url = https://example.invalid/start\nsso_region = us-east-1\n";

/// Command lines that act on all profiles and sessions.
const OF_ALL: [&str; 12] = [
    "sso-configure list -vv",
    "sso-configure list --json -vv",
    "sso-configure check --offline -vv",
    "sso-configure check --offline --json -vv",
    "sso-configure migrate --dry-run --yes -vv",
    "sso-configure migrate --dry-run --yes --json",
    "sso-status -vv",
    "sso-status --json",
    "sso-status --format prompt",
    "sso-logout --dry-run -vv",
    "sso-logout --dry-run --json",
    "sso-configure check --offline --fix --yes -vv",
];

/// Command lines with a profile.
const OF_PROFILE: [&str; 6] = [
    "export-credentials -vv --format process -p",
    "export-credentials -vv --bearer-token -p",
    "sso-login --no-browser --use-device-code -vv -p",
    "sso-status -vv -p",
    "sso-logout --dry-run -vv -p",
    "sso-configure accounts -vv -p",
];

/// Returns the names of the keys in the table of `check`.
fn keys() -> Vec<&'static str> {
    let source = include_str!("../../src/check/key.rs");
    let (_, table) = source.split_once("KEYS: &[Key] = &[").unwrap();
    let (table, _) = table.split_once("\n];").unwrap();
    let keys = table.split('(').filter_map(|entry| {
        let (name, rest) = entry.trim_start().strip_prefix('"')?.split_once('"')?;
        rest.trim_start().starts_with([',']).then_some(name)
    });
    keys.collect()
}

/// Returns the lines with the value of `key` replaced, or added.
fn with(lines: &str, key: &str, value: &str) -> String {
    let prefix = format!("{key} = ");
    let others = lines.lines().filter(|line| !line.starts_with(&prefix));
    let others: String = others.flat_map(|line| [line, "\n"]).collect();
    format!("{others}{prefix}{value}\n")
}

fn env() -> TestEnv {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env
}

/// Lines of output that contain the mark.
#[derive(Default)]
struct Leaks(BTreeSet<String>);

impl Leaks {
    fn run(&mut self, env: &TestEnv, line: &str, context: &str) {
        let run = env.run(line);
        let lines = run.stdout().lines().chain(run.stderr().lines());
        let leaks = lines.filter(|line| line.contains(MARK));
        let context = context.replace('\n', "; ");
        self.0
            .extend(leaks.map(|leak| format!("{line} ({context}): {leak}")));
    }

    fn run_all(&mut self, env: &TestEnv, context: &str) {
        for line in OF_ALL.into_iter().chain(["sso-configure undo --yes"]) {
            self.run(env, line, context);
        }
    }

    #[track_caller]
    fn expect_none(self) {
        let leaks: Vec<_> = self.0.into_iter().collect();
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    }
}

#[test]
fn a_secret_in_a_key_of_a_profile_is_not_shown() {
    let mut leaks = Leaks::default();
    let keys = keys();
    assert!(keys.len() > 60, "{keys:?}");
    for secret in SECRETS {
        for base in ["", SSO, LEGACY, ROLE] {
            let env = env();
            let profiles = keys
                .iter()
                .map(|key| format!("[profile a-{key}]\n{}", with(base, key, secret)));
            let config = TestEnv::SAMPLE_CONFIG.to_owned() + &profiles.collect::<String>();
            env.write_config(&config);
            leaks.run_all(&env, &format!("{base}{secret}"));
        }
    }
    leaks.expect_none();
}

#[test]
fn a_secret_in_a_key_of_a_session_or_a_service_is_not_shown() {
    let mut leaks = Leaks::default();
    for secret in SECRETS {
        let env = env();
        let sections = keys().into_iter().map(|key| {
            let session = with(SESSION, key, secret);
            format!(
                "[sso-session a-{key}]\n{session}\
                 [services a-{key}]\nsts =\n  {key} = {secret}\ns3 = {secret}\n\
                 [profile a-{key}]\nservices = a-{key}\nsso_session = a-{key}\n\
                 sso_account_id = 111122223333\nsso_role_name = x\ns3 =\n  {key} = {secret}\n"
            )
        });
        env.write_config(&sections.collect::<String>());
        leaks.run_all(&env, secret);
    }
    leaks.expect_none();
}

#[test]
fn a_secret_in_the_credentials_file_is_not_shown() {
    let mut leaks = Leaks::default();
    for secret in SECRETS {
        let env = env();
        let sections = keys()
            .into_iter()
            .map(|key| format!("[a-{key}]\n{key} = {secret}\n"));
        env.write_config(TestEnv::SAMPLE_CONFIG);
        env.write_credentials(&sections.collect::<String>());
        leaks.run_all(&env, secret);
    }
    leaks.expect_none();
}

#[test]
fn a_program_with_a_profile_shows_no_secret_of_its_keys() {
    let mut leaks = Leaks::default();
    let followed = [
        "sso_session",
        "sso_start_url",
        "sso_region",
        "sso_account_id",
        "sso_role_name",
        "role_arn",
        "source_profile",
        "credential_process",
        "external_id",
        "mfa_serial",
        "role_session_name",
        "ca_bundle",
        "endpoint_url",
        "services",
        "region",
        "max_attempts",
        "sso_browser",
        "web_identity_token_file",
        "credential_source",
    ];
    let mut secrets = SECRETS.iter().cycle();
    for base in [SSO, LEGACY, ROLE] {
        let env = env();
        let profile = |key: &&str| {
            let secret = secrets.next().unwrap();
            format!("[profile a-{key}]\n{}", with(base, key, secret))
        };
        let profiles: String = followed.iter().map(profile).collect();
        env.write_config(&(TestEnv::SAMPLE_CONFIG.to_owned() + &profiles));
        for key in followed {
            for line in OF_PROFILE {
                leaks.run(&env, &format!("{line} a-{key}"), base);
            }
        }
    }
    leaks.expect_none();
}

#[test]
fn arguments_of_a_credential_process_are_not_shown() {
    let mut leaks = Leaks::default();
    for arguments in [
        "--token hunter2 dev",
        "--token=hunter2 dev",
        "--hunter2",
        "-xhunter2 dev",
        "dev hunter2",
        "--start-url https://me:hunter2@example.invalid --account-id 1 --role-name x",
        "--sso-session https://me:hunter2@example.invalid --account-id 1 --role-name x",
        "--profile https://me:hunter2@example.invalid",
    ] {
        let env = env();
        let process =
            format!("credential_process = export-credentials --format process {arguments}\n");
        let config = format!("{}[profile a]\n{process}", TestEnv::SAMPLE_CONFIG);
        env.write_config(&config);
        leaks.run_all(&env, arguments);
        for line in OF_PROFILE {
            leaks.run(&env, &format!("{line} a"), arguments);
        }
    }
    leaks.expect_none();
}

#[test]
fn a_secret_in_a_variable_is_not_shown() {
    let mut leaks = Leaks::default();
    let variables = [
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "AWS_CA_BUNDLE",
        "REQUESTS_CA_BUNDLE",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_STS",
        "AWS_REGION",
        "AWS_PROFILE",
        "AWS_MAX_ATTEMPTS",
        "BROWSER",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_PAGER",
    ];
    let mut secrets = SECRETS.iter().cycle();
    for variable in variables {
        let proxy = variable.ends_with("_PROXY").then_some(&PROXY);
        for secret in secrets.by_ref().take(2).chain(proxy) {
            let mut env = env();
            env.write_config(TestEnv::SAMPLE_CONFIG);
            env.set(variable, secret);
            for line in OF_ALL {
                leaks.run(&env, line, &format!("{variable}={secret}"));
            }
            for line in OF_PROFILE {
                let line = format!("{line} dev");
                leaks.run(&env, &line, &format!("{variable}={secret}"));
            }
        }
    }
    leaks.expect_none();
}

#[test]
fn a_secret_in_the_start_url_of_a_cached_token_is_not_shown() {
    let mut leaks = Leaks::default();
    for secret in SECRETS {
        let env = env();
        env.write_config(TestEnv::SAMPLE_CONFIG);
        env.plant_sso_file(
            "0000000000000000000000000000000000000000.json",
            &serde_json::json!({
                "startUrl": secret,
                "region": "us-east-1",
                "accessToken": "hunter2",
                "refreshToken": "hunter2",
                "clientId": "hunter2",
                "clientSecret": "hunter2",
                "expiresAt": "2099-01-01T00:00:00Z",
            }),
        );
        leaks.run_all(&env, secret);
        for line in ["sso-status --start-url", "sso-logout --dry-run --start-url"] {
            let line = format!("{line} '{}'", secret.replace('\'', ""));
            leaks.run(&env, &line, secret);
        }
    }
    leaks.expect_none();
}
