//! Recorded output of the programs, for the documents.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use regex::Regex;
use sso_test_support::TestEnv;

use crate::demo::approving_browser;
use crate::workspace::root;

/// Documents with the recording, between [`BEGIN`] and [`END`].
const DOCUMENTS: [&str; 2] = ["README.md", "docs/ja/README.md"];

const BEGIN: &str = "<!-- Recorded by `cargo xtask docs`. -->\n";
const END: &str = "<!-- The end of the recording. -->\n";

/// Recorded scripts. Each one runs in a new shell.
const SCRIPTS: [&str; 4] = [
    "sso-login dev",
    "eval \"$(export-credentials dev)\"\n\
     echo \"$AWS_ACCESS_KEY_ID until $AWS_CREDENTIAL_EXPIRATION\"",
    "sso-status dev",
    "sso-logout",
];

/// Patterns of output that differs between runs, with their replacements.
const REPLACEMENTS: [(&str, &str); 5] = [
    (
        r"http://127\.0\.0\.1:\d+/authorize\?\S*",
        "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=…",
    ),
    (r"\bASIA[A-Z2-7]{16}\b", "ASIAIOSFODNN7EXAMPLE"),
    (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)",
        "2026-11-22T19:46:33$1",
    ),
    (r"\d+m \(until \d\d:\d\d UTC\)", "59m (until 19:46 UTC)"),
    (r"until \d\d:\d\d UTC \(\d+m\)", "until 19:46 UTC (59m)"),
];

/// Returns the updated documents with their paths, relative to the workspace root.
///
/// # Errors
///
/// If a program fails, or if a document has no [`BEGIN`] and [`END`].
pub(super) fn documents() -> Result<Vec<(PathBuf, String)>> {
    let recording = format!("\n```console\n{}```\n\n", record()?);
    let recorded = DOCUMENTS.iter().map(|path| {
        let text = fs::read_to_string(root().join(path)).context(*path)?;
        let (before, rest) = text.split_once(BEGIN).context(*path)?;
        let (_, after) = rest.split_once(END).context(*path)?;
        let text = format!("{before}{BEGIN}{recording}{END}{after}");
        Ok((PathBuf::from(path), text))
    });
    recorded.collect()
}

/// Runs the scripts in a temporary home directory, with the emulator.
fn record() -> Result<String> {
    let center = Emulator::start();
    center.set_consent(Consent::Approve);
    let mut env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.set("BROWSER", approving_browser()?);
    let shown = SCRIPTS.iter().map(|script| run_script(&env, script));
    Ok(shown.collect::<Result<Vec<_>>>()?.join("\n"))
}

fn run_script(env: &TestEnv, script: &str) -> Result<String> {
    let mut shell = env.command("sh");
    let run = shell
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .output()?;
    let output = String::from_utf8(run.stdout)?;
    let mut shown = format!("$ {}\n{output}", script.replace('\n', "\n$ "));
    ensure!(run.status.success(), "{shown}");
    for (pattern, replacement) in REPLACEMENTS {
        let pattern = Regex::new(pattern).expect("the pattern is valid");
        shown = pattern.replace_all(&shown, replacement).into_owned();
    }
    Ok(shown)
}
