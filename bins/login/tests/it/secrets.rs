use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use sso_test_support::{Browser, RunningProgram, Transcript};

use crate::{home, shown_code};

fn assert_no_secrets(secrets: &[String], transcript: &Transcript) {
    let output = format!("{}{}", transcript.stdout(), transcript.stderr());
    for secret in secrets {
        assert!(!output.contains(secret), "{secret} in {output}");
    }
}

/// Waits for the URL that is alone on its line, unlike those in the log.
fn printed_url(login: &mut RunningProgram) -> String {
    login.wait_for_line(|line| line.starts_with("http"))
}

#[test]
fn logs_of_sign_ins_and_a_refresh_contain_no_secrets() {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser -vv");
    Browser::new().approve(&printed_url(&mut login));
    let authorization_code = login.finish().expect_code(0);

    let mut login = env.start("sso-login --profile legacy --no-browser -vv");
    let url = printed_url(&mut login);
    let code = shown_code(&mut login);
    Browser::new().approve_code(&url, &code);
    let device_code = login.finish().expect_code(0);

    let refreshed = env
        .run("sso-login --profile dev --min-validity 2h -vv")
        .expect_code(0);

    let secrets = center.issued_secrets();
    assert!(secrets.len() >= 9, "{}", secrets.len());
    for transcript in [&authorization_code, &device_code, &refreshed] {
        assert!(
            transcript.stderr().contains("[redacted]"),
            "no requests were logged: {transcript}"
        );
        assert_no_secrets(&secrets, transcript);
    }
}

#[test]
fn an_error_for_an_invalid_response_contains_no_secrets() {
    let (center, env) = home();
    env.plant_my_sso(&{
        center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(60));
        center.sign_in(&["sso:account:access"])
    });
    center.fail_always(Operation::CreateToken, Fault::InvalidJson);
    let login = env.run("sso-login --profile dev -vv").expect_code(255);
    assert_no_secrets(&center.issued_secrets(), &login);
}

#[cfg(unix)]
#[test]
fn the_environment_of_the_browser_contains_no_secrets() {
    let (center, env) = home();
    env.write(
        "browser",
        "env >partial; echo \"$1\" >>partial; mv partial environment\n",
    );
    let mut login = env.start("sso-login --profile dev --browser 'sh browser'");
    let url = printed_url(&mut login);
    while !env.files().contains(&"environment".to_owned()) {
        std::thread::yield_now();
    }
    let environment = String::from_utf8(env.read("environment")).unwrap();
    assert!(
        environment.contains(&url) && environment.contains("HOME="),
        "{environment}"
    );
    for secret in center.issued_secrets() {
        assert!(!environment.contains(&secret), "{secret} in {environment}");
    }
    Browser::new().approve(&url);
    login.finish().expect_code(0);
}
