//! Chromium on the pages of the emulator.

use sso_test_support::{Chromium, TestEnv};

use crate::{home, opened, printed, write_browser};

fn text_of(browser: &mut Chromium, id: &str) -> String {
    browser.wait_until(&format!("document.getElementById('{id}') !== null"));
    let script = format!("document.getElementById('{id}').textContent");
    browser.evaluate(&script).as_str().unwrap().to_owned()
}

#[test]
fn chromium_shows_the_role_and_the_destination_of_a_link() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let (center, env) = home();
    for end in ["/start", "/start/", "/start#", "/start/#/", ""] {
        let start_url = format!("{}{end}", center.url());
        let config = TestEnv::SAMPLE_CONFIG.replace(TestEnv::START_URL, &start_url);
        let role = "role_name = Full+Access=,.@-_";
        env.write_config(&config.replace("role_name = FullAccess", role));
        let link = printed(&env, "prod --service logs --region eu-west-1");
        if end.is_empty() {
            assert!(
                link.starts_with(&format!("{}/#/console?", center.url())),
                "{link}"
            );
            continue;
        }
        browser.open("about:blank");
        browser.open(&link);
        assert_eq!(text_of(&mut browser, "account_id"), "123456789011");
        assert_eq!(text_of(&mut browser, "role_name"), "Full+Access=,.@-_");
        assert_eq!(
            text_of(&mut browser, "destination"),
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1\
             #logsV2:log-groups"
        );
    }
}

#[test]
fn chromium_follows_the_page_with_the_token_to_the_console() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let (_center, env) = home();
    write_browser(&env);
    let console = env.start("sso-console chain --logout-first --browser 'sh browser'");
    browser.open(&opened(&env)[0]);
    assert_eq!(
        text_of(&mut browser, "destination"),
        "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1"
    );
    let _ = console.finish().expect_code(0);
}
