//! Prints the state of each SSO session in the config file. Reads the cache and sends no request.

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::time::Duration;

use sso_config::{AwsEnv, ConfigFiles, ConfiguredSessions};
use sso_session::status::SessionStatus;
use sso_session::{Clock, SystemClock, cache};

const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

fn main() -> Result<(), Box<dyn Error>> {
    let env = AwsEnv::from_process();
    let files = ConfigFiles::load(&env)?;
    let cache = cache::open(&env)?;
    for session in ConfiguredSessions::of(&files).sessions {
        let now = SystemClock.now();
        let status = SessionStatus::of(session, &cache, now);
        let state = status.state(MIN_VALIDITY, now);
        println!("{}: {state:?}", status.session.label());
    }
    Ok(())
}
