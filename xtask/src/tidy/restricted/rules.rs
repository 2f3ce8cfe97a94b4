//! The restricted identifiers, and the files that may use them.

/// Identifiers that only some files may use. Comments and tests in `tests/` may contain them.
pub(super) struct Rule {
    /// Effect of the identifiers, such as `writes files`.
    pub(super) does: &'static str,
    /// Alternative for other files.
    pub(super) instead: &'static str,
    pub(super) identifiers: &'static [&'static str],
    pub(super) exceptions: &'static [Exception],
}

/// A file or directory that may use the identifiers of a rule, and the reason.
pub(super) struct Exception {
    pub(super) path: &'static str,
    #[expect(dead_code, reason = "documents the table")]
    reason: &'static str,
}

pub(super) const RULES: [Rule; 9] = [
    Rule {
        does: "exposes a secret",
        instead: "pass the Secret on, or add an exception to xtask/src/tidy/restricted/rules.rs",
        identifiers: &[
            ".expose()",
            "::expose(",
            "::expose)",
            "fn expose",
            "serialize_exposed",
        ],
        exceptions: &[
            allow(
                "crates/sso-types/src/secret.rs",
                "defines the exposure of a secret",
            ),
            allow(
                "crates/sso-types/src/text.rs",
                "implements the exposure of the tokens",
            ),
            allow(
                "crates/sso-transport/src/error.rs",
                "the target of a redirect, for callers that follow it themselves",
            ),
            allow(
                "crates/sso-transport/src/http/proxy.rs",
                "the proxy's own password",
            ),
            allow(
                "crates/sso-oidc/src/authorization_code.rs",
                "the state and the challenge in the browser's URL",
            ),
            allow(
                "crates/sso-oidc/src/device_authorization.rs",
                "a request body",
            ),
            allow(
                "crates/sso-oidc/src/registration.rs",
                "checks whether it is empty",
            ),
            allow("crates/sso-oidc/src/token.rs", "a request body"),
            allow(
                "crates/sso-portal/src/client.rs",
                "the request header with the token",
            ),
            allow(
                "crates/sso-portal/src/role_credentials.rs",
                "checks for white space and control characters",
            ),
            allow(
                "crates/sts-assume-role/src/assume_role.rs",
                "the MFA code, in a request body",
            ),
            allow(
                "crates/sts-assume-role/src/signature.rs",
                "the signing key, and the request header with the session token",
            ),
            allow(
                "crates/aws-console/src/federation.rs",
                "a request body, and the URL for the browser",
            ),
            allow("crates/token-cache/src/registration.rs", "the cache file"),
            allow(
                "crates/token-cache/src/role_credentials.rs",
                "the cache file",
            ),
            allow(
                "crates/token-cache/src/token.rs",
                "the cache file, and the digest of a token",
            ),
            allow(
                "crates/sso-credentials/src/process.rs",
                "checks whether it is empty",
            ),
            allow(
                "crates/sso-credentials/src/provider.rs",
                "checks whether it is empty",
            ),
            allow(
                "crates/sso-credentials/src/credentials.rs",
                "checks whether it is empty",
            ),
            allow(
                "crates/sso-credentials/src/endpoint.rs",
                "the credentials endpoint, and the check of its clients",
            ),
            allow(
                "bins/console/src/handoff.rs",
                "the redirect of the browser, and the path of its page",
            ),
            allow("bins/console/src/link.rs", "the requested output"),
            allow(
                "crates/cli-ux/src/shell/variable.rs",
                "values of environment variables",
            ),
            allow("bins/use/src/command.rs", "prints the requested output"),
            allow(
                "bins/export-credentials/src/bearer_token.rs",
                "the requested output",
            ),
            allow(
                "bins/export-credentials/src/command.rs",
                "prints the requested output",
            ),
            allow(
                "bins/export-credentials/src/companion.rs",
                "passes the first credentials to the companion through a pipe",
            ),
            allow(
                "bins/export-credentials/src/format/ini.rs",
                "writes the credentials in its format",
            ),
            allow(
                "bins/export-credentials/src/format/json.rs",
                "writes the credentials in its format",
            ),
        ],
    },
    Rule {
        does: "reads the environment",
        instead: "take an AwsEnv",
        identifiers: &["env::var", "env::home_dir"],
        exceptions: &[
            allow("crates/sso-config/src/environment.rs", "defines AwsEnv"),
            allow(
                "crates/cli-ux/src/completion.rs",
                "checks at each start whether a shell requests completions",
            ),
            allow(
                "crates/cli-ux/src/terminal/dumb.rs",
                "checks whether the terminal shows escape sequences as text",
            ),
            allow(
                "crates/cli-ux/src/quoting/locale.rs",
                "checks whether a command in a hint can contain more than ASCII",
            ),
        ],
    },
    Rule {
        does: "reads the clock",
        instead: "take a Clock, or the time",
        identifiers: &["SystemTime::now", "Instant::now", "now_utc", "now_local"],
        exceptions: &[
            allow(
                "crates/sso-session/src/clock.rs",
                "the system clock, which is passed to all callers",
            ),
            allow(
                "crates/sso-transport/src/http.rs",
                "the duration of a request, for the log only",
            ),
            allow(
                "crates/cli-ux/src/progress.rs",
                "the remaining time of a progress line",
            ),
        ],
    },
    Rule {
        does: "sleeps",
        instead: "take a Clock, or a sleep function that callers can replace",
        identifiers: &["thread::sleep", "thread::{self, sleep"],
        exceptions: &[
            allow(
                "crates/sso-session/src/clock.rs",
                "the system clock, which is passed to all callers",
            ),
            allow(
                "crates/locked-file/src/clock.rs",
                "the default of a clock that callers can replace",
            ),
            allow(
                "crates/sso-transport/src/retry.rs",
                "the default of a clock that callers can replace",
            ),
        ],
    },
    Rule {
        does: "writes files",
        instead: "use locked_file::write_atomic or locked_file::append_lines",
        identifiers: &[
            "File::create",
            "File::options",
            "OpenOptions",
            "fs::copy(",
            "fs::rename(",
            "fs::write(",
            "NamedTempFile",
        ],
        exceptions: &[allow(
            "crates/locked-file/src",
            "writes files for all crates",
        )],
    },
    Rule {
        does: "panics if no thread can be started",
        instead: "use sso_session::threads or thread::Builder, and handle the error",
        identifiers: &[
            "thread::spawn",
            "thread::{self, spawn",
            "scope.spawn(",
            "enable_steady_tick(",
        ],
        exceptions: &[],
    },
    Rule {
        does: "writes to a standard stream",
        instead: "use Ui, which escapes control characters",
        identifiers: &[
            "io::stderr()",
            "io::stdout()",
            "buffered_stderr(",
            ".print()",
            "print!(",
            "println!(",
        ],
        exceptions: &[
            allow(
                "crates/cli-ux/src/stdout.rs",
                "prints results, which are escaped by the rules of their formats",
            ),
            allow(
                "crates/cli-ux/src/stderr.rs",
                "writes text that its callers have escaped, and modes of the terminal",
            ),
            allow(
                "crates/cli-ux/src/ui.rs",
                "checks whether stderr is a terminal",
            ),
            allow(
                "crates/cli-ux/src/progress/row.rs",
                "writes the lines of Ui::spinner and Ui::progress_bar",
            ),
            allow(
                "crates/cli-ux/src/run.rs",
                "prints the help, which contains no text of the user",
            ),
            allow(
                "crates/cli-ux/src/terminal.rs",
                "checks whether stderr is a terminal",
            ),
            allow(
                "crates/cli-ux/src/ignored_signals.rs",
                "checks whether stderr is a terminal",
            ),
            allow(
                "crates/cli-ux/src/qr.rs",
                "checks whether stderr is a terminal",
            ),
            allow(
                "crates/cli-ux/src/wrapped.rs",
                "stdout of the sign-in command",
            ),
        ],
    },
    Rule {
        does: "sets an exit status",
        instead: "return a cli_ux::Failure",
        identifiers: &["ExitCode::"],
        exceptions: &[allow("crates/cli-ux/src", "maps failures to exit statuses")],
    },
    Rule {
        does: "ends or replaces the process without waiting for writes and refreshes",
        instead: "return a cli_ux::Failure, or use cli_ux::end",
        identifiers: &[
            "process::exit(",
            "process::abort(",
            "low_level::exit(",
            "low_level::abort(",
            "emulate_default_handler(",
            "CommandExt::exec(",
            "process::CommandExt;",
            "CommandExt as",
        ],
        exceptions: &[allow(
            "crates/cli-ux/src/end.rs",
            "waits for writes and refreshes first",
        )],
    },
];

pub(super) const fn allow(path: &'static str, reason: &'static str) -> Exception {
    Exception { path, reason }
}
