//! Filters of `populate` that match nothing.

use identity_center_emulator::settings::Account;

use crate::{SESSION, config, signed_in};

/// Returns the warnings of a run of `populate`, without their beginning.
fn warnings(accounts: &[Account], arguments: &str) -> Vec<String> {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = accounts.to_vec());
    env.write("team.toml", FILE);
    let run = env.run(&format!("sso-configure populate {arguments}"));
    let run = run.expect_code(0);
    let warnings = run.stderr().lines();
    let warnings = warnings.filter_map(|line| line.strip_prefix("sso-configure: warning: "));
    warnings.map(str::to_owned).collect()
}

const FILE: &str = r#"
[[profiles]]
sso_session = "my-sso"
accounts = ["Dev*"]

[[profiles]]
sso_session = "my-sso"
accounts = ["Prod*", "Test?"]
exclude_accounts = ["Sandbox"]
roles = ["ReadOnly", "Nope"]
exclude_roles = ["Missing*"]
"#;

#[test]
fn a_filter_that_matches_nothing_is_a_warning() {
    let check = |arguments: &str, expected: &[&str]| {
        let expected = expected.iter();
        let expected = expected.map(|warning| format!("SSO session my-sso: {warning}"));
        let expected: Vec<_> = expected.collect();
        assert_eq!(
            warnings(&Account::examples(), arguments),
            expected,
            "{arguments}"
        );
    };
    check("", &[]);
    check("--account 'd*' --role '*only' --exclude-role full*", &[]);
    check("--role Nope", &[r#"--role "Nope" matches no role"#]);
    check(
        "--account Nope --role Nope",
        &[r#"--account "Nope" matches no account"#],
    );
    check(
        "--account 'Dev*' --account 12345678901 --role ReadOnly --role '*x?'",
        &[
            r#"--account "12345678901" matches no account"#,
            r#"--role "*x?" matches no role"#,
        ],
    );
    check(
        "--exclude-account Nope --exclude-role Nope",
        &[
            r#"--exclude-account "Nope" matches no account"#,
            r#"--exclude-role "Nope" matches no role"#,
        ],
    );
    check(
        "--account 'Dev*' --exclude-account 'Dev*'",
        &["no accounts and roles match the filters"],
    );
    check(
        "--role ReadOnly --exclude-role 'Read*'",
        &["no accounts and roles match the filters"],
    );
    check(
        "--from team.toml",
        &[
            r#"[[profiles]] number 2: accounts "Test?" matches no account"#,
            r#"[[profiles]] number 2: exclude_accounts "Sandbox" matches no account"#,
            r#"[[profiles]] number 2: roles "Nope" matches no role"#,
            r#"[[profiles]] number 2: exclude_roles "Missing*" matches no role"#,
        ],
    );
}

#[test]
fn a_session_without_accounts_is_one_warning() {
    assert_eq!(
        warnings(&[], "--account Nope --role Nope"),
        ["SSO session my-sso: no account is assigned to you"]
    );
    let without_roles = [Account::new("111122223333", "Dev", "", &[])];
    assert_eq!(
        warnings(&without_roles, "--role Nope"),
        ["SSO session my-sso: no accounts and roles match the filters"]
    );
}

#[test]
fn prune_removes_nothing_if_the_filters_match_nothing() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    let populated = config(&env);
    let run = env.run("sso-configure populate --role Nope --prune");
    let run = run.expect_code(0);
    let warning = "match the filters, so none of its profiles are removed";
    assert!(run.stderr().contains(warning), "{run}");
    assert_eq!(config(&env), populated);
}
