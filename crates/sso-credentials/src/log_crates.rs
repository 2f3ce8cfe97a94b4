//! Crates whose log messages belong to this one.

/// Names of this crate and of those that it is made of, spelled as in Rust paths, for a logger that
/// filters by crate. Their messages never hold a secret, unlike those of an HTTP library.
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
