//! A shell in a temporary home directory whose config file belongs to an emulator.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus};

use tempfile::TempDir;

use crate::settings::SAMPLE_CONFIG;

#[cfg(unix)]
const DEFAULT_SHELL: &str = "/bin/sh";
#[cfg(not(unix))]
const DEFAULT_SHELL: &str = "powershell";

/// Hosts that are reached without a proxy.
const LOCAL_HOSTS: &str = "127.0.0.1,localhost";

/// Variables with paths in the home of the user, except those of AWS: startup files of shells and Python,
/// and config files of tools that use AWS.
const VARIABLES_OF_HOME: [&str; 16] = [
    "BASH_ENV",
    "BOTO_CONFIG",
    "ENV",
    "HISTFILE",
    "KUBECONFIG",
    "PYTHONSTARTUP",
    "TERRAFORM_CONFIG",
    "TF_CLI_CONFIG_FILE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XONSHRC",
    "XONSHRC_DIR",
    "XONSH_DATA_DIR",
    "ZDOTDIR",
];

/// Maximum number of attempts to remove a directory in which other processes create files.
const MAX_REMOVALS: usize = 1000;

/// Error from a shell in a temporary home directory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShellError {
    /// The temporary home directory cannot be created.
    #[error("cannot create the temporary home directory")]
    Home(#[source] io::Error),
    /// The shell cannot be started, or its end cannot be awaited.
    #[error("cannot run {shell}")]
    Run {
        /// Program.
        shell: String,
        /// Error from the operating system.
        #[source]
        source: io::Error,
    },
}

/// Runs the user's shell, and returns its exit status, or 128 and the number of the signal that ended
/// it. The temporary home directory is removed afterwards; if that fails, only warns.
pub(crate) fn run(url: &str, next_commands: &[&str]) -> Result<u8, ShellError> {
    let home = TempDir::with_prefix("identity-center-emulator-").map_err(ShellError::Home)?;
    prepare(home.path()).map_err(ShellError::Home)?;
    let environment = Environment::of_process();
    let shell = environment.shell();
    let mut command = Command::new(&shell);
    environment.apply(&mut command, url, home.path());
    explain(url, home.path(), next_commands);
    let status = run_to_end(&mut command).map_err(|source| ShellError::Run {
        shell: shell.to_string_lossy().into_owned(),
        source,
    })?;
    if let Err(error) = remove(home.path()) {
        warn_of_remaining(home.path(), &error);
    }
    Ok(exit_status(status))
}

fn run_to_end(command: &mut Command) -> io::Result<ExitStatus> {
    let signals = signals::Forwarding::start()?;
    let mut shell = command.spawn()?;
    signals.to(&shell)?;
    shell.wait()
}

fn exit_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.unwrap_or(u8::MAX)
}

/// Removes `directory`. Tries again if another process created a file meanwhile: fish writes completions
/// in the background, also after its end.
fn remove(directory: &Path) -> io::Result<()> {
    let mut attempts = (0..MAX_REMOVALS).map(|_| std::fs::remove_dir_all(directory));
    let is_final = |removed: &io::Result<()>| match removed {
        Err(error) => error.kind() != io::ErrorKind::DirectoryNotEmpty,
        Ok(()) => true,
    };
    match attempts.find(is_final) {
        Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Some(_) => Ok(()),
        None => Err(io::ErrorKind::DirectoryNotEmpty.into()),
    }
}

/// Ignores a closed stderr.
fn warn_of_remaining(home: &Path, error: &io::Error) {
    let _ = writeln!(
        io::stderr().lock(),
        "warning: cannot remove {}: {error}",
        home.display()
    );
}

/// Writes the config file, and an empty `.zshrc`, without which zsh asks the user to create one.
fn prepare(home: &Path) -> io::Result<()> {
    let aws = home.join(".aws");
    std::fs::create_dir(&aws)?;
    File::create_new(aws.join("config"))?.write_all(SAMPLE_CONFIG.as_bytes())?;
    File::create_new(home.join(".zshrc"))?;
    Ok(())
}

/// Ignores a closed stderr.
fn explain(url: &str, home: &Path, next_commands: &[&str]) {
    let next_commands = next_commands.join("\n  ");
    let _ = write!(
        io::stderr().lock(),
        "\
A local IAM Identity Center is running at {url} until you exit this shell.
HOME is {home}, with a config file for the profiles dev, prod and legacy.
Try:
  {next_commands}
",
        home = home.display(),
    );
}

/// Variables of this process.
struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "the shell gets the environment of this process, except the settings of AWS"
    )]
    fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    fn get(&self, name: &str) -> Option<&OsString> {
        let mut variables = self.0.iter();
        let found = variables.find(|(other, _)| other == name);
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    fn shell(&self) -> OsString {
        self.get("SHELL")
            .cloned()
            .unwrap_or_else(|| DEFAULT_SHELL.into())
    }

    /// Sets the variables of the shell: no settings of AWS but the endpoint, the temporary home, and the
    /// directory of this program at the start of `PATH`.
    fn apply(&self, command: &mut Command, url: &str, home: &Path) {
        for (name, _) in &self.0 {
            let is_aws = name.as_encoded_bytes().starts_with(b"AWS_");
            if is_aws || VARIABLES_OF_HOME.iter().any(|other| name == other) {
                command.env_remove(name);
            }
        }
        command.env("AWS_ENDPOINT_URL", url);
        command.env("HOME", home).env("USERPROFILE", home);
        command.env("PATH", self.path());
        for name in ["NO_PROXY", "no_proxy"] {
            let mut hosts = self.get(name).cloned().unwrap_or_default();
            if !hosts.is_empty() {
                hosts.push(",");
            }
            hosts.push(LOCAL_HOSTS);
            command.env(name, hosts);
        }
    }

    fn path(&self) -> OsString {
        let path = self.get("PATH").cloned().unwrap_or_default();
        let program = std::env::current_exe().ok();
        let own = program
            .as_deref()
            .and_then(Path::parent)
            .map(Path::to_owned);
        let directories = own.into_iter().chain(std::env::split_paths(&path));
        std::env::join_paths(directories).unwrap_or(path)
    }
}

#[cfg(unix)]
mod signals {
    use std::io::{self, IsTerminal as _};
    use std::process::Child;
    use std::thread;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;

    /// Pause before an interactive shell that has not ended gets SIGHUP again.
    const AGAIN_AFTER: Duration = Duration::from_secs(1);

    /// Signals of this process. The terminal sends SIGINT and SIGQUIT to the shell too, so they only must
    /// not end this process before the shell.
    pub(super) struct Forwarding(Signals);

    impl Forwarding {
        /// Handles the signals from now on. The shell does not inherit this, unlike ignored signals.
        pub(super) fn start() -> io::Result<Self> {
            Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).map(Self)
        }

        /// Forwards SIGHUP and SIGTERM. An interactive shell ignores SIGTERM, and therefore gets SIGHUP in
        /// its place, again until it ends: bash waits for a key if the signal comes just before it reads.
        pub(super) fn to(mut self, shell: &Child) -> io::Result<()> {
            let id = Pid::from_child(shell);
            let is_interactive = io::stdin().is_terminal();
            let thread = thread::Builder::new().spawn(move || {
                for signal in self.0.forever() {
                    let forwarded = match signal {
                        SIGTERM if !is_interactive => Signal::TERM,
                        SIGTERM | SIGHUP => Signal::HUP,
                        _ => continue,
                    };
                    // An error means that the shell has ended. This thread ends with the process.
                    while kill_process(id, forwarded).is_ok() && is_interactive {
                        thread::sleep(AGAIN_AFTER);
                    }
                }
            });
            thread.map(drop)
        }
    }
}

#[cfg(not(unix))]
mod signals {
    use std::io;
    use std::process::Child;

    /// Ctrl-C reaches the shell and this process alike.
    pub(super) struct Forwarding;

    impl Forwarding {
        #[expect(clippy::unnecessary_wraps, reason = "same signature as on Unix")]
        pub(super) fn start() -> io::Result<Self> {
            Ok(Self)
        }

        #[expect(clippy::unnecessary_wraps, reason = "same signature as on Unix")]
        pub(super) fn to(self, _shell: &Child) -> io::Result<()> {
            Ok(())
        }
    }
}
