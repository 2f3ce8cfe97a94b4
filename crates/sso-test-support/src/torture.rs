//! Programs that are killed at any moment, and what they leave to the next.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{FakeIdentityCenter, Operation, REFRESH_TOKEN, RunningProgram, TestEnv, Transcript};

/// What is killed. `sso-login` renews as `export-credentials` does.
const VICTIMS: [&str; 3] = [BYSTANDERS[0], BYSTANDERS[1], "sso-login --profile dev"];

/// What goes on meanwhile, and has to succeed.
const BYSTANDERS: [&str; 2] = [
    "export-credentials --profile dev",
    "export-credentials --profile prod",
];

/// How long the service takes, so that many are killed while they wait for it.
const LATENCY: Duration = Duration::from_millis(5);

/// How many microseconds after its start a program is killed at the latest: most have ended by
/// then.
const LATEST: u64 = 20_000;

/// What came of [`torture`].
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Tortured {
    /// How many programs were killed before their end.
    pub killed: usize,
    /// After how many kills the token was still due for a refresh, and the next run renewed it.
    pub still_due: usize,
    /// After how many kills the new token was in place.
    pub renewed: usize,
    /// After how many kills the refresh token was used and its successor not saved. Nobody can
    /// rule that out where refresh tokens are good for one use: these sessions have ended.
    pub sessions_lost: usize,
    /// How many temporary files were left behind in all.
    pub temporary_files: usize,
}

/// Kills programs at moments that follow from `seed` while they renew a token, `rounds` times.
/// After each kill every file is whole, what runs at the same time succeeds, and so does the next
/// run; but where the kill came between the service's use of a refresh token and the write, the
/// next run says that one has to sign in, and only there.
///
/// Where a program is killed while it sends, the emulator's HTTP library tells on stderr that it
/// `Failed to read request body`; that is part of the game.
///
/// # Panics
///
/// Where any of this is not so; says `seed` and the round.
#[must_use]
pub fn torture(seed: u64, rounds: usize) -> Tortured {
    let center = FakeIdentityCenter::start();
    center.set_latency(Operation::CreateToken, LATENCY);
    center.set_latency(Operation::GetRoleCredentials, LATENCY);
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let mut torture = Torture {
        center,
        env,
        random: fastrand::Rng::with_seed(seed),
        seed,
        round: 0,
        tortured: Tortured::default(),
    };
    for round in 0..rounds {
        torture.round = round;
        torture.make_due();
        torture.kill_one_of_several();
        torture.check_files();
        torture.check_next_run();
    }
    torture.check_that_temporary_files_go();
    torture.tortured
}

struct Torture {
    center: FakeIdentityCenter,
    env: TestEnv,
    random: fastrand::Rng,
    seed: u64,
    round: usize,
    tortured: Tortured,
}

impl Torture {
    /// Lets the token expire, and forgets the credentials that were had with it.
    fn make_due(&self) {
        let mut token = self.token();
        token["expiresAt"] = json!("2020-01-01T00:00:00Z");
        self.env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        let _ = fs::remove_dir_all(self.env.cli_cache());
        self.center.forget_requests();
    }

    fn kill_one_of_several(&mut self) {
        let bystanders: Vec<_> = (0..self.random.usize(0..3))
            .map(|_| self.random.choice(BYSTANDERS).expect("there are some"))
            .collect();
        let victim = self.random.choice(VICTIMS).expect("there are some");
        let moment = Duration::from_micros(self.random.u64(0..LATEST));

        let bystanders: Vec<_> = bystanders.iter().map(|line| self.env.start(line)).collect();
        let mut victim = self.env.start(victim);
        thread::sleep(moment);
        victim.kill();
        self.tortured.killed += usize::from(victim.finish().code().is_none());
        let ended: Vec<_> = bystanders.into_iter().map(RunningProgram::finish).collect();
        for bystander in &ended {
            self.check_end(bystander);
        }
    }

    fn check_files(&mut self) {
        for path in self.env.files() {
            if has_extension(&path, "json") {
                let entry = serde_json::from_slice(&self.env.read(&path));
                let is_whole = entry.is_ok_and(|entry| is_entry(&entry));
                assert!(is_whole, "{self}: {path} is no whole entry");
            }
            assert!(!path.contains(".corrupt"), "{self}: {path} was damaged");
        }
    }

    fn check_next_run(&mut self) {
        let renewals_before = self.renewals();
        let next = self.env.run(BYSTANDERS[0]);
        self.check_end(&next);
        if self.is_session_lost() {
            self.tortured.sessions_lost += 1;
            self.env
                .plant_my_sso(&self.center.sign_in(&["sso:account:access"]));
        } else {
            assert_eq!(self.renewals(), 1, "{self}: {next}");
            self.tortured.still_due += usize::from(renewals_before == 0);
            self.tortured.renewed += usize::from(renewals_before == 1);
        }
    }

    /// Checks how a program ended that nobody killed.
    fn check_end(&self, ended: &Transcript) {
        if self.is_session_lost() {
            let is_clear = ended.stderr().contains("hint: sso-login");
            assert!(ended.code() == Some(253) && is_clear, "{self}: {ended}");
        } else {
            assert_eq!(ended.code(), Some(0), "{self}: {ended}");
        }
    }

    /// Whether the service has taken the refresh token on disk already.
    fn is_session_lost(&self) -> bool {
        let on_disk = &self.token()["refreshToken"];
        let requests = self.center.requests();
        requests
            .iter()
            .any(|request| request.status == 200 && request.json()["refreshToken"] == *on_disk)
    }

    fn renewals(&self) -> usize {
        self.center.count_grants(REFRESH_TOKEN)
    }

    fn token(&self) -> Value {
        let path = self.env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        self.env.read_json(path)
    }

    /// Temporary files that were left behind are removed by a write after an hour.
    fn check_that_temporary_files_go(&mut self) {
        let left = self.temporary_files();
        self.tortured.temporary_files = left.len();
        for path in &left {
            let file = File::options().write(true).open(self.env.home().join(path));
            let file = file.expect("it is our own");
            let now = file.metadata().and_then(|metadata| metadata.modified());
            let long_ago = now.expect("files have a time") - Duration::from_secs(2 * 3600);
            file.set_modified(long_ago).expect("it is our own");
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

/// Whether a file is a token, a registration or credentials.
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

impl fmt::Display for Tortured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            killed,
            still_due,
            renewed,
            sessions_lost,
            temporary_files,
        } = self;
        write!(
            f,
            "{killed} programs killed before their end; afterwards the token was still due \
             {still_due} times, renewed {renewed} times, and lost by nature {sessions_lost} \
             times; {temporary_files} temporary files left, and removed"
        )
    }
}
