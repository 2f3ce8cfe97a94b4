//! Assumes a role with an access key and prints the ARN of the session. Access key ID, secret access
//! key and, if there is one, session token are the words on stdin.
//!
//! `cargo run --example assume_role REGION ROLE_ARN < KEYS`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::{env, io};

use sso_transport::{Endpoints, HttpSettings, HttpTransport, RetryPolicy, Service};
use sso_types::Region;
use sts_assume_role::{AssumeRole, SigningKeys, StsClient};
use time::OffsetDateTime;

fn main() -> Result<(), Box<dyn Error>> {
    let region: Region = env::args().nth(1).ok_or("needs a Region")?.parse()?;
    let role_arn = env::args().nth(2).ok_or("needs the ARN of a role")?;
    let words = io::read_to_string(io::stdin())?;
    let mut words = words.split_whitespace();
    let keys = SigningKeys {
        access_key_id: words.next().ok_or("needs an access key")?.to_owned(),
        secret_access_key: words
            .next()
            .ok_or("needs the secret half of the key")?
            .into(),
        session_token: words.next().map(Into::into),
    };

    let endpoint = Endpoints::default().resolve(Service::Sts, &region)?;
    let transport = HttpTransport::new(HttpSettings::default());
    let client = StsClient::new(transport, endpoint, region, RetryPolicy::default());
    let role = AssumeRole::new(&role_arn, "example");
    let credentials = client.assume_role(&role, &keys, OffsetDateTime::now_utc())?;
    println!(
        "{} until {}",
        credentials.assumed_role_arn, credentials.expires_at
    );
    Ok(())
}
