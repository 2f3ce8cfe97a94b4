//! The crates whose log messages are shown to users.

/// Names of this crate and of the crates that it uses, as in Rust paths, for a logger that filters
/// by crate. Their messages contain no secrets, unlike those of an HTTP library.
pub const LOG_CRATES: &[&str] = &[
    "aws_config_parse",
    "locked_file",
    "sso_config",
    "sso_credentials",
    "sso_oidc",
    "sso_portal",
    "sso_session",
    "sso_transport",
    "sts_assume_role",
    "token_cache",
];
