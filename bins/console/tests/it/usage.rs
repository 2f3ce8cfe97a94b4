use serde_json::Value;
use sso_test_support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env
}

#[test]
fn unknown_services_are_usage_errors_with_a_suggestion() {
    let env = env();
    for (name, error) in [
        ("cloudfrnt", "unknown service; did you mean cloudfront?"),
        ("s4", "unknown service; did you mean s3?"),
        ("codeb", "unknown service; did you mean codebuild?"),
        ("former", "unknown service; --list-services shows all"),
        ("formation", "unknown service; did you mean cloudformation?"),
        ("zzz", "unknown service; --list-services shows all"),
        ("q", "unknown service; --list-services shows all"),
        ("marsmarsmars", "unknown service; --list-services shows all"),
        ("", "unknown service; --list-services shows all"),
    ] {
        let run = env.run(&format!("sso-console dev --service '{name}' --print"));
        assert!(run.stderr().contains(error), "{run}");
        let _ = run.expect_code(252);
    }
}

#[test]
fn destinations_outside_of_the_console_are_usage_errors() {
    let env = env();
    for (url, reason) in [
        (
            "https://console.aws.amazon.com.evil.example/",
            "its host is not in",
        ),
        (
            "http://console.aws.amazon.com/",
            "it does not start with https://",
        ),
        (
            "https://a@console.aws.amazon.com/",
            "it contains a user name",
        ),
        ("https://console.aws.amazon.com:8443/", "it contains a port"),
        (
            "https://console.aws.amazon.com/\u{1b}[2J",
            "it contains white space",
        ),
        ("https://console.amazonaws.cn/", "its host is not in"),
    ] {
        let run = env.run(&format!("sso-console dev --print '--destination={url}'"));
        assert!(!run.stderr().contains('\u{1b}'), "{run}");
        assert!(
            run.stderr().contains("hint: use a URL of the console"),
            "{run}"
        );
        run.expect_error(252, &format!("invalid destination URL: {reason}"));
    }
}

#[test]
fn options_that_exclude_each_other_are_usage_errors() {
    let env = env();
    for options in [
        "--service s3 --destination https://console.aws.amazon.com/",
        "--region eu-west-1 --destination https://console.aws.amazon.com/",
        "--print --browser x",
        "--duration 14m",
        "--duration 13h",
        "--region mars!",
        "dev --profile dev",
        "--list-services --print",
    ] {
        let _ = env.run(&format!("sso-console {options}")).expect_code(252);
    }
}

#[test]
fn profiles_that_cannot_be_used_are_errors() {
    let env = env();
    let run = env.run("sso-console dve --print");
    assert!(run.stderr().contains("did you mean dev?"), "{run}");
    let _ = run.expect_code(253);
    let run = env.run("sso-console --print");
    assert!(run.stderr().contains("dev"), "{run}");
    let _ = run.expect_code(253);
    let run = env.run("sso-console my-sso --print");
    assert!(
        run.stderr().contains("hint: use one of --profile dev"),
        "{run}"
    );
    assert!(!run.stderr().contains("--sso-session"), "{run}");
    run.expect_error(253, "\"my-sso\" is an SSO session, not a profile");
}

#[test]
fn the_list_of_services_is_text_or_json() {
    let env = TestEnv::offline();
    let list = env.run("sso-console --list-services").expect_code(0);
    assert!(list.stdout().starts_with("NAME "), "{list}");
    assert!(list.stdout().contains("\ndynamodb "), "{list}");
    let list = env.run("sso-console --list-services --json").expect_code(0);
    let document: Value = serde_json::from_str(list.stdout()).unwrap();
    assert_eq!(document["schemaVersion"], 1);
    let services = document["services"].as_array().unwrap();
    let iam = services
        .iter()
        .find(|service| service["name"] == "iam")
        .unwrap();
    assert_eq!(iam["isGlobal"], true);
}

#[test]
fn names_of_services_and_profiles_are_completed() {
    let env = env();
    let services = env.completions("sso-console", "--service cloudf");
    assert_eq!(services, ["cloudformation", "cloudfront"]);
    for alias in ["cfn", "ddb", "cw", "r53"] {
        let found = env.completions("sso-console", &format!("--service {alias}"));
        assert!(found.contains(&alias.to_owned()), "{found:?}");
    }
    assert_eq!(env.completions("sso-console", "d"), ["dev"]);
    assert!(
        !env.completions("sso-console", "m")
            .contains(&"my-sso".to_owned())
    );
}

#[test]
fn the_profile_of_exported_keys_is_used() {
    let mut env = env();
    env.set("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
    env.set("AWS_SSO_TOOLS_EXPORTED_KEY_ID", "ASIAEXAMPLE");
    env.set("AWS_SSO_TOOLS_EXPORTED_PROFILE", "legacy");
    let run = env.run("sso-console --print").expect_code(0);
    assert_eq!(run.stderr(), "");
    assert!(run.stdout().contains("role_name=ReadOnly"), "{run}");
    env.unset("AWS_SSO_TOOLS_EXPORTED_PROFILE");
    let run = env.run("sso-console --print");
    let warning = "the credentials in AWS_ACCESS_KEY_ID are ignored";
    assert!(run.stderr().contains(warning), "{run}");
    run.expect_error(253, "no profile is selected");
}

#[test]
fn an_unclosed_quote_in_the_browser_option_is_a_usage_error() {
    let env = env();
    let error = "the browser command in --browser has an unclosed quote";
    env.run("sso-console legacy --browser \"'x\"")
        .expect_error(252, error);
}
