use crate::home;

/// `--print` writes the token to stdout, and only there.
#[test]
fn secrets_are_only_in_the_printed_url() {
    let (center, env) = home();
    let run = env.run("sso-console chain --print -vv").expect_code(0);
    assert!(run.stderr().contains("getSigninToken request"), "{run}");
    let issued = center.issued_secrets();
    let mut printed = issued
        .iter()
        .filter(|secret| run.stdout().contains(*secret));
    assert_eq!(printed.clone().count(), 1, "{run}");
    let token = printed.next().unwrap();
    for secret in &issued {
        assert!(!run.stderr().contains(secret), "{run}");
    }
    for file in env.files() {
        let text = String::from_utf8_lossy(&env.read(&file)).into_owned();
        assert!(!text.contains(token), "{file}");
    }
}
