//! The wizard in unusual environments: custom start URL, narrow terminal without colour, Ctrl-C.

use identity_center_emulator::{Fault, Operation};
use sso_test_support::{Key, Relay, TestEnv};

use crate::wizard_terminal::{answer, answer_profile, home, select, sign_in};
use crate::{SESSION, config, signed_in};

#[test]
fn a_custom_start_url_is_resolved_but_written_as_entered() {
    let (center, env) = home();
    let company = Relay::tls(center.address(), &[]);
    let target = "https://ssoins-12.portal.eu-west-1.app.aws/#/".to_owned();
    center.fail_next(Operation::Page, Fault::Redirect(target));
    let ca = company.ca_path().display();
    let mut wizard = env.start_on_terminal(&format!("sso-configure --ca-bundle {ca}"));
    answer(&mut wizard, "SSO session name (Recommended):", "acme");
    let start_url = format!("{}/start", company.url());
    answer(&mut wizard, "SSO start URL [None]:", &start_url);
    answer(&mut wizard, "SSO region [None]:", "us-east-1");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    sign_in(&mut wizard);
    wizard.wait_for("The start URL belongs to eu-west-1, which is now used as the SSO region.");
    select(&mut wizard, "AWS accounts", "production");
    select(&mut wizard, "roles", "readonly");
    answer_profile(&mut wizard, "123456789011_ReadOnly", "dev");
    wizard.finish().expect_code(0);
    let session =
        format!("[sso-session acme]\nsso_start_url = {start_url}\nsso_region = eu-west-1\n");
    assert!(config(&env).contains(&session), "{}", config(&env));
    env.run("export-credentials --profile dev").expect_code(0);
}

#[test]
fn a_narrow_terminal_without_colour_is_supported() {
    let (_center, mut env) = signed_in("");
    env.set("NO_COLOR", "1");
    let mut wizard = env.start_on_terminal("sso-configure");
    wizard.resize(24, 40);
    answer(&mut wizard, "SSO session name (Recommended):", "my-sso");
    answer(
        &mut wizard,
        "SSO start URL [None]:",
        "https://my-sso-portal.awsapps.com/start",
    );
    answer(&mut wizard, "SSO region [None]:", "us-east-1");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    wizard.wait_for("> DeveloperAccount");
    wizard.type_text("production");
    wizard.press(Key::Enter);
    wizard.wait_for("> FullAccess");
    wizard.type_text("readonly");
    wizard.press(Key::Enter);
    answer(&mut wizard, "Default client Region [None]:", "eu-west-99");
    wizard.press(Key::Enter);
    answer(
        &mut wizard,
        "CLI default output format (json if not specified) [None]:",
        "json",
    );
    answer(&mut wizard, "Profile name [123456789011_ReadOnly]:", "dev");
    wizard.wait_for("export AWS_PROFILE=dev");
    assert!(
        wizard.screen().contains("warning: "),
        "a warning is shown, which has a colour by default"
    );
    let written = String::from_utf8_lossy(&wizard.written()).into_owned();
    assert!(!has_colour(&written), "{written:?}");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("[profile dev]\n"), "{}", config(&env));
}

/// Returns whether an `ESC [` sequence sets a colour or a weight.
fn has_colour(written: &str) -> bool {
    let sequences = written.split("\u{1b}[").skip(1);
    let mut ends = sequences.filter_map(|after| {
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        Some((&after[..end], after[end..].chars().next()?))
    });
    ends.any(|(numbers, end)| end == 'm' && !matches!(numbers, "" | "0"))
}

#[test]
fn ctrl_c_at_any_session_question_changes_nothing() {
    let steps = [
        ("SSO session name:", "my-sso"),
        (
            "SSO start URL [https://my-sso-portal.awsapps.com/start]:",
            "https://other.awsapps.com/start",
        ),
        ("SSO region [us-east-1]:", "eu-west-1"),
        ("SSO registration scopes [sso:account:access]:", ""),
    ];
    for step in 0..steps.len() {
        let env = TestEnv::offline();
        env.write_config(SESSION);
        let mut wizard = env.start_on_terminal("sso-configure session");
        for (question, text) in &steps[..step] {
            answer(&mut wizard, question, text);
        }
        wizard.wait_for(steps[step].0);
        wizard.wait_until_unechoed();
        wizard.press(Key::Ctrl('c'));
        let wizard = wizard.finish().expect_code(130);
        let last = "sso-configure: error: interrupted; nothing was written to the config file";
        assert!(wizard.terminal().ends_with(last), "{step}: {wizard}");
        assert_eq!(env.files(), [".aws/config"], "{step}");
        assert_eq!(config(&env), SESSION, "{step}");
    }
}
