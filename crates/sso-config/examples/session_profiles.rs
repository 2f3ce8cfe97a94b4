//! Lists the profiles of an SSO session with their accounts and roles: `session_profiles SESSION`.

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;

use sso_config::{AwsEnv, ConfigFiles, ConfiguredSessions, SsoSession};

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1);
    let name = name.ok_or("usage: session_profiles SESSION")?;
    let files = ConfigFiles::load(&AwsEnv::from_process())?;
    let session = SsoSession::named(&files, &name.into())?;
    for profile in ConfiguredSessions::of_session(&files, session).profiles {
        match (&profile.account_id, &profile.role_name) {
            (Some(account), Some(role)) => println!("{}: {role} in {account}", profile.name),
            _ => println!("{}: no role", profile.name),
        }
    }
    Ok(())
}
