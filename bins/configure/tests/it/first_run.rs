//! Commands in a home without a config file.

use identity_center_emulator::Emulator;
use insta::assert_snapshot;
use sso_test_support::{Browser, TestEnv};

use crate::config;

const FILE: &str = r#"
[sso-session.corp]
sso_start_url = "https://my-sso-portal.awsapps.com/start"
sso_region = "us-east-1"
sso_registration_scopes = ["sso:account:access"]

[[profiles]]
sso_session = "corp"
"#;

fn empty_home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write("it's a team.toml", FILE);
    (center, env)
}

/// Returns the commands in the hints of a transcript.
fn hints(stderr: &str) -> Vec<String> {
    let hints = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("hint: "));
    let commands = hints.map(|hint| hint.rsplit_once(": ").map_or(hint, |(_, command)| command));
    commands.map(str::to_owned).collect()
}

#[test]
fn without_a_terminal_the_hints_add_the_session_and_sign_in() {
    let (_center, env) = empty_home();
    let command = "sso-configure populate --from 'it'\\''s a team.toml' --login";
    let run = env.run(command);
    assert_snapshot!(run, @r"
    $ sso-configure populate --from 'it'\''s a team.toml' --login
    --- stderr
    Listing the accounts of SSO session corp
    sso-configure: error: not signed in to SSO session corp
    hint: add the session of the sync file first: sso-configure session --no-input --sso-session corp --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --scopes sso:account:access
    hint: sso-login --sso-session corp
    --- exit: 253
    ");
    let [add, sign_in] = hints(run.stderr()).try_into().unwrap();
    env.run(&add).expect_code(0);
    let mut login = env.start(&format!("{sign_in} --no-browser"));
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    env.run(command).expect_code(0);
    assert_eq!(config(&env).matches("[profile ").count(), 4);
}

#[test]
fn on_a_terminal_the_hint_signs_in() {
    let (_center, env) = empty_home();
    let command = "sso-configure populate --from 'it'\\''s a team.toml' --set 'x=a b'";
    let terminal = env.start_on_terminal(command).finish();
    let terminal = terminal.expect_code(253);
    let hint = "sso-configure populate --from \"it's a team.toml\" --set 'x=a b' --login";
    let screen = terminal.terminal().replace('\n', "");
    assert!(screen.contains(&format!("hint: {hint}")), "{terminal}");
    let mut terminal = env.start_on_terminal(hint);
    Browser::new().approve(&terminal.wait_for_url());
    terminal.finish().expect_code(0);
    assert_eq!(config(&env).matches("\nx = a b\n").count(), 4);
}

#[test]
fn commands_without_anything_to_do_lead_to_the_wizard() {
    let (_center, env) = empty_home();
    let text = "\nNo SSO sessions or profiles found. Run sso-configure to create one.\n";
    let migrate = env.run("sso-configure migrate").expect_code(0);
    assert!(migrate.stderr().ends_with(text), "{migrate}");
    let undo = env.run("sso-configure undo");
    assert!(undo.stderr().ends_with("\nhint: sso-configure\n"), "{undo}");
    env.write_config(crate::SESSION);
    let migrate = env.run("sso-configure migrate").expect_code(0);
    assert_eq!(migrate.stderr(), "No legacy profiles to migrate.\n");
    let undo = env.run("sso-configure undo");
    assert!(!undo.stderr().contains("hint:"), "{undo}");
    // Its sections cannot be used.
    env.write_config("[my-sso]\nsso_start_url = https://a.awsapps.com/start\n");
    let migrate = env.run("sso-configure migrate").expect_code(0);
    assert!(
        migrate.stderr().contains("Run sso-configure check"),
        "{migrate}"
    );
    let undo = env.run("sso-configure undo");
    assert!(undo.stderr().ends_with(": sso-configure check\n"), "{undo}");
}

#[test]
fn an_error_without_a_terminal_names_the_question_without_its_placeholder() {
    let env = TestEnv::offline();
    let error = "cannot prompt for \"SSO session name\": no terminal";
    env.run("sso-configure").expect_error(252, error);
    let error = "cannot prompt for \"CLI default output format (json if not specified)\": no";
    env.write_config(crate::SESSION);
    let command = "sso-configure --sso-session my-sso --account-id 111122223333 \
                   --role-name ReadOnly --region=";
    env.run(command).expect_error(252, error);
}
