//! Prints the access key ID of a profile. Refreshes its credentials if needed.
//!
//! Usage: `key_id [PROFILE]`

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::time::Duration;

use sso_credentials::aws::{Aws, Selection};
use sso_credentials::provider::NoMfa;
use sso_session::clients::ConnectionOptions;

const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

fn main() -> Result<(), Box<dyn Error>> {
    let aws = Aws::from_process(ConnectionOptions::new("key-id/1.0"))?;
    let selection = match std::env::args().nth(1) {
        Some(name) => Selection::Profile(name.into()),
        None => Selection::Default,
    };
    let profile = aws.profile(&selection)?;
    match profile.credentials(MIN_VALIDITY, &NoMfa) {
        Ok(credentials) => println!("{}", credentials.access_key_id),
        Err(error) if error.is_sign_in_required() => println!("sign in first: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
