//! Time until the picker of profiles is on the screen, and until it follows a key.

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

use serde_json::json;
use sso_test_support::{Key, Terminal, TestEnv};

use super::build::Built;
use super::measure::median;

const PROFILES: usize = 10_000;

/// Keys after the first one.
const KEYS: &str = "1 reado";

/// Median times of one situation.
pub(super) struct Picked {
    name: &'static str,
    target: Duration,
    time: Duration,
}

/// Measures the list of `sso-use` on a pseudo-terminal for `rounds` rounds.
pub(super) fn measured(built: &Built, rounds: usize) -> Vec<Picked> {
    // The statements for the shell are never printed to a terminal.
    let sso_use = built.program("sso-use");
    let program = format!("sh -c 'exec {sso_use} --shell bash >/dev/null'");
    let env = home();
    let runs: Vec<_> = (0..rounds).map(|_| run(&env, &program)).collect();
    let picked = |name, target: u64, time: fn(&Run) -> Duration| Picked {
        name,
        target: Duration::from_millis(target),
        time: median(runs.iter().map(time)),
    };
    vec![
        picked("first frame", 50, |run| run.first_frame),
        picked("key directly after the first frame", 16, |run| {
            run.first_key
        }),
        picked("slowest of seven other keys", 16, |run| run.slowest_key),
    ]
}

/// Creates a home directory with a valid token and profiles of different names.
fn home() -> TestEnv {
    let env = TestEnv::offline();
    let profile = |number: usize| {
        let team = number % 97;
        let stage = ["development", "production", "staging"][number % 3];
        let role = ["ReadOnly", "AdministratorAccess", "PowerUserAccess"][number % 3];
        format!(
            "[profile team{team}-{stage}-{number}]\nsso_session = my-sso\n\
             sso_account_id = {number:012}\nsso_role_name = {role}\nregion = eu-west-1\n"
        )
    };
    let profiles: String = (3..PROFILES).map(profile).collect();
    env.write_config(&format!("{}\n{profiles}", TestEnv::SAMPLE_CONFIG));
    let token = json!({
        "startUrl": TestEnv::START_URL,
        "region": "us-east-1",
        "accessToken": "aoaAAAAA",
        "expiresAt": "2099-12-31T23:59:59Z",
    });
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    env
}

struct Run {
    first_frame: Duration,
    first_key: Duration,
    slowest_key: Duration,
}

fn run(env: &TestEnv, program: &str) -> Run {
    let start = Instant::now();
    let mut terminal = env.start_on_terminal(program);
    terminal.wait_for(&format!("{PROFILES}; type to filter"));
    let first_frame = start.elapsed();
    let mut typed = String::new();
    let first_key = time_key(&mut terminal, &mut typed, 't');
    let keys = KEYS.chars();
    let times = keys.map(|key| time_key(&mut terminal, &mut typed, key));
    let slowest_key = times.max().unwrap_or_default();
    terminal.press(Key::Ctrl('c'));
    let _ = terminal.finish();
    Run {
        first_frame,
        first_key,
        slowest_key,
    }
}

/// Returns the time until the frame for the key is complete. Its last row is the number of matches.
fn time_key(terminal: &mut Terminal, typed: &mut String, key: char) -> Duration {
    typed.push(key);
    let filter = format!("Filter: {}", typed.trim_end());
    let start = Instant::now();
    terminal.type_text(&key.to_string());
    terminal.wait_until(|screen| {
        let mut rows = screen.trim_end().lines();
        rows.next().map(str::trim_end) == Some(&filter)
            && rows
                .next_back()
                .is_some_and(|row| row.contains(&PROFILES.to_string()))
    });
    start.elapsed()
}

impl Display for Picked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        let target = milliseconds(self.target);
        let time = milliseconds(self.time);
        write!(f, "| {} | {time} | {target} |", self.name)
    }
}
