//! What can go wrong between a profile and its credentials.

mod predicates;
mod process;
mod sign_in_reason;

use std::io;
use std::num::NonZeroU16;
use std::path::PathBuf;

use aws_config_parse::{EditError, Reason};
use locked_file::{LockError, ReadError, WriteError};
use sso_oidc::OidcError;
use sso_portal::PortalError;
use sso_transport::EndpointError;
use sso_types::{AccountId, InvalidRegion, ProfileName, Region, RoleName, SessionName, StartUrl};
use sts_assume_role::StsError;
use token_cache::{CacheError, EntryLocation};

pub use self::process::ProcessError;
pub use self::sign_in_reason::SignInReason;
use crate::{Place, SsoSession, StartUrlError};

/// What can go wrong between a profile and its credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no home folder to look in.
    #[error("the home folder is not known: {variable} is not set")]
    NoHome {
        /// The variable that would name it.
        variable: &'static str,
    },

    /// A config or credentials file is there, but cannot be read.
    #[error("cannot read {}", path.display())]
    ReadConfig {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// A config or credentials file is not in the config language.
    #[error("{place}:{}: {reason}", place.column)]
    ConfigSyntax {
        /// Where.
        place: Place,
        /// Why the AWS CLI would reject the file.
        reason: Reason,
    },

    /// The config file does not take an edit.
    #[error("cannot edit {}", path.display())]
    EditConfig {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: EditError,
    },

    /// Somebody else has changed the config file meanwhile.
    #[error("{} has been changed by another program meanwhile", path.display())]
    ConfigChanged {
        /// The file.
        path: PathBuf,
    },

    /// The config file is marked as not to be written.
    #[error("{} is read-only", path.display())]
    ReadOnlyConfig {
        /// The file.
        path: PathBuf,
    },

    /// Another program is editing the config file.
    #[error(transparent)]
    LockConfig(#[from] LockError),

    /// The config file, or what is to be kept of its former state, cannot be written.
    #[error(transparent)]
    WriteConfig(#[from] WriteError),

    /// There is no room for the former states of the config file.
    #[error("cannot make the folder {}", path.display())]
    MakeHistory {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// No edit is remembered that could be taken back.
    #[error("there is no edit to take back in {}", history.display())]
    NothingToUndo {
        /// The folder where edits are remembered.
        history: PathBuf,
    },

    /// What is remembered of an edit makes no sense. It may hold secrets, so that nothing of it
    /// is quoted.
    #[error("{} is damaged", path.display())]
    ReadHistory {
        /// The file.
        path: PathBuf,
    },

    /// A file of ours cannot be read.
    #[error(transparent)]
    ReadOwn(#[from] ReadError),

    /// Neither file has the profile.
    #[error("there is no profile {:?} in {}", profile.as_str(), config.display())]
    UnknownProfile {
        /// The profile.
        profile: ProfileName,
        /// The config file.
        config: PathBuf,
    },

    /// The config file has no such `[sso-session]`.
    #[error("there is no section [sso-session {session}] in {}{}", config.display(), asked_by.as_ref().map_or_else(String::new, |place| format!(", which sso_session at {place} asks for")))]
    UnknownSession {
        /// The session.
        session: SessionName,
        /// The profile's `sso_session`, where one asks for it.
        asked_by: Option<Place>,
        /// The config file.
        config: PathBuf,
    },

    /// The config file has no such `[services]`.
    #[error("{place}: there is no section [services {services}]")]
    UnknownServices {
        /// The name.
        services: String,
        /// The profile's `services`.
        place: Place,
    },

    /// The profile has nothing to do with IAM Identity Center.
    #[error("profile {:?}{} has neither sso_session nor sso_start_url", profile.as_str(), at(place.as_ref()))]
    NotSso {
        /// The profile.
        profile: ProfileName,
        /// Its section.
        place: Option<Place>,
    },

    /// Neither file has the profile that another one names as its source.
    #[error("{place}: there is no profile {:?}", profile.as_str())]
    UnknownSourceProfile {
        /// The profile.
        profile: ProfileName,
        /// The `source_profile` that names it.
        place: Place,
    },

    /// The profile has nothing that would bring credentials.
    #[error("profile {:?}{} has no credentials", profile.as_str(), at(place.as_ref()))]
    NoCredentials {
        /// The profile.
        profile: ProfileName,
        /// Its section.
        place: Option<Place>,
    },

    /// A life was asked for credentials that are not those of a role that STS gives.
    #[error("only for the credentials of a role_arn can a duration be asked for")]
    NoRole,

    /// The profile gets its credentials in a way that is left to other tools.
    #[error("{place}: {key} of profile {:?} is not supported", profile.as_str())]
    Unsupported {
        /// The profile.
        profile: ProfileName,
        /// The key that says so.
        key: &'static str,
        /// Where it stands.
        place: Place,
    },

    /// Profiles lead to one another without end, by `source_profile` or by `credential_process`.
    #[error("the profiles lead in a circle: {}", profiles.iter().map(ProfileName::as_str).collect::<Vec<_>>().join(" → "))]
    Circle {
        /// The profiles; the last is among those before.
        profiles: Vec<ProfileName>,
    },

    /// The `credential_process` of a profile gives no credentials.
    #[error("{place}: the credential_process of profile {:?} failed", profile.as_str())]
    CredentialProcess {
        /// The profile.
        profile: ProfileName,
        /// Where the line stands.
        place: Place,
        /// Why not.
        source: Box<ProcessError>,
    },

    /// A section lacks keys.
    #[error("[{section}]{} lacks {}", at(place.as_ref()), keys.join(" and "))]
    MissingKeys {
        /// The section.
        section: String,
        /// The keys.
        keys: Vec<&'static str>,
        /// The section's header.
        place: Option<Place>,
    },

    /// The profile and its session disagree.
    #[error("{key} at {profile} differs from the one at {session}")]
    Inconsistent {
        /// The key.
        key: &'static str,
        /// Where the profile has it.
        profile: Place,
        /// Where the session has it.
        session: Place,
    },

    /// A Region that could not stand in a host name.
    #[error("{place}: sso_region is unusable")]
    InvalidRegion {
        /// Where.
        place: Place,
        /// Why not.
        source: InvalidRegion,
    },

    /// Neither a token nor the config tells the region of its session.
    #[error("the region of {location} is not known")]
    UnknownRegion {
        /// The location of the token.
        location: EntryLocation,
    },

    /// A setting has a value that makes no sense.
    #[error("{name} should be {wanted}")]
    InvalidSetting {
        /// The variable, or the key with its place.
        name: String,
        /// What would make sense.
        wanted: &'static str,
    },

    /// The configured endpoint cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),

    /// It is not known what is behind a start URL.
    #[error("the start URL {start_url} is unusable")]
    StartUrl {
        /// The start URL, as written.
        start_url: StartUrl,
        /// Why.
        source: Box<StartUrlError>,
    },

    /// Nobody says in which Region the instance with this start URL is.
    #[error("the Region of the start URL {start_url} is not known")]
    NoRegion {
        /// The start URL.
        start_url: StartUrl,
    },

    /// The service in this Region has no instance of IAM Identity Center with this start URL.
    #[error("the sign-in service in {region} does not know the start URL {start_url}")]
    UnknownStartUrl {
        /// The start URL that it was asked about.
        start_url: StartUrl,
        /// The Region.
        region: Region,
        /// What the service says.
        source: Box<OidcError>,
    },

    /// Somebody has to sign in first.
    #[error("{}", reason.said_of(session))]
    SignInRequired {
        /// Where.
        session: Box<SsoSession>,
        /// Why.
        reason: SignInReason,
    },

    /// The server does not let this user have the role.
    #[error("the role {role_name} in account {account_id} was refused")]
    RoleRefused {
        /// The account.
        account_id: AccountId,
        /// The role.
        role_name: RoleName,
        /// What the portal says.
        source: PortalError,
    },

    /// STS does not give the role of a profile, or was not reached.
    #[error("taking on the role {role_arn} failed")]
    AssumeRole {
        /// The profile.
        profile: ProfileName,
        /// The role.
        role_arn: String,
        /// Why not.
        source: Box<StsError>,
    },

    /// A role needs the code of an MFA device, and there is nobody to ask for it.
    #[error("the role of profile {:?} needs the code of the MFA device {serial_number}, and there is no terminal to ask for it", profile.as_str())]
    MfaRequired {
        /// The profile.
        profile: ProfileName,
        /// The device.
        serial_number: String,
    },

    /// The OIDC service refused, or was not reached.
    #[error("{operation} failed")]
    Oidc {
        /// What was to be done, as in `renewing the token`.
        operation: &'static str,
        /// Why it was not.
        source: OidcError,
    },

    /// The access portal refused, or was not reached.
    #[error("{operation} failed")]
    Portal {
        /// What was to be done, as in `renewing the token`.
        operation: &'static str,
        /// Why it was not.
        source: PortalError,
    },

    /// This machine's clock differs from the services'.
    #[error("the clock of this machine is {} minutes {} that of the service", skew.whole_minutes().abs(), if skew.is_positive() { "ahead of" } else { "behind" })]
    ClockOff {
        /// How far it is ahead.
        skew: time::Duration,
        /// What failed.
        source: Box<Error>,
    },

    /// Something is wrong with the cache.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// There is no port to listen on for the browser.
    #[error("cannot listen on 127.0.0.1{} for the browser's answer", port.map_or_else(String::new, |port| format!(":{port}")))]
    Listen {
        /// The port that it had to be, if one.
        port: Option<NonZeroU16>,
        /// What the system says.
        source: io::Error,
    },

    /// There is no port, or no randomness, to serve credentials with.
    #[error("cannot serve credentials on 127.0.0.1")]
    Serve(#[source] io::Error),

    /// The `default` profile has credentials of its own, which a command without a profile takes
    /// before those that are served.
    #[error(
        "{place}: {key} of [default] would be taken instead of the credentials that are served"
    )]
    Preferred {
        /// The key.
        key: &'static str,
        /// Where it stands.
        place: Place,
    },

    /// Nobody approved the request in time.
    #[error("nobody approved the sign-in within {} minutes", at_most.as_secs() / 60)]
    NotApproved {
        /// How long was waited.
        at_most: std::time::Duration,
    },

    /// The authorization server sent the browser back without a code.
    #[error("the sign-in was refused: {description}")]
    AuthorizationRefused {
        /// Why, as RFC 6749 §4.1.2.1 has it.
        error: String,
        /// The server's words, printable.
        description: String,
    },
}

fn at(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |place| format!(" at {place}"))
}
