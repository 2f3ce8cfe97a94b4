//! Cache entries and responses with odd values, which the AWS CLI accepts or which must not be exported.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::ACCESS_KEY;
use identity_center_emulator::{Fault, Operation};
use serde_json::{Value, json};
use sso_test_support::{TestEnv, tool};

use crate::{home, signed_in, signed_in_with_expired_token};

const EXPORT: &str = "export-credentials --profile dev";

fn token_file(env: &TestEnv) -> std::path::PathBuf {
    env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO)
}

/// Inserts the JSON text of fields into the token, before the last brace.
fn add_to_token(env: &TestEnv, fields: &str) {
    let path = token_file(env);
    let text = String::from_utf8(env.read(&path)).unwrap();
    let end = text.rfind('}').unwrap();
    env.write(&path, format!("{}, {fields}}}", &text[..end]));
}

#[test]
fn a_token_with_odd_fields_is_used_without_a_warning() {
    let nested = format!("\"nested\": {}1{}", "[".repeat(5000), "]".repeat(5000));
    for fields in [
        r#""region": """#,
        r#""region": 7"#,
        r#""startUrl": 7"#,
        r#""registrationExpiresAt": 1795376793"#,
        r#""registrationExpiresAt": "soon""#,
        r#""clientSecret": 7"#,
        r#""clientId": null"#,
        r#""refreshToken": []"#,
        r#""number": NaN, "infinite": -Infinity"#,
        r#""surrogate": "\ud800""#,
        &nested,
    ] {
        let (center, env) = signed_in();
        add_to_token(&env, fields);
        let before = env.read(token_file(&env));
        let run = env.run(EXPORT).expect_code(0);
        assert_eq!(run.stderr(), "", "{fields:.80}");
        assert_eq!(center.count(Operation::GetRoleCredentials), 1);
        assert!(env.read(token_file(&env)) == before, "{fields:.80}");
    }
}

#[test]
fn a_token_with_an_odd_expiration_is_used_without_a_warning() {
    for suffix in ["+0000", "+00:00", "UTC", ".5Z", "z"] {
        let (_center, env) = signed_in();
        let mut token: Value = env.read_json(token_file(&env));
        let expires_at = token["expiresAt"].as_str().unwrap();
        let expires_at = format!("{}{suffix}", expires_at.trim_end_matches('Z'));
        token["expiresAt"] = json!(expires_at);
        env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        let run = env.run(EXPORT).expect_code(0);
        assert_eq!(run.stderr(), "", "{expires_at}");
    }
}

#[test]
fn a_token_with_odd_fields_is_refreshed_and_keeps_them() {
    for fields in [
        r#""number": NaN"#,
        r#""surrogate": "\ud800""#,
        r#""registrationExpiresAt": 1795376793"#,
    ] {
        let (center, env) = signed_in_with_expired_token();
        add_to_token(&env, fields);
        let run = env.run(EXPORT).expect_code(0);
        assert_eq!(run.stderr(), "", "{fields}");
        assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
        let text = String::from_utf8(env.read(token_file(&env))).unwrap();
        let name = fields.split(':').next().unwrap();
        assert_eq!(
            text.contains(name),
            !name.contains("registration"),
            "{text}"
        );
    }
}

#[test]
fn cached_credentials_with_a_blank_key_are_not_exported() {
    for blank in ["", " ", "\t\n"] {
        let (center, env) = signed_in();
        env.run(EXPORT).expect_code(0);
        let path = env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
        let mut cached: Value = env.read_json(&path);
        let key = cached["Credentials"]["AccessKeyId"].clone();
        cached["Credentials"]["AccessKeyId"] = json!(blank);
        env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &cached);
        let run = env
            .run(&format!("{EXPORT} --format process"))
            .expect_code(0);
        let exported: Value = serde_json::from_str(run.stdout()).unwrap();
        let exported = exported["AccessKeyId"].as_str().unwrap();
        assert_eq!(exported.trim().len(), key.as_str().unwrap().len(), "{run}");
        assert_eq!(center.count(Operation::GetRoleCredentials), 2);
    }
}

#[test]
fn an_expiration_at_the_end_of_time_is_no_panic() {
    let [id, secret] = ACCESS_KEY;
    for expiration in [
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00+23:59",
    ] {
        let (center, env) = home();
        env.write_config(&format!(
            "[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
             [profile x]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n"
        ));
        let response = format!(
            "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>A:s\
             </AssumedRoleId><Arn>arn:aws:sts::222222222222:assumed-role/x/s</Arn>\
             </AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult>\
             </AssumeRoleResponse>"
        );
        center.fail_always(Operation::AssumeRole, Fault::Xml(200, response));
        let run = env.run("export-credentials --profile x").expect_code(254);
        assert!(run.stderr().contains("no valid Expiration"), "{run}");
    }
    for expiration in [i64::MAX, i64::MIN, -1, 0] {
        let (center, env) = signed_in();
        let fields = json!({"roleCredentials": {"expiration": expiration}});
        center.fail_next(Operation::GetRoleCredentials, Fault::Amend(fields));
        let run = env.run(EXPORT);
        assert!(matches!(run.code(), Some(0 | 254)), "{run}");
    }
}

#[test]
fn a_requested_pause_of_any_length_is_an_error() {
    let (center, env) = signed_in();
    let fault = Fault::Throttle(Some(Duration::MAX));
    center.fail_always(Operation::GetRoleCredentials, fault);
    // The second run reads the pause of the first.
    for _ in 0..2 {
        let run = env.run(EXPORT).expect_code(254);
        assert!(run.stderr().contains("pause"), "{run}");
    }
}

/// Such as on a Windows drive in WSL.
#[test]
fn a_mode_that_does_not_change_is_not_reported_as_changed() {
    let Some(strace) = tool("strace") else {
        return;
    };
    let (_center, env) = signed_in();
    let path = token_file(&env);
    let set_mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    set_mode(0o644);
    let strace = strace.display();
    let fault = "-e inject=fchmod:retval=0";
    let run = env.run(&format!("{strace} -f -qq -o /dev/null {fault} {EXPORT}"));
    let run = run.expect_code(0);
    assert_eq!(run.stderr(), "", "{run}");
    env.run(&format!("rm -r {}", env.cli_cache().display()))
        .expect_code(0);
    let run = env.run(EXPORT).expect_code(0);
    assert!(
        run.stderr().contains("it is now accessible only to you"),
        "{run}"
    );
}

/// The first read finds an empty file, because another program is writing it in place.
#[test]
fn a_file_that_is_rewritten_at_this_moment_is_read_again_without_a_warning() {
    let Some(strace) = tool("strace") else {
        return;
    };
    let strace = strace.display();
    let check = |env: &TestEnv, path: &std::path::Path, ends: &str| {
        let run = env.run(&format!(
            "{strace} -f -qq -o /dev/null -P {} -e inject=read:retval=0:when={ends} {EXPORT}",
            path.display()
        ));
        let run = run.expect_code(0);
        assert_eq!(run.stderr(), "", "{run}");
    };
    for reads in ["1", "1..3"] {
        let (center, env) = signed_in();
        check(&env, &token_file(&env), reads);
        check(
            &env,
            &env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV),
            reads,
        );
        assert_eq!(center.count(Operation::GetRoleCredentials), 1);
        let files = env.files();
        assert!(
            !files.iter().any(|path| path.contains(".corrupt")),
            "{files:?}"
        );
    }
}
