use std::fs;
use std::thread::available_parallelism;

use anyhow::Result;

use crate::workspace::{command, stdout_of};

pub(super) fn describe() -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        (
            "processor",
            format!("{}, {} cores", processor(), available_parallelism()?),
        ),
        ("system", system()?),
        ("file system", file_system()),
        (
            "compiler",
            first_words(&stdout_of(command("rustc").arg("--version"))?),
        ),
    ])
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1));
    model.unwrap_or(std::env::consts::ARCH).to_owned()
}

/// Returns the kernel and its version, without the suffix of the distribution.
fn system() -> Result<String> {
    let text = stdout_of(command("uname").arg("-sr"))?;
    Ok(text.trim().split('-').next().unwrap_or_default().to_owned())
}

/// Returns the type of the file system with the temporary home directories.
fn file_system() -> String {
    let mut df = command("df");
    let output = stdout_of(df.arg("--output=fstype").arg(std::env::temp_dir()));
    let kind = output
        .ok()
        .and_then(|output| Some(output.lines().nth(1)?.trim().to_owned()));
    kind.unwrap_or_else(|| "unknown".to_owned())
}

/// Returns the part of `rustc 1.95.0 (…)` before the parentheses.
fn first_words(version: &str) -> String {
    version
        .split(" (")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}
