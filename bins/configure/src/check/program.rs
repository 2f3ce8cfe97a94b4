//! Programs of the config file, as the operating system starts them: without a shell.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sso_config::AwsEnv;

/// Reason why a program cannot be started, as the end of a sentence that begins with its name.
pub(super) type Reason = String;

/// Returns the path of the program that the operating system starts, or the reason why it starts none.
/// On Windows, where it also tries other names, returns no reason.
pub(super) fn find(program: &str, env: &AwsEnv) -> Result<Option<PathBuf>, Reason> {
    if cfg!(windows) {
        return Ok(None);
    }
    let existing: Vec<_> = env
        .program_paths(program)
        .filter(|path| path.exists())
        .collect();
    let executable = existing.iter().find(|path| is_executable(path));
    match (executable, existing.first()) {
        (Some(path), _) => match script_problem(path, env) {
            Some(reason) => Err(reason),
            None => Ok(Some(path.clone())),
        },
        (None, Some(path)) if path.is_dir() => Err("is a directory".to_owned()),
        (None, Some(_)) => Err("is not executable".to_owned()),
        (None, None) if program.contains(std::path::is_separator) => {
            Err("does not exist".to_owned())
        }
        (None, None) => Err("is not in a directory of PATH".to_owned()),
    }
}

/// Returns whether a command line consists of a comment, possibly after a pair of quotes. The operating
/// system receives `#` or nothing as the name of the program.
pub(super) fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    let quotes = ["\"\"", "''"].into_iter();
    let mut after_quotes = quotes.filter_map(|quotes| line.strip_prefix(quotes));
    let after_quotes = after_quotes.find(|rest| rest.starts_with(char::is_whitespace));
    let text = after_quotes.map_or(line, str::trim_start);
    text.starts_with(['#', ';'])
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let found = path.metadata();
    found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Reason of a script that no interpreter of Unix reads.
pub(super) const WINDOWS_LINE_BREAKS: &str = "is a script with the line breaks of Windows (CRLF)";

/// Number of bytes in which a `#!` line ends, as in Linux.
const MAX_FIRST_LINE: u64 = 256;

/// Returns the reason why the operating system cannot run a script. A file that cannot be read, or that
/// is not text, is not a script.
fn script_problem(path: &Path, env: &AwsEnv) -> Option<Reason> {
    let mut start = Vec::new();
    let file = File::open(path).ok()?;
    file.take(MAX_FIRST_LINE).read_to_end(&mut start).ok()?;
    let line = start.split(|byte| *byte == b'\n').next()?;
    let Some(interpreter) = line.strip_prefix(b"#!") else {
        return is_text(&start).then(|| "is a script without a #! line".to_owned());
    };
    let interpreter = str::from_utf8(interpreter).ok()?;
    if interpreter.ends_with('\r') {
        return Some(WINDOWS_LINE_BREAKS.to_owned());
    }
    let mut words = interpreter.split([' ', '\t']).filter(|it| !it.is_empty());
    let interpreter = words.next()?;
    let path = Path::new(interpreter);
    if path.is_absolute() && !path.exists() {
        return Some(format!(
            "is a script whose interpreter {interpreter:?} does not exist"
        ));
    }
    let of_env = words.next().filter(|_| path.ends_with("env"));
    let of_env = of_env.filter(|word| !word.starts_with('-') && !word.contains('='))?;
    let is_missing = !env.program_paths(of_env).any(|path| path.exists());
    is_missing
        .then(|| format!("is a script whose interpreter {of_env:?} is not in a directory of PATH"))
}

/// Returns whether the start of a file is text in UTF-8, possibly with a byte order mark, before which the
/// operating system finds no `#!`.
fn is_text(start: &[u8]) -> bool {
    let text = match str::from_utf8(start) {
        Ok(text) => Ok(text),
        // The last character is cut off.
        Err(error) if error.error_len().is_none() => str::from_utf8(&start[..error.valid_up_to()]),
        Err(error) => Err(error),
    };
    let is_binary = |c: char| c.is_control() && !c.is_whitespace();
    text.is_ok_and(|text| !text.contains(is_binary))
}
