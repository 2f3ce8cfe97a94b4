//! Credentials of assumed roles whose role chain starts at a session.

use identity_center_emulator::settings::{ACCESS_KEY, AssumableRole};
use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::{TestEnv, aws_cli};

use crate::{CREDENTIALS_OF_LEGACY, cached, signed_in};

/// botocore's cache file names for the roles in [`CONFIG`]: SHA-1 of the sorted JSON arguments.
const DEPLOY: &str = "95d09881ce2b8640037689ba1232104a0ff278d8.json";
const CHAINED: &str = "5cabccd371eea483c609b50ed11b0e486cad91cb.json";
const VARIANT: &str = "522f9df88dd5b2a0950f968d939eb39bc36d70cf.json";
const OF_LEGACY: &str = "a411d2cddf1526f9ba19e164ce9543bb02d26a43.json";
const OF_PROCESS: &str = "957f05df4bdf176ff7ea0f3b2a0fcdc5f670cce7.json";
const OF_KEYS: &str = "4368cecf2af1352981ac433f7461da5e61b4e790.json";
const SHARED: &str = "7fdcd613c5e7a17633685580d479d537f5ac5b11.json";
const OF_NO_PROFILE: &str = "00000000000000000000000000000000000000aa.json";

const CONFIG: &str = "
[profile deploy]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = dev

[profile chained]
role_arn = arn:aws:iam::222222222222:role/y
source_profile = deploy

[profile variant]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = dev
external_id = a:b
role_session_name = otter
mfa_serial = arn:aws:iam::111111111111:mfa/otter
duration_seconds = 7200

[profile of-legacy]
role_arn = arn:aws:iam::222222222222:role/legacy
source_profile = legacy

[profile exported]
credential_process = export-credentials --format process --profile dev

[profile of-process]
role_arn = arn:aws:iam::222222222222:role/process
source_profile = exported

[profile of-keys]
role_arn = arn:aws:iam::222222222222:role/k
source_profile = base
duration_seconds = an hour

[profile shared]
role_arn = arn:aws:iam::222222222222:role/s
source_profile = dev

[profile shared-2]
role_arn = arn:aws:iam::222222222222:role/s
credential_source = Environment
";

fn with_roles() -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    let [id, secret] = ACCESS_KEY;
    let keys = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    env.write_config(&format!(
        "{}{CONFIG}\n[profile base]\n{keys}",
        TestEnv::SAMPLE_CONFIG
    ));
    (center, env)
}

/// Returns the credentials of an assumed role as the AWS CLI caches them.
fn assumed_role() -> Value {
    json!({
        "Credentials": {
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE01",
            "SecretAccessKey": "hunter2",
            "SessionToken": "hunter3",
            "Expiration": "2099-12-31T23:59:59Z",
        },
        "AssumedRoleUser": {
            "AssumedRoleId": "AROAEXAMPLE:otter",
            "Arn": "arn:aws:sts::222222222222:assumed-role/x/otter",
        },
    })
}

fn assumed_with(token: &str) -> Value {
    let mut role = assumed_role();
    role["SsoTokenKey"] = token.trim_end_matches(".json").into();
    role
}

const PLANTED: [&str; 7] = [
    DEPLOY, CHAINED, VARIANT, OF_LEGACY, OF_PROCESS, OF_KEYS, SHARED,
];

/// Removes the planted role credentials, which the emulator has not issued.
fn with_issued_credentials() -> (Emulator, TestEnv) {
    let (center, env) = with_roles();
    center.configure(|settings| {
        let roles = ["process", "k"].map(|name| format!("arn:aws:iam::222222222222:role/{name}"));
        let roles = roles.iter().map(|arn| AssumableRole::new(arn));
        settings.assumable_roles.extend(roles);
    });
    for name in [TestEnv::CREDENTIALS_OF_DEV, CREDENTIALS_OF_LEGACY] {
        std::fs::remove_file(env.cli_cache().join(name)).unwrap();
    }
    (center, env)
}

fn plant_as_the_aws_cli(env: &TestEnv) {
    for name in PLANTED.into_iter().chain([OF_NO_PROFILE]) {
        env.plant_cli_file(name, &assumed_role());
    }
}

/// Returns which of the files exist.
fn remaining<'a>(env: &TestEnv, names: &[&'a str]) -> Vec<&'a str> {
    let exists = |name: &&&str| env.cli_cache().join(name).exists();
    names.iter().filter(exists).copied().collect()
}

#[test]
fn assumed_roles_are_not_served_after_a_logout() {
    let (center, env) = with_issued_credentials();
    for profile in ["deploy", "chained", "of-process", "of-keys"] {
        env.run(&format!("export-credentials --profile {profile}"))
            .expect_code(0);
    }
    env.run("export-credentials --profile deploy --duration 30m")
        .expect_code(0);
    env.run("sso-logout").expect_code(0);
    assert_eq!(remaining(&env, &PLANTED), [OF_KEYS]);
    assert_eq!(cached(&env), [OF_KEYS], "also the variant with a duration");
    let count = center.count(Operation::AssumeRole);
    for profile in ["deploy", "chained"] {
        let refused = env.run(&format!("export-credentials --profile {profile}"));
        let refused = refused.expect_code(253);
        assert!(
            refused.stderr().contains("hint: sso-login --profile dev"),
            "{refused}"
        );
    }
    assert_eq!(center.count(Operation::AssumeRole), count);
}

#[test]
fn files_of_the_aws_cli_are_attributed_by_the_role_chains_in_the_config() {
    let check = |selection: &str, expected: &[&str]| {
        let (_center, env) = with_roles();
        plant_as_the_aws_cli(&env);
        let logout = env.run(&format!("sso-logout {selection}")).expect_code(0);
        assert_eq!(remaining(&env, &PLANTED), expected, "{selection}");
        assert_eq!(remaining(&env, &[OF_NO_PROFILE]).len(), 1, "{selection}");
        let is_listed = logout.stderr().contains(SHARED);
        let may_be_selected = selection != "--profile legacy";
        assert_eq!(is_listed, may_be_selected, "{selection}: {logout}");
        assert!(!logout.stderr().contains("duration_seconds"), "{logout}");
    };
    let others = [OF_LEGACY, OF_KEYS, SHARED];
    check("--profile dev", &others);
    for chained in ["deploy", "chained", "exported", "of-process"] {
        check(&format!("--profile {chained}"), &others);
    }
    check("--sso-session my-sso", &others);
    let of_my_sso = [DEPLOY, CHAINED, VARIANT, OF_PROCESS, OF_KEYS, SHARED];
    check("--profile legacy", &of_my_sso);
    check("", &[OF_KEYS, SHARED]);
    check(
        "--start-url https://my-sso-portal.awsapps.com/start",
        &[OF_KEYS, SHARED],
    );
}

#[test]
fn a_role_of_access_keys_is_kept_although_its_profile_has_sso_keys() {
    let (_center, env) = with_roles();
    let sso = "sso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    let config = String::from_utf8(env.read(".aws/config")).unwrap();
    env.write_config(&config.replace("[profile of-keys]\n", &format!("[profile of-keys]\n{sso}")));
    env.plant_cli_file(OF_KEYS, &assumed_role());
    env.run("sso-logout --profile of-keys").expect_code(0);
    assert_eq!(remaining(&env, &[OF_KEYS]), [OF_KEYS]);
    assert!(!env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO).exists());
}

#[test]
fn a_recorded_token_takes_precedence_over_the_config() {
    let check = |selection: &str, expected: &[&str]| {
        let (_center, env) = with_roles();
        let of = |name, token| env.plant_cli_file(name, &assumed_with(token));
        of(DEPLOY, TestEnv::TOKEN_OF_LEGACY);
        of(SHARED, TestEnv::TOKEN_OF_MY_SSO);
        of(OF_KEYS, TestEnv::TOKEN_OF_MY_SSO);
        of(OF_NO_PROFILE, TestEnv::TOKEN_OF_MY_SSO);
        of(CHAINED, "4444444444444444444444444444444444444444");
        let logout = env.run(&format!("sso-logout {selection}")).expect_code(0);
        assert!(!logout.stderr().contains("kept"), "{selection}: {logout}");
        let planted = [DEPLOY, SHARED, OF_KEYS, OF_NO_PROFILE, CHAINED];
        assert_eq!(remaining(&env, &planted), expected, "{selection}");
    };
    check("--profile dev", &[DEPLOY, CHAINED]);
    check(
        "--profile legacy",
        &[SHARED, OF_KEYS, OF_NO_PROFILE, CHAINED],
    );
    check("", &[]);
}

#[test]
fn a_role_of_two_sessions_is_removed_only_with_both() {
    let check = |selection: &str, is_removed: bool| {
        let (_center, env) = with_roles();
        let config = String::from_utf8(env.read(env.config_path())).unwrap();
        let shared = "credential_source = Environment";
        env.write_config(&config.replace(shared, "source_profile = legacy"));
        plant_as_the_aws_cli(&env);
        let logout = env.run(&format!("sso-logout {selection}")).expect_code(0);
        let is_kept = logout.stderr().contains(SHARED);
        assert_eq!(remaining(&env, &[SHARED]).is_empty(), is_removed);
        assert_eq!(is_kept, !is_removed, "{selection}: {logout}");
    };
    check("--profile dev", false);
    check("--profile legacy", false);
    check("--profile dev --profile legacy", true);
    check("", true);
}

#[test]
fn quarantined_roles_are_removed_with_their_session() {
    let (_center, env) = with_roles();
    let own = ".aws/sso/cache/aws-sso-tools";
    let [deploy, legacy, shared] =
        [DEPLOY, OF_LEGACY, SHARED].map(|name| name.replace("json", "corrupt"));
    for name in [&deploy, &legacy, &shared] {
        env.write(format!("{own}/{name}"), "hunter2");
    }
    env.run("sso-logout --profile dev").expect_code(0);
    let files = cached(&env);
    assert!(!files.contains(&deploy), "{files:?}");
    assert!(files.contains(&legacy) && files.contains(&shared));
}

#[test]
fn a_corrupt_role_of_the_session_is_reported() {
    let (_center, env) = with_roles();
    env.write(format!(".aws/cli/cache/{DEPLOY}"), "{\"Credentials");
    let dev = env.run("sso-logout --profile dev").expect_code(0);
    assert!(dev.stderr().contains(DEPLOY), "{dev}");
    let legacy = env.run("sso-logout --profile legacy").expect_code(0);
    assert!(!legacy.stderr().contains(DEPLOY), "{legacy}");
}

#[test]
fn a_dry_run_lists_roles_and_profiles() {
    let (_center, env) = with_roles();
    for name in [DEPLOY, CHAINED] {
        env.plant_cli_file(name, &assumed_role());
    }
    env.plant_cli_file(OF_NO_PROFILE, &assumed_with(TestEnv::TOKEN_OF_MY_SSO));
    env.plant_cli_file(SHARED, &assumed_with(TestEnv::TOKEN_OF_MY_SSO));
    assert_snapshot!(env.run("sso-logout --profile dev --dry-run"), @"
    $ sso-logout --profile dev --dry-run
    --- stdout
    Would be removed:
    [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json (token for SSO session my-sso)
    [HOME]/.aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json (role credentials for ReadOnly in account 111122223333 of profile dev)
    [HOME]/.aws/cli/cache/00000000000000000000000000000000000000aa.json (credentials of the assumed role arn:aws:sts::222222222222:assumed-role/x/otter)
    [HOME]/.aws/cli/cache/5cabccd371eea483c609b50ed11b0e486cad91cb.json (credentials of the assumed role arn:aws:iam::222222222222:role/y of profile chained)
    [HOME]/.aws/cli/cache/7fdcd613c5e7a17633685580d479d537f5ac5b11.json (credentials of the assumed role arn:aws:iam::222222222222:role/s of profile shared and shared-2)
    [HOME]/.aws/cli/cache/95d09881ce2b8640037689ba1232104a0ff278d8.json (credentials of the assumed role arn:aws:iam::222222222222:role/x of profile deploy)
    --- exit: 0
    ");
    let json = env.run("sso-logout --profile dev --dry-run --output json");
    let json: Value = serde_json::from_str(json.expect_code(0).stdout()).unwrap();
    let roles = &json["assumedRoleCredentials"];
    assert_eq!(roles[1]["profiles"], json!(["chained"]));
    assert_eq!(roles[1]["roleArn"], "arn:aws:iam::222222222222:role/y");
    assert_eq!(roles.as_array().unwrap().len(), 4, "{roles}");
    assert_eq!(remaining(&env, &[DEPLOY, CHAINED, OF_NO_PROFILE]).len(), 3);
}

#[test]
fn the_aws_cli_reads_a_recorded_role_until_the_logout() {
    let Some(aws) = aws_cli() else { return };
    let (_center, env) = with_issued_credentials();
    env.run("export-credentials --profile deploy")
        .expect_code(0);
    let file = env.cli_cache().join(DEPLOY);
    let before = env.read(&file);
    let recorded: Value = serde_json::from_slice(&before).unwrap();
    assert_eq!(
        recorded["SsoTokenKey"],
        TestEnv::TOKEN_OF_MY_SSO.trim_end_matches(".json")
    );
    let output = env
        .command(aws.to_str().unwrap())
        .args(["configure", "export-credentials", "--profile", "deploy"])
        .output()
        .unwrap();
    let printed: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(
        printed["AccessKeyId"],
        recorded["Credentials"]["AccessKeyId"]
    );
    assert_eq!(env.read(&file), before);
    env.run("sso-logout --profile dev").expect_code(0);
    assert!(!file.exists());
}
