//! Description of a program and of the family that it belongs to.

use std::ffi::OsString;

/// Function from the arguments of a program, which may be invalid, to its output after a failure.
type FailureOutput = fn(&[OsString]) -> Option<String>;

/// Function from the arguments of a program, to its output in place of the help.
type HelpOutput = fn(&[OsString]) -> Option<String>;

/// Name, family and related commands of a program, for [`run`](crate::run).
///
/// A program usually defines it as a constant:
///
/// ```
/// use cli_ux::Program;
///
/// const PROGRAM: Program = Program::new("deploy", env!("CARGO_PKG_VERSION"))
///     .with_family("acme-tools")
///     .with_sign_in_command("acme-login")
///     .with_log_crates(&["acme_client"]);
///
/// assert_eq!(PROGRAM.sign_in_command(), "acme-login");
/// assert!(PROGRAM.user_agent().starts_with("acme-tools/"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Program {
    name: &'static str,
    version: &'static str,
    family: Option<&'static str>,
    manual: Option<&'static str>,
    sign_in_command: &'static str,
    credentials_command: &'static str,
    configure_command: Option<&'static str>,
    completion_variable: &'static str,
    log_crates: &'static [&'static str],
    failure_output: Option<FailureOutput>,
    help_output: Option<HelpOutput>,
}

impl Program {
    /// Creates a program without a family. By default, hints contain the commands of the AWS CLI,
    /// and the completion variable is `COMPLETE`.
    #[must_use]
    pub const fn new(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            family: None,
            manual: None,
            sign_in_command: "aws sso login",
            credentials_command: "aws configure export-credentials",
            configure_command: None,
            completion_variable: "COMPLETE",
            log_crates: &[],
            failure_output: None,
            help_output: None,
        }
    }

    /// Sets the name of the family, such as `aws-sso-tools`: the product in the user agent and the
    /// source of the manual pages.
    #[must_use]
    pub const fn with_family(self, name: &'static str) -> Self {
        Self {
            family: Some(name),
            ..self
        }
    }

    /// Sets the title of the manual. Default: the family.
    #[must_use]
    pub const fn with_manual(self, title: &'static str) -> Self {
        Self {
            manual: Some(title),
            ..self
        }
    }

    /// Sets the sign-in command for hints. It must accept `--profile`, `--sso-session`,
    /// `--start-url` with `--sso-region`, and `--force` with `--new-session`.
    #[must_use]
    pub const fn with_sign_in_command(self, command: &'static str) -> Self {
        Self {
            sign_in_command: command,
            ..self
        }
    }

    /// Sets the command for hints that gets credentials. It must accept `--profile`.
    #[must_use]
    pub const fn with_credentials_command(self, command: &'static str) -> Self {
        Self {
            credentials_command: command,
            ..self
        }
    }

    /// Sets the command for hints that maintains the config file. It must accept `accounts
    /// --sso-session NAME --refresh`, `check`, `check --fix`, `list`, `session --sso-session NAME`,
    /// and no arguments. Without it, there are no such hints.
    #[must_use]
    pub const fn with_configure_command(self, command: &'static str) -> Self {
        Self {
            configure_command: Some(command),
            ..self
        }
    }

    /// Sets the environment variable with which a shell requests completions.
    #[must_use]
    pub const fn with_completion_variable(self, name: &'static str) -> Self {
        Self {
            completion_variable: name,
            ..self
        }
    }

    /// Sets the libraries whose log messages are shown, by their names in Rust paths. For the
    /// `sso-*` crates, use `sso_credentials::LOG_CRATES`. The program's own messages are always
    /// shown. Messages of other crates are dropped, since those of an HTTP library may contain
    /// secrets.
    #[must_use]
    pub const fn with_log_crates(self, crates: &'static [&'static str]) -> Self {
        Self {
            log_crates: crates,
            ..self
        }
    }

    /// Sets the output after a failure of any kind, as a function of the arguments without the name
    /// of the program. It is written to stdout, unless stdout is a terminal. Use it for programs
    /// whose output is evaluated by a shell, which does not see the exit status.
    #[must_use]
    pub const fn with_failure_output(self, output: fn(&[OsString]) -> Option<String>) -> Self {
        Self {
            failure_output: Some(output),
            ..self
        }
    }

    /// Sets the output in place of the help and the version, as a function of the arguments without the
    /// name of the program. Use it for programs whose output is evaluated by a shell. `None` prints the
    /// help.
    #[must_use]
    pub const fn with_help_output(self, output: fn(&[OsString]) -> Option<String>) -> Self {
        Self {
            help_output: Some(output),
            ..self
        }
    }

    /// Returns the name of the program.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the user agent: `FAMILY/VERSION NAME`, or `NAME/VERSION` without a family.
    #[must_use]
    pub fn user_agent(&self) -> String {
        match self.family {
            Some(family) => format!("{family}/{} {}", self.version, self.name),
            None => format!("{}/{}", self.name, self.version),
        }
    }

    /// Returns the sign-in command.
    #[must_use]
    pub fn sign_in_command(&self) -> &'static str {
        self.sign_in_command
    }

    /// Returns the command that gets credentials.
    #[must_use]
    pub fn credentials_command(&self) -> &'static str {
        self.credentials_command
    }

    /// Returns the command that maintains the config file.
    #[must_use]
    pub fn configure_command(&self) -> Option<&'static str> {
        self.configure_command
    }

    /// Returns the environment variable with which a shell requests completions.
    #[must_use]
    pub fn completion_variable(&self) -> &'static str {
        self.completion_variable
    }

    pub(crate) fn failure_output(&self) -> Option<FailureOutput> {
        self.failure_output
    }

    pub(crate) fn help_output(&self) -> Option<HelpOutput> {
        self.help_output
    }

    /// Returns the source of the manual pages, such as `aws-sso-tools 1.0.0`.
    #[must_use]
    pub fn manual_source(&self) -> String {
        format!("{} {}", self.family.unwrap_or(self.name), self.version)
    }

    /// Returns the title of the manual.
    #[must_use]
    pub fn manual_title(&self) -> &'static str {
        self.manual.or(self.family).unwrap_or(self.name)
    }

    /// Returns whether the log messages of `module` are shown: those of this crate, of the crate
    /// with the program's name, and of the listed crates.
    #[must_use]
    pub fn shows_log_of(&self, module: &str) -> bool {
        let name = module.split("::").next().unwrap_or_default();
        name == env!("CARGO_CRATE_NAME")
            || self.is_own_crate(name)
            || self.log_crates.contains(&name)
    }

    fn is_own_crate(&self, crate_name: &str) -> bool {
        let own = self.name.bytes().map(|byte| match byte {
            b'-' => b'_',
            byte => byte,
        });
        own.eq(crate_name.bytes())
    }
}
