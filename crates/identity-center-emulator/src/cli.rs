//! Arguments and output of the program `identity-center-emulator`.
//!
//! A program with subcommands of its own can offer the emulator as one of them: it flattens
//! [`EmulatorArgs`] into its arguments and calls [`run`].
//!
//! This module needs the feature `cli`, which is on by default.

use std::io::{self, Write as _};
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::emulator::Emulator;
use crate::operation::Operation;
use crate::settings::{Account, Consent, SAMPLE_CONFIG, Settings};

/// Command-line arguments of the emulator.
#[derive(Clone, Debug, Args)]
pub struct EmulatorArgs {
    /// Port of 127.0.0.1 to listen on; by default a free port
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// Approve every sign-in as soon as its page is opened
    #[arg(long)]
    approve: bool,

    /// Number of accounts; all but the first two are generated
    #[arg(long, value_name = "N", default_value_t = 2)]
    accounts: usize,

    /// Delay of each API response, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,

    /// Lifetime of access tokens, in seconds; by default the lifetimes of AWS
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u64>,
}

/// Reason why the program cannot start or cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port is in use or needs privileges.
    #[error("cannot listen on port {port}")]
    Listen {
        /// Requested port; 0 means a free one.
        port: u16,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
    /// Standard output is closed.
    #[error("cannot write to standard output")]
    Write(#[source] io::Error),
    /// Standard input cannot be read to its end.
    #[error("cannot read standard input")]
    Read(#[source] io::Error),
}

/// Starts the emulator, prints how to use it, and serves until a signal ends the process. If
/// standard input is a pipe, its end ends the emulator too, so that it does not outlive a test that
/// started it.
///
/// The output is a script for a POSIX shell. It points AWS tools at the emulator and at a temporary
/// home directory, so that the emulator's tokens stay apart from real ones. `next_commands` are
/// suggested at its end, as comments.
///
/// # Errors
///
/// If the port cannot be listened on, or one of the standard streams fails.
pub fn run(args: &EmulatorArgs, next_commands: &[&str]) -> Result<(), Error> {
    let port = args.port;
    let emulator =
        Emulator::start_on_port(port).map_err(|source| Error::Listen { port, source })?;
    emulator.configure(|settings| args.apply(settings));
    let script = instructions(&emulator.url(), next_commands);
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(script.as_bytes());
    written
        .and_then(|()| stdout.flush())
        .map_err(Error::Write)?;
    if is_pipe(&io::stdin()).map_err(Error::Read)? {
        io::copy(&mut io::stdin(), &mut io::sink()).map_err(Error::Read)?;
        return Ok(());
    }
    loop {
        thread::park();
    }
}

/// Returns whether `stdin` ends with the process that started this one. The null device of a
/// background job is at its end at once, and reading from the terminal suspends such a job.
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
#[expect(clippy::unnecessary_wraps, reason = "as on Unix, where it can fail")]
fn is_pipe(stdin: &io::Stdin) -> io::Result<bool> {
    Ok(!io::IsTerminal::is_terminal(stdin))
}

impl EmulatorArgs {
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
# A local IAM Identity Center is at {url}, until Ctrl-C.
# In another shell:

export AWS_ENDPOINT_URL={url}
export HOME=\"$(mktemp -d)\"
mkdir \"$HOME/.aws\"
cat > \"$HOME/.aws/config\" <<'END'
{SAMPLE_CONFIG}END

# And then:
#   {next_commands}
"
    )
}
