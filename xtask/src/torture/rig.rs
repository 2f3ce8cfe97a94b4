//! Kills programs at random times. Checks their files and the next run.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{RunningProgram, TestEnv, Transcript};

/// Command lines of the killed programs. `sso-login` refreshes like `export-credentials`.
const VICTIMS: [&str; 3] = [BYSTANDERS[0], BYSTANDERS[1], "sso-login --profile dev"];

/// Command lines that run at the same time and must succeed.
const BYSTANDERS: [&str; 2] = [
    "export-credentials --profile dev",
    "export-credentials --profile prod",
];

/// Latency of the service, so that many programs are killed while they wait for it.
const LATENCY: Duration = Duration::from_millis(5);

/// Maximum time in microseconds from the start of a program to its kill; most have exited by then.
const MAX_DELAY_MICROS: u64 = 20_000;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Report {
    /// Programs that were killed before they exited.
    killed: usize,
    /// Kills after which the token was still due for a refresh, and the next run refreshed it.
    still_due: usize,
    /// Kills after which the new token was in place.
    refreshed: usize,
    /// Kills after which the refresh token was used but the new one was not saved, which ends the
    /// session. This is unavoidable with single-use refresh tokens.
    sessions_lost: usize,
    temporary_files: usize,
}

/// Kills programs while they refresh a token, `rounds` times, at times derived from `seed`.
///
/// After each kill every file is complete, and both the programs that run at the same time and the
/// next run succeed. The only exception is a kill after the service has accepted a refresh token and
/// before the new token is saved. Then the next run reports that a sign-in is required.
///
/// If a program is killed while it sends, the emulator's HTTP library reports `Failed to read
/// request body` on stderr, which is expected.
///
/// # Panics
///
/// If any of this does not hold. The message contains `seed` and the round.
pub(super) fn torture(seed: u64, rounds: usize) -> Report {
    let emulator = Emulator::start();
    emulator.set_latency(Operation::CreateToken, LATENCY);
    emulator.set_latency(Operation::GetRoleCredentials, LATENCY);
    let env = TestEnv::new(&emulator);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&emulator.sign_in(&["sso:account:access"]));
    let mut torture = Torture {
        emulator,
        env,
        random: fastrand::Rng::with_seed(seed),
        seed,
        round: 0,
        report: Report::default(),
    };
    for round in 0..rounds {
        torture.round = round;
        torture.make_due();
        torture.kill_one_of_several();
        torture.check_files();
        torture.check_next_run();
    }
    torture.check_that_temporary_files_are_removed();
    torture.report
}

struct Torture {
    emulator: Emulator,
    env: TestEnv,
    random: fastrand::Rng,
    seed: u64,
    round: usize,
    report: Report,
}

impl Torture {
    /// Makes the token due for a refresh, and removes the cached role credentials.
    fn make_due(&self) {
        let mut token = self.token();
        token["expiresAt"] = json!("2020-01-01T00:00:00Z");
        self.env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        let _ = fs::remove_dir_all(self.env.cli_cache());
        self.emulator.forget_requests();
    }

    fn kill_one_of_several(&mut self) {
        let bystanders: Vec<_> = (0..self.random.usize(0..3))
            .map(|_| {
                self.random
                    .choice(BYSTANDERS)
                    .expect("the list is not empty")
            })
            .collect();
        let victim = self.random.choice(VICTIMS).expect("the list is not empty");
        let delay = Duration::from_micros(self.random.u64(0..MAX_DELAY_MICROS));

        let bystanders: Vec<_> = bystanders.iter().map(|line| self.env.start(line)).collect();
        let mut victim = self.env.start(victim);
        thread::sleep(delay);
        victim.kill();
        self.report.killed += usize::from(victim.finish().code().is_none());
        let transcript: Vec<_> = bystanders.into_iter().map(RunningProgram::finish).collect();
        for bystander in &transcript {
            self.check_end(bystander);
        }
    }

    fn check_files(&mut self) {
        for path in self.env.files() {
            if has_extension(&path, "json") {
                let entry = serde_json::from_slice(&self.env.read(&path));
                let is_complete = entry.is_ok_and(|entry| is_entry(&entry));
                assert!(is_complete, "{self}: {path} is not a complete entry");
            }
            assert!(!path.contains(".corrupt"), "{self}: {path} was corrupt");
        }
    }

    fn check_next_run(&mut self) {
        let refreshes_before = self.refreshes();
        let next = self.env.run(BYSTANDERS[0]);
        self.check_end(&next);
        if self.is_session_lost() {
            self.report.sessions_lost += 1;
            self.env
                .plant_my_sso(&self.emulator.sign_in(&["sso:account:access"]));
        } else {
            assert_eq!(self.refreshes(), 1, "{self}: {next}");
            self.report.still_due += usize::from(refreshes_before == 0);
            self.report.refreshed += usize::from(refreshes_before == 1);
        }
    }

    /// Checks the exit of a program that was not killed.
    fn check_end(&self, transcript: &Transcript) {
        if self.is_session_lost() {
            let is_clear = transcript.stderr().contains("hint: sso-login");
            assert!(
                transcript.code() == Some(253) && is_clear,
                "{self}: {transcript}"
            );
        } else {
            assert_eq!(transcript.code(), Some(0), "{self}: {transcript}");
        }
    }

    /// Returns whether the service has used the refresh token on disk.
    fn is_session_lost(&self) -> bool {
        let on_disk = &self.token()["refreshToken"];
        let requests = self.emulator.requests();
        requests
            .iter()
            .any(|request| request.status == 200 && request.json()["refreshToken"] == *on_disk)
    }

    fn refreshes(&self) -> usize {
        self.emulator.count_grants(REFRESH_TOKEN)
    }

    fn token(&self) -> Value {
        let path = self.env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        self.env.read_json(path)
    }

    /// Checks that a write more than an hour later removes remaining temporary files.
    fn check_that_temporary_files_are_removed(&mut self) {
        let left = self.temporary_files();
        self.report.temporary_files = left.len();
        for path in &left {
            let file = File::options().write(true).open(self.env.home().join(path));
            let file = file.expect("the user owns the file");
            let now = file.metadata().and_then(|metadata| metadata.modified());
            let long_ago =
                now.expect("files have a modification time") - Duration::from_secs(2 * 3600);
            file.set_modified(long_ago).expect("the user owns the file");
        }
        self.make_due();
        let next = self.env.run(BYSTANDERS[0]);
        self.check_end(&next);
        let left = self.temporary_files();
        assert!(left.is_empty(), "{self}: {left:?}");
    }

    fn temporary_files(&self) -> Vec<String> {
        let files = self.env.files().into_iter();
        files.filter(|path| has_extension(path, "tmp")).collect()
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// Returns whether a file is a token, a registration, or credentials.
fn is_entry(file: &Value) -> bool {
    ["accessToken", "clientId", "Credentials"]
        .iter()
        .any(|field| !file[field].is_null())
}

impl fmt::Display for Torture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, round {}", self.seed, self.round)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            killed,
            still_due,
            refreshed,
            sessions_lost,
            temporary_files,
        } = self;
        write!(
            f,
            "{killed} programs killed before they exited; afterwards the token was still due \
             {still_due} times, refreshed {refreshed} times, and used without a saved replacement \
             {sessions_lost} times; {temporary_files} temporary files left, and removed"
        )
    }
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn kills_corrupt_no_file_and_break_no_later_run() {
        let report = super::torture(fastrand::u64(..), 100);
        assert!(report.killed > 0, "{report}");
    }
}
