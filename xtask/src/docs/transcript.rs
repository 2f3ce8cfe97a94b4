//! What a newcomer sees first: the programs at work, recorded.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use regex::Regex;
use sso_test_support::TestEnv;

use crate::demo::own_browser;
use crate::workspace::root;

/// The documents that show it, between [`BEGIN`] and [`END`].
const DOCUMENTS: [&str; 2] = ["README.md", "docs/ja/README.md"];

const BEGIN: &str = "<!-- Recorded by `cargo xtask docs`. -->\n";
const END: &str = "<!-- The end of the recording. -->\n";

/// What is typed, a shell for each.
const SCRIPTS: [&str; 4] = [
    "sso-login --profile dev",
    "eval \"$(export-credentials --profile dev)\"\n\
     echo \"$AWS_ACCESS_KEY_ID until $AWS_CREDENTIAL_EXPIRATION\"",
    "sso-status --profile dev",
    "sso-logout",
];

/// What is otherwise in each recording, and what stands for it.
const FIXED: [(&str, &str); 6] = [
    (
        r"http://127\.0\.0\.1:\d+/authorize\?\S*",
        "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=…",
    ),
    (r"\bASIA[A-Z2-7]{16}\b", "ASIAIOSFODNN7EXAMPLE"),
    (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)",
        "2026-11-22T19:46:33$1",
    ),
    (r"\(\d+m\)", "(59m)"),
    (r"\d+m \(until \d\d:\d\dZ\)", "59m (until 19:46Z)"),
    (r"\d+d \(until [\d-]+\)", "89d (until 2027-02-20)"),
];

/// Returns the documents as they should be, by their paths below the top directory.
///
/// # Errors
///
/// Where the programs fail, or a document has no place for the recording.
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

/// Runs the scripts in a home of their own, against an Identity Center on this machine.
fn record() -> Result<String> {
    let center = Emulator::start();
    center.set_consent(Consent::Approve);
    let mut env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.set("BROWSER", own_browser()?);
    let shown = SCRIPTS.iter().map(|script| type_in(&env, script));
    Ok(shown.collect::<Result<Vec<_>>>()?.join("\n"))
}

fn type_in(env: &TestEnv, script: &str) -> Result<String> {
    let mut shell = env.command("sh");
    let ran = shell
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .output()?;
    let output = String::from_utf8(ran.stdout)?;
    let mut shown = format!("$ {}\n{output}", script.replace('\n', "\n$ "));
    ensure!(ran.status.success(), "{shown}");
    for (pattern, fixed) in FIXED {
        let pattern = Regex::new(pattern).expect("the patterns are well formed");
        shown = pattern.replace_all(&shown, fixed).into_owned();
    }
    Ok(shown)
}
