//! Nothing secret is ever said.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use sso_test_support::{Browser, RunningProgram, Transcript};

use crate::{home, shown_code};

fn check(secrets: &[String], transcript: &Transcript) {
    let said = format!("{}{}", transcript.stdout(), transcript.stderr());
    for secret in secrets {
        assert!(!said.contains(secret), "{secret} was said: {said}");
    }
}

/// The address that stands alone on its line, not one of those in the log.
fn address(login: &mut RunningProgram) -> String {
    login.wait_for_line(|line| line.starts_with("http"))
}

#[test]
fn the_log_of_a_whole_sign_in_and_of_a_renewal_holds_no_secret() {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser -vv");
    Browser::new().approve(&address(&mut login));
    let by_code = login.finish().expect_code(0);

    let mut login = env.start("sso-login --profile legacy --no-browser -vv");
    let url = address(&mut login);
    let code = shown_code(&mut login);
    Browser::new().approve_code(&url, &code);
    let by_device = login.finish().expect_code(0);

    let refreshed = env
        .run("sso-login --profile dev --min-validity 2h -vv")
        .expect_code(0);

    let secrets = center.issued_secrets();
    assert!(secrets.len() >= 9, "{}", secrets.len());
    for transcript in [&by_code, &by_device, &refreshed] {
        assert!(
            transcript.stderr().contains("[redacted]"),
            "nothing was logged: {transcript}"
        );
        check(&secrets, transcript);
    }
}

#[test]
fn an_error_holds_no_secret_whatever_the_service_says() {
    let (center, env) = home();
    env.plant_my_sso(&{
        center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(60));
        center.sign_in(&["sso:account:access"])
    });
    center.fail_always(Operation::CreateToken, Fault::InvalidJson);
    let login = env.run("sso-login --profile dev -vv").expect_code(255);
    check(&center.issued_secrets(), &login);
}

/// Not even while the client is registered and the browser about to be opened.
#[cfg(unix)]
#[test]
fn the_environment_of_a_browser_holds_no_secret() {
    let (center, env) = home();
    env.write(
        "browser",
        "env >began; echo \"$1\" >>began; mv began said\n",
    );
    let mut login = env.start("sso-login --profile dev --browser 'sh browser'");
    let url = address(&mut login);
    while !env.files().contains(&"said".to_owned()) {
        std::thread::yield_now();
    }
    let said = String::from_utf8(env.read("said")).unwrap();
    assert!(said.contains(&url) && said.contains("HOME="), "{said}");
    for secret in center.issued_secrets() {
        assert!(!said.contains(&secret), "{secret} was said: {said}");
    }
    Browser::new().approve(&url);
    login.finish().expect_code(0);
}
