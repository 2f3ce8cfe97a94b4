//! Assumes a role and prints the ARN of the role session. Reads the access key ID, the secret
//! access key and, for temporary keys, the session token from stdin, separated by white space.
//!
//! `cargo run --example assume_role REGION ROLE_ARN < KEYS`

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::{env, io};

use sso_transport::{Endpoints, HttpSettings, HttpTransport, RetryPolicy, Service};
use sso_types::Region;
use sts_assume_role::{AssumeRole, SigningKeys, StsClient};
use time::OffsetDateTime;

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "usage: assume_role REGION ROLE_ARN < KEYS";
    let region: Region = env::args().nth(1).ok_or(usage)?.parse()?;
    let role_arn = env::args().nth(2).ok_or(usage)?;
    let words = io::read_to_string(io::stdin())?;
    let mut words = words.split_whitespace();
    let keys = SigningKeys {
        access_key_id: words
            .next()
            .ok_or("stdin contains no access key ID")?
            .to_owned(),
        secret_access_key: words
            .next()
            .ok_or("stdin contains no secret access key")?
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
