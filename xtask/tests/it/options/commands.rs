//! Sets of commands that have the same options.

/// All commands.
pub(super) const ALL: &[&str] = &[
    "sso-login",
    "sso-logout",
    "sso-status",
    "sso-configure",
    "sso-configure sso",
    "sso-configure session",
    "sso-configure populate",
    "sso-configure accounts",
    "sso-configure list",
    "sso-configure check",
    "sso-configure migrate",
    "sso-configure undo",
    "sso-use",
    "export-credentials",
    "sso-console",
];

/// The programs, without subcommands.
pub(super) const PROGRAMS: &[&str] = &[
    "sso-login",
    "sso-logout",
    "sso-status",
    "sso-configure",
    "sso-use",
    "export-credentials",
    "sso-console",
];

/// The programs that act on any number of sessions.
pub(super) const SESSIONS: &[&str] = &["sso-login", "sso-logout", "sso-status"];

/// Commands that sign in.
pub(super) const SIGN_IN: &[&str] = &["sso-login", "sso-configure", "sso-configure sso"];

/// The wizard for a profile.
pub(super) const WIZARD: &[&str] = &["sso-configure", "sso-configure sso"];

/// The wizards.
pub(super) const ANSWERS: &[&str] = &[
    "sso-configure",
    "sso-configure sso",
    "sso-configure session",
];

/// Commands with the usual time limits of requests.
pub(super) const PATIENT: &[&str] = &[
    "sso-login",
    "sso-configure",
    "sso-configure sso",
    "sso-configure session",
    "sso-configure populate",
    "sso-configure accounts",
    "sso-configure list",
    "sso-configure check",
    "sso-configure migrate",
    "sso-configure undo",
    "sso-use",
    "export-credentials",
    "sso-console",
];
