use sso_test_support::Chromium;

use crate::{TWO_SESSIONS, home, shown_code};

const HEADING: &str = "document.querySelector('main h1')?.innerText";

#[test]
fn chromium_shows_the_result_page_after_the_consent_page() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    browser.open(&login.wait_for_url());
    browser.click("button[value=allow]");
    let page = browser.wait_until(&format!("{HEADING} === 'You are signed in'"));
    assert!(page.contains("You can close this window"), "{page}");
    login.finish().expect_code(0);
    assert_legible(&mut browser, "signed-in");
}

#[test]
fn chromium_shows_the_result_page_again_after_a_reload() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let (_center, env) = home();
    env.write_config(TWO_SESSIONS);
    let mut login = env.start("sso-login --all --no-browser");
    let is_url = |line: &str| line.starts_with("http");
    browser.open(&login.wait_for_line(is_url));
    browser.click("button[value=allow]");
    browser.wait_until(&format!("{HEADING} === 'You are signed in'"));
    let second = login.wait_for_line(is_url);
    browser.evaluate("window.isOld = true; location.reload()");
    browser.wait_until(&format!(
        "window.isOld !== true && {HEADING} === 'You are signed in'"
    ));
    browser.open(&second);
    browser.click("button[value=deny]");
    browser.wait_until(&format!("{HEADING} === 'Sign-in failed'"));
    login.finish().expect_code(254);
}

#[test]
fn chromium_shows_the_reason_of_a_denied_sign_in_as_text() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let (center, env) = home();
    center.configure(|settings| settings.denial = "<img src=x onerror=alert(1)>".to_owned());
    let mut login = env.start("sso-login --profile dev --no-browser");
    browser.open(&login.wait_for_url());
    browser.click("button[value=deny]");
    let page = browser.wait_until(&format!("{HEADING} === 'Sign-in failed'"));
    assert!(page.contains("<img src=x onerror=alert(1)>"), "{page}");
    assert!(page.contains("allow the request in the browser"), "{page}");
    assert_eq!(browser.evaluate("document.images.length"), 0);
    login.finish().expect_code(254);
    assert_legible(&mut browser, "refused");
}

#[test]
fn chromium_approves_a_device_code() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile legacy --no-browser");
    browser.open(&login.wait_for_url());
    let code = shown_code(&mut login);
    browser.type_into("#user_code", &code);
    browser.click("button.primary");
    browser.click("button[value=allow]");
    browser.wait_until(&format!("{HEADING} === 'Request approved'"));
    login.finish().expect_code(0);
}

/// Asserts that the page fits narrow and wide windows and that its text has enough contrast in the
/// light and dark colour schemes.
fn assert_legible(browser: &mut Chromium, name: &str) {
    for (width, scheme) in [
        (1280, "light"),
        (1280, "dark"),
        (320, "light"),
        (320, "dark"),
    ] {
        browser.show_as(width, 600, scheme);
        let overflow = "document.documentElement.scrollWidth > innerWidth";
        assert_eq!(browser.evaluate(overflow), false, "{name} at {width}");
        let contrasts = browser.evaluate(CONTRASTS);
        for contrast in contrasts.as_array().unwrap() {
            // WCAG 2.2, 1.4.3.
            assert!(
                contrast.as_f64().unwrap() >= 4.5,
                "{name}, {scheme}: {contrasts}"
            );
        }
    }
}

/// JavaScript that returns the contrast ratio of each text element with its background.
const CONTRASTS: &str = r"(() => {
    const channels = color => color.match(/[\d.]+/g).slice(0, 3).map(Number);
    const linear = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const luminance = color => {
        const [red, green, blue] = channels(color).map(linear);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const background = luminance(getComputedStyle(document.querySelector('main')).backgroundColor);
    return [...document.querySelectorAll('h1, p, pre:not(:empty)')].map(element => {
        const foreground = luminance(getComputedStyle(element).color);
        return (Math.max(foreground, background) + 0.05) / (Math.min(foreground, background) + 0.05);
    });
})()";
