//! Tools that a test can do without, where it has to.
//!
//! A missing tool skips its tests on a developer's machine and fails them in CI, where every
//! tool is installed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::test_env::programs_dir;

/// Returns the path of the program `name` if the `PATH` has it; says `skipped: no NAME` if not.
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
/// Where the tool is missing and `CI` is `true`.
#[must_use]
pub fn tool(name: &str) -> Option<PathBuf> {
    found(candidates(name).next(), name)
}

/// Returns a Python that has `module`, also looking at `target/oracle-venv`, as [`tool`] does.
///
/// # Panics
///
/// Where there is none and `CI` is `true`.
#[must_use]
pub fn python(module: &str) -> Option<PathBuf> {
    let oracle = programs_dir().join("../oracle-venv/bin/python3");
    let mut pythons = [oracle].into_iter().chain(candidates("python3"));
    let import = format!("import {module}");
    let python = pythons.find(|python| succeeds(Command::new(python).args(["-c", &import])));
    found(python, &format!("python3 with {module}"))
}

/// Returns an AWS CLI of version 2, as [`tool`] does.
///
/// # Panics
///
/// Where there is none and `CI` is `true`.
#[must_use]
pub fn aws_cli() -> Option<PathBuf> {
    let debian = PathBuf::from("/usr/bin/aws");
    let mut programs = [debian].into_iter().chain(candidates("aws"));
    let is_version_2 = |program: &PathBuf| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| output.stdout.starts_with(b"aws-cli/2"))
    };
    found(programs.find(is_version_2), "aws-cli/2")
}

/// Returns the directory with the npm package `name`, as [`tool`] does: the `node_modules` whose
/// `.bin` is on the `PATH`.
///
/// # Panics
///
/// Where there is none and `CI` is `true`.
#[must_use]
pub fn node_modules(name: &str) -> Option<PathBuf> {
    let directories = path_of_process();
    let modules = directories.iter().filter_map(|directory| {
        let is_of_npm = directory.ends_with("node_modules/.bin");
        directory.parent().filter(|_| is_of_npm)
    });
    let mut modules = modules.filter(|modules| modules.join(name).is_dir());
    found(modules.next().map(ToOwned::to_owned), name)
}

/// Returns Chromium or a browser built from it, as [`tool`] does.
///
/// # Panics
///
/// Where there is none and `CI` is `true`.
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    found(
        names.iter().flat_map(|name| candidates(name)).next(),
        "chromium",
    )
}

#[expect(clippy::print_stderr, reason = "a skipped test should say so")]
fn found(tool: Option<PathBuf>, name: &str) -> Option<PathBuf> {
    if tool.is_none() {
        let in_ci = variable_of_process("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "CI has to have {name}");
        eprintln!("skipped: no {name}");
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

fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Returns the directories of the `PATH` that this process has.
pub(crate) fn path_of_process() -> Vec<PathBuf> {
    let path = variable_of_process("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told about their machine by its environment, not by the user's"
)]
pub(crate) fn variable_of_process(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
