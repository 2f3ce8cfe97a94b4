//! Lists the accounts and roles of a user, with an access token from stdin.
//!
//! `cargo run --example list_roles https://portal.sso.REGION.amazonaws.com < TOKEN`

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::{env, io};

use sso_portal::PortalClient;
use sso_transport::{HttpSettings, HttpTransport, RetryPolicy};

fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = env::args()
        .nth(1)
        .ok_or("usage: list_roles ENDPOINT < TOKEN")?;
    let token = io::read_to_string(io::stdin())?.trim().into();
    let transport = HttpTransport::new(HttpSettings::default());
    let client = PortalClient::new(transport, endpoint.parse()?, RetryPolicy::default());
    for account in client.list_accounts(&token) {
        let account = account?;
        let name = account.account_name.unwrap_or_default();
        println!("{} {name}", account.account_id);
        for role in client.list_account_roles(&token, &account.account_id) {
            println!("    {}", role?.role_name);
        }
    }
    Ok(())
}
