//! A home directory of its own for each test, and the environment of the programs in it.

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

/// A temporary home with a `.aws` directory, and the environment of the programs in it: only `HOME`,
/// `PATH`, `LANG`, `AWS_ENDPOINT_URL`, a `BROWSER` that opens nothing, and a `DISPLAY`, so that it
/// counts as a desktop wherever the tests run. Programs do not inherit ignored signals.
///
/// The directory is removed when this is dropped.
#[derive(Debug)]
pub struct TestEnv {
    home: TempDir,
    emulator: Option<Emulator>,
    variables: BTreeMap<OsString, OsString>,
}

impl TestEnv {
    /// The start URL of [`TestEnv::SAMPLE_CONFIG`].
    pub const START_URL: &str = "https://my-sso-portal.awsapps.com/start";

    /// The sample config of the emulator: a session `my-sso` with the profiles `dev` and `prod`, and
    /// a legacy profile.
    pub const SAMPLE_CONFIG: &str = SAMPLE_CONFIG;

    /// The token file of the session `my-sso`.
    pub const TOKEN_OF_MY_SSO: &str = "0ad374308c5a4e22f723adf10145eafad7c4031c.json";
    /// The token file of a legacy profile with [`TestEnv::START_URL`].
    pub const TOKEN_OF_LEGACY: &str = "c7aaaf71fcc8777ae2475525ed049d39fe16c484.json";
    /// The registration file of the session `my-sso`, as [`TestEnv::SAMPLE_CONFIG`] has it.
    pub const REGISTRATION_OF_MY_SSO: &str = "c5cfae6e3e4f067423a532368c8b514b6a4b0ace.json";
    /// The role-credential file of the profile `dev`.
    pub const CREDENTIALS_OF_DEV: &str = "0521d1f6a6c4e68f9e18540309367cc3cccb6305.json";

    /// Makes a home whose programs talk to `emulator`.
    #[must_use]
    pub fn new(emulator: &Emulator) -> Self {
        let mut env = Self::with_endpoint(&emulator.url());
        env.emulator = Some(emulator.clone());
        env
    }

    /// Makes a home whose programs find no service: every connection is refused.
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
        env.set("BROWSER", "true");
        env.set("DISPLAY", ":0");
        env.set("AWS_ENDPOINT_URL", endpoint);
        // Windows opens no socket without it.
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

    /// Writes a file at `path` below the home, with the directories above it (0700 where new), and
    /// mode 0600.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        write_file(&self.home().join(path), bytes.as_ref());
    }

    /// Writes a token or a registration file into `~/.aws/sso/cache`.
    pub fn plant_sso_file(&self, name: &str, content: &Value) {
        write_file(&self.sso_cache().join(name), content.to_string().as_bytes());
    }

    /// Writes a role-credential file into `~/.aws/cli/cache`.
    pub fn plant_cli_file(&self, name: &str, content: &Value) {
        write_file(&self.cli_cache().join(name), content.to_string().as_bytes());
    }

    /// Writes the token file of the session `my-sso`.
    pub fn plant_my_sso(&self, tokens: &IssuedTokens) {
        let file = tokens.token_file(Self::START_URL, "us-east-1");
        self.plant_sso_file(Self::TOKEN_OF_MY_SSO, &file);
    }

    /// Reads the file at `path`, absolute or below the home.
    ///
    /// # Panics
    ///
    /// Where there is no such file.
    #[must_use]
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        let path = self.home().join(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Reads the JSON file at `path`, absolute or below the home.
    ///
    /// # Panics
    ///
    /// Where there is no such file, or it is not JSON.
    #[must_use]
    pub fn read_json(&self, path: impl AsRef<Path>) -> Value {
        let bytes = self.read(&path);
        let parsed = serde_json::from_slice(&bytes);
        parsed.unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
    }

    /// Returns the paths of all files below the home, relative to it, with `/` between, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect_files(self.home(), self.home(), &mut files);
        files.sort();
        files
    }

    /// Returns an environment that contains the home and `variables` only, for code that runs in the
    /// process of the test.
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
        let of_home = [("HOME", home), ("USERPROFILE", home)];
        of_home
            .into_iter()
            .chain(variables.iter().copied())
            .collect()
    }

    /// Sets a variable for the programs that are started from now on.
    pub fn set(&mut self, name: impl AsRef<OsStr>, value: impl Into<OsString>) {
        self.variables
            .insert(name.as_ref().to_owned(), value.into());
    }

    /// Takes a variable away from the programs that are started from now on.
    pub fn unset(&mut self, name: impl AsRef<OsStr>) {
        self.variables.remove(name.as_ref());
    }

    /// Returns a command in this environment and with the home as its directory, for a program of
    /// this workspace or one on the `PATH`.
    ///
    /// # Panics
    ///
    /// Where `program` is one of this workspace and was not built.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        #[cfg(unix)]
        signals::heed();
        let mut command = Command::new(program_path(program));
        command
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.home());
        command
    }

    /// Runs a command line, split as a shell splits words, and returns what came of it.
    #[must_use = "the transcript says how it went"]
    pub fn run(&self, command_line: &str) -> Transcript {
        self.start(command_line).finish()
    }

    /// Starts a command line, split as a shell splits words, for a test that does something
    /// while the program waits.
    ///
    /// # Panics
    ///
    /// Where the command line has no words or the program cannot be started.
    #[must_use = "the program is killed when this is dropped"]
    pub fn start(&self, command_line: &str) -> RunningProgram {
        RunningProgram::start(self.parsed(command_line), command_line, self.redactions())
    }

    /// Returns how `program` would have a command line completed that is `typed` so far, as it tells
    /// fish.
    ///
    /// # Panics
    ///
    /// Where it does not answer, or says something else as well.
    #[must_use]
    pub fn completions(&self, program: &str, typed: &str) -> Vec<String> {
        let line = format!("{program} -- {program} {typed}");
        let mut command = self.parsed(&line);
        command.env("AWS_SSO_TOOLS_COMPLETE", "fish");
        let said = RunningProgram::start(command, &line, self.redactions()).finish();
        let said = said.expect_code(0);
        assert_eq!(said.stderr(), "", "{said}");
        // A tab and what it means may follow.
        let words = said.stdout().lines().map(|line| line.split('\t').next());
        words.flatten().map(str::to_owned).collect()
    }

    /// Starts a command line on a terminal of its own, see [`Terminal`].
    ///
    /// # Panics
    ///
    /// As [`TestEnv::start`], and where the system has no pseudo-terminals.
    #[cfg(unix)]
    #[must_use = "the program is killed when this is dropped"]
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

/// Returns where the programs of this workspace are built: beside the one that runs, or one
/// directory up from a test in `deps`.
///
/// # Panics
///
/// Where the system does not say which program runs.
#[must_use]
pub fn programs_dir() -> PathBuf {
    let this = std::env::current_exe().expect("a running program has a path");
    let directory = this.parent().expect("a program is in a directory");
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
    std::env::join_paths(directories).expect("no directory of a PATH has a separator in it")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the files of a test have no readers yet to whom a part could be shown"
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
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is our own file");
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
