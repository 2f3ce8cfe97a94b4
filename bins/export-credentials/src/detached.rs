//! Processes of this program that are not children of a command.
//!
//! A command that replaces this process may wait for all of its children. Therefore this program is
//! started twice: the first process only starts the second one, and exits.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use crate::args::Args;

/// Closes the other descriptors that a script can open, such as a lock, which the process would hold
/// for longer than the command. POSIX shells number them from 3 to 9.
const WITHOUT_DESCRIPTORS: &str = r#"exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec "$0" "$@""#;

/// Returns the first process: this program with the arguments of this process and `option`, without
/// the command and the options of a process that serves it.
pub(crate) fn first(args: &Args, option: &str) -> io::Result<Command> {
    let mut first = Command::new(std::env::current_exe()?);
    first.args(options(args)).arg(option);
    Ok(first)
}

fn options(args: &Args) -> impl Iterator<Item = OsString> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let count = arguments.len() - args.command.len();
    let options = arguments.into_iter().take(count);
    options.filter(|argument| {
        let is_of_companion = argument.to_string_lossy().starts_with("--companion-of=");
        !is_of_companion && argument != "--detached" && argument != "--serve" && argument != "--"
    })
}

/// Starts the second process: this program with the same arguments and streams, and `--detached`.
pub(crate) fn start_second() -> io::Result<()> {
    let mut second = Command::new("/bin/sh");
    second
        .args(["-c", WITHOUT_DESCRIPTORS])
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--detached");
    second.spawn().map(drop)
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
