//! Crates with log messages for users.

/// Names of the crates whose log messages are for users: this crate, its dependencies and the picker. A logger
/// can filter by them, because log targets begin with the crate name. The messages contain no
/// secrets, unlike those of an HTTP library.
pub const LOG_CRATES: &[&str] = &[
    "aws_config_parse",
    "aws_console",
    "locked_file",
    "profile_picker",
    "sso_config",
    "sso_credentials",
    "sso_oidc",
    "sso_portal",
    "sso_session",
    "sso_transport",
    "sts_assume_role",
    "token_cache",
];
