//! Programs under a trace of their file operations, on other file systems, and files with
//! attributes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::test_env::TestEnv;
use crate::tool::{report_skip, succeeds, tool};
use crate::transcript::Transcript;

/// System calls that change files or flush them to disk.
const CALLS: &str = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2";

impl TestEnv {
    /// Runs a command line under `strace`. Returns its transcript and the calls that write, flush
    /// or rename files in the home, such as `fsync .aws/config`; a rename has the new name. Locks
    /// are omitted, temporary files are named `T`, and repeated calls are returned once.
    ///
    /// Returns `None` if there is no `strace`.
    ///
    /// # Panics
    ///
    /// Like [`tool`], and if `strace` does not work.
    #[must_use]
    pub fn run_traced(&self, command_line: &str) -> Option<(Transcript, Vec<String>)> {
        let strace = tool("strace")?;
        let strace = strace.display();
        let options = format!("-f -y -qq -s 8 -o calls -e trace={CALLS}");
        let transcript = self.run(&format!("{strace} {options} {command_line}"));
        let calls = String::from_utf8_lossy(&self.read("calls")).into_owned();
        let _ = fs::remove_file(self.home().join("calls"));
        Some((transcript, file_calls(&calls, self.home())))
    }

    /// Runs a command line in a mount namespace, after the shell commands `mounts`, which run in
    /// the home directory. Prints a message and returns `None` if mounts are not permitted, as in
    /// many containers.
    ///
    /// # Panics
    ///
    /// Like [`tool`], if `unshare` is missing.
    #[must_use]
    pub fn run_with_mounts(&self, mounts: &str, command_line: &str) -> Option<Transcript> {
        const NAMESPACE: &str = "unshare --map-root-user --mount";
        let mut trial = Command::new(tool("unshare")?);
        if !succeeds(trial.args(["--map-root-user", "--mount", "true"])) {
            report_skip("no permission to mount file systems");
            return None;
        }
        let script = shell_words::join([&format!("set -e; {mounts}; exec \"$@\"")]);
        Some(self.run(&format!("{NAMESPACE} sh -c {script} sh {command_line}")))
    }
}

/// An attribute of chattr(1), such as `i` for immutable, which is removed on drop.
#[derive(Debug)]
pub struct FileAttribute {
    name: char,
    path: PathBuf,
}

impl FileAttribute {
    /// Sets the attribute. Prints a message and returns `None` if this user may not set it, or the
    /// file system has no attributes.
    #[must_use = "the attribute is removed when this is dropped"]
    pub fn set(name: char, path: &Path) -> Option<Self> {
        let is_set = succeeds(Command::new("chattr").arg(format!("+{name}")).arg(path));
        if !is_set {
            report_skip("no permission or support for file attributes");
        }
        let path = path.to_owned();
        is_set.then_some(Self { name, path })
    }
}

impl Drop for FileAttribute {
    fn drop(&mut self) {
        let mut chattr = Command::new("chattr");
        chattr.arg(format!("-{}", self.name)).arg(&self.path);
        let _ = chattr.stderr(Stdio::null()).status();
    }
}

fn file_calls(trace: &str, home: &Path) -> Vec<String> {
    let home = format!("{}/", home.display());
    let mut calls = Vec::new();
    for line in trace.lines().filter(|line| !line.contains("= -1 ")) {
        let call = file_call(line, &home).filter(|call| !call.ends_with("lock"));
        calls.extend(call.filter(|call| calls.last() != Some(call)));
    }
    calls
}

/// Parses a line such as `123 fsync(3</home/me/.aws/config>) = 0`. The last path is the target of a
/// rename, or the only one.
fn file_call(line: &str, home: &str) -> Option<String> {
    let (name, arguments) = line.split_once('(')?;
    let name = name.rsplit(' ').next()?.trim_end_matches("at2");
    let (_, path) = arguments.rsplit_once(home)?;
    let path = path.split(['"', '>']).next()?;
    let file = if path.contains("/.locked-file-") {
        "T"
    } else {
        path
    };
    Some(format!("{} {file}", name.trim_end_matches("at")))
}
