//! The commands in the tables of the page about other tools.

use std::fs;
use std::path::Path;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use regex::Regex;
use sso_test_support::TestEnv;

use crate::user::answer_all;

const PROGRAMS: [&str; 8] = [
    "sso-login",
    "sso-logout",
    "sso-status",
    "sso-configure",
    "export-credentials",
    "sso-use ",
    "sso-console",
    "eval ",
];

/// Values for the capital letters on the page.
const VALUES: [(&str, &str); 9] = [
    ("A", "111122223333"),
    ("R", "ReadOnly"),
    ("S", "my-sso"),
    ("CMD", "true"),
    ("URL", TestEnv::START_URL),
    ("REGION", "us-east-1"),
    ("NAME", "dev"),
    ("KEY=VALUE", "output=json"),
    ("TEMPLATE", "{account_id}.{role_name}"),
];

#[test]
fn every_command_in_the_tables_of_the_page_about_other_tools_works() {
    let commands = commands();
    assert!(commands.len() >= 30, "{commands:?}");
    for command in commands {
        let center = Emulator::start();
        center.set_consent(Consent::Granted);
        let mut env = TestEnv::new(&center);
        env.set("AWS_PROFILE", "dev");
        env.write_config(TestEnv::SAMPLE_CONFIG);
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
        env.write("script", script_of(&command));
        let run = env.run("bash script");
        if run.stderr().contains(": no terminal\n") {
            answer_all(&env, &command, &command);
        } else {
            assert_eq!(run.code(), Some(0), "{command}: {run}");
        }
    }
}

/// Returns a script with the command. The function of `sso-use` is defined as in a startup file.
fn script_of(command: &str) -> String {
    if command.starts_with("sso-use") {
        format!("eval \"$(sso-use init bash)\"\n{command}\n")
    } else {
        command.to_owned()
    }
}

/// Returns the commands in the last column of each table, without the list of `sso-use`.
fn commands() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/guide/moving.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_suffix(" |"));
    let columns = rows.filter_map(|row| row.rsplit(" | ").next());
    columns.flat_map(commands_in).collect()
}

/// Returns the commands in the code of a column. Code that follows other code after a space continues it.
fn commands_in(column: &str) -> Vec<String> {
    let code = Regex::new("`([^`]*)`").unwrap();
    let joined = column.replace("` `", " ");
    let code = code.captures_iter(&joined).map(|found| found[1].to_owned());
    let code = code.map(|text| text.replace("credential_process = ", ""));
    let is_command = |text: &String| PROGRAMS.iter().any(|program| text.starts_with(program));
    code.filter(is_command)
        .map(|text| with_values(&text))
        .collect()
}

fn with_values(command: &str) -> String {
    let words = command.split(' ').map(|word| {
        let value = VALUES.iter().find(|(name, _)| *name == word);
        value.map_or(word, |(_, value)| value)
    });
    words.collect::<Vec<_>>().join(" ")
}
