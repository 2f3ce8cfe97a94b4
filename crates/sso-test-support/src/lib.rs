//! A local IAM Identity Center and a temporary home, for tests and demonstrations.
//!
//! - [`FakeIdentityCenter`] speaks the OIDC service's and the access portal's protocol, strictly,
//!   shows the pages that a person sees, and fails on demand.
//! - [`Browser`] plays that person: it opens a URL, presses the button, follows the redirects.
//! - `Chromium` (on Unix) is a real browser without a window, where one is installed.
//! - [`TestEnv`] is a home folder of a test's own; programs run there in an environment that has
//!   nothing else in it, and leave a [`Transcript`].
//! - `Terminal` (on Unix) is a pseudo-terminal that a program runs on, with keys to press and a
//!   screen to read.
//! - [`Relay`] and [`Proxy`] stand in front of the emulator for what happens below HTTP.
//! - [`torture`] kills programs at any moment and looks at what they leave.
//! - [`tool`] and its like find what a test can do without.
//!
//! ```
//! use sso_test_support::{Browser, FakeIdentityCenter, Operation, TestEnv};
//!
//! let identity_center = FakeIdentityCenter::start();
//! let env = TestEnv::new(&identity_center);
//! env.write_config(TestEnv::SAMPLE_CONFIG);
//! // env.run("sso-login --profile dev") would sign in here.
//!
//! let page = Browser::new().visit(&identity_center.url());
//! assert!(page.body.contains("A local IAM Identity Center"));
//! assert_eq!(identity_center.count(Operation::Page), 1);
//! assert_eq!(identity_center.count(Operation::RegisterClient), 0);
//! ```
//!
//! # Limits
//!
//! Nothing ships with this crate: it panics where a test has failed, and brings an async runtime.
//! The emulator serves HTTP/1.1 and HTTP/2 without TLS on 127.0.0.1; a [`Relay`] adds TLS. It has
//! one person, who has one portal session at a time; it takes any start URL, and knows no KMS; of
//! STS it knows `AssumeRole`, with the signature checked. Where AWS does not say what its service
//! does (how long a code is good for, what the pages look like) it does something sensible.

mod identity_center;

mod browser;

#[cfg(unix)]
mod chromium;

mod relay;

mod proxy;

mod certificate;
mod loopback_server;

mod test_env;

#[cfg(unix)]
mod signals;

mod running_program;

#[cfg(unix)]
mod terminal;

mod transcript;

mod torture;

mod tool;

pub use browser::{Browser, Visit};
#[cfg(unix)]
pub use chromium::Chromium;
pub use identity_center::{
    ACCESS_KEY, AUTHORIZATION_CODE, Account, AssumableRole, Consent, DEVICE_CODE,
    FakeIdentityCenter, Fault, Operation, REFRESH_TOKEN, RecordedRequest, RefreshTokens, Settings,
    SignedIn, rfc3339,
};
pub use proxy::Proxy;
pub use relay::{Behaviour, NOBODY, Relay};
pub use running_program::RunningProgram;
#[cfg(unix)]
pub use terminal::{Key, Terminal};
pub use test_env::{TestEnv, programs_dir};
pub use tool::{aws_cli, chromium, node_modules, python, tool};
pub use torture::{Tortured, torture};
pub use transcript::Transcript;
