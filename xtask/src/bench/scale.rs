//! `cargo xtask bench --scale`: the cost of thousands of profiles, written to `docs/scale.md`.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Result, ensure};
use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Operation};
use serde_json::json;
use sha1::{Digest as _, Sha1};
use sso_test_support::TestEnv;
use sso_types::hex;

use super::build::Built;
use super::machine;
use super::measure::{Time, time};

const ACCOUNTS: usize = 2_000;
const ROLES: [&str; 3] = ["ReadOnly", "PowerUser", "Administrator"];
const ACCOUNTS_PER_PAGE: usize = 100;
/// Rate limit of the access portal per user.
const REQUESTS_PER_SECOND: u32 = 20;
const LATENCY: Duration = Duration::from_millis(50);

const CHECKPOINT: &str =
    ".aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.accounts";

/// Measures `sso-configure populate` with an emulator that has a rate limit and a latency. Then
/// measures the edits alone.
///
/// # Errors
///
/// If a run fails or writes an unexpected number of profiles.
pub(super) fn page(built: &Built) -> Result<String> {
    let (listing, throttled) = listing(built)?;
    let mut page = String::from(HEAD);
    writeln!(page, "| | wall | bound | CPU |\n|---|--:|--:|--:|")?;
    writeln!(
        page,
        "| {ACCOUNTS} accounts × {} roles listed and written ({throttled} requests throttled) | \
         {:.1} s | {:.1} s | {:.2} s |",
        ROLES.len(),
        listing.wall.as_secs_f64(),
        bound().as_secs_f64(),
        listing.cpu.as_secs_f64()
    )?;
    for (name, cost) in edits(built)? {
        writeln!(page, "| {name} | | | {:.2} s |", cost.cpu.as_secs_f64())?;
    }
    writeln!(page, "\n| | |\n|---|---|")?;
    for (name, value) in machine::describe()? {
        writeln!(page, "| {name} | {value} |")?;
    }
    Ok(page)
}

const HEAD: &str = "\
<!-- Written by `cargo xtask bench --scale`. -->

# Thousands of profiles

`sso-configure populate` with an emulator on the loopback interface. The emulator takes 50 ms for
each response and throttles more than 20 requests per second, like the access portal. The bound is
the minimum time in which this rate limit allows the required requests. These are one request for
each 100 accounts, and one for the roles of each account.

The first row lists the roles. The other rows show the edits only: they take the roles from the
checkpoint of an earlier run, but include the 20 requests for the list of accounts. CPU is the user
and system time of the whole process, in a single run each.

";

/// Returns the minimum duration of the listing: each request after the first one waits for a twentieth
/// of a second.
fn bound() -> Duration {
    let requests = ACCOUNTS + ACCOUNTS / ACCOUNTS_PER_PAGE;
    let intervals = u32::try_from(requests - 1).expect("the number of requests is small");
    Duration::from_secs(1) * intervals / REQUESTS_PER_SECOND
}

fn listing(built: &Built) -> Result<(Time, usize)> {
    let (center, env) = home();
    center.configure(|settings| {
        settings.requests_per_second = Some(REQUESTS_PER_SECOND as usize);
    });
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        center.set_latency(operation, LATENCY);
    }
    let cost = populate(built, &env, &[])?;
    check_profiles(&env, ACCOUNTS * ROLES.len())?;
    let requests = center.requests();
    let throttled = requests.iter().filter(|request| request.status == 429);
    Ok((cost, throttled.count()))
}

fn edits(built: &Built) -> Result<Vec<(&'static str, Time)>> {
    let (_center, env) = home();
    let count = ACCOUNTS * ROLES.len();
    let now = UNIX_EPOCH.elapsed()?.as_secs();
    let checkpoint = Account::generated(ACCOUNTS).into_iter().map(|account| {
        let entry = json!({ "roles": ROLES, "listedAt": now });
        (account.id, entry)
    });
    let accounts = serde_json::Value::Object(checkpoint.collect());
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    let access_token = token["accessToken"].as_str().unwrap_or_default();
    let digest = hex::encode(&Sha1::digest(access_token));
    let checkpoint = json!({
        "startUrl": TestEnv::START_URL,
        "accessTokenSha1": digest,
        "accounts": accounts,
    });
    let checkpoint = checkpoint.to_string();
    let run = |arguments: &[&str], profiles: usize| {
        env.write(CHECKPOINT, &checkpoint);
        let cost = populate(built, &env, arguments)?;
        check_profiles(&env, profiles)?;
        anyhow::Ok(cost)
    };
    Ok(vec![
        ("6000 profiles written", run(&[], count)?),
        ("the same again, without changes", run(&[], count)?),
        (
            "one key changed in each profile",
            run(&["--set", "output=json"], count)?,
        ),
        (
            "5997 profiles removed",
            run(&["--account", "Team0002", "--prune"], ROLES.len())?,
        ),
    ])
}

fn home() -> (Emulator, TestEnv) {
    let mut accounts = Account::generated(ACCOUNTS);
    for account in &mut accounts {
        account.roles = ROLES.map(str::to_owned).into();
    }
    let center = Emulator::start();
    center.configure(|settings| settings.accounts = accounts);
    let env = TestEnv::new(&center);
    env.write_config(
        "[sso-session my-sso]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
         sso_region = us-east-1\n",
    );
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

fn populate(built: &Built, env: &TestEnv, arguments: &[&str]) -> Result<Time> {
    let mut command = env.command(&built.program("sso-configure"));
    time(command.arg("populate").args(arguments))
}

fn check_profiles(env: &TestEnv, count: usize) -> Result<()> {
    let config = String::from_utf8(env.read(env.config_path()))?;
    let written = config.matches("\n[profile ").count();
    ensure!(
        written == count,
        "{written} profiles written, expected {count}"
    );
    Ok(())
}
