//! Profiles, SSO sessions, role chains and network settings from the AWS config and credentials
//! files, and undoable edits of the config file.
//!
//! The crate reads the files like the AWS CLI v2.
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
//! // A program uses `AwsEnv::from_process()`.
//! let env: AwsEnv = [(HOME, home_dir), ("AWS_PROFILE", "dev")].into_iter().collect();
//! let files = ConfigFiles::load(&env)?;
//! let profile = SsoProfile::load(&files, &env.profile()?)?;
//! assert_eq!(profile.session.region.as_str(), "us-east-1");
//! assert_eq!(profile.role_name.unwrap().as_str(), "ReadOnly");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`chain::CredentialChain`] resolves the credential source of any profile,
//! [`SsoChain`] finds the SSO session that a profile reaches, directly or through other profiles,
//! [`network::NetworkSettings`] finds the settings for connections to the services, and
//! [`edit::ConfigEdit`] edits the config file. Edits are atomic, change no other byte, can be
//! reviewed as a diff, and can be undone.
//!
//! # Limits
//!
//! - The crate does not use the network, tokens or the clock.
//! - The environment is read once, by [`AwsEnv::from_process`].
//! - [`CredentialChain::load`](chain::CredentialChain::load) does not support
//!   `web_identity_token_file`, `credential_source` and `login_session`. Its error names the key
//!   and its location.
//! - Edits change the config file, never the credentials file.

pub mod chain;
pub mod configured;
pub mod edit;
pub mod environment;
pub mod files;
pub mod intended;
pub mod kind;
pub mod listing;
pub mod name_clue;
pub mod named;
pub mod network;
mod not_unicode;
pub mod process;
pub mod profile;
pub mod profile_path;
pub mod resolver;
pub mod session;
pub mod sign_in;
pub mod similar;
pub mod sso_chain;

mod ancestry;
mod clues;
mod error;
mod exported;
mod location;
mod selection;
mod shell_syntax;
mod source_kind;
mod unknown_name;
mod words;

pub use configured::ConfiguredSessions;
pub use edit::ConfigEdit;
pub use environment::AwsEnv;
pub use error::Error;
pub use files::ConfigFiles;
pub use listing::{ListedProfile, ListedProfiles};
pub use location::Location;
pub use locked_file::{ForeignOwner, Immutable};
pub use not_unicode::NotUnicode;
pub use profile::{SsoProfile, SsoRole};
pub use profile_path::ProfilePath;
pub use resolver::Resolver;
pub use session::SsoSession;
pub use source_kind::SourceKind;
pub use sso_chain::SsoChain;

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
