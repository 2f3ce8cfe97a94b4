//! Prints the access key ID that the AWS SDK for Rust resolves for the profile in effect.

use std::error::Error;

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let provider = config.credentials_provider().ok_or("no credentials provider")?;
    let credentials = provider.provide_credentials().await?;
    println!("{}", credentials.access_key_id());
    Ok(())
}
