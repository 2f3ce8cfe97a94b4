//! Signs in with a device code and lists the accounts that the token gives access to.
//!
//! Usage: `cargo run --example device_code`
#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;

use identity_center_emulator::Emulator;
use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::settings::Consent;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start();
    emulator.set_consent(Consent::Approve);
    let url = emulator.url();

    let registration = json!({
        "clientName": "example",
        "clientType": "public",
        "scopes": ["sso:account:access"],
    });
    let client = post(&format!("{url}/client/register"), &registration)?;
    let (id, secret) = (&client["clientId"], &client["clientSecret"]);

    let start_url = "https://my-sso-portal.awsapps.com/start";
    let device = json!({ "clientId": id, "clientSecret": secret, "startUrl": start_url });
    let device = post(&format!("{url}/device_authorization"), &device)?;
    println!("user code: {}", device["userCode"]);

    let page = device["verificationUriComplete"].as_str();
    ureq::get(page.ok_or("the response has no URL")?).call()?;

    let grant = json!({
        "clientId": id,
        "clientSecret": secret,
        "grantType": DEVICE_CODE,
        "deviceCode": device["deviceCode"],
    });
    let token = post(&format!("{url}/token"), &grant)?;
    println!("access token for {} seconds", token["expiresIn"]);

    let access_token = token["accessToken"].as_str().ok_or("there is no token")?;
    let accounts = ureq::get(format!("{url}/assignment/accounts"))
        .header("x-amz-sso_bearer_token", access_token)
        .call()?
        .body_mut()
        .read_to_string()?;
    let accounts: Value = serde_json::from_str(&accounts)?;
    println!("accounts: {:#}", accounts["accountList"]);
    Ok(())
}

fn post(url: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
    let mut response = ureq::post(url).send(body.to_string())?;
    let body = response.body_mut().read_to_string()?;
    Ok(serde_json::from_str(&body)?)
}
