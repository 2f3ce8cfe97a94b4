//! Comparison of config file parsers, which is a separate program.

use anyhow::Result;
use sso_test_support::python;

use crate::workspace::{command, root, stdout_of};

/// Returns the output of the comparison, or `None` without a Python that has botocore.
pub(super) fn compared() -> Result<Option<String>> {
    let Some(python) = python("botocore") else {
        return Ok(None);
    };
    let mut compare = command("cargo");
    compare.args(["run", "--quiet", "--release", "--manifest-path"]);
    compare.arg(root().join("crates/aws-config-parse/benches/compare/Cargo.toml"));
    stdout_of(compare.arg("--").arg(python)).map(Some)
}
