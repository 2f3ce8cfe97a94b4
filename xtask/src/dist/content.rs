//! Installed files, below a prefix such as `/usr`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::Package;

use super::build::Built;
use super::licences;
use crate::workspace::{root, stdout_of};

#[derive(Clone)]
pub(super) struct File {
    /// Path below the prefix, with `/` as its separator.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_program: bool,
}

pub(super) const DOC: &str = "share/doc/aws-sso-tools";

/// Shells with the directory of their completions, and the prefix and suffix of the file names
/// there.
const SHELLS: [(&str, &str, &str, &str); 4] = [
    ("bash", "share/bash-completion/completions", "", ""),
    ("zsh", "share/zsh/site-functions", "_", ""),
    ("fish", "share/fish/vendor_completions.d", "", ".fish"),
    ("powershell", "share/aws-sso-tools/powershell", "", ".ps1"),
];

/// Returns all installed files, sorted by path.
pub(super) fn collect(built: &Built, libraries: &[Package]) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for program in &built.programs {
        files.push(File {
            is_program: true,
            ..File::new(
                format!("bin/{program}"),
                read(&built.directory.join(program))?,
            )
        });
        for (shell, directory, before, after) in SHELLS {
            let path = format!("{directory}/{before}{program}{after}");
            files.push(File::new(path, completion(built, program, shell)?));
        }
    }
    for (name, page) in &built.man_pages {
        files.push(File::new(format!("share/man/man1/{name}"), page.as_str()));
    }
    for name in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        files.push(File::new(
            format!("{DOC}/{name}"),
            read(&root().join(name))?,
        ));
    }
    let notices = licences::notices(libraries)?;
    files.push(File::new(format!("{DOC}/THIRD-PARTY.txt"), notices));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

impl File {
    pub(super) fn new(path: String, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
            is_program: false,
        }
    }
}

/// Returns the completion script of `program`. The script runs the program from `PATH`.
fn completion(built: &Built, program: &str, shell: &str) -> Result<String> {
    let mut command = Command::new(built.directory.join(program));
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, program);
    command.env("AWS_SSO_TOOLS_COMPLETE", shell);
    stdout_of(&mut command)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}
