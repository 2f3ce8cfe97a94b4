//! Optional tools.
//!
//! If a tool is missing, its tests are skipped on a developer's machine and fail in CI, where all
//! tools are installed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

#[cfg(unix)]
use crate::test_env::TestEnv;
use crate::test_env::programs_dir;

/// Returns the path of the program `name` on the `PATH`. If it is missing, prints
/// `skipped: no NAME` and returns `None`.
///
/// ```
/// use sso_test_support::tool;
///
/// let Some(cargo) = tool("cargo") else { return };
/// assert!(cargo.is_file());
/// ```
///
/// # Panics
///
/// If the tool is missing and `CI` is `true`.
#[must_use]
pub fn tool(name: &str) -> Option<PathBuf> {
    check_installed(candidates(name).next(), name)
}

/// Returns a Python interpreter that can import `module`, from `target/oracle-venv` or the `PATH`.
///
/// # Panics
///
/// Like [`tool`].
#[must_use]
pub fn python(module: &str) -> Option<PathBuf> {
    let oracle_venv = programs_dir().join("../oracle-venv/bin/python3");
    let mut pythons = [oracle_venv].into_iter().chain(candidates("python3"));
    let import = format!("import {module}");
    let python = pythons.find(|python| succeeds(Command::new(python).args(["-c", &import])));
    check_installed(python, &format!("python3 with {module}"))
}

/// Returns the AWS CLI v2, from `/usr/bin` or the `PATH`.
///
/// # Panics
///
/// Like [`tool`].
#[must_use]
pub fn aws_cli() -> Option<PathBuf> {
    let system = PathBuf::from("/usr/bin/aws");
    let mut programs = [system].into_iter().chain(candidates("aws"));
    let is_version_2 = |program: &PathBuf| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| output.stdout.starts_with(b"aws-cli/2"))
    };
    check_installed(programs.find(is_version_2), "aws-cli/2")
}

/// Returns the `node_modules` directory that contains the npm package `name` and whose `.bin` is on
/// the `PATH`.
///
/// # Panics
///
/// Like [`tool`].
#[must_use]
pub fn node_modules(name: &str) -> Option<PathBuf> {
    let directories = path_of_process();
    let modules = directories.iter().filter_map(|directory| {
        let is_of_npm = directory.ends_with("node_modules/.bin");
        directory.parent().filter(|_| is_of_npm)
    });
    let mut modules = modules.filter(|modules| modules.join(name).is_dir());
    check_installed(modules.next().map(ToOwned::to_owned), name)
}

/// Returns Chromium or Google Chrome, from the `PATH`.
///
/// # Panics
///
/// Like [`tool`].
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    check_installed(
        names.iter().flat_map(|name| candidates(name)).next(),
        "chromium",
    )
}

#[cfg(unix)]
impl TestEnv {
    /// Returns whether the home belongs to root, who alone can change the owners of files. Otherwise
    /// prints `skipped: not root`.
    #[must_use]
    pub fn is_of_root(&self) -> bool {
        let metadata = self.home().metadata();
        let is_root = metadata.is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
        if !is_root {
            report_skip("not root");
        }
        is_root
    }
}

/// Prints that a test is skipped, for a machine that cannot run it even in CI.
#[expect(clippy::print_stderr, reason = "a skipped test should be visible")]
pub fn report_skip(reason: &str) {
    eprintln!("skipped: {reason}");
}

fn check_installed(tool: Option<PathBuf>, name: &str) -> Option<PathBuf> {
    if tool.is_none() {
        let in_ci = variable_of_process("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "{name} is required in CI");
        report_skip(&format!("no {name}"));
    }
    tool
}

fn candidates(name: &str) -> impl Iterator<Item = PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    path_of_process()
        .into_iter()
        .map(move |directory| directory.join(&name))
        .filter(|path| path.is_file())
}

pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

pub(crate) fn path_of_process() -> Vec<PathBuf> {
    let path = variable_of_process("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment of the test process describes the machine, not a user"
)]
pub(crate) fn variable_of_process(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
