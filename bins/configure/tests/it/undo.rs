use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

#[test]
fn repeated_undo_reverts_earlier_edits() {
    let (_center, mut env) = signed_in(SESSION);
    env.set("TZ", "JST-9");
    env.run("sso-configure populate --account Dev* --role ReadOnly")
        .expect_code(0);
    let first = config(&env);
    env.run("sso-configure populate --account Dev* --set output=json")
        .expect_code(0);
    env.run("sso-configure undo --dry-run").expect_code(1);
    env.run("sso-configure undo").expect_code(0);
    assert_eq!(config(&env), first);
    let shown = env.run("sso-configure undo").expect_code(0);
    assert!(
        shown
            .stderr()
            .contains("Reverted sso-configure populate from 20"),
        "{shown}"
    );
    #[cfg(unix)]
    assert!(shown.stderr().contains(" JST in "), "{shown}");
    assert!(
        shown.stderr().contains("-sso_auto_populated = true"),
        "{shown}"
    );
    assert_eq!(config(&env), SESSION);
    assert_snapshot!(env.run("sso-configure undo"), @"
    $ sso-configure undo
    --- stderr
    sso-configure: error: no edit to undo in [HOME]/.aws/config.history
    --- exit: 253
    ");
}

#[test]
fn undo_discards_later_changes_only_with_force() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    let changed = config(&env) + "region = eu-west-1\n";
    env.write_config(&changed);
    assert_snapshot!(env.run("sso-configure undo"), @"
    $ sso-configure undo
    --- stderr
    sso-configure: error: [HOME]/.aws/config was changed by another process in the meantime
    hint: to revert the edit and discard that change: sso-configure undo --force
    --- exit: 253
    ");
    assert_eq!(config(&env), changed);
    env.run("sso-configure undo --force").expect_code(0);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn a_hint_to_force_an_undo_after_an_undo_works() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate --account Dev*")
        .expect_code(0);
    env.run("sso-configure populate --account Dev* --set output=json")
        .expect_code(0);
    env.run("sso-configure undo").expect_code(0);
    env.write_config(&(config(&env) + "region = eu-west-1\n"));
    env.run("sso-configure undo")
        .expect_error(253, "sso-configure undo --force");
    env.run("sso-configure undo --force").expect_code(0);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn undo_has_no_hint_to_force_it_without_a_saved_state() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate --account Dev*")
        .expect_code(0);
    env.write_config(&(config(&env) + "region = eu-west-1\n"));
    for file in [".aws/config.bak", ".aws/config.history/000001.before"] {
        env.write(file, "");
    }
    assert_snapshot!(env.run("sso-configure undo"), @"
    $ sso-configure undo
    --- stderr
    sso-configure: error: [HOME]/.aws/config was changed by another process in the meantime
    hint: revert the edit by hand; the state before it is no longer saved
    --- exit: 253
    ");
}

#[test]
fn undo_without_an_edit_is_an_error() {
    let env = TestEnv::offline();
    env.run("sso-configure undo")
        .expect_error(253, "no edit to undo");
    assert!(env.files().is_empty(), "{:?}", env.files());
}

#[test]
fn undo_keeps_changes_of_other_lines() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate --account Dev*")
        .expect_code(0);
    env.write_config(&(config(&env) + "\n[profile mine]\nregion = eu-west-1\n"));
    let undo = env.run("sso-configure undo").expect_code(0);
    let message = ".aws/config. The changes since then are kept.\n";
    assert!(undo.stderr().ends_with(message), "{undo}");
    let expected = format!("{SESSION}\n[profile mine]\nregion = eu-west-1\n");
    assert_eq!(config(&env), expected);
}
