//! A local AWS IAM Identity Center, for tests of tools that sign in to it.
//!
//! An [`Emulator`] serves, on one loopback address, the services that a sign-in needs: the OIDC
//! service, the access portal, the pages that a user sees in a browser, and `AssumeRole` of STS. A
//! tool uses it if `AWS_ENDPOINT_URL` is set to [`Emulator::url`].
//!
//! ```
//! use identity_center_emulator::settings::Consent;
//! use identity_center_emulator::{Emulator, Operation};
//! # fn post(url: String, body: &serde_json::Value) -> serde_json::Value {
//! #     let mut response = ureq::post(url).send(body.to_string()).expect("a response");
//! #     let body = response.body_mut().read_to_string().expect("text");
//! #     serde_json::from_str(&body).expect("JSON")
//! # }
//! use serde_json::json;
//!
//! let emulator = Emulator::start();
//! emulator.set_consent(Consent::Approve);
//!
//! // A tool would do this: register a client, start a device authorization, …
//! let url = emulator.url();
//! let client = json!({ "clientName": "my-tool", "clientType": "public" });
//! let client = post(format!("{url}/client/register"), &client);
//! let device = post(format!("{url}/device_authorization"), &json!({
//!     "clientId": client["clientId"],
//!     "clientSecret": client["clientSecret"],
//!     "startUrl": "https://my-sso-portal.awsapps.com/start",
//! }));
//!
//! // … have the user open the page, which approves at once here, …
//! ureq::get(device["verificationUriComplete"].as_str().unwrap()).call()?;
//!
//! // … and create a token.
//! let token = post(format!("{url}/token"), &json!({
//!     "clientId": client["clientId"],
//!     "clientSecret": client["clientSecret"],
//!     "grantType": "urn:ietf:params:oauth:grant-type:device_code",
//!     "deviceCode": device["deviceCode"],
//! }));
//! assert!(token["accessToken"].is_string());
//! assert_eq!(emulator.count(Operation::CreateToken), 1);
//! # Ok::<(), ureq::Error>(())
//! ```
//!
//! # Begin signed in
//!
//! [`Emulator::sign_in`] issues tokens without a request. [`IssuedTokens`](sign_in::IssuedTokens)
//! formats them as the files of `~/.aws/sso/cache`, where the AWS CLI and the AWS SDKs find them.
//!
//! # Settings
//!
//! [`Settings`](settings::Settings) has the accounts and roles, the lifetimes of tokens, the page
//! size, and limits. [`Emulator::configure`] changes them at any time. [`Emulator::stop_clock`] and
//! [`Emulator::advance`] make tokens expire without waiting:
//!
//! ```
//! use std::time::Duration;
//!
//! use identity_center_emulator::Emulator;
//! use identity_center_emulator::settings::Account;
//!
//! let emulator = Emulator::start();
//! emulator.configure(|settings| settings.accounts = Account::generated(500));
//! let tokens = emulator.sign_in(&["sso:account:access"]);
//! emulator.advance(Duration::from_secs(3600)); // now tokens.access_token has expired
//! # assert!(tokens.refresh_token.is_some());
//! ```
//!
//! # Faults
//!
//! [`Emulator::fail_next`] and [`Emulator::fail_always`] inject a [`Fault`]: a refusal of the
//! service, throttling, a captive portal, a response that is cut off.
//!
//! ```
//! use identity_center_emulator::{Emulator, Fault, Operation};
//!
//! let emulator = Emulator::start();
//! emulator.fail_next(Operation::CreateToken, Fault::oidc("slow_down"));
//! emulator.fail_always(Operation::GetRoleCredentials, Fault::portal("ForbiddenException"));
//! ```
//!
//! # Assertions
//!
//! [`Emulator::requests`] returns each request with its headers and body,
//! [`Emulator::count`] the number of requests for an operation, and [`Emulator::issued_secrets`]
//! every secret that must not appear in a log.
//!
//! # Program
//!
//! The program `identity-center-emulator` runs the emulator by itself, for tools in any language.
//! The module [`cli`] offers the same as a subcommand of another program. Without the default
//! feature `cli` the crate has neither.
//!
//! # Limits
//!
//! - For tests only: the crate runs on wiremock, and so on an async runtime, and it accepts every
//!   user.
//! - It serves HTTP/1.1 and HTTP/2 on 127.0.0.1, without TLS.
//! - There is one user, with one portal session at a time. State is in memory.
//! - It accepts any start URL and any Region, and it has no KMS keys; [`Fault::kms`] refuses like a
//!   service whose key is not usable.
//! - Of STS it has `AssumeRole` alone, and it verifies the signature. Roles have no policies.
//! - Where AWS does not document its service (the lifetime of a code, the look of a page), the
//!   emulator makes a reasonable choice.

mod emulator;

pub mod settings;

pub mod grant_type;

mod operation;
mod recorded_request;

mod fault;

pub mod sign_in;

#[cfg(feature = "cli")]
pub mod cli;

mod server;

mod refusal;
mod response;

mod oidc;
mod pages;
mod portal;
mod sts;

mod state;

mod clock;
mod secrets;

pub use emulator::Emulator;
pub use fault::Fault;
pub use operation::Operation;
pub use recorded_request::RecordedRequest;

/// Holds the README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
