//! Many processes that share the rate limit of the access portal.

use std::fmt::{self, Display, Formatter, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use identity_center_emulator::settings::Account;
use sso_test_support::TestEnv;

use super::build::Built;
use super::service::Service;

/// Rate limit of the access portal per user.
const REQUESTS_PER_SECOND: u16 = 20;

/// Measured export of many profiles by one process each.
pub(super) struct RateLimited {
    profiles: u16,
    wall: Duration,
    refused: usize,
}

/// Measures 60, 100 and 200 processes, each in a home directory without role credentials.
///
/// # Errors
///
/// If a process fails.
pub(super) fn measured(built: &Built) -> Result<Vec<RateLimited>> {
    let counts = [60, 100, 200].into_iter();
    counts.map(|count| rate_limited(built, count)).collect()
}

fn rate_limited(built: &Built, profiles: u16) -> Result<RateLimited> {
    let service = service_with_profiles(profiles)?;
    let program = built.program("export-credentials");
    let start = Instant::now();
    let running = (0..profiles).map(|number| start_export(&service.env, &program, number));
    let running: Vec<_> = running.collect::<Result<_>>()?;
    for mut process in running {
        let status = process.wait()?;
        ensure!(status.success(), "an export of {profiles} failed: {status}");
    }
    let wall = start.elapsed();
    let requests = service.identity_center.requests();
    let refused = requests.iter().filter(|request| request.status == 429);
    Ok(RateLimited {
        profiles,
        wall,
        refused: refused.count(),
    })
}

fn service_with_profiles(profiles: u16) -> Result<Service> {
    let service = Service::plain();
    let accounts = Account::generated(profiles.into());
    let mut config = TestEnv::SAMPLE_CONFIG.to_owned();
    for (number, account) in accounts.iter().enumerate() {
        write!(
            config,
            "[profile p{number}]\nsso_session = my-sso\nsso_account_id = {}\n\
             sso_role_name = ReadOnly\n",
            account.id
        )?;
    }
    service.env.write_config(&config);
    service.identity_center.configure(|settings| {
        settings.accounts = accounts;
        settings.requests_per_second = Some(REQUESTS_PER_SECOND.into());
    });
    Ok(service)
}

fn start_export(env: &TestEnv, program: &str, number: u16) -> Result<Child> {
    let mut command = env.command(program);
    command.args(["--profile", &format!("p{number}")]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    Ok(command.stderr(Stdio::null()).spawn()?)
}

impl Display for RateLimited {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            profiles,
            wall,
            refused,
        } = self;
        let bound = f64::from(*profiles) / f64::from(REQUESTS_PER_SECOND);
        let wall = wall.as_secs_f64();
        let ratio = wall / bound;
        write!(
            f,
            "| {profiles} | {wall:.2} s | {bound:.2} s | {ratio:.2} | {refused} |"
        )
    }
}
