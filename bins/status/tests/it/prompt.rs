use std::time::Duration;

use sso_test_support::{TestEnv, tool};

use crate::{HOUR, home, json_of, plant_credentials, signed_in_for};

fn check(env: &TestEnv, arguments: &str, code: i32, line: &str) {
    let prompt = env
        .run(&format!("sso-status --format prompt {arguments}"))
        .expect_code(code);
    assert_eq!((prompt.stdout(), prompt.stderr()), (line, ""), "{prompt}");
}

#[test]
fn prompt_is_one_line_and_sets_the_exit_status() {
    let (_center, env) = signed_in_for(HOUR);
    check(&env, "--profile dev", 0, "dev 59m\n");
    check(
        &env,
        "--profile dev --min-validity 2h",
        0,
        "dev refreshable\n",
    );
    check(&env, "--profile legacy", 253, "legacy signed out\n");
    let (_center, env) = signed_in_for(Duration::ZERO);
    check(&env, "--profile dev", 0, "dev refreshable\n");
    let (_center, env) = home();
    env.write(format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO), "{");
    check(&env, "--profile dev", 253, "dev unreadable\n");
}

#[test]
fn prompt_uses_the_profile_of_the_environment() {
    let (_center, mut env) = signed_in_for(HOUR);
    env.set("AWS_PROFILE", "prod");
    check(&env, "", 0, "prod 59m\n");
    // The credentials of `sso-use --credentials` are those of its profile.
    env.set("AWS_SSO_TOOLS_EXPORTED_PROFILE", "dev");
    env.set("AWS_SSO_TOOLS_EXPORTED_KEY_ID", "AKIA");
    check(&env, "", 0, "prod 59m\n");
    env.set("AWS_ACCESS_KEY_ID", "AKIA");
    check(&env, "", 0, "dev 59m\n");
    env.set("AWS_ACCESS_KEY_ID", "AKIAOFOTHER");
    check(&env, "", 0, "prod 59m\n");
}

#[test]
fn valid_cached_credentials_need_no_sign_in() {
    let (_center, env) = home();
    plant_credentials(&env, "2020-12-31T23:59:59Z");
    check(&env, "--profile dev", 253, "dev signed out\n");
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let prompt = env
        .run("sso-status --format prompt --profile dev")
        .expect_code(0);
    assert!(
        prompt.stdout().starts_with("dev 2") && prompt.stdout().ends_with("d\n"),
        "{prompt}"
    );
}

#[test]
fn prompt_is_empty_for_a_profile_of_the_environment_without_sso() {
    let (_center, mut env) = home();
    env.write_config("[profile static]\nregion = us-east-1\n");
    env.write_credentials("[keys]\naws_access_key_id = A\naws_secret_access_key = B\n");
    check(&env, "", 0, "");
    for name in ["static", "keys"] {
        env.set("AWS_PROFILE", name);
        check(&env, "", 0, "");
        let json = env.run("sso-status --format prompt --json").expect_code(0);
        assert_eq!(json_of(&json)["usable"], true, "{json}");
    }
}

#[test]
fn prompt_shows_a_profile_of_the_environment_without_usable_credentials() {
    let (_center, mut env) = home();
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    let id = "aws_access_key_id = A\n";
    env.write_config(&format!(
        "[profile own]\n{role}source_profile = own\n{id}[profile half]\n{id}\
         [profile of-half]\n{role}source_profile = half\n[profile settings]\nregion = us-east-1\n\
         [profile of-settings]\n{role}source_profile = settings\n"
    ));
    env.write_credentials(&format!("[of-file]\n{id}"));
    for name in ["own", "half", "of-half", "of-settings", "of-file"] {
        env.set("AWS_PROFILE", name);
        check(&env, "", 253, &format!("{name} ?\n"));
    }
    env.set("AWS_PROFILE", "settings");
    check(&env, "", 0, "");
}

#[test]
fn prompt_has_the_errors_of_the_table_for_a_selected_profile() {
    let (_center, env) = signed_in_for(HOUR);
    env.write_config(&format!("{}[profile static]\n", TestEnv::SAMPLE_CONFIG));
    for selection in ["--profile dve", "-p static", "--sso-session my-ssso"] {
        let table = env.run(&format!("sso-status {selection}")).expect_code(253);
        assert!(table.stderr().starts_with("sso-status: error: "), "{table}");
        for options in ["", " --json"] {
            let prompt = env.run(&format!("sso-status --format prompt {selection}{options}"));
            let prompt = prompt.expect_code(253);
            assert_eq!((prompt.stdout(), prompt.stderr()), ("", table.stderr()));
        }
    }
}

#[test]
fn prompt_shows_control_characters_of_the_profile_name_as_escapes() {
    let (_center, env) = home();
    let name = "e\u{1b}[31mvil";
    env.write_config(&format!(
        "[profile {name}]\nsso_start_url = https://x\nsso_region = us-east-1\n"
    ));
    check(
        &env,
        &format!("--profile '{name}'"),
        253,
        "e\\u{1b}[31mvil signed out\n",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn prompt_sends_no_request_takes_no_lock_and_writes_nothing() {
    if tool("strace").is_none() {
        return;
    }
    let (_center, env) = signed_in_for(HOUR);
    let calls = "trace=%network,%file,%desc,flock";
    let command = format!("strace -f -o calls -e {calls} sso-status --format prompt --profile dev");
    env.run(&command).expect_code(0);
    let calls = String::from_utf8(env.read("calls")).unwrap();
    assert!(calls.contains(TestEnv::TOKEN_OF_MY_SSO), "{calls}");
    for forbidden in [
        "socket(", "connect(", "flock(", "O_WRONLY", "O_RDWR", "O_CREAT", "chmod", "mkdir",
        "rename", "unlink", "F_SETLK", "zoneinfo",
    ] {
        assert!(!calls.contains(forbidden), "{forbidden}: {calls}");
    }
}

#[test]
fn prompt_marks_a_selected_profile_that_does_not_exist() {
    let (_center, mut env) = signed_in_for(HOUR);
    check(&env, "", 0, "");
    check(&TestEnv::offline(), "", 0, "");
    for variable in ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"] {
        env.set(variable, "dve");
        check(&env, "", 253, "dve ?\n");
        let json = env.run("sso-status --format prompt --json");
        let json = json_of(&json.expect_code(253));
        assert_eq!(json["usable"], false, "{json}");
        let problem = json["problems"][0].as_str().unwrap();
        let end = format!("selected by {variable}");
        assert!(problem.contains("dve") && problem.ends_with(&end), "{json}");
    }
    env.set("AWS_PROFILE", "");
    env.set("AWS_DEFAULT_PROFILE", "");
    check(&env, "", 0, "");
}

#[test]
fn prompt_marks_a_selected_profile_that_cannot_be_used() {
    let (_center, mut env) = signed_in_for(HOUR);
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    let export = "credential_process = export-credentials";
    for lines in [
        role.to_owned(),
        format!("{role}source_profile = gone\n"),
        format!("{role}source_profile = broken\n"),
        format!("{role}source_profile = dev\ncredential_source = Environment\n"),
        format!("{export} --sso-session gone --account-id 1 --role-name r\n"),
        format!("{export} --profile gone\n"),
        format!("{export} --profile broken\n"),
        "sso_session = gone\n".to_owned(),
        "sso_start_url = https://x\n".to_owned(),
        "sso_start_url = https://x\nsso_region = a/b\n".to_owned(),
    ] {
        let config = TestEnv::SAMPLE_CONFIG;
        env.write_config(&format!("{config}[profile broken]\n{lines}"));
        env.set("AWS_PROFILE", "broken");
        check(&env, "", 253, "broken ?\n");
        let json = env.run("sso-status --format prompt --json");
        let json = json_of(&json.expect_code(253));
        assert_eq!(
            json["problems"].as_array().unwrap().len(),
            1,
            "{lines}{json}"
        );
        env.write_config(&format!("{config}[default]\n{lines}"));
        env.set("AWS_PROFILE", "");
        // The user may not know of a profile that no variable selects.
        check(&env, "", 253, "");
        env.write_config(&format!("{config}[profile broken]\n{lines}"));
        let prompt = env.run("sso-status --format prompt broken");
        let prompt = prompt.expect_code(253);
        assert!(prompt.stderr().contains("error: "), "{lines}{prompt}");
    }
}
