//! Early refreshes with config files and CA bundles that no other process can read: pipes and
//! descriptors.

use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Relay, TestEnv, tool};

use crate::companion::has_companion;
use crate::signed_in_with_expiring_token;

const BASH: &[&str] = &["bash"];
const ZSH: &[&str] = &["zsh", "-f"];
const SH: &[&str] = &["sh"];

/// Config files of the profile `dev`, which need both files.
const SESSION: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";
const PROFILE: &str = "\
[dev]
sso_session = my-sso
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-central-1
";

/// Runs `script` in each of `shells`, and checks that the refresh has ended with the script, without a
/// message, and that the file is read once.
fn check(shells: &[&[&str]], script: &str, prepare: impl Fn(&Emulator, &mut TestEnv)) {
    if !has_companion() {
        return;
    }
    for shell in shells {
        if tool(shell[0]).is_none() {
            continue;
        }
        let (center, mut env) = signed_in_with_expiring_token();
        prepare(&center, &mut env);
        let old = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
        let mut command = env.command(shell[0]);
        command.args(&shell[1..]).args(["-c", script]);
        let output = command.output().unwrap();
        let case = format!("{shell:?}: {script}: {output:?}");
        assert!(output.status.success(), "{case}");
        assert_eq!(output.stderr, b"", "{case}");
        assert!(
            output.stdout.starts_with(b"export AWS_ACCESS_KEY_ID"),
            "{case}"
        );
        let new = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
        assert_ne!(new["accessToken"], old["accessToken"], "{case}");
        assert_eq!(center.count(Operation::CreateToken), 1, "{case}");
    }
}

fn unchanged(_: &Emulator, _: &mut TestEnv) {}

#[test]
fn a_config_file_from_a_process_substitution_is_read_once() {
    let script = "env AWS_CONFIG_FILE=<(cat .aws/config) export-credentials --profile dev";
    check(&[BASH, ZSH], script, unchanged);
    let script = "AWS_CONFIG_FILE=<(cat .aws/config) export-credentials --profile dev";
    check(&[BASH], script, unchanged);
    let script = "AWS_CONFIG_FILE==(cat .aws/config) export-credentials --profile dev";
    check(&[ZSH], script, unchanged);
}

#[test]
fn a_credentials_file_from_a_process_substitution_is_read_once() {
    let script = "env AWS_SHARED_CREDENTIALS_FILE=<(cat profile) export-credentials --profile dev";
    check(&[BASH, ZSH], script, |_, env| {
        env.write_config(SESSION);
        env.write("profile", PROFILE);
    });
}

#[test]
fn a_ca_bundle_from_a_process_substitution_is_read_once() {
    for script in [
        "env AWS_CA_BUNDLE=<(cat ca) export-credentials --profile dev",
        "export-credentials --profile dev --ca-bundle <(cat ca)",
    ] {
        check_ca_bundle(&[BASH, ZSH], script, "");
    }
}

/// Lets both services use TLS, with the certificate authority in the file `ca`. Adds `setting` to the
/// profile.
fn check_ca_bundle(shells: &[&[&str]], script: &str, setting: &str) {
    let relays = std::cell::RefCell::new(Vec::new());
    check(shells, script, |center, env| {
        let relay = Relay::tls(center.address(), &[]);
        env.write("ca", relay.ca_pem());
        env.set("AWS_ENDPOINT_URL", relay.url());
        let profile = format!("[profile dev]\n{setting}");
        let config = TestEnv::SAMPLE_CONFIG.replace("[profile dev]\n", &profile);
        env.write_config(&config);
        relays.borrow_mut().push(relay);
    });
}

#[test]
fn a_named_pipe_is_read_once() {
    // The pipe contains the file, and has no writer any more.
    let script = |variable: &str, file: &str| {
        let fill = format!("mkfifo pipe; exec 9<>pipe; cat {file} >&9; exec 8<pipe 9>&-");
        format!("{fill}; {variable}export-credentials --profile dev")
    };
    check(
        &[SH],
        &script("AWS_CONFIG_FILE=pipe ", ".aws/config"),
        unchanged,
    );
    let credentials = script("AWS_SHARED_CREDENTIALS_FILE=pipe ", "profile");
    check(&[SH], &credentials, |_, env| {
        env.write_config(SESSION);
        env.write("profile", PROFILE);
    });
    check_ca_bundle(&[SH], &script("AWS_CA_BUNDLE=pipe ", "ca"), "");
    check_ca_bundle(&[SH], &script("", "ca"), "ca_bundle = pipe\n");
}

#[test]
fn a_descriptor_of_the_caller_is_read_once() {
    for script in [
        "AWS_CONFIG_FILE=/dev/stdin export-credentials --profile dev < .aws/config",
        "cat .aws/config | AWS_CONFIG_FILE=/dev/stdin export-credentials --profile dev",
        "AWS_CONFIG_FILE=/dev/fd/7 export-credentials --profile dev 7< .aws/config",
        "ln -s /proc/self/fd/7 link; AWS_CONFIG_FILE=link export-credentials --profile dev 7< .aws/config",
        "AWS_SHARED_CREDENTIALS_FILE=/dev/fd/7 export-credentials --profile dev 7< .aws/config",
    ] {
        check(&[SH], script, unchanged);
    }
    check_ca_bundle(
        &[SH],
        "export-credentials --profile dev --ca-bundle /dev/stdin < ca",
        "",
    );
}

#[test]
fn an_empty_device_does_not_prevent_another_process() {
    let Some((_center, relay, env)) = crate::background_refresh::with_held_relay() else {
        return;
    };
    let old = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    let script = "AWS_SHARED_CREDENTIALS_FILE=/dev/null export-credentials --profile dev";
    let output = env.command("sh").args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    relay.wait_until_held();
    relay.release();
    crate::background_refresh::wait_for_new_token(&env, &old);
}

/// Files of the tests of `--serve`.
fn home_to_serve() -> (Emulator, TestEnv) {
    let (center, env) = crate::signed_in();
    env.write("ca", Relay::tls(center.address(), &[]).ca_pem());
    env.write(
        "with-ca",
        TestEnv::SAMPLE_CONFIG.replace("[profile dev]\n", "[profile dev]\nca_bundle = pipe\n"),
    );
    env.write(
        "keys",
        "[profile dev]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n",
    );
    (center, env)
}

/// Runs `script`, in which `$SERVE` serves a command, and checks that the command is not run, and that
/// no request is sent.
fn check_refused(script: &str, file: &str, setting: &str) {
    let (center, env) = home_to_serve();
    let serve = "export-credentials --profile dev --serve";
    let script = script.replace("$SERVE", &format!("{serve} -- touch ran"));
    let script = script.replace("$OPTIONS", serve);
    let mut command = env.command("sh");
    let output = command.args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(253), "{script}: {output:?}");
    let message = format!(
        "export-credentials: error: cannot serve credentials: {file} is a pipe, a device or a descriptor, \
         which the credentials endpoint cannot read again\n\
         hint: set {setting} to a regular file\n"
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), message, "{script}");
    assert!(!env.home().join("ran").exists(), "{script}");
    assert_eq!(center.count(Operation::GetRoleCredentials), 0, "{script}");
}

#[test]
fn serve_refuses_config_files_that_cannot_be_read_again() {
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        for (script, file) in [
            ("VARIABLE=/dev/stdin $SERVE < .aws/config", "/dev/stdin"),
            ("cat .aws/config | VARIABLE=/dev/stdin $SERVE", "/dev/stdin"),
            ("VARIABLE=/dev/fd/7 $SERVE 7< .aws/config", "/dev/fd/7"),
            (
                "ln -s /proc/self/fd/7 link; VARIABLE=link $SERVE 7< .aws/config",
                "link",
            ),
            (
                "mkfifo pipe; exec 9<>pipe; cat .aws/config >&9; exec 8<pipe 9>&-; VARIABLE=pipe $SERVE",
                "pipe",
            ),
        ] {
            check_refused(&script.replace("VARIABLE", variable), file, variable);
        }
    }
}

#[test]
fn serve_refuses_a_ca_bundle_that_cannot_be_read_again() {
    for (script, file, setting) in [
        (
            "AWS_CA_BUNDLE=/dev/fd/7 $SERVE 7< ca",
            "/dev/fd/7",
            "AWS_CA_BUNDLE",
        ),
        (
            "cat ca | AWS_CA_BUNDLE=/dev/stdin $SERVE",
            "/dev/stdin",
            "AWS_CA_BUNDLE",
        ),
        (
            "REQUESTS_CA_BUNDLE=/dev/stdin $SERVE < ca",
            "/dev/stdin",
            "REQUESTS_CA_BUNDLE",
        ),
        (
            "$OPTIONS --ca-bundle /dev/fd/7 -- touch ran 7< ca",
            "/dev/fd/7",
            "--ca-bundle",
        ),
        // The pipe has no writer, and is not read.
        (
            "mkfifo pipe; AWS_CA_BUNDLE=pipe $SERVE",
            "pipe",
            "AWS_CA_BUNDLE",
        ),
        (
            "mkfifo pipe; AWS_CONFIG_FILE=with-ca $SERVE",
            "pipe",
            "ca_bundle at with-ca:7",
        ),
        (
            "AWS_CA_BUNDLE=/dev/fd/7 $OPTIONS --account-id 111122223333 --role-name x -- touch ran 7< ca",
            "/dev/fd/7",
            "AWS_CA_BUNDLE",
        ),
    ] {
        check_refused(script, file, setting);
    }
}

#[test]
fn serve_accepts_files_that_the_endpoint_can_read_or_does_not_need() {
    for script in [
        "AWS_SHARED_CREDENTIALS_FILE=/dev/null $SERVE",
        "ln -s .aws/config link; AWS_CONFIG_FILE=link AWS_CA_BUNDLE=ca $SERVE",
        "cat ca | AWS_CONFIG_FILE=keys AWS_CA_BUNDLE=/dev/stdin $SERVE",
        "AWS_CONFIG_FILE=/dev/fd/7 export-credentials --profile dev -- touch ran 7< .aws/config",
    ] {
        let (_center, env) = home_to_serve();
        let serve = "export-credentials --profile dev --serve -- touch ran";
        let script = script.replace("$SERVE", serve);
        let mut command = env.command("sh");
        let output = command.args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{script}: {output:?}");
        assert!(env.home().join("ran").exists(), "{script}: {output:?}");
    }
}
