//! Local AWS IAM Identity Center, for tests of tools that sign in to it.
//!
//! An [`Emulator`] serves the OIDC service, the access portal, the sign-in pages, and `AssumeRole`
//! of STS on one loopback address. AWS tools use it if `AWS_ENDPOINT_URL` is set to
//! [`Emulator::url`].
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
//! // A tool registers a client and starts a device authorization.
//! let url = emulator.url();
//! let client = json!({ "clientName": "my-tool", "clientType": "public" });
//! let client = post(format!("{url}/client/register"), &client);
//! let device = post(format!("{url}/device_authorization"), &json!({
//!     "clientId": client["clientId"],
//!     "clientSecret": client["clientSecret"],
//!     "startUrl": "https://my-sso-portal.awsapps.com/start",
//! }));
//!
//! // The user opens the page. Here it approves the sign-in immediately.
//! ureq::get(device["verificationUriComplete"].as_str().unwrap()).call()?;
//!
//! // The tool creates a token.
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
//! # Starting signed in
//!
//! [`Emulator::sign_in`] issues tokens without a request. [`IssuedTokens`](sign_in::IssuedTokens)
//! formats them as files for `~/.aws/sso/cache`, where the AWS CLI and the AWS SDKs find them.
//!
//! # Settings
//!
//! [`Settings`](settings::Settings) contains accounts and roles, token lifetimes, the page size,
//! and limits. [`Emulator::configure`] changes them at any time. [`Emulator::stop_clock`] and
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
//! [`Emulator::fail_next`] and [`Emulator::fail_always`] inject a [`Fault`], such as an error
//! response of the service, throttling, a captive portal, or a truncated response.
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
//! [`Emulator::requests`] returns each request with its headers and body. [`Emulator::count`]
//! returns the number of requests for an operation. [`Emulator::issued_secrets`] returns all
//! secrets, so that a test can assert that none of them is in a log.
//!
//! # Program
//!
//! The program `identity-center-emulator` runs the emulator as a process, for tools in any
//! language. With the module [`cli`], another program can offer the same as a subcommand. Both need
//! the feature `cli`, which is on by default.
//!
//! # Limits
//!
//! - For tests only: it accepts every user without a password, and it depends on wiremock and an
//!   async runtime.
//! - It serves HTTP/1.1 and HTTP/2 on 127.0.0.1, without TLS.
//! - There is one user, with one portal session at a time. All state is in memory.
//! - It accepts any start URL and any Region. It has no KMS keys; [`Fault::kms`] emulates a key
//!   that cannot be used.
//! - The federation endpoint redirects to no console; it shows the destination. The start page shows the
//!   role and the destination of a shortcut link.
//! - STS supports only `AssumeRole` and `GetCallerIdentity`. It verifies the request signature; roles
//!   have no policies. The user of IAM Identity Center and the IAM user with the access keys are both
//!   called `otter`.
//! - If AWS does not document a behaviour, such as the lifetime of a code or the look of a page,
//!   the emulator makes a reasonable choice.

mod emulator;

pub mod settings;

pub mod grant_type;

mod operation;
mod recorded_request;

mod fault;

pub mod sign_in;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod shell;

mod server;

mod response;
mod service_error;

mod caller;
mod federation;
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
