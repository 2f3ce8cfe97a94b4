//! Links of the access portal, for roles in IAM Identity Center.

use serde_json::Value;
use sso_test_support::TestEnv;

use crate::{home, printed};

const PORTAL: &str = "https://my-sso-portal.awsapps.com/start/#/console";
const DEV: &str = "account_id=111122223333&role_name=ReadOnly";
const PROD: &str = "account_id=123456789011&role_name=FullAccess";

#[test]
fn a_link_contains_the_role_and_the_destination_and_sends_no_request() {
    let mut env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |env: &TestEnv, arguments: &str, expected: &str| {
        assert_eq!(
            printed(env, arguments),
            format!("{PORTAL}?{expected}"),
            "{arguments}"
        );
    };
    let home =
        "https%3A%2F%2Fus-west-2.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-west-2";
    check(&env, "dev", &format!("{DEV}&destination={home}"));
    check(&env, "--profile dev", &format!("{DEV}&destination={home}"));
    check(&env, "prod", PROD);
    check(&env, "legacy", DEV);
    let s3 = |host: &str, query: &str| {
        format!("{PROD}&destination=https%3A%2F%2F{host}%2Fs3%2Fbuckets{query}")
    };
    check(&env, "prod --service s3", &s3("console.aws.amazon.com", ""));
    check(
        &env,
        "prod -s BUCKETS --region eu-west-1",
        &s3("eu-west-1.console.aws.amazon.com", "%3Fregion%3Deu-west-1"),
    );
    check(
        &env,
        "prod --destination https://console.aws.amazon.com/iam/home#/roles",
        &format!("{PROD}&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fiam%2Fhome%23%2Froles"),
    );
    env.set("AWS_REGION", "eu-west-1");
    env.set("AWS_PROFILE", "prod");
    check(
        &env,
        "--service s3",
        &s3("eu-west-1.console.aws.amazon.com", "%3Fregion%3Deu-west-1"),
    );
}

#[test]
fn a_process_that_exports_an_sso_role_is_opened_by_a_link() {
    let (center, env) = home();
    center.forget_requests();
    let link = printed(&env, "exported --service iam");
    assert!(
        link.starts_with(&format!("{PORTAL}?{DEV}&destination=")),
        "{link}"
    );
    assert!(center.requests().is_empty());
}

#[test]
fn json_describes_the_link() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let run = env.run("sso-console prod --service ec2 --region eu-west-1 --print --json");
    let run = run.expect_code(0);
    insta::assert_snapshot!(run.stdout().trim_end(), @r#"
    {
      "accountId": "123456789011",
      "destination": "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1",
      "profile": "prod",
      "region": "eu-west-1",
      "roleName": "FullAccess",
      "schemaVersion": 1,
      "url": "https://my-sso-portal.awsapps.com/start/#/console?account_id=123456789011&role_name=FullAccess&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fec2%2Fhome%3Fregion%3Deu-west-1",
      "urlKind": "shortcut"
    }
    "#);
    let opened = env.run("sso-console prod --json -q").expect_code(0);
    let document: Value = serde_json::from_str(opened.stdout()).unwrap();
    assert_eq!(document["url"], format!("{PORTAL}?{PROD}"));
    assert_eq!(opened.stderr(), "", "{opened}");
}

#[test]
fn the_sign_out_precedes_the_link_of_an_aws_start_url() {
    let (center, env) = home();
    let link = printed(&env, "prod --logout-first");
    let expected = format!(
        "{}/oauth?Action=logout&redirect_uri=https%3A%2F%2Fmy-sso-portal.awsapps.com%2Fstart",
        center.url()
    );
    assert!(link.starts_with(&expected), "{link}");
    let custom = TestEnv::SAMPLE_CONFIG.replace(TestEnv::START_URL, "https://aws.example.com/sso");
    env.write_config(&custom);
    let link = printed(&env, "prod");
    assert_eq!(link, format!("https://aws.example.com/sso#/console?{PROD}"));
    env.run("sso-console prod --logout-first --print")
        .expect_error(
            252,
            "--logout-first requires a start URL of AWS, not https://aws.example.com/sso",
        );
}

#[test]
fn a_region_of_another_partition_is_an_error() {
    let mut env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let error = |setting: &str| {
        format!("the Region cn-north-1 in {setting} is not in the partition aws of the role")
    };
    env.run("sso-console prod --region cn-north-1 --print")
        .expect_error(252, &error("--region"));
    env.set("AWS_DEFAULT_REGION", "cn-north-1");
    env.run("sso-console prod --print")
        .expect_error(253, &error("AWS_DEFAULT_REGION"));
    env.set("AWS_REGION", "cn-north-1");
    env.run("sso-console prod --service s3 --print")
        .expect_error(253, &error("AWS_REGION"));
    printed(&env, "prod --service s3 --region us-east-1");
    // The pages of these do not depend on the Region.
    for page in [
        "--destination https://console.aws.amazon.com/",
        "--service iam",
    ] {
        let document = env.run(&format!("sso-console prod --print --json {page}"));
        let document: serde_json::Value =
            serde_json::from_str(document.expect_code(0).stdout()).unwrap();
        assert_eq!(document["region"], serde_json::Value::Null, "{page}");
    }
    env.unset("AWS_REGION");
    env.unset("AWS_DEFAULT_REGION");
    env.write_config(&format!(
        "{}\n[profile r]\nregion = cn-north-1\nsso_session = my-sso\nsso_role_name = r\n\
         sso_account_id = 111122223333\n",
        TestEnv::SAMPLE_CONFIG
    ));
    let run = env.run("sso-console r --print").expect_code(253);
    let setting = "the Region cn-north-1 in region at ";
    assert!(run.stderr().contains(setting), "{run}");
    env.set("AWS_REGION", "cn-north-1");
    let china = "[profile c]\nsso_start_url = https://start.home.awsapps.cn/directory/x\n\
                 sso_region = cn-northwest-1\nsso_account_id = 111122223333\nsso_role_name = r\n";
    env.write_config(china);
    let link = printed(&env, "c --service ec2");
    assert_eq!(
        link,
        "https://start.home.awsapps.cn/directory/x#/console?account_id=111122223333&role_name=r&destination=\
         https%3A%2F%2Fcn-north-1.console.amazonaws.cn%2Fec2%2Fhome%3Fregion%3Dcn-north-1"
    );
}

#[test]
fn an_isolated_partition_has_a_link_without_a_destination() {
    let env = TestEnv::offline();
    env.write_config(
        "[profile i]\nsso_start_url = https://x.example/start\nsso_region = us-iso-east-1\n\
         sso_account_id = 111122223333\nsso_role_name = r\nregion = us-iso-east-1\n",
    );
    let link = printed(&env, "i");
    assert_eq!(
        link,
        "https://x.example/start/#/console?account_id=111122223333&role_name=r"
    );
    let error = "the URL of the AWS console in the partition aws-iso is not known";
    env.run("sso-console i --service s3")
        .expect_error(253, error);
}

#[test]
fn a_start_url_that_must_not_be_opened_is_an_error() {
    let env = TestEnv::offline();
    for start_url in [
        "http://my-sso-portal.awsapps.com/start",
        "https://a:hunter2@x.example",
    ] {
        env.write_config(&TestEnv::SAMPLE_CONFIG.replace(TestEnv::START_URL, start_url));
        let run = env.run("sso-console prod --print");
        assert!(!run.to_string().contains("hunter2"), "{run}");
        assert!(
            run.stderr()
                .contains("hint: correct sso_start_url in line "),
            "{run}"
        );
        run.expect_error(
            253,
            "cannot create the link to the console for profile \"prod\": a start URL begins with https:// \
             and contains no user name and no password",
        );
    }
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace("= 111122223333", "= 1111"));
    let run = env.run("sso-console legacy --print");
    assert!(
        run.stderr()
            .contains("hint: correct sso_account_id in line "),
        "{run}"
    );
    run.expect_error(
        253,
        "cannot create the link to the console for profile \"legacy\": an account ID has 12 digits",
    );
}

#[test]
fn the_region_of_another_partition_does_not_affect_a_destination() {
    let mut env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.set("AWS_REGION", "cn-north-1");
    let run = env.run("sso-console dev --print");
    let hint = "hint: use --region with a Region of this partition, such as us-east-1";
    assert!(run.stderr().contains(hint), "{run}");
    let _ = run.expect_code(253);
    let destination = "https://console.aws.amazon.com/iam/home";
    let url = printed(&env, &format!("dev --destination {destination}"));
    assert!(
        url.contains("destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fiam%2Fhome"),
        "{url}"
    );
}
