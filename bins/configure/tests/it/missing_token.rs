//! Tokens that exist, but count as missing: refused by the service, or of another portal.

use identity_center_emulator::Emulator;
#[cfg(unix)]
use sso_test_support::Browser;
use sso_test_support::TestEnv;

use crate::{SESSION, signed_in};

/// Returns homes with a refused token, and with a token of another start URL.
fn homes() -> [(Emulator, TestEnv); 2] {
    let (refused, env) = signed_in(SESSION);
    refused.end_session();
    env.run("sso-configure populate").expect_code(253);
    refused.forget_requests();
    let other = SESSION.replace("my-sso-portal", "other");
    let (other, other_env) = signed_in(&other);
    [(refused, env), (other, other_env)]
}

#[test]
fn list_shows_no_sign_in() {
    for (center, env) in homes() {
        let list = env.run("sso-configure list --output json").expect_code(0);
        assert!(list.stdout().contains("\"state\": \"signedOut\""), "{list}");
        assert!(center.requests().is_empty());
    }
}

#[test]
fn check_does_not_send_the_token() {
    for (center, env) in homes() {
        let check = env.run("sso-configure check");
        let problems =
            ["token-refused: ", "token-mismatch: "].map(|it| check.stdout().matches(it).count());
        assert_eq!(problems.iter().sum::<usize>(), 1, "{check}");
        assert!(
            check
                .stdout()
                .ends_with("hint: sso-login --sso-session my-sso\n"),
            "{check}"
        );
        let tokens = center.requests();
        let tokens = tokens.iter().map(|request| format!("{request:?}"));
        let secrets = center.issued_secrets();
        for request in tokens {
            assert!(!secrets.iter().any(|secret| request.contains(secret)));
        }
    }
}

#[test]
fn populate_fails_without_a_request_and_with_a_hint() {
    for (center, env) in homes() {
        let populate = env.run("sso-configure populate").expect_code(253);
        let hint = "hint: sso-login --sso-session my-sso\n";
        assert!(populate.stderr().ends_with(hint), "{populate}");
        assert!(center.requests().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn populate_with_login_signs_in() {
    for (_center, env) in homes() {
        let mut terminal = env.start_on_terminal("sso-configure populate --login");
        Browser::new().approve(&terminal.wait_for_url());
        terminal.finish().expect_code(0);
        env.run("sso-configure populate --dry-run").expect_code(0);
    }
}
