//! Account names that move from one account to another.

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

const A: &str = "111111111111";
const B: &str = "222222222222";

fn set_accounts(center: &Emulator, accounts: &[(&str, &str)]) {
    let accounts = accounts.iter();
    let accounts = accounts.map(|(id, name)| Account::new(id, name, "", &["R"]));
    let accounts: Vec<_> = accounts.collect();
    center.configure(|settings| settings.accounts = accounts);
}

/// Writes the profiles, and adds a key of the user to each and a reference to `A.R`.
fn populated(accounts: &[(&str, &str)]) -> (Emulator, TestEnv) {
    let (center, env) = signed_in(SESSION);
    set_accounts(&center, accounts);
    env.run("sso-configure populate").expect_code(0);
    let mut text = config(&env);
    for (id, _) in accounts {
        let key = format!("sso_account_id = {id}");
        text = text.replace(&key, &format!("output = of-{id}\n{key}"));
    }
    let name = accounts[0].1;
    env.write_config(&format!(
        "{text}\n[profile deploy]\nsource_profile = {name}.R\n"
    ));
    (center, env)
}

/// Returns the text after the accounts got other names. All names must be single characters.
fn expected(before: &str, names: &[(&str, &str)]) -> String {
    let lines = before.lines().map(|line| {
        let renamed = names.iter().find(|(old, _)| {
            [
                format!("[profile {old}.R]"),
                format!("sso_account_name = {old}"),
                format!("source_profile = {old}.R"),
            ]
            .contains(&line.to_owned())
        });
        renamed.map_or_else(
            || format!("{line}\n"),
            |(old, new)| format!("{}\n", line.replacen(old, new, 1)),
        )
    });
    lines.collect()
}

#[test]
fn a_name_that_another_account_gets_leaves_the_profile_with_its_account() {
    let (center, env) = populated(&[(A, "X")]);
    let before = config(&env);
    set_accounts(&center, &[(A, "Y"), (B, "X")]);
    assert_snapshot!(env.run("sso-configure populate"), @"
    $ sso-configure populate
    --- stderr
    Listing the accounts of SSO session my-sso
    Added: X.R
    Renamed: X.R to Y.R
    [HOME]/.aws/config: profiles: 1 added, 1 renamed.
    --- exit: 0
    ");
    let renamed = expected(&before, &[("X", "Y")]);
    let after = config(&env);
    assert!(after.starts_with(&renamed), "{after}");
    assert!(after.contains("source_profile = Y.R\n"), "{after}");
    assert!(
        after[renamed.len()..].starts_with("\n[profile X.R]\n"),
        "{after}"
    );
    assert!(!after[renamed.len()..].contains("output"), "{after}");
    let run = env.run("sso-configure populate").expect_code(0);
    assert!(run.stderr().contains("profiles: 2 unchanged."), "{run}");
}

#[test]
fn accounts_swap_and_shift_their_names() {
    let check = |names: &[(&str, &str)], option: &str| {
        let ids = [A, B, "333333333333"];
        let old: Vec<_> = ids.iter().zip(names).map(|(id, it)| (*id, it.0)).collect();
        let new: Vec<_> = ids.iter().zip(names).map(|(id, it)| (*id, it.1)).collect();
        let (center, env) = populated(&old);
        let before = config(&env);
        set_accounts(&center, &new);
        let run = env.run(&format!("sso-configure populate {option}"));
        let run = run.expect_code(0);
        let count = format!("profiles: {} renamed.", names.len());
        assert!(run.stderr().contains(&count), "{run}");
        assert!(!run.stderr().contains("warning"), "{run}");
        assert_eq!(config(&env), expected(&before, names));
        env.run("sso-configure undo").expect_code(0);
        assert_eq!(config(&env), before);
    };
    for option in ["", "--prune --yes"] {
        check(&[("X", "Y"), ("Y", "X")], option);
        check(&[("X", "Y"), ("Y", "Z")], option);
        check(&[("Y", "Z"), ("X", "Y")], option);
        check(&[("X", "Y"), ("Y", "Z"), ("Z", "X")], option);
    }
}

#[test]
fn the_name_of_an_account_that_is_not_listed_is_kept() {
    let (center, env) = populated(&[(A, "X"), (B, "Y")]);
    let before = config(&env);
    set_accounts(&center, &[(A, "Y")]);
    assert_snapshot!(env.run("sso-configure populate"), @r#"
    $ sso-configure populate
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: "Y.R" would be the name of R in Y (111111111111) of my-sso, but the profile at [HOME]/.aws/config:14 has this name and account 222222222222; --prune removes it
    sso-configure: error: 1 profile name conflicts; nothing was written
    hint: make the names unique with --name-template, or filter with --account and --role
    --- exit: 253
    "#);
    assert_eq!(config(&env), before);
    set_accounts(&center, &[(A, "Y"), (B, "Z")]);
    env.run("sso-configure populate --exclude-account Z")
        .expect_error(253, "1 profile name conflicts");
    assert_eq!(config(&env), before);

    let warned = before.clone() + "\n[profile other]\nsource_profile = Y.R\n";
    env.write_config(&warned);
    set_accounts(&center, &[(A, "Y")]);
    assert_snapshot!(env.run("sso-configure populate --prune"), @"
    $ sso-configure populate --prune
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: [HOME]/.aws/config:18: source_profile is Y.R, which this run removes
    Profile Y.R: removed with keys that this run does not set: output
    Renamed: X.R to Y.R
    Removed: Y.R
    [HOME]/.aws/config: profiles: 1 renamed, 1 removed.
    --- exit: 0
    ");
    let after = config(&env);
    assert_eq!(after.matches("[profile Y.R]").count(), 1, "{after}");
    assert!(after.contains(&format!("output = of-{A}\n")), "{after}");
    assert!(!after.contains(B), "{after}");
    assert!(
        after.contains("[profile deploy]\nsource_profile = Y.R\n"),
        "{after}"
    );
}

#[test]
fn the_name_of_a_refused_account_is_kept() {
    for option in ["", "--prune"] {
        let (center, env) = populated(&[(A, "X")]);
        let before = config(&env);
        set_accounts(&center, &[(A, "Y"), (B, "X")]);
        center.configure(|settings| {
            settings.accounts[0].refusal = Some("ForbiddenException".to_owned());
        });
        let run = env.run(&format!("sso-configure populate {option}"));
        let run = run.expect_code(253);
        let reason = format!("has this name and account {A}\n");
        assert!(run.stderr().contains(&reason), "{run}");
        assert_eq!(config(&env), before);
    }
}

#[test]
fn a_reference_in_the_credentials_file_to_a_reused_name_is_named() {
    let (center, env) = populated(&[(A, "X"), (B, "Y")]);
    env.write_credentials("[a]\nsource_profile = X.R\n");
    set_accounts(&center, &[(A, "Y"), (B, "X")]);
    let run = env.run("sso-configure populate").expect_code(0);
    let warning = "/.aws/credentials:2: source_profile is X.R, which this run renames to Y.R\n";
    assert!(run.stderr().contains(warning), "{run}");
    assert_eq!(run.stderr().matches("warning").count(), 1, "{run}");
}

#[test]
fn another_role_of_the_same_account_updates_the_profile() {
    let (_center, env) = signed_in(SESSION);
    let command = "sso-configure populate --account Dev* --name-template {account_name}";
    env.run(&format!("{command} --role ReadOnly"))
        .expect_code(0);
    let run = env.run(&format!("{command} --role FullAccess"));
    assert!(run.expect_code(0).stderr().contains("profiles: 1 changed."));
}
