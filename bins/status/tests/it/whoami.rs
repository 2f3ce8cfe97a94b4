//! Identity of the credentials of a profile.

use identity_center_emulator::settings::ACCESS_KEY;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::TestEnv;

use crate::{HOUR, home, json_of, signed_in_for};

const WHOAMI: &str = "sso-status --whoami";

/// Profiles whose credentials do not come from `dev` alone.
fn other_profiles() -> String {
    let [id, secret] = ACCESS_KEY;
    let output =
        format!(r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{secret}"}}"#);
    format!(
        "[profile chained]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = dev\n\
         role_session_name = otter\nregion = eu-central-1\n\
         [profile keys]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
         region = us-east-1\n\
         [profile process]\ncredential_process = echo '{output}'\nregion = us-gov-west-1\n\
         [profile china]\nsso_session = my-sso\nsso_account_id = 123456789011\n\
         sso_role_name = FullAccess\nregion = cn-north-1\n\
         [profile token]\nsso_session = my-sso\n"
    )
}

fn signed_in() -> (Emulator, TestEnv) {
    let (center, env) = signed_in_for(HOUR);
    env.write_config(&format!("{}{}", TestEnv::SAMPLE_CONFIG, other_profiles()));
    (center, env)
}

#[test]
fn whoami_shows_the_account_and_the_arn() {
    let (_center, mut env) = signed_in();
    assert_snapshot!(env.run(&format!("{WHOAMI} chained")), @"
    $ sso-status --whoami chained
    --- stdout
    Account: 222222222222
    ARN: arn:aws:sts::222222222222:assumed-role/x/otter
    --- exit: 0
    ");
    let shown = env.run(&format!("{WHOAMI} --profile china")).expect_code(0);
    let start = "Account: 123456789011\nARN: arn:aws-cn:sts::123456789011:assumed-role/AWSReservedSSO_FullAccess_";
    assert!(shown.stdout().starts_with(start), "{shown}");
    env.set("AWS_PROFILE", "keys");
    let user = "ARN: arn:aws:iam::111122223333:user/otter\n";
    let shown = env.run(WHOAMI).expect_code(0);
    assert!(shown.stdout().ends_with(user), "{shown}");
}

#[cfg(unix)]
#[test]
fn json_is_the_output_of_the_aws_cli_with_the_same_credentials() {
    let Some(aws) = sso_test_support::aws_cli() else {
        return;
    };
    let (center, mut env) = signed_in();
    env.set("AWS_EC2_METADATA_DISABLED", "true");
    for profile in ["dev", "chained", "keys", "process", "china"] {
        let ours = env.run(&format!("{WHOAMI} --json --profile {profile}"));
        let ours = ours.expect_code(0);
        let arguments = ["sts", "get-caller-identity", "--output", "json"];
        // The AWS CLI finds the role credentials in the cache. Its old versions do not read
        // AWS_ENDPOINT_URL.
        let url = center.url();
        let mut command = env.command(aws.to_str().unwrap());
        let command = command.args(arguments).args(["--profile", profile]);
        let theirs = command.args(["--endpoint-url", &url]).output().unwrap();
        let theirs = String::from_utf8(theirs.stdout).unwrap();
        assert_eq!(ours.stdout(), theirs, "{profile}");
    }
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
    assert_eq!(center.count(Operation::AssumeRole), 1);
    assert_eq!(center.count(Operation::GetCallerIdentity), 10);
}

#[test]
fn whoami_caches_the_credentials_that_it_requests() {
    let (center, env) = signed_in();
    for _ in 0..2 {
        env.run(&format!("{WHOAMI} dev")).expect_code(0);
    }
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    let longer = format!("{WHOAMI} dev --min-validity 2h");
    env.run(&longer).expect_code(0);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn whoami_without_a_sign_in_exits_with_253_and_the_command() {
    let (center, mut env) = home();
    env.set("AWS_PROFILE", "dev");
    assert_snapshot!(env.run(&format!("{WHOAMI} --json")), @"
    $ sso-status --whoami --json
    --- stderr
    sso-status: error: not signed in to SSO session my-sso
    hint: sso-login --profile dev
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn whoami_of_a_session_names_its_profiles_with_a_role() {
    let (center, env) = signed_in();
    assert_snapshot!(env.run(&format!("{WHOAMI} my-sso")), @"
    $ sso-status --whoami my-sso
    --- stderr
    sso-status: error: SSO session my-sso has no identity without an account and a role
    hint: use one of --profile dev, --profile prod, --profile chained, --profile china
    --- exit: 253
    ");
    let url = format!("{WHOAMI} --start-url {}", TestEnv::START_URL);
    let error = format!(
        "start URL {} has no identity without an account and a role",
        TestEnv::START_URL
    );
    env.run(&url).expect_error(253, &error);
    env.run(&format!("{WHOAMI} token"))
        .expect_error(253, "lacks sso_account_id and sso_role_name");
    env.write_config(
        "[sso-session my-sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n",
    );
    assert_snapshot!(env.run(&format!("{WHOAMI} --sso-session my-sso")), @"
    $ sso-status --whoami --sso-session my-sso
    --- stderr
    sso-status: error: SSO session my-sso has no identity without an account and a role
    hint: to create a profile with a role: sso-configure --sso-session my-sso
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn whoami_of_a_profile_that_does_not_exist_has_a_suggestion() {
    let (_center, env) = signed_in();
    let unknown = env.run(&format!("{WHOAMI} --profile dve"));
    let unknown = unknown.expect_code(253);
    assert!(unknown.stderr().contains("did you mean dev?"), "{unknown}");
    env.run(WHOAMI)
        .expect_error(253, "no profile is selected, and ");
}

#[test]
fn a_refusal_of_sts_exits_with_254_and_names_the_operation() {
    let (center, env) = signed_in();
    center.fail_always(Operation::GetCallerIdentity, Fault::sts("ExpiredToken"));
    assert_snapshot!(env.run(&format!("{WHOAMI} dev")), @"
    $ sso-status --whoami dev
    --- stderr
    sso-status: error: GetCallerIdentity failed: the credentials are invalid or have expired: injected fault (ExpiredToken, status 403)
    hint: start a new access portal session: sso-login --profile dev --force --new-session
    --- exit: 254
    ");
    let keys = env.run(&format!("{WHOAMI} keys")).expect_code(254);
    assert!(
        keys.stderr().contains("hint: check the access keys at "),
        "{keys}"
    );
    for (code, hint) in [
        ("RegionDisabledException", "hint: select another Region"),
        ("AccessDenied", "access is denied"),
    ] {
        center.fail_always(Operation::GetCallerIdentity, Fault::sts(code));
        let refused = env.run(&format!("{WHOAMI} dev")).expect_code(254);
        assert!(refused.stderr().contains(hint), "{refused}");
        assert!(!refused.stderr().contains("role_arn"), "{refused}");
    }
    center.fail_always(Operation::GetCallerIdentity, Fault::CaptivePortal);
    env.run(&format!("{WHOAMI} dev")).expect_error(
        255,
        "GetCallerIdentity failed: no valid response from STS: ",
    );
}

#[test]
fn an_identity_of_a_hostile_service_is_an_error() {
    let (center, env) = signed_in();
    for (arn, code) in [
        ("arn:\u{1b}[31mevil", 255),
        ("arn:&#x85;x", 254),
        ("arn:\u{202e}live", 254),
        (" ", 254),
    ] {
        let body = format!(
            "<GetCallerIdentityResponse><UserId>A</UserId><Account>111122223333</Account><Arn>{arn}</Arn>\
             </GetCallerIdentityResponse>"
        );
        center.fail_always(Operation::GetCallerIdentity, Fault::Xml(200, body));
        for options in ["", " --json"] {
            let run = env.run(&format!("{WHOAMI} dev{options}"));
            assert!(!run.to_string().contains('\u{1b}'), "{run}");
            run.expect_error(code, "GetCallerIdentity failed: ");
        }
    }
}

#[test]
fn an_error_message_of_sts_has_no_secrets_and_no_control_characters() {
    let (center, env) = signed_in();
    env.run(&format!("{WHOAMI} dev")).expect_code(0);
    let secrets = center.issued_secrets();
    let sent = secrets.iter().find(|it| it.starts_with("IQoJ")).unwrap();
    let body = format!(
        "<ErrorResponse><Error><Code>Bad&#x202e;Code</Code><Message>no&#x9b;31m {sent}</Message>\
         </Error></ErrorResponse>"
    );
    center.fail_always(Operation::GetCallerIdentity, Fault::Xml(403, body));
    let run = env.run(&format!("{WHOAMI} dev -vv")).expect_code(254);
    assert!(run.stderr().contains("STS returned an error: no"), "{run}");
    for hidden in ["\u{202e}", "\u{9b}", &sent[..20]] {
        assert!(!run.stderr().contains(hidden), "{hidden:?} in {run}");
    }
}

#[test]
fn the_log_of_whoami_contains_no_secrets() {
    let (center, env) = signed_in();
    let run = env.run(&format!("{WHOAMI} chained -vv")).expect_code(0);
    assert!(run.stderr().contains("GetCallerIdentity response"), "{run}");
    let secrets = center.issued_secrets();
    assert!(secrets.len() >= 5, "{}", secrets.len());
    for secret in secrets.iter().map(String::as_str).chain([ACCESS_KEY[1]]) {
        assert!(!run.to_string().contains(secret), "{secret} in {run}");
    }
    let keys = env.run(&format!("{WHOAMI} keys -vv")).expect_code(0);
    assert!(!keys.to_string().contains(ACCESS_KEY[1]), "{keys}");
}

#[test]
fn whoami_sends_the_request_to_sts_in_the_region_of_the_profile() {
    let (center, mut env) = signed_in();
    let scope = |run: &str| {
        center.forget_requests();
        env.run(run).expect_code(0);
        let requests = center.requests();
        let last = requests.last().unwrap();
        assert_eq!(last.operation, Operation::GetCallerIdentity);
        let header = &last.headers["authorization"];
        header.split('/').nth(2).unwrap().to_owned()
    };
    assert_eq!(scope("sso-status --whoami dev"), "us-west-2");
    assert_eq!(scope("sso-status --whoami chained"), "eu-central-1");
    env.set("AWS_REGION", "ap-south-1");
    let run = env.run("sso-status --whoami dev --json").expect_code(0);
    let arn = json_of(&run)["Arn"].clone();
    assert!(matches!(arn, Value::String(_)), "{run}");
    let requests = center.requests();
    assert!(
        requests.last().unwrap().headers["authorization"].contains("/ap-south-1/sts/"),
        "{run}"
    );
}

#[cfg(unix)]
#[test]
fn whoami_prompts_for_an_mfa_code_on_a_terminal() {
    use identity_center_emulator::settings::AssumableRole;
    use sso_test_support::Key;

    let (center, env) = home();
    let device = "arn:aws:iam::111122223333:mfa/otter";
    let arn = "arn:aws:iam::222222222222:role/mfa";
    center.configure(|settings| {
        let role = AssumableRole::new(arn).with_mfa_serial(device);
        settings.assumable_roles.push(role);
    });
    let [id, secret] = ACCESS_KEY;
    env.write_config(&format!(
        "[profile mfa]\nrole_arn = {arn}\nsource_profile = mfa\nmfa_serial = {device}\n\
         aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
    ));
    env.run(&format!("{WHOAMI} mfa"))
        .expect_error(253, "requires an MFA code");
    let mut terminal = env.start_on_terminal(&format!("{WHOAMI} mfa"));
    terminal.wait_for("Enter MFA code for");
    terminal.type_text("123456");
    terminal.press(Key::Enter);
    let ended = terminal.finish().expect_code(0);
    assert!(
        ended.terminal().contains("Account: 222222222222"),
        "{ended}"
    );
}

#[test]
fn whoami_uses_the_profile_whose_keys_are_exported() {
    let (_center, mut env) = signed_in();
    env.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
    env.set("AWS_SSO_TOOLS_EXPORTED_KEY_ID", "ASIAEXAMPLE");
    env.set("AWS_SSO_TOOLS_EXPORTED_PROFILE", "keys");
    let shown = env.run(WHOAMI).expect_code(0);
    assert!(shown.stdout().ends_with("user/otter\n"), "{shown}");
    assert_eq!(shown.stderr(), "");
    // The variable of another profile, or an argument, takes precedence.
    let warning = "sso-status: warning: the credentials in AWS_ACCESS_KEY_ID are ignored; only those of a \
                   profile are used\nhint: select a profile with --profile, or unset AWS_ACCESS_KEY_ID\n";
    env.set("AWS_PROFILE", "chained");
    let shown = env.run(WHOAMI).expect_code(0);
    assert!(shown.stdout().contains("assumed-role/x/otter"), "{shown}");
    assert_eq!(shown.stderr(), warning);
    let shown = env.run(&format!("{WHOAMI} chained")).expect_code(0);
    assert_eq!(shown.stderr(), "");
    // Without its keys, the variable is left from another shell.
    env.unset("AWS_PROFILE");
    env.unset("AWS_ACCESS_KEY_ID");
    env.run(WHOAMI).expect_error(253, "no profile is selected");
    env.unset("AWS_SSO_TOOLS_EXPORTED_PROFILE");
    env.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
    let run = env.run(WHOAMI);
    assert!(run.stderr().starts_with(warning), "{run}");
    run.expect_error(253, "no profile is selected");
}
