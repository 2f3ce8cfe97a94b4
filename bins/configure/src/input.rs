//! Files that the user selects with `--from`.

use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use locked_file::read_input;

/// Maximum size of the answers and of a sync file.
const MAX_BYTES: u64 = 16 << 20;

/// Reads the text of a file, which can also be a pipe.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let text = String::from_utf8(read_input(MAX_BYTES, path)?.bytes);
    text.with_context(|| format!("cannot read {}", path.display()))
}

pub(crate) fn read_answers_from_stdin() -> Result<String> {
    let mut text = String::new();
    io::stdin()
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .context("cannot read the answers from stdin")?;
    ensure!(
        text.len() as u64 <= MAX_BYTES,
        "the answers from stdin are larger than {} MiB",
        MAX_BYTES >> 20
    );
    Ok(text)
}
