//! Transcripts of programs, for comparison with expected text.

use std::fmt;
use std::path::Path;
use std::process::ExitStatus;

use identity_center_emulator::Emulator;
use regex::Regex;

/// Output and exit status of a program.
///
/// `Display` is the text for a snapshot: the command line, stdout, stderr and the exit status.
/// Values that differ between runs are replaced by a name in brackets.
#[derive(Clone, Debug)]
pub struct Transcript {
    command_line: String,
    stdout: String,
    statements_after_failure: String,
    stderr: String,
    terminal: String,
    status: ExitStatus,
    redactions: Redactions,
}

impl Transcript {
    pub(crate) fn new(
        command_line: String,
        [stdout, stderr]: [String; 2],
        status: ExitStatus,
        redactions: Redactions,
    ) -> Self {
        let is_statements = |text: &str| !status.success() && text.ends_with(";\nfalse;\n");
        let start = stdout.find("unset AWS_").unwrap_or(stdout.len());
        let (stdout, statements) = match stdout.split_at(start) {
            (stdout, statements) if is_statements(statements) => (stdout.to_owned(), statements),
            _ => (stdout.clone(), ""),
        };
        Self {
            command_line,
            statements_after_failure: statements.to_owned(),
            stdout,
            stderr,
            terminal: String::new(),
            status,
            redactions,
        }
    }

    #[cfg(unix)]
    pub(crate) fn of_terminal(
        command_line: String,
        terminal: String,
        status: ExitStatus,
        redactions: Redactions,
    ) -> Self {
        Self {
            terminal,
            ..Self::new(command_line, Default::default(), status, redactions)
        }
    }

    /// Returns stdout without replacements, and without the statements after a failure.
    #[must_use]
    pub fn stdout(&self) -> &str {
        &self.stdout
    }

    /// Returns the statements for `eval` in sh with which `export-credentials` reacts to each
    /// failure. They are separate from stdout, so that a transcript shows only the failure.
    #[must_use]
    pub fn statements_after_failure(&self) -> &str {
        &self.statements_after_failure
    }

    /// Returns stderr without replacements.
    #[must_use]
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// Returns the text of the terminal without replacements, if the program ran on a terminal.
    #[must_use]
    pub fn terminal(&self) -> &str {
        &self.terminal
    }

    /// Returns the exit status; `None` if a signal ended the program.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Returns the number of the signal that ended the program; `None` if it exited.
    #[cfg(unix)]
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        std::os::unix::process::ExitStatusExt::signal(&self.status)
    }

    /// Asserts the exit status.
    ///
    /// # Panics
    ///
    /// If the exit status is not `code`. The message contains the transcript.
    #[track_caller]
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "a test may need only the assertion"
    )]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "\n{self}");
        self
    }

    /// Asserts the exit status, exactly one error line, `words` on stderr, and an empty stdout.
    ///
    /// # Panics
    ///
    /// If the transcript is different.
    #[track_caller]
    pub fn expect_error(self, code: i32, words: &str) {
        let failed = self.expect_code(code);
        let program = failed.command_line.split(' ').next().unwrap_or_default();
        let start = format!("{program}: error: ");
        let errors: Vec<_> = failed
            .stderr
            .lines()
            .filter(|line| line.starts_with(&start))
            .collect();
        assert_eq!((errors.len(), failed.stdout()), (1, ""), "\n{failed}");
        assert!(
            failed.stderr.contains(words),
            "{words:?} is missing in\n{failed}"
        );
    }

    /// Replaces `text` with `[name]` in the displayed transcript.
    #[must_use]
    pub fn redact(mut self, text: &str, name: &str) -> Self {
        self.redactions
            .extra
            .push((text.to_owned(), name.to_owned()));
        self
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self
            .code()
            .map_or("by a signal".to_owned(), |code| code.to_string());
        let text = [
            format!("$ {}\n", self.command_line),
            section("stdout", &self.stdout),
            section("stderr", &self.stderr),
            section("terminal", &self.terminal),
            format!("--- exit: {status}"),
        ]
        .concat();
        f.write_str(&self.redactions.apply(&text))
    }
}

fn section(name: &str, text: &str) -> String {
    match text.trim_end_matches('\n') {
        "" => String::new(),
        text => format!("--- {name}\n{text}\n"),
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Redactions {
    home: String,
    emulator: Option<Emulator>,
    extra: Vec<(String, String)>,
}

impl Redactions {
    pub(crate) fn new(home: &Path, emulator: Option<Emulator>) -> Self {
        Self {
            home: home.display().to_string(),
            emulator,
            extra: Vec::new(),
        }
    }

    fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, name) in &self.extra {
            text = text.replace(from, &format!("[{name}]"));
        }
        for secret in self.emulator.iter().flat_map(Emulator::issued_secrets) {
            text = text.replace(&secret, name_of_secret(&secret));
        }
        text = text.replace(&self.home, "[HOME]");
        for (pattern, replacement) in PATTERNS {
            let pattern = Regex::new(pattern).expect("the patterns are valid");
            text = pattern.replace_all(&text, replacement).into_owned();
        }
        text
    }
}

fn name_of_secret(secret: &str) -> &'static str {
    match secret {
        _ if secret.starts_with("aoa") => "[ACCESS_TOKEN]",
        _ if secret.starts_with("aor") => "[REFRESH_TOKEN]",
        _ if secret.starts_with("eyJ") => "[CLIENT_SECRET]",
        _ if secret.starts_with("IQoJ") => "[SESSION_TOKEN]",
        _ if secret.len() == 40 => "[SECRET_ACCESS_KEY]",
        _ => "[CODE]",
    }
}

const PATTERNS: [(&str, &str); 9] = [
    (r"(127\.0\.0\.1|localhost)(:|%3A)\d+", "$1$2[PORT]"),
    (r"\bASIA[A-Z2-7]{16}\b", "[ACCESS_KEY_ID]"),
    (r"\b[B-Z]{4}-[B-Z]{4}\b", "[USER_CODE]"),
    (r"\b([?&]?state)=[^&\s]+", "$1=[STATE]"),
    (r"\bcode_challenge=[^&\s]+", "code_challenge=[CHALLENGE]"),
    (r"\bclient_id=[^&\s]+", "client_id=[CLIENT_ID]"),
    (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
        "[TIME]",
    ),
    (
        r"\b(\d{4}-\d\d-\d\d )?\d\d:\d\d (UTC\b|[+-]\d\d:\d\d)",
        "[TIME]",
    ),
    (
        r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "[REQUEST_ID]",
    ),
];
