//! Signs in with a device code and prints the lifetime of the token.
//!
//! `cargo run --example sign_in https://oidc.REGION.amazonaws.com https://NAME.awsapps.com/start`

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::{env, thread};

use sso_oidc::{Grant, IssuedToken, OidcClient, Poll, RegisterClient};
use sso_transport::{HttpSettings, HttpTransport, RetryPolicy};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(endpoint), Some(start_url)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sign_in ENDPOINT START_URL".into());
    };
    let transport = HttpTransport::new(HttpSettings::default());
    let client = OidcClient::new(transport, endpoint.parse()?, RetryPolicy::default());
    let token = sign_in(&client, &start_url)?;
    println!("Signed in. The token expires in {:?}.", token.expires_in);
    Ok(())
}

fn sign_in(
    client: &OidcClient<HttpTransport>,
    start_url: &str,
) -> Result<IssuedToken, Box<dyn Error>> {
    let registration = client.register_client(&RegisterClient::for_device_code("an-example"))?;
    let (id, secret) = (&registration.client_id, &registration.client_secret);
    let device = client.start_device_authorization(id, secret, &start_url.into())?;
    println!("Open {}", device.verification_uri_complete);
    println!("and check that it shows the code {}.", device.user_code);

    let grant = Grant::DeviceCode(device.device_code);
    let (mut pause, mut interval) = (device.interval, device.interval);
    loop {
        thread::sleep(pause);
        match Poll::after(client.create_token(id, secret, &grant), interval) {
            Poll::Done(token) => return Ok(token),
            Poll::Wait {
                pause: next_pause,
                interval: next_interval,
            } => (pause, interval) = (next_pause, next_interval),
            Poll::Failed(error) => return Err(error.into()),
        }
    }
}
