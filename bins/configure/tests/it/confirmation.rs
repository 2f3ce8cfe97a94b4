//! Questions of `undo`, `check --fix` and `populate --prune` before a write.

use sso_test_support::TestEnv;
#[cfg(target_os = "linux")]
use sso_test_support::tool;

use crate::wizard_terminal::answer;
use crate::{SESSION, config, signed_in};

pub(crate) const WRITE: &str = "Write these changes? [y/N]:";

/// Runs a command on a terminal with both answers and with `--yes`. The screen has to show `shown` before
/// the answer. `expected` is the config file after the command.
fn check(env: &TestEnv, command: &str, shown: &[&str], question: &str, expected: &str) {
    let before = config(env);
    assert_ne!(before, expected);
    let answered = |reply: &str| {
        let mut terminal = env.start_on_terminal(command);
        let screen = terminal.wait_for(question);
        for line in shown {
            assert!(screen.contains(line), "{command}: {line}: {screen}");
        }
        assert_eq!(
            config(env),
            before,
            "{command}: the question comes before the write"
        );
        answer(&mut terminal, question, reply);
        terminal.finish()
    };
    let declined = answered("");
    assert!(
        declined.terminal().contains("\nNothing changed."),
        "{declined}"
    );
    assert_eq!(config(env), before, "{command}");
    answered("y").expect_code(0);
    assert_eq!(config(env), expected, "{command}");
    env.write_config(&before);
    let unasked = env.start_on_terminal(&format!("{command} --yes")).finish();
    let unasked = unasked.expect_code(0);
    assert!(!unasked.terminal().contains("[y/N]"), "{unasked}");
    assert_eq!(config(env), expected, "{command} --yes");
}

#[test]
fn undo_shows_the_diff_and_asks_on_a_terminal() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let edit = "sso-configure session --no-input --sso-session my-sso --sso-region";
    env.run(&format!("{edit} eu-west-1")).expect_code(0);
    env.run(&format!("{edit} eu-west-2")).expect_code(0);
    let shown = ["-sso_region = eu-west-2", "+sso_region = eu-west-1"];
    let question = "[y/N]:";
    let mut undo = env.start_on_terminal("sso-configure undo");
    let screen = undo.wait_for(question);
    assert!(shown.iter().all(|line| screen.contains(line)), "{screen}");
    assert!(
        screen.contains("Revert sso-configure session --sso-session my-sso from 20"),
        "{screen}"
    );
    answer(&mut undo, question, "n");
    let undo = undo.finish().expect_code(0);
    assert!(undo.terminal().ends_with("\nNothing changed."), "{undo}");
    assert_eq!(config(&env), SESSION.replace("us-east-1", "eu-west-2"));

    let mut undo = env.start_on_terminal("sso-configure undo");
    answer(&mut undo, question, "yes");
    let undo = undo.finish().expect_code(0);
    assert!(undo.terminal().contains("\nReverted "), "{undo}");
    assert_eq!(undo.terminal().matches(shown[0]).count(), 1, "{undo}");
    assert_eq!(config(&env), SESSION.replace("us-east-1", "eu-west-1"));

    let undo = env.start_on_terminal("sso-configure undo --yes").finish();
    assert!(!undo.terminal().contains("[y/N]"), "{undo}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn prune_shows_the_diff_and_asks_on_a_terminal() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    let kept = {
        let (_center, env) = signed_in(SESSION);
        env.run("sso-configure populate --account Dev* --role ReadOnly")
            .expect_code(0);
        config(&env)
    };
    check(
        &env,
        "sso-configure populate --account Dev* --role ReadOnly --prune",
        &[
            "-sso_role_name = FullAccess",
            "-[profile ProductionAccount.ReadOnly]",
        ],
        WRITE,
        &kept,
    );
}

#[test]
fn json_output_of_a_declined_prune_says_so() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    let before = config(&env);
    let line = "sso-configure populate --account Dev* --prune --output json > pruned.json";
    for (reply, written) in [("n", false), ("y", true)] {
        let mut terminal = env.start_on_terminal(&format!("sh -c '{line}'"));
        answer(&mut terminal, WRITE, reply);
        let terminal = terminal.finish().expect_code(0);
        let document = env.read(env.home().join("pruned.json"));
        let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
        assert_eq!(document["written"], written, "{document}");
        assert!(
            !document["removed"].as_array().unwrap().is_empty(),
            "{document}"
        );
        let says_removed = terminal.terminal().contains("Removed: ");
        assert_eq!(says_removed, written, "{terminal}");
        assert_eq!(config(&env) != before, written);
    }
}

#[test]
fn prune_without_a_change_asks_nothing() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    let populate = env
        .start_on_terminal("sso-configure populate --prune")
        .finish();
    assert!(!populate.expect_code(0).terminal().contains("[y/N]"));
}

#[test]
fn populate_without_prune_asks_nothing() {
    let (_center, env) = signed_in(SESSION);
    let populate = env.start_on_terminal("sso-configure populate").finish();
    assert!(!populate.expect_code(0).terminal().contains("[y/N]"));
}

#[test]
fn check_shows_the_fixes_and_asks_on_a_terminal() {
    let env = TestEnv::offline();
    let valid = format!("{SESSION}\n[profile dev]\nregion = us-east-1\n");
    let broken = format!("\u{feff}{valid}");
    env.write_config(&broken);
    let command = "sso-configure check --fix --offline";
    let mut terminal = env.start_on_terminal(command);
    let question = "Apply these fixes? [y/N]:";
    terminal.wait_for(question);
    assert_eq!(config(&env), broken);
    answer(&mut terminal, question, "n");
    let declined = terminal.finish();
    let shown = declined.terminal();
    assert!(shown.contains("\nNothing changed."), "{declined}");
    assert!(
        shown.contains("  fix: "),
        "the findings are printed as without --fix: {declined}"
    );
    assert!(!shown.contains("Problems fixed"), "{declined}");
    assert_eq!(config(&env), broken);
    check(&env, command, &[], question, &valid);
}

/// A fix of a file mode has no diff.
#[test]
fn check_names_the_fixes_of_modes_before_the_question() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let config = env.home().join(".aws/config");
    set_permissions(&config, Permissions::from_mode(0o666)).unwrap();
    let mut terminal = env.start_on_terminal("sso-configure check --fix --offline");
    let question = "Apply these fixes? [y/N]:";
    let screen = terminal.wait_for(question);
    assert!(screen.contains("Fix: "), "{screen}");
    let mode = || metadata(&config).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o666);
    answer(&mut terminal, question, "y");
    terminal.finish().expect_code(0);
    assert_eq!(mode() & 0o022, 0);
}

/// A rename of the history precedes and follows that of the config file.
#[cfg(target_os = "linux")]
#[test]
fn an_interruption_during_a_write_says_whether_the_file_was_written() {
    const EDIT: &str = "sso-configure session --no-input --sso-session my-sso --sso-region";
    let Some(strace) = tool("strace") else { return };
    let check = |command: &str, set_up: &dyn Fn(&TestEnv)| {
        let mut notes = Vec::new();
        for rename in 1.. {
            let env = TestEnv::offline();
            env.write_config(SESSION);
            set_up(&env);
            let before = config(&env);
            let inject = format!("rename,renameat,renameat2:signal=TERM:when={rename}");
            let run = env.run(&format!(
                "{} --quiet=all -f -o /dev/null -e inject={inject} {command}",
                strace.display()
            ));
            let is_written = config(&env) != before;
            let note = if is_written {
                "the config file was written"
            } else {
                "nothing was written to the config file"
            };
            if !run.stderr().contains("interrupted") {
                break;
            }
            let last = format!("error: interrupted by SIGTERM; {note}\n");
            assert!(run.stderr().contains(&last), "{rename}: {run}");
            notes.push(is_written);
        }
        assert!(notes.contains(&true), "{command}: {notes:?}");
    };
    check(&format!("{EDIT} eu-west-1"), &|_| {});
    check("sso-configure undo --yes", &|env| {
        env.run(&format!("{EDIT} eu-west-1")).expect_code(0);
    });
    check("sso-configure migrate --yes", &|env| {
        env.write_config(TestEnv::SAMPLE_CONFIG);
    });
    check("sso-configure check --fix --yes --offline", &|env| {
        env.write_config(&SESSION.replace("https://", ""));
    });
}

/// For example of another edit.
#[test]
fn an_interruption_during_the_wait_for_a_lock_says_that_nothing_was_written() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let edit = "sso-configure session --sso-session my-sso --no-input --sso-region";
    env.run(&format!("{edit} eu-west-1")).expect_code(0);
    let before = config(&env);
    let path = env.config_path().with_file_name("config.history/lock");
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.lock().unwrap();
    let mut program = env.start(&format!("{edit} eu-west-2"));
    program.wait_for_line(|line| line.contains("waiting for"));
    program.interrupt();
    let program = program.finish().expect_code(130);
    let last = "error: interrupted; nothing was written to the config file\n";
    assert!(program.stderr().ends_with(last), "{program}");
    assert_eq!(config(&env), before);
}
