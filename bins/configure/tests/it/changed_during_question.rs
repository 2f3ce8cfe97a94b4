//! Changes of the config file by other processes while a command asks whether to write.

use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

use crate::wizard_terminal::answer;
use crate::{SESSION, config, signed_in};

const LEGACY: &str = "[profile legacy]\n\
                      sso_start_url = https://my-sso-portal.awsapps.com/start\n\
                      sso_region = us-east-1\n\
                      sso_account_id = 123456789011\n\
                      sso_role_name = ReadOnly\n";
const QUESTION: &str = "[y/N]:";
const REASON: &str = "so the changes are different now";

/// A command that asks, in a home directory in which it does.
struct Asking {
    env: TestEnv,
    _center: Option<Emulator>,
    command: &'static str,
}

impl Asking {
    fn undo() -> Self {
        let env = TestEnv::offline();
        env.write_config(SESSION);
        set_region(&env, "eu-west-1");
        Self {
            env,
            _center: None,
            command: "sso-configure undo",
        }
    }

    fn prune() -> Self {
        let (center, env) = signed_in(SESSION);
        env.run("sso-configure populate --role ReadOnly")
            .expect_code(0);
        Self {
            env,
            _center: Some(center),
            command: "sso-configure populate --account Dev* --role ReadOnly --prune",
        }
    }

    fn migrate() -> Self {
        let env = TestEnv::offline();
        env.write_config(LEGACY);
        Self {
            env,
            _center: None,
            command: "sso-configure migrate --sso-session corp",
        }
    }

    /// Changes the config file during the question, which is answered with yes. The command asks again,
    /// says why, and shows the line `shown`. The answer is no.
    fn expect_second_question(&self, change: impl FnOnce(&TestEnv), shown: &str) {
        let mut terminal = self.env.start_on_terminal(self.command);
        terminal.wait_for(QUESTION);
        change(&self.env);
        let changed = config(&self.env);
        answer(&mut terminal, QUESTION, "y");
        terminal.wait_for(REASON);
        terminal.wait_until(|screen| {
            let again = screen.split(REASON).nth(1).unwrap_or_default();
            again.contains(shown) && again.contains(QUESTION)
        });
        answer(&mut terminal, QUESTION, "n");
        terminal.finish().expect_code(0);
        assert_eq!(config(&self.env), changed, "{}", self.command);
    }
}

fn set_region(env: &TestEnv, region: &str) {
    let session = "sso-configure session --no-input --sso-session my-sso";
    env.run(&format!("{session} --sso-region {region}"))
        .expect_code(0);
}

fn replace(env: &TestEnv, from: &str, to: &str) {
    let before = config(env);
    assert!(before.contains(from), "{before}");
    env.write_config(&before.replace(from, to));
}

#[test]
fn a_change_of_other_lines_is_kept_without_a_second_question() {
    const OTHER: &str = "[profile other]\nregion = eu-west-1\n\n";
    for new in [Asking::undo, Asking::prune, Asking::migrate] {
        let Asking { env, command, .. } = &new();
        env.run(&format!("{command} --yes")).expect_code(0);
        let expected = format!("{OTHER}{}", config(env));
        let Asking { env, command, .. } = &new();
        let before = config(env);
        let mut terminal = env.start_on_terminal(command);
        terminal.wait_for(QUESTION);
        env.write_config(&format!("{OTHER}{before}"));
        answer(&mut terminal, QUESTION, "y");
        let terminal = terminal.finish().expect_code(0);
        assert!(!terminal.terminal().contains(REASON), "{terminal}");
        assert_eq!(config(env), expected, "{command}");
    }
}

#[test]
fn undo_asks_again_about_the_edit_of_another_process() {
    let edit = |env: &TestEnv| set_region(env, "eu-west-2");
    Asking::undo().expect_second_question(edit, "-sso_region = eu-west-2");
}

#[test]
fn prune_asks_again_about_a_changed_profile() {
    let header = "[profile ProductionAccount.ReadOnly]\n";
    let changed = format!("{header}output = text\n");
    let change = |env: &TestEnv| replace(env, header, &changed);
    Asking::prune().expect_second_question(change, "-output = text");
    // The keys of the user are named before the question, too.
    Asking::prune().expect_second_question(change, "removed with keys");
}

#[test]
fn migrate_asks_again_about_a_changed_line() {
    let change = |env: &TestEnv| replace(env, "sso_region = ", "sso_region=");
    Asking::migrate().expect_second_question(change, "-sso_region=us-east-1");
}

/// The profile may need a name for its session.
#[test]
fn migrate_does_not_write_if_another_profile_could_be_migrated() {
    let Asking { env, command, .. } = &Asking::migrate();
    let mut terminal = env.start_on_terminal(command);
    terminal.wait_for(QUESTION);
    let changed = format!("{LEGACY}\n{}", LEGACY.replace("legacy", "added"));
    env.write_config(&changed);
    answer(&mut terminal, QUESTION, "y");
    let error = "was changed by another process in the meantime";
    let terminal = terminal.finish().expect_code(253);
    // The terminal breaks the row.
    let shown = terminal.terminal().replace('\n', " ").replace('\r', "");
    assert!(shown.contains(error), "{terminal}");
    assert_eq!(config(env), changed);
}

#[test]
fn migrate_names_contradicting_keys_before_the_question() {
    let Asking { env, command, .. } = &Asking::migrate();
    env.write_credentials("[legacy]\nsso_region = eu-west-1\n");
    let mut terminal = env.start_on_terminal(command);
    terminal.wait_until(|screen| screen.contains("credentials:2") && screen.contains(QUESTION));
    answer(&mut terminal, QUESTION, "n");
    terminal.finish().expect_code(0);
}
