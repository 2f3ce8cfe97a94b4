use identity_center_emulator::Emulator;
use serde_json::json;
use sso_test_support::TestEnv;

#[cfg(unix)]
#[test]
fn program_inherits_only_the_test_environment() {
    let server = Emulator::start();
    let mut env = TestEnv::new(&server);
    env.set("AWS_PROFILE", "dev");
    env.unset("BROWSER");
    let output = env.run("env").expect_code(0);
    let mut names: Vec<&str> = output.stdout().lines().collect();
    names.retain(|line| !line.starts_with("PATH=") && !line.starts_with("PWD="));
    names.sort_unstable();
    let home = env.home().display();
    let expected = [
        format!("AWS_ENDPOINT_URL={}", server.url()),
        "AWS_PROFILE=dev".to_owned(),
        "DISPLAY=:0".to_owned(),
        format!("HOME={home}"),
        "LANG=C.UTF-8".to_owned(),
        "TZ=UTC".to_owned(),
        format!("USERPROFILE={home}"),
    ];
    assert_eq!(names, expected);
}

#[test]
fn planted_files_have_the_expected_paths_and_modes() {
    let server = Emulator::start();
    let env = TestEnv::new(&server);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.write_credentials("[default]\n");
    env.plant_my_sso(&server.sign_in(&["sso:account:access"]));
    env.plant_cli_file(
        TestEnv::CREDENTIALS_OF_DEV,
        &json!({ "ProviderType": "sso" }),
    );
    let token = ".aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json";
    let credentials = ".aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json";
    assert_eq!(
        env.files(),
        [credentials, ".aws/config", ".aws/credentials", token]
    );
    assert_eq!(env.read_json(token)["startUrl"], TestEnv::START_URL);
    assert_eq!(env.read(".aws/config"), TestEnv::SAMPLE_CONFIG.as_bytes());
    assert_private(&env, token);
}

#[cfg(unix)]
fn assert_private(env: &TestEnv, file: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| {
        let metadata = path.metadata().expect("the file exists");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(
        (mode(&env.home().join(file)), mode(&env.sso_cache())),
        (0o600, 0o700)
    );
}

#[cfg(not(unix))]
fn assert_private(_env: &TestEnv, _file: &str) {}

#[test]
#[should_panic(expected = "run `cargo build --package sso-nonsense`")]
fn missing_program_is_reported_with_its_build_command() {
    let _ = TestEnv::offline().command("sso-nonsense");
}
