//! Every program rejects a variable that is not Unicode if it reads it as text, and uses paths that
//! are not Unicode.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use identity_center_emulator::{Emulator, Fault, Operation};
use sso_test_support::{Relay, TestEnv, Transcript};

const NOT_UNICODE: &[u8] = b"latin-\xe9";

const OF_DEFAULT: &str = "[default]\naws_access_key_id = AKIAOFDEFAULT\n\
                          aws_secret_access_key = of-default\n";

/// Commands that send a request. All but the last select a profile.
const LOGIN: &str = "sso-login --profile dev --force --use-device-code";
const EXPORT: &str = "export-credentials --profile dev";
const EXPORT_ROLE: &str = "export-credentials --profile role";
const CONSOLE: &str = "sso-console --profile role --print";
const STATUS: &str = "sso-status --verify --profile dev";
const WHOAMI: &str = "sso-status --whoami --profile dev";
const LOGOUT: &str = "sso-logout";

fn signed_in() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    let role =
        "[profile role]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = dev\n";
    env.write_config(&[TestEnv::SAMPLE_CONFIG, OF_DEFAULT, role].concat());
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

fn run_with(variables: &[(&str, &[u8])], command_line: &str) -> Transcript {
    let (_center, mut env) = signed_in();
    for (name, value) in variables {
        env.set(name, OsString::from_vec(value.to_vec()));
    }
    env.run(command_line)
}

fn check_rejected(variable: &str, command_line: &str) {
    let rejected = run_with(&[(variable, NOT_UNICODE)], command_line);
    assert!(!rejected.to_string().contains("latin"), "{rejected}");
    rejected.expect_error(253, &format!("{variable} is not valid Unicode"));
}

#[test]
fn a_profile_that_is_not_unicode_never_selects_the_default_profile() {
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        for command_line in [
            "export-credentials",
            "export-credentials --bearer-token",
            "sso-login",
            "sso-login --sso-session my-sso",
            "sso-status --verify",
            "sso-status --format prompt",
            "sso-status --whoami",
            LOGOUT,
            "sso-configure populate --sso-session my-sso",
            "sso-configure accounts --sso-session my-sso",
        ] {
            check_rejected(variable, command_line);
        }
    }
}

#[test]
fn proxy_variables_that_are_not_unicode_are_errors_of_the_requests_through_a_proxy() {
    let proxy: &[u8] = b"http://ada:hunter2@127.0.0.1:1";
    let bad_proxy: &[u8] = b"http://ada:hunter2\xe9@127.0.0.1:1";
    let bad_no_proxy: &[u8] = b"<-loopback>,latin-\xe9";
    let loopback: &[u8] = b"<-loopback>";
    let check = |variables: &[(&str, &[u8])], name: &str| {
        let rejected = run_with(variables, EXPORT);
        assert!(!rejected.to_string().contains("hunter2"), "{rejected}");
        let error = format!("invalid proxy setting {name}: it is not valid Unicode");
        rejected.expect_error(253, &error);
    };
    for name in ["HTTP_PROXY", "http_proxy"] {
        check(&[(name, bad_proxy), ("NO_PROXY", loopback)], name);
        for no_proxy in ["NO_PROXY", "no_proxy"] {
            check(&[(name, proxy), (no_proxy, bad_no_proxy)], no_proxy);
        }
    }
    for name in ["HTTPS_PROXY", "https_proxy"] {
        let endpoint: &[u8] = b"https://127.0.0.1:1";
        check(
            &[
                (name, bad_proxy),
                ("NO_PROXY", loopback),
                ("AWS_ENDPOINT_URL", endpoint),
            ],
            name,
        );
    }
}

/// Use of a variable by the programs.
#[derive(Debug, PartialEq)]
enum Use {
    /// Text. The command line fails if it is not Unicode.
    Text(&'static str),
    /// Text of the proxy settings: see the test of the proxy variables.
    Proxy,
    /// Path, which may have any bytes: see the tests of paths.
    Path,
    /// Sign of an environment without a browser, whose value need not be Unicode.
    Environment,
    /// Compared with a constant, checked for presence, or text that may be unusable.
    Presence,
    /// Set or unset for other processes, and never read.
    Written,
    /// Read by the programs of another family, or on another operating system.
    Elsewhere,
}

const VARIABLES: &[(&str, Use)] = &[
    ("AWS_ACCESS_KEY", Use::Written),
    ("AWS_ACCESS_KEY_ID", Use::Presence),
    ("AWS_ACCOUNT_ID", Use::Text(EXPORT)),
    ("AWS_CA_BUNDLE", Use::Path),
    ("AWS_CONFIG_FILE", Use::Path),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", Use::Written),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Use::Written),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", Use::Written),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Use::Written),
    ("AWS_CREDENTIAL_EXPIRATION", Use::Presence),
    ("AWS_DEFAULTS_MODE", Use::Presence),
    ("AWS_DEFAULT_OUTPUT", Use::Presence),
    ("AWS_DEFAULT_PROFILE", Use::Text("export-credentials")),
    ("AWS_DEFAULT_REGION", Use::Text(EXPORT_ROLE)),
    ("AWS_EC2_METADATA_DISABLED", Use::Presence),
    ("AWS_ENDPOINT_URL", Use::Text(EXPORT)),
    ("AWS_ENDPOINT_URL_SIGNIN", Use::Text(CONSOLE)),
    ("AWS_ENDPOINT_URL_SSO", Use::Text(EXPORT)),
    ("AWS_ENDPOINT_URL_SSO_OIDC", Use::Text(LOGIN)),
    ("AWS_ENDPOINT_URL_STS", Use::Text(EXPORT_ROLE)),
    ("AWS_EXECUTION_ENV", Use::Presence),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", Use::Text(EXPORT)),
    ("AWS_MAX_ATTEMPTS", Use::Text(EXPORT)),
    ("AWS_PAGER", Use::Presence),
    ("AWS_PROFILE", Use::Text("export-credentials")),
    ("AWS_REGION", Use::Text(EXPORT_ROLE)),
    ("AWS_RETRY_MODE", Use::Presence),
    ("AWS_ROLE_ARN", Use::Written),
    ("AWS_ROLE_SESSION_NAME", Use::Written),
    ("AWS_SECRET_ACCESS_KEY", Use::Presence),
    ("AWS_SECRET_KEY", Use::Written),
    ("AWS_SECURITY_TOKEN", Use::Written),
    ("AWS_SESSION_TOKEN", Use::Presence),
    ("AWS_SHARED_CREDENTIALS_FILE", Use::Path),
    ("AWS_SSO_TOOLS_COMPLETE", Use::Text("sso-status")),
    ("AWS_SSO_TOOLS_EXPORTED_KEY_ID", Use::Presence),
    ("AWS_SSO_TOOLS_EXPORTED_PROFILE", Use::Presence),
    ("AWS_SSO_TOOLS_EXPORTED_REGION", Use::Presence),
    (
        "AWS_SSO_TOOLS_PREVIOUS_PROFILE",
        Use::Text("sso-use --shell bash -"),
    ),
    ("AWS_SSO_TOOLS_PROFILE_CHAIN", Use::Text(EXPORT)),
    ("AWS_STS_REGIONAL_ENDPOINTS", Use::Presence),
    ("AWS_USE_DUALSTACK_ENDPOINT", Use::Text(EXPORT)),
    ("AWS_USE_FIPS_ENDPOINT", Use::Text(EXPORT)),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", Use::Path),
    ("BROWSER", Use::Text("sso-login --profile dev --force")),
    ("C9_PROJECT", Use::Environment),
    ("C9_USER", Use::Environment),
    ("CI", Use::Environment),
    ("CODESPACES", Use::Environment),
    ("COMPLETE", Use::Elsewhere),
    ("DEVCONTAINER", Use::Environment),
    ("DISPLAY", Use::Presence),
    ("DOAS_USER", Use::Environment),
    ("GITHUB_ENV", Use::Path),
    ("HOME", Use::Path),
    ("HTTPS_PROXY", Use::Proxy),
    ("HTTP_PROXY", Use::Proxy),
    ("KUBERNETES_SERVICE_HOST", Use::Environment),
    ("LANG", Use::Presence),
    ("LC_ALL", Use::Presence),
    ("LC_CTYPE", Use::Presence),
    ("NO_PROXY", Use::Proxy),
    ("PATH", Use::Path),
    ("PKEXEC_UID", Use::Environment),
    ("REMOTE_CONTAINERS", Use::Environment),
    ("REQUESTS_CA_BUNDLE", Use::Path),
    ("SHELL", Use::Presence),
    ("SSH_CLIENT", Use::Environment),
    (
        "SSH_CONNECTION",
        Use::Text("sso-login --profile dev --force --redirect-port 1"),
    ),
    ("SSH_TTY", Use::Environment),
    ("SUDO_USER", Use::Environment),
    ("TERM", Use::Presence),
    ("TF_BUILD", Use::Environment),
    ("TMUX", Use::Presence),
    ("TZ", Use::Presence),
    ("USERPROFILE", Use::Elsewhere),
    ("VSCODE_IPC_HOOK_CLI", Use::Path),
    ("VSCODE_PROXY_URI", Use::Presence),
    ("WAYLAND_DISPLAY", Use::Presence),
    ("WSL_DISTRO_NAME", Use::Presence),
    ("WSL_INTEROP", Use::Presence),
    ("http_proxy", Use::Proxy),
    ("https_proxy", Use::Proxy),
    ("no_proxy", Use::Proxy),
];

/// Literals in the sources that look like variables: headings of columns, prefixes of access key IDs, a
/// placeholder and a time zone.
const OTHER_LITERALS: [&str; 19] = [
    "ACCOUNT",
    "AKIA",
    "ASIA",
    "CREDENTIALS",
    "D01",
    "D13",
    "D14",
    "FILE",
    "HOST",
    "KIND",
    "PROFILE",
    "REFRESHABLE",
    "REGION",
    "ROLE",
    "SESSION",
    "SOURCE",
    "SSO",
    "TOKEN",
    "UTC",
];

#[test]
fn the_table_lists_every_variable_in_the_sources() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut found = BTreeSet::new();
    for directory in ["bins", "crates"] {
        for package in children(&root.join(directory)) {
            let name = package.file_name().unwrap().to_str().unwrap();
            if !["identity-center-emulator", "sso-test-support"].contains(&name) {
                collect_variables(&package.join("src"), &mut found);
            }
        }
    }
    for other in OTHER_LITERALS {
        assert!(found.remove(other), "{other} is not in the sources");
    }
    let listed: BTreeSet<_> = VARIABLES
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(found, listed);
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn collect_variables(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for child in children(path) {
            collect_variables(&child, found);
        }
        return;
    }
    if path.extension().is_none_or(|extension| extension != "rs") {
        return;
    }
    let source = std::fs::read_to_string(path).unwrap();
    let code = source.split("#[cfg(test)]").next().unwrap();
    let reads_environment = ["AwsEnv", ".env()", "env::var", "completion_variable"];
    let reads_environment = reads_environment.iter().any(|it| code.contains(it));
    let is_code = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with("//") && !line.contains("value_name") && !line.contains("env!(")
    };
    for line in code.lines().filter(is_code) {
        for literal in line.split('"').skip(1).step_by(2) {
            if is_variable(literal, reads_environment) {
                found.insert(literal.to_owned());
            }
        }
    }
}

/// A name of a single word is a variable only in a file that reads the environment.
fn is_variable(literal: &str, reads_environment: bool) -> bool {
    let is_word = |word: &str| {
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(is_name)
    };
    let words: Vec<_> = literal.split('_').collect();
    match words.as_slice() {
        ["http" | "https" | "no" | "all", "proxy"] => true,
        [word] => reads_environment && word.len() > 1 && is_word(word),
        words => words.iter().all(|word| is_word(word)),
    }
}

#[test]
fn variables_with_text_that_is_not_unicode_are_errors() {
    for (variable, usage) in VARIABLES {
        if let Use::Text(command_line) = usage {
            check_rejected(variable, command_line);
        }
    }
}

#[test]
fn signs_of_an_environment_need_not_be_unicode() {
    for (variable, usage) in VARIABLES {
        if *usage != Use::Environment {
            continue;
        }
        let (center, mut env) = signed_in();
        center.fail_always(Operation::CreateToken, Fault::oidc("expired_token"));
        env.set(variable, OsString::from_vec(NOT_UNICODE.to_vec()));
        let run = env.run("sso-login --profile dev --force -vv");
        let stderr = run.stderr();
        assert!(stderr.contains("/device_authorization request"), "{run}");
    }
}

#[test]
fn variables_that_are_only_checked_for_presence_need_not_be_unicode() {
    for (variable, usage) in VARIABLES {
        if [Use::Presence, Use::Written, Use::Elsewhere].contains(usage) {
            for command_line in [EXPORT, STATUS, WHOAMI, LOGOUT, "sso-configure check"] {
                let run = run_with(&[(variable, NOT_UNICODE)], command_line);
                // The value may be a finding.
                let is_finding = command_line.ends_with("check") && run.code() == Some(1);
                assert!(is_finding || run.code() == Some(0), "{variable}\n{run}");
            }
        }
    }
}

#[test]
fn variables_that_a_program_does_not_use_may_be_anything() {
    let check = |variables: &[(&str, &[u8])], command_line: &str| {
        let run = run_with(variables, command_line);
        assert_eq!(run.code(), Some(0), "{variables:?}\n{run}");
    };
    check(&[("AWS_PROFILE", NOT_UNICODE)], EXPORT);
    check(&[("AWS_PROFILE", NOT_UNICODE)], STATUS);
    check(
        &[("AWS_PROFILE", NOT_UNICODE)],
        "sso-status --sso-session my-sso",
    );
    check(
        &[
            ("AWS_PROFILE", b"dev"),
            ("AWS_DEFAULT_PROFILE", NOT_UNICODE),
        ],
        "export-credentials",
    );
    check(
        &[
            ("AWS_ENDPOINT_URL", NOT_UNICODE),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", b"true"),
            ("AWS_ENDPOINT_URL_SSO", NOT_UNICODE),
        ],
        "sso-configure list",
    );
    for variable in [
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_REGION",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "ALL_PROXY",
        "BROWSER",
        "SSH_CONNECTION",
        "AWS_ACCESS_KEY_ID",
        "TERM",
        "NO_COLOR",
        "XDG_CONFIG_HOME",
    ] {
        check(&[(variable, NOT_UNICODE)], EXPORT);
    }
    check(&[("CI", NOT_UNICODE)], "sso-login --profile dev");
    for variable in ["AWS_ENDPOINT_URL_SSO", "AWS_MAX_ATTEMPTS", "AWS_CA_BUNDLE"] {
        check(&[(variable, NOT_UNICODE)], "sso-configure list");
    }
}

#[test]
fn a_variable_that_another_setting_overrides_may_be_anything() {
    let overridden = |preferred: (&str, &str), variable: &str, command_line: &str| {
        let (center, mut env) = signed_in();
        center.fail_always(Operation::CreateToken, Fault::oidc("expired_token"));
        let value = preferred.1.replace("URL", &center.url());
        env.set(preferred.0, value);
        env.set(variable, OsString::from_vec(NOT_UNICODE.to_vec()));
        let run = env.run(command_line);
        assert!(!run.stderr().contains("not valid Unicode"), "{run}");
        run
    };
    let _ = overridden(("AWS_ENDPOINT_URL_SSO", "URL"), "AWS_ENDPOINT_URL", EXPORT).expect_code(0);
    overridden(
        ("AWS_REGION", "eu-west-1"),
        "AWS_DEFAULT_REGION",
        EXPORT_ROLE,
    );
    overridden(("http_proxy", "http://127.0.0.1:1"), "HTTP_PROXY", EXPORT);
    overridden(("no_proxy", "localhost"), "NO_PROXY", EXPORT);
    let with_browser = "sso-login --profile dev --force --use-device-code --browser true";
    overridden(("CI", "1"), "BROWSER", with_browser);
}

#[test]
fn an_argument_that_is_not_unicode_is_a_usage_error() {
    let (_center, env) = signed_in();
    for program in [
        "sso-login",
        "sso-logout",
        "sso-status",
        "sso-use",
        "export-credentials",
    ] {
        let mut command = env.command(program);
        command
            .arg("--profile")
            .arg(OsString::from_vec(NOT_UNICODE.to_vec()));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(252), "{output:?}");
    }
}

#[test]
fn an_empty_variable_counts_as_unset_for_every_program() {
    for variable in ["AWS_PROFILE", "AWS_ENDPOINT_URL_SSO", "AWS_MAX_ATTEMPTS"] {
        for command_line in [EXPORT, STATUS, WHOAMI, LOGOUT] {
            let run = run_with(&[(variable, b"")], command_line);
            assert_eq!(run.code(), Some(0), "{variable}\n{run}");
        }
    }
}

/// Returns a path in the home directory that is not Unicode.
fn path_in(env: &TestEnv, name: &[u8]) -> OsString {
    let home = env.home().as_os_str().as_bytes();
    OsString::from_vec([home, b"/", name].concat())
}

#[test]
fn config_and_credentials_files_may_have_paths_that_are_not_unicode() {
    let (_center, mut env) = signed_in();
    let [config, credentials] = [b"config-\xe9", b"secret-\xe9"].map(|name| path_in(&env, name));
    let config_text = TestEnv::SAMPLE_CONFIG.replace("profile dev", "profile other");
    env.write(&config, config_text);
    env.write(&credentials, OF_DEFAULT);
    env.set("AWS_CONFIG_FILE", config.clone());
    env.set("AWS_SHARED_CREDENTIALS_FILE", credentials);
    let _ = env.run("export-credentials --profile other").expect_code(0);
    let of_default = env.run("export-credentials").expect_code(0);
    assert!(
        of_default.stdout().contains("AKIAOFDEFAULT"),
        "{of_default}"
    );
    // The references are expanded, also in a path that is not Unicode.
    env.set("BASE", env.home().as_os_str().to_owned());
    env.set("LATIN", OsString::from_vec(b"config-\xe9".to_vec()));
    for path in [
        &b"${BASE}/config-\xe9"[..],
        b"$BASE/$LATIN",
        b"~/config-\xe9",
    ] {
        env.set("AWS_CONFIG_FILE", OsString::from_vec(path.to_vec()));
        let _ = env.run("export-credentials --profile other").expect_code(0);
    }
    // Edits and their undo use the same path.
    let populate = "sso-configure populate --sso-session my-sso";
    let _ = env.run(populate).expect_code(0);
    assert!(env.read(&config).len() > TestEnv::SAMPLE_CONFIG.len());
    let _ = env.run("sso-configure undo").expect_code(0);
    assert!(!env.aws_dir().join("config.history").exists());
}

#[test]
fn the_ca_bundle_may_have_a_path_that_is_not_unicode() {
    let (center, mut env) = signed_in();
    let relay = Relay::tls(center.address(), &[]);
    env.set("AWS_ENDPOINT_URL", relay.url());
    let _ = env.run(EXPORT).expect_code(255);
    let bundle = path_in(&env, b"ca-\xe9.pem");
    env.write(&bundle, relay.ca_pem());
    env.set("REQUESTS_CA_BUNDLE", &bundle);
    let _ = env.run(EXPORT).expect_code(0);
    env.set("REQUESTS_CA_BUNDLE", env.home().join("overridden"));
    env.set("AWS_CA_BUNDLE", bundle);
    let _ = env.run(EXPORT).expect_code(0);
    env.set(
        "AWS_CA_BUNDLE",
        OsString::from_vec(b"~/ca-\xe9.pem".to_vec()),
    );
    let _ = env.run(EXPORT).expect_code(0);
}

#[test]
fn the_home_directory_and_the_github_env_file_may_have_paths_that_are_not_unicode() {
    let (_center, mut env) = signed_in();
    let home = path_in(&env, b"home-\xe9");
    let file = |name: &str| [home.as_bytes(), b"/.aws/", name.as_bytes()].concat();
    let token = format!("sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO);
    for name in ["config", &token] {
        let bytes = env.read(env.aws_dir().join(name));
        env.write(OsString::from_vec(file(name)), bytes);
    }
    env.set("HOME", home.clone());
    env.write_config("");
    let _ = env.run(EXPORT).expect_code(0);
    let _ = env.run("sso-logout").expect_code(0);
    assert!(!env.home().join(OsString::from_vec(file(&token))).exists());

    let (_center, mut env) = signed_in();
    let github_env = path_in(&env, b"github-\xe9");
    env.write(&github_env, "");
    env.set("GITHUB_ENV", github_env.clone());
    let export = format!("{EXPORT} --format github-actions");
    let _ = env.run(&export).expect_code(0);
    assert!(env.read(&github_env).starts_with(b"AWS_ACCESS_KEY_ID="));
}
