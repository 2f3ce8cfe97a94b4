//! Temporary home directories, and the environment of the programs that run in them.

use std::collections::BTreeMap;
use std::env::consts::EXE_SUFFIX;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::SAMPLE_CONFIG;
use identity_center_emulator::sign_in::IssuedTokens;
use serde_json::Value;
use tempfile::TempDir;

use crate::relay::CLOSED_PORT_URL;
use crate::running_program::RunningProgram;
#[cfg(unix)]
use crate::signals;
#[cfg(unix)]
use crate::terminal::Terminal;
use crate::tool::{path_of_process, variable_of_process};
use crate::transcript::{Redactions, Transcript};

/// Temporary home with a `.aws` directory, and the environment of the programs in it.
///
/// The environment contains only `HOME`, `USERPROFILE`, `PATH`, `LANG`, `TZ`,
/// `AWS_ENDPOINT_URL`, `BROWSER`, `DISPLAY`, and on Windows `SystemRoot`. `BROWSER` opens nothing. With `DISPLAY`,
/// programs detect a desktop on every machine. Programs do not inherit ignored signals. Dropping
/// this removes the directory.
#[derive(Debug)]
pub struct TestEnv {
    home: TempDir,
    emulator: Option<Emulator>,
    variables: BTreeMap<OsString, OsString>,
}

impl TestEnv {
    /// Start URL in [`TestEnv::SAMPLE_CONFIG`].
    pub const START_URL: &str = "https://my-sso-portal.awsapps.com/start";

    /// Sample config of the emulator, with a session `my-sso`, its profiles `dev` and `prod`, and a
    /// legacy profile.
    pub const SAMPLE_CONFIG: &str = SAMPLE_CONFIG;

    /// Name of the token file of the session `my-sso`.
    pub const TOKEN_OF_MY_SSO: &str = "0ad374308c5a4e22f723adf10145eafad7c4031c.json";
    /// Name of the token file of a legacy profile with [`TestEnv::START_URL`].
    pub const TOKEN_OF_LEGACY: &str = "c7aaaf71fcc8777ae2475525ed049d39fe16c484.json";
    /// Name of the registration file of the session `my-sso` in [`TestEnv::SAMPLE_CONFIG`].
    pub const REGISTRATION_OF_MY_SSO: &str = "c5cfae6e3e4f067423a532368c8b514b6a4b0ace.json";
    /// Name of the role credentials file of the profile `dev`.
    pub const CREDENTIALS_OF_DEV: &str = "0521d1f6a6c4e68f9e18540309367cc3cccb6305.json";

    /// Creates a home in which programs connect to `emulator`.
    #[must_use]
    pub fn new(emulator: &Emulator) -> Self {
        let mut env = Self::with_endpoint(&emulator.url());
        env.emulator = Some(emulator.clone());
        env
    }

    /// Creates a home in which every connection is refused.
    #[must_use]
    pub fn offline() -> Self {
        Self::with_endpoint(CLOSED_PORT_URL)
    }

    fn with_endpoint(endpoint: &str) -> Self {
        let mut env = Self {
            home: TempDir::with_prefix("home-").expect("the directory for temporary files exists"),
            emulator: None,
            variables: BTreeMap::new(),
        };
        make_private_directory(&env.aws_dir());
        env.set("HOME", env.home().to_owned());
        env.set("USERPROFILE", env.home().to_owned());
        env.set("PATH", path_of_programs());
        env.set("LANG", "C.UTF-8");
        env.set("TZ", "UTC");
        env.set("BROWSER", "true");
        env.set("DISPLAY", ":0");
        env.set("AWS_ENDPOINT_URL", endpoint);
        // Windows requires it to open sockets.
        if let Some(root) = variable_of_process("SystemRoot") {
            env.set("SystemRoot", root);
        }
        env
    }

    /// Returns the home directory.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns `~/.aws`.
    #[must_use]
    pub fn aws_dir(&self) -> PathBuf {
        self.home().join(".aws")
    }

    /// Returns `~/.aws/config`.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.aws_dir().join("config")
    }

    /// Returns `~/.aws/credentials`.
    #[must_use]
    pub fn credentials_path(&self) -> PathBuf {
        self.aws_dir().join("credentials")
    }

    /// Returns `~/.aws/sso/cache`.
    #[must_use]
    pub fn sso_cache(&self) -> PathBuf {
        self.aws_dir().join("sso").join("cache")
    }

    /// Returns `~/.aws/cli/cache`.
    #[must_use]
    pub fn cli_cache(&self) -> PathBuf {
        self.aws_dir().join("cli").join("cache")
    }

    /// Writes `~/.aws/config`.
    pub fn write_config(&self, text: &str) {
        write_file(&self.config_path(), text.as_bytes());
    }

    /// Writes `~/.aws/credentials`.
    pub fn write_credentials(&self, text: &str) {
        write_file(&self.credentials_path(), text.as_bytes());
    }

    /// Writes a file with mode 0600 at `path` below the home, and creates missing directories with
    /// mode 0700.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        write_file(&self.home().join(path), bytes.as_ref());
    }

    /// Writes a token file or a registration file to `~/.aws/sso/cache`.
    pub fn plant_sso_file(&self, name: &str, content: &Value) {
        write_file(&self.sso_cache().join(name), content.to_string().as_bytes());
    }

    /// Writes a role credentials file to `~/.aws/cli/cache`.
    pub fn plant_cli_file(&self, name: &str, content: &Value) {
        write_file(&self.cli_cache().join(name), content.to_string().as_bytes());
    }

    /// Writes the token file of the session `my-sso`.
    pub fn plant_my_sso(&self, tokens: &IssuedTokens) {
        let file = tokens.token_file(Self::START_URL, "us-east-1");
        self.plant_sso_file(Self::TOKEN_OF_MY_SSO, &file);
    }

    /// Reads the file at `path`, which is absolute or relative to the home.
    ///
    /// # Panics
    ///
    /// If the file does not exist.
    #[must_use]
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        let path = self.home().join(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Reads the JSON file at `path`, which is absolute or relative to the home.
    ///
    /// # Panics
    ///
    /// If the file does not exist or is not JSON.
    #[must_use]
    pub fn read_json(&self, path: impl AsRef<Path>) -> Value {
        let bytes = self.read(&path);
        let parsed = serde_json::from_slice(&bytes);
        parsed.unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
    }

    /// Returns the sorted paths of all files in the home, relative to the home, with `/` as
    /// separator.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect_files(self.home(), self.home(), &mut files);
        files.sort();
        files
    }

    /// Returns an environment with only the home and `variables`, for code that runs in the test
    /// process.
    ///
    /// # Panics
    ///
    /// If the path of the home is not Unicode.
    #[must_use]
    pub fn environment<'a, E>(&'a self, variables: &[(&'a str, &'a str)]) -> E
    where
        E: FromIterator<(&'a str, &'a str)>,
    {
        let home = self.home().to_str().expect("temporary paths are Unicode");
        let home_variables = [("HOME", home), ("USERPROFILE", home)];
        home_variables
            .into_iter()
            .chain(variables.iter().copied())
            .collect()
    }

    /// Sets a variable for programs that are started later.
    pub fn set(&mut self, name: impl AsRef<OsStr>, value: impl Into<OsString>) {
        self.variables
            .insert(name.as_ref().to_owned(), value.into());
    }

    /// Removes a variable for programs that are started later.
    pub fn unset(&mut self, name: impl AsRef<OsStr>) {
        self.variables.remove(name.as_ref());
    }

    /// Returns a command line that runs `command_line` under a limit with which no thread can be
    /// started: the stack of a thread is larger than the memory that the process may have.
    ///
    /// Only Linux applies this limit.
    pub fn without_threads(&mut self, command_line: &str) -> String {
        self.set("RUST_MIN_STACK", (1_u64 << 30).to_string());
        format!("sh -c 'ulimit -v 1048576; exec {command_line}'")
    }

    /// Returns a command that runs in this environment and in the home directory. `program` is a
    /// program of this workspace or on the `PATH`.
    ///
    /// # Panics
    ///
    /// If `program` belongs to this workspace and is not built.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        #[cfg(unix)]
        signals::stop_ignoring();
        let mut command = Command::new(program_path(program));
        command
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.home());
        command
    }

    /// Runs a command line, split into words like in a shell, and returns its transcript.
    #[must_use = "the transcript contains the exit status"]
    pub fn run(&self, command_line: &str) -> Transcript {
        self.start(command_line).finish()
    }

    /// Starts a command line, split into words like in a shell, and does not wait for its end.
    ///
    /// # Panics
    ///
    /// If the command line is empty or the program cannot be started.
    #[must_use = "dropping this kills the program"]
    pub fn start(&self, command_line: &str) -> RunningProgram {
        RunningProgram::start(self.parsed(command_line), command_line, self.redactions())
    }

    /// Returns the completions that `program` offers to the fish shell for the partial arguments
    /// `typed`.
    ///
    /// # Panics
    ///
    /// If the program fails or writes to stderr.
    #[must_use]
    pub fn completions(&self, program: &str, typed: &str) -> Vec<String> {
        let line = format!("{program} -- {program} {typed}");
        let mut command = self.parsed(&line);
        command.env("AWS_SSO_TOOLS_COMPLETE", "fish");
        let transcript = RunningProgram::start(command, &line, self.redactions()).finish();
        let transcript = transcript.expect_code(0);
        assert_eq!(transcript.stderr(), "", "{transcript}");
        // A tab and a description may follow.
        let words = transcript
            .stdout()
            .lines()
            .map(|line| line.split('\t').next());
        words.flatten().map(str::to_owned).collect()
    }

    /// Starts a command line on a new [`Terminal`].
    ///
    /// # Panics
    ///
    /// Like [`TestEnv::start`], and if the operating system has no pseudo-terminals.
    #[cfg(unix)]
    #[must_use = "dropping this kills the program"]
    pub fn start_on_terminal(&self, command_line: &str) -> Terminal {
        let mut command = self.parsed(command_line);
        command.env("TERM", "xterm-256color");
        Terminal::start(&command, command_line, self.redactions())
    }

    fn parsed(&self, command_line: &str) -> Command {
        let words = shell_words::split(command_line).expect("the quotes are balanced");
        let (program, arguments) = words.split_first().expect("a command line has a program");
        let mut command = self.command(program);
        command.args(arguments);
        command
    }

    fn redactions(&self) -> Redactions {
        Redactions::new(self.home(), self.emulator.clone())
    }
}

/// Returns the directory with the built programs of this workspace: the directory of the current
/// program, or its parent for a test in `deps`.
///
/// # Panics
///
/// If the path of the current program cannot be determined.
#[must_use]
pub fn programs_dir() -> PathBuf {
    let current = std::env::current_exe().expect("a running program has a path");
    let directory = current.parent().expect("a program is in a directory");
    match directory.parent() {
        Some(target) if directory.ends_with("deps") => target.to_owned(),
        _ => directory.to_owned(),
    }
}

fn program_path(program: &str) -> PathBuf {
    if !program.starts_with("sso-") && program != "export-credentials" {
        return program.into();
    }
    let path = programs_dir().join(format!("{program}{EXE_SUFFIX}"));
    let hint = format!(
        "{} is missing: run `cargo build --package {program}`",
        path.display()
    );
    assert!(path.is_file(), "{hint}");
    path
}

fn path_of_programs() -> OsString {
    let directories = [programs_dir()].into_iter().chain(path_of_process());
    std::env::join_paths(directories).expect("no directory in PATH contains a separator")
}

#[expect(
    clippy::disallowed_methods,
    reason = "no other process reads the files of a test during the write"
)]
fn write_file(path: &Path, bytes: &[u8]) {
    let directory = path.parent().expect("a file is in a directory");
    make_private_directory(directory);
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    restrict(path, 0o600);
}

fn make_private_directory(directory: &Path) {
    if directory.is_dir() {
        return;
    }
    if let Some(parent) = directory.parent() {
        make_private_directory(parent);
    }
    fs::create_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    restrict(directory, 0o700);
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the test owns the file");
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) {}

fn collect_files(root: &Path, directory: &Path, files: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect_files(root, &path, files);
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push(relative.display().to_string().replace('\\', "/"));
        }
    }
}
