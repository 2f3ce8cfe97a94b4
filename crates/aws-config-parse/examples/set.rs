//! Edits a file in place.
//!
//! ```text
//! set FILE TYPE NAME KEY VALUE          sets a key
//! set FILE TYPE NAME KEY                removes a key
//! set FILE TYPE NAME                    adds the section if it is missing
//! set FILE TYPE NAME --rename NEW       renames the section
//! ```
//!
//! TYPE is `profile`, `sso-session` or `services`. KEY may be `outer.inner` for a pair in a block.
//! A FILE whose name ends in `credentials` is read as a credentials file, and a missing FILE as an
//! empty one. If the edit is refused, exits with 1 and leaves the file unchanged.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, error::Error};

use aws_config_parse::{Document, EditError, FileKind, Outcome, SectionName};

const USAGE: &str =
    "usage: set FILE profile|sso-session|services NAME [KEY [VALUE] | --rename NEW]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error
                .source()
                .map(|cause| format!(": {cause}"))
                .unwrap_or_default();
            // An error cannot be reported if stderr is closed.
            let _ = writeln!(io::stderr(), "{error}{cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let [file, kind, name, edit @ ..] = arguments else {
        return Err(USAGE.into());
    };
    let (file, name) = (Path::new(file), section_name(kind, name).ok_or(USAGE)?);
    let mut document = read(file)?;
    let outcome = match edit {
        [] => add(&mut document, &name)?,
        ["--rename", new] => {
            let new = section_name(kind, new).ok_or(USAGE)?;
            document.rename_section(&name, &new)?
        }
        [key] => remove(&mut document, &name, key)?,
        [key, value] => set(&mut document, &name, key, value)?,
        _ => return Err(USAGE.into()),
    };
    if outcome == Outcome::Changed {
        write(file, document.as_bytes())?;
    }
    Ok(())
}

fn section_name<'a>(kind: &str, name: &'a str) -> Option<SectionName<'a>> {
    match kind {
        "profile" => Some(SectionName::profile(name)),
        "sso-session" => Some(SectionName::SsoSession(name.into())),
        "services" => Some(SectionName::Services(name.into())),
        _ => None,
    }
}

fn read(file: &Path) -> io::Result<Document> {
    let is_credentials = file.to_string_lossy().ends_with("credentials");
    let kind = if is_credentials {
        FileKind::Credentials
    } else {
        FileKind::Config
    };
    match fs::read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Document::parse(kind, "")),
        bytes => Ok(Document::parse(kind, bytes?)),
    }
}

fn add(document: &mut Document, name: &SectionName<'_>) -> Result<Outcome, EditError> {
    if let Some(problem) = document.rejection() {
        return Err(EditError::Rejected(*problem));
    }
    let count = document.sections().len();
    document.add_section(name)?;
    let is_new = document.sections().len() > count;
    Ok(if is_new {
        Outcome::Changed
    } else {
        Outcome::Unchanged
    })
}

fn remove(
    document: &mut Document,
    name: &SectionName<'_>,
    key: &str,
) -> Result<Outcome, EditError> {
    let Some(mut section) = document.section_mut(name) else {
        return Ok(Outcome::Unchanged);
    };
    match key.split_once('.') {
        Some((block, key)) => section.remove_in(block, key),
        None => section.remove(key),
    }
}

fn set(
    document: &mut Document,
    name: &SectionName<'_>,
    key: &str,
    value: &str,
) -> Result<Outcome, EditError> {
    let added = add(document, name)?;
    let mut section = document.section_mut(name).ok_or(EditError::NotFound)?;
    let set = match key.split_once('.') {
        Some((block, key)) => section.set_in(block, key, value)?,
        None => section.set(key, value)?,
    };
    Ok(added.and(set))
}

/// Follows symbolic links and keeps the mode of the file; a new file has mode 0600.
///
/// The write is not atomic. Other programs should write a temporary file in the same directory and
/// rename it.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}
