//! A local IAM Identity Center and a temporary home, for tests and demonstrations
mod browser;
mod identity_center;
pub mod relay;
mod running_program;
mod test_env;
mod tool;
mod transcript;

pub use browser::{Browser, Visit};
pub use identity_center::{
    AUTHORIZATION_CODE, Account, Consent, DEVICE_CODE, FakeIdentityCenter, Fault, Operation,
    REFRESH_TOKEN, RecordedRequest, RefreshTokens, Settings, SignedIn, rfc3339,
};
pub use running_program::RunningProgram;
pub use test_env::{TestEnv, programs_dir};
pub use tool::{aws_cli, chromium, python, tool};
pub use transcript::Transcript;
