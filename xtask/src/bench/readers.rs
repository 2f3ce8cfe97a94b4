//! Those who read config files, compared by a program of its own.

use anyhow::Result;
use sso_test_support::python;

use crate::workspace::{command, root, stdout_of};

/// Returns what the program says, unless there is no Python with botocore.
///
/// # Errors
///
/// Where it does not build, or fails.
pub(super) fn compared() -> Result<Option<String>> {
    let Some(python) = python("botocore") else {
        return Ok(None);
    };
    let mut compare = command("cargo");
    compare.args(["run", "--quiet", "--release", "--manifest-path"]);
    compare.arg(root().join("crates/aws-config-parse/benches/compare/Cargo.toml"));
    stdout_of(compare.arg("--").arg(python)).map(Some)
}
