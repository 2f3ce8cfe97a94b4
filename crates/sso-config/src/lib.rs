//! The AWS config and credentials files: profiles, SSO sessions, role chains and network settings,
//! read as the AWS CLI v2 reads them, and edits of the config file that can be undone.
//!
//! No network, no tokens, no clock: the crate reports the contents of the files and the
//! environment.
//!
//! ```
//! use sso_config::{AwsEnv, ConfigFiles, SsoProfile};
//!
//! # let home = tempfile::tempdir()?;
//! # const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
//! # let home_dir = home.path().to_str().unwrap();
//! # std::fs::create_dir(home.path().join(".aws"))?;
//! # std::fs::write(home.path().join(".aws/config"), "
//! # [sso-session my-sso]
//! # sso_start_url = https://my-sso-portal.awsapps.com/start
//! # sso_region = us-east-1
//! # [profile dev]
//! # sso_session = my-sso
//! # sso_account_id = 111122223333
//! # sso_role_name = ReadOnly
//! # ")?;
//! // `AwsEnv::from_process()` in a program.
//! let env: AwsEnv = [(HOME, home_dir), ("AWS_PROFILE", "dev")].into_iter().collect();
//! let files = ConfigFiles::load(&env)?;
//! let profile = SsoProfile::load(&files, &env.profile())?;
//! assert_eq!(profile.session.region.as_str(), "us-east-1");
//! assert_eq!(profile.role_name.unwrap().as_str(), "ReadOnly");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`chain::CredentialChain`] resolves the source of the credentials of any profile,
//! [`network::NetworkSettings`] finds the settings for connections to the services, and
//! [`edit::ConfigEdit`] changes the config file: lossless, atomic, shown as a diff, and undoable.
//!
//! # Limits
//!
//! - The environment is read once, by [`AwsEnv::from_process`].
//! - Profiles that get their credentials from a web identity, from the machine that they run on
//!   (`credential_source`) or by `login_session` are errors that name the key and its location.
//! - An edit writes the config file, never the credentials file.

pub mod chain;
pub mod configured;
pub mod edit;
pub mod environment;
pub mod files;
pub mod network;
pub mod process;
pub mod profile;
pub mod session;
pub mod sign_in;

mod ancestry;
mod error;
mod location;
mod words;

pub use configured::ConfiguredSessions;
pub use edit::ConfigEdit;
pub use environment::AwsEnv;
pub use error::Error;
pub use files::ConfigFiles;
pub use location::Location;
pub use profile::{SsoProfile, SsoRole};
pub use session::SsoSession;

/// Holds the README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
