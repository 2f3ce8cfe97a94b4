//! Options that contradict a key of the config file or a variable of the environment, in every
//! program. The rows are those of the table in the guide.

mod pairs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::TestEnv;

use pairs::PAIRS;

const PAGE: &str = "docs/guide/precedence.md";

/// Row of the table.
pub(crate) struct Pair {
    /// Programs, separated by commas.
    pub(crate) programs: &'static str,
    pub(crate) option: &'static str,
    /// Keys and variables.
    pub(crate) setting: &'static str,
    pub(crate) result: &'static str,
    pub(crate) cases: &'static [Case],
}

pub(crate) struct Case {
    /// Command line. `PORT` is a free port.
    pub(crate) command: &'static str,
    pub(crate) place: Place,
    /// Setting as `KEY = VALUE` or `VARIABLE=VALUE` lines. `PORT` is another free port, and `USED` one
    /// that is in use.
    pub(crate) setting: &'static str,
    pub(crate) expected: Expected,
}

/// Place of the setting.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Section of the session `my-sso`.
    Session,
    /// Section of the profile `dev`.
    Dev,
    /// End of the config file.
    End,
    Variables,
}

pub(crate) enum Expected {
    /// The program shows a line with the text while it waits for the user.
    Waits(&'static str),
    /// The same, on a terminal.
    Shows(&'static str),
    /// The program starts the browser command with this argument.
    Opens(&'static str),
    /// The output contains the first text, and not the second one.
    Prints(&'static str, &'static str),
    /// The config file contains the text afterwards.
    Writes(&'static str),
    /// The program fails with the exit status, and the error contains all texts.
    Fails(i32, &'static [&'static str]),
}

#[test]
fn an_option_takes_precedence_or_the_error_names_both() {
    std::thread::scope(|scope| {
        for pair in PAIRS {
            scope.spawn(move || pair.cases.iter().for_each(check));
        }
    });
}

fn check(case: &Case) {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    let url = center.url();
    let (_, used_port) = url.rsplit_once(':').unwrap();
    prepare(&mut env, case, used_port);
    let command = case.command.replace("PORT", &free_port());
    if !command.starts_with("sso-login") {
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    }
    let shown = format!("{} with {}", case.command, case.setting);
    let in_home = |text: &str| text.replace("HOME", env.home().to_str().unwrap());
    match case.expected {
        Expected::Waits(text) => {
            let mut program = env.start(&command);
            program.wait_for_line(|line| line.contains(&port_in(text, &command)));
            program.kill();
        }
        Expected::Shows(text) => {
            env.start_on_terminal(&command).wait_for(text);
        }
        Expected::Opens(text) => {
            let mut program = env.start(&command);
            let opened = fs::read_to_string(env.home().join("opened")).unwrap();
            assert_eq!(opened.lines().next(), Some(text), "{shown}");
            program.kill();
        }
        Expected::Prints(text, other) => {
            center.set_consent(Consent::Granted);
            let run = env.run(&command).expect_code(0);
            let output = [run.stdout(), run.stderr()].concat();
            assert!(output.contains(text), "{shown}: {run}");
            let has_other = !other.is_empty() && output.contains(other);
            assert!(!has_other, "{shown}: {run}");
        }
        Expected::Writes(text) => {
            env.run(&command).expect_code(0);
            let config = String::from_utf8(env.read(env.config_path())).unwrap();
            assert!(config.contains(text), "{shown}: {config}");
        }
        Expected::Fails(code, texts) => {
            center.set_consent(Consent::Deny);
            let run = env.run(&command).expect_code(code);
            for text in texts {
                assert!(run.stderr().contains(&in_home(text)), "{shown}: {run}");
            }
        }
    }
}

fn port_in(text: &str, command: &str) -> String {
    let mut words = command.split(' ');
    let port = words.find(|word| word.parse::<u16>().is_ok());
    text.replace("PORT", port.unwrap_or("PORT"))
}

fn free_port() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Writes the config file with the setting, and a browser command that records its first argument.
fn prepare(env: &mut TestEnv, case: &Case, used_port: &str) {
    let pipe = env.home().join("opened");
    let made = std::process::Command::new("mkfifo").arg(pipe).status();
    assert!(made.unwrap().success());
    env.write("browser", "printf '%s\\n' \"$1\" >\"$HOME/opened\"\n");
    let setting = case.setting.replace("PORT", &free_port());
    let setting = setting.replace("USED", used_port);
    let mut config = TestEnv::SAMPLE_CONFIG.to_owned();
    match case.place {
        Place::Session => {
            let line = "sso_registration_scopes = sso:account:access\n";
            config = config.replacen(line, &format!("{line}{setting}\n"), 1);
        }
        Place::Dev => {
            let line = "region = us-west-2\n";
            config = config.replacen(line, &format!("{line}{setting}\n"), 1);
        }
        Place::End => config.push_str(&setting),
        Place::Variables => {
            for line in setting.lines() {
                let (name, value) = line.split_once('=').unwrap();
                env.set(name, value);
            }
        }
    }
    env.write_config(&config);
}

#[test]
fn the_guide_lists_the_pairs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join(PAGE)).unwrap();
    let is_row = |line: &&str| line.starts_with("| `");
    let listed: BTreeSet<_> = page.lines().filter(is_row).map(str::to_owned).collect();
    let tested = PAIRS.iter().map(|pair| {
        let Pair {
            programs,
            option,
            setting,
            result,
            ..
        } = pair;
        format!("| {programs} | {option} | {setting} | {result} |")
    });
    assert_eq!(listed, tested.collect());
}
