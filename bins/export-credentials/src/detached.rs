//! Processes of this program that are not children of a command.
//!
//! A command that replaces this process may wait for all of its children. Therefore this program is
//! started twice: the first process only starts the second one, and exits.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::Args;

/// Returns the first process: this program with the options of this process and `option`.
pub(crate) fn first(args: &Args, option: &str) -> io::Result<Command> {
    let mut first = Command::new(this_program()?);
    first.args(options(args)).arg(option);
    Ok(first)
}

/// Returns the first process without the descriptors that the caller has opened. It is not detached
/// unless it starts a second one.
pub(crate) fn without_descriptors(args: &Args, option: &str) -> io::Result<Command> {
    let mut process = program_without_descriptors()?;
    process.args(options(args)).arg(option);
    Ok(process)
}

/// Returns the arguments of this process without the command and the options of a process that serves
/// it.
fn options(args: &Args) -> impl Iterator<Item = OsString> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let count = arguments.len() - args.command.len();
    let options = arguments.into_iter().take(count);
    options.filter(|argument| {
        let is_of_companion = argument.to_string_lossy().starts_with("--companion-of=");
        let others = ["--supervised-companion", "--detached", "--serve", "--"];
        !is_of_companion && others.iter().all(|other| argument != other)
    })
}

/// Starts the second process: this program with the same arguments and streams, and `--detached`.
pub(crate) fn start_second() -> io::Result<()> {
    let mut second = program_without_descriptors()?;
    second.args(std::env::args_os().skip(1)).arg("--detached");
    second.spawn().map(drop)
}

/// Descriptors that a POSIX shell can close by their numbers.
const SINGLE_DIGITS: std::ops::RangeInclusive<u32> = 3..=9;

/// Descriptors that are closed on a system that does not list the open ones.
const UNLISTED: std::ops::RangeInclusive<u32> = 3..=63;

const SH: &str = "/bin/sh";

/// A shell that can close descriptors with several digits. In Debian, `/bin/sh` cannot.
const BASH: &str = "/bin/bash";

/// Runs the arguments with the environment of the shell's caller. bash adds a missing `SHLVL`.
const START: &str = r#"[ -n "$BASH_VERSION" ] && [ "$SHLVL" = 1 ] && exec /usr/bin/env -u SHLVL "$0" "$@"
exec "$0" "$@""#;

/// Returns the path or the name of this program. A container may have no `/proc`, from which Linux
/// reads the path.
pub(crate) fn this_program() -> io::Result<PathBuf> {
    let name = std::env::args_os().next();
    std::env::current_exe().or_else(|error| name.map(PathBuf::from).ok_or(error))
}

/// Returns a command that runs this program without the descriptors that the caller has opened, such
/// as a lock or a pipe: the companion would hold them for longer than the command. Its arguments
/// follow. The program keeps the descriptors if there is no shell, as in some containers.
fn program_without_descriptors() -> io::Result<Command> {
    let program = this_program()?;
    if !Path::new(SH).exists() {
        return Ok(Command::new(program));
    }
    let (digits, numbers): (Vec<u32>, Vec<u32>) = open_descriptors()
        .into_iter()
        .partition(|number| SINGLE_DIGITS.contains(number));
    let mut shell = if !numbers.is_empty() && Path::new(BASH).exists() {
        let mut bash = Command::new(BASH);
        // Without the files of the user.
        bash.arg("-p");
        bash
    } else {
        Command::new(SH)
    };
    let script = format!(
        // If the shell takes a number for the name of a command, only the subshell fails.
        "exec{}; (exec{several}) 2>/dev/null && exec{several}; {START}",
        closing(&digits),
        several = closing(&numbers),
    );
    shell.arg("-c").arg(script).arg(program);
    Ok(shell)
}

fn closing(numbers: &[u32]) -> String {
    let closing = numbers.iter().map(|number| format!(" {number}>&-"));
    closing.collect::<Vec<_>>().concat()
}

/// Returns the numbers of the descriptors that are open now, without those of the standard streams.
fn open_descriptors() -> BTreeSet<u32> {
    let number = |name: &OsStr| name.to_str().and_then(|name| name.parse().ok());
    let entries = std::fs::read_dir("/dev/fd").into_iter().flatten().flatten();
    let listed: BTreeSet<_> = entries
        .filter_map(|entry| number(&entry.file_name()))
        .filter(|number| *number > 2)
        .collect();
    // The list contains the descriptor of the directory itself.
    if listed.is_empty() {
        UNLISTED.collect()
    } else {
        listed
    }
}

/// Returns whether the first process of a container may end with the command. The kernel then ends a
/// detached process too, which loses the session if it does so in the middle of a refresh. On Linux,
/// a companion also needs `/proc`.
pub(crate) fn is_in_container() -> bool {
    // PROC_PID_INIT_INO in the kernel's `proc_ns.h`: the namespace of the machine itself.
    const OF_MACHINE: &str = "pid:[4026531836]";
    let namespace = std::fs::read_link("/proc/self/ns/pid");
    cfg!(target_os = "linux") && namespace.map_or(true, |found| found.as_os_str() != OF_MACHINE)
}
