//! Command line of the program `identity-center-emulator`.
//!
//! Another program can offer the emulator as a subcommand: it flattens [`EmulatorArgs`] into its
//! arguments and calls [`run`].
//!
//! This module requires the feature `cli`, which is on by default.

use std::io::{self, Write as _};
use std::thread;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::emulator::Emulator;
use crate::operation::Operation;
use crate::settings::{Account, Consent, SAMPLE_CONFIG, Settings};
use crate::shell;
pub use crate::shell::ShellError;

/// Command-line arguments of the emulator.
#[derive(Clone, Debug, Args)]
pub struct EmulatorArgs {
    #[command(subcommand)]
    mode: Option<Mode>,

    /// Port on 127.0.0.1 [default: a free port]
    #[arg(long, global = true, default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// Approve each sign-in when its page is opened
    #[arg(long, global = true)]
    approve: bool,

    /// Number of accounts; all but the first two are generated
    #[arg(long, global = true, value_name = "N", default_value_t = 2)]
    accounts: usize,

    /// Delay of each API response in milliseconds
    #[arg(long, global = true, value_name = "MS", default_value_t = 0)]
    latency: u64,

    /// Lifetime of access tokens in seconds [default: the lifetimes of AWS]
    #[arg(long, global = true, value_name = "SECONDS")]
    lifetime: Option<u64>,
}

/// Subcommands of the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
enum Mode {
    /// Start a shell in which AWS tools use the emulator, until you exit it
    ///
    /// Starts $SHELL with a temporary home directory, which is removed at the end. The exit status is
    /// that of the shell.
    Shell,
}

/// Error from running the emulator as a program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port is in use or needs privileges.
    #[error("cannot listen on port {port}")]
    Listen {
        /// Requested port; 0 means a free port.
        port: u16,
        /// Error from the operating system.
        #[source]
        source: io::Error,
    },
    /// stdout is closed.
    #[error("cannot write to stdout")]
    Write(#[source] io::Error),
    /// The shell cannot be run.
    #[error(transparent)]
    Shell(#[from] ShellError),
    /// stdin cannot be read.
    #[error("cannot read stdin")]
    Read(#[source] io::Error),
}

/// Starts the emulator, and runs a shell that uses it, or prints a setup script and serves until a signal
/// ends the process. Returns the exit status of the process, which is that of the shell.
///
/// If stdin is a pipe, the function also returns at the end of stdin. The emulator therefore does
/// not outlive the test that started it.
///
/// The script is for a POSIX shell. It points AWS tools at the emulator and at a temporary home
/// directory, which keeps the emulator's tokens separate from real ones. At its end, it suggests
/// `next_commands` in comments.
///
/// # Errors
///
/// If the emulator cannot listen on the port, if stdin or stdout fails, or if the shell cannot be started.
pub fn run(args: &EmulatorArgs, next_commands: &[&str]) -> Result<u8, Error> {
    let port = args.port;
    let emulator =
        Emulator::start_on_port(port).map_err(|source| Error::Listen { port, source })?;
    emulator.configure(|settings| args.apply(settings));
    if args.starts_shell() {
        return Ok(shell::run(&emulator.url(), next_commands)?);
    }
    let script = instructions(&emulator.url(), next_commands);
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(script.as_bytes());
    written
        .and_then(|()| stdout.flush())
        .map_err(Error::Write)?;
    if is_pipe(&io::stdin()).map_err(Error::Read)? {
        io::copy(&mut io::stdin(), &mut io::sink()).map_err(Error::Read)?;
        return Ok(0);
    }
    loop {
        thread::park();
    }
}

/// Returns whether `stdin` is a pipe or socket, which ends with the parent process. [`run`] reads
/// no other stdin: the null device ends immediately, and a terminal suspends a background job.
#[cfg(unix)]
fn is_pipe(stdin: &io::Stdin) -> io::Result<bool> {
    use std::fs::File;
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::FileTypeExt as _;

    let file = File::from(stdin.as_fd().try_clone_to_owned()?);
    let kind = file.metadata()?.file_type();
    Ok(kind.is_fifo() || kind.is_socket())
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "same signature as on Unix, where it can fail"
)]
fn is_pipe(stdin: &io::Stdin) -> io::Result<bool> {
    Ok(!io::IsTerminal::is_terminal(stdin))
}

impl EmulatorArgs {
    /// Returns whether [`run`] starts a shell, in which the user runs programs.
    #[must_use]
    pub fn starts_shell(&self) -> bool {
        self.mode == Some(Mode::Shell)
    }

    fn apply(&self, settings: &mut Settings) {
        let latency = Duration::from_millis(self.latency);
        settings.accounts = Account::generated(self.accounts);
        settings.latency = Operation::API.map(|operation| (operation, latency)).into();
        if self.approve {
            settings.consent = Consent::Approve;
        }
        if let Some(seconds) = self.lifetime {
            settings.access_token_lifetime = Duration::from_secs(seconds);
            settings.legacy_token_lifetime = Duration::from_secs(seconds);
        }
    }
}

fn instructions(url: &str, next_commands: &[&str]) -> String {
    let next_commands = next_commands.join("\n#   ");
    format!(
        "\
# A local IAM Identity Center is running at {url} (stop it with Ctrl-C).
# Run this in another shell:

export AWS_ENDPOINT_URL={url}
export HOME=\"$(mktemp -d)\"
mkdir \"$HOME/.aws\"
cat > \"$HOME/.aws/config\" <<'END'
{SAMPLE_CONFIG}END

# Then try:
#   {next_commands}
"
    )
}
