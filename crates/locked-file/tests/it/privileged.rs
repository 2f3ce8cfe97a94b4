//! Operations that not every machine permits or supports: mounts, file attributes, other users and
//! other file systems.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::child;

/// Returns whether a trial of a tool succeeds. Panics in CI if it does not.
pub(crate) fn can_run(trial: &mut Command) -> bool {
    let quiet = trial.stdout(Stdio::null()).stderr(Stdio::null());
    let works = quiet.status().is_ok_and(|status| status.success());
    #[expect(
        clippy::disallowed_methods,
        reason = "tests may read environment variables"
    )]
    let must_work = std::env::var_os("CI").is_some();
    let tool = trial.get_program().display();
    assert!(works || !must_work, "{tool} does not work");
    if !works {
        skip(&format!("{tool} does not work"));
    }
    works
}

/// Returns a new directory on another file system than the usual temporary directories.
pub(crate) fn dir_on_another_file_system() -> Option<TempDir> {
    let device = |dir: &TempDir| fs::metadata(dir.path()).unwrap().dev();
    let usual = TempDir::new().unwrap();
    let dir = TempDir::new_in("/dev/shm").ok();
    let dir = dir.filter(|dir| device(dir) != device(&usual));
    if dir.is_none() {
        skip("no directory on another file system");
    }
    dir
}

#[expect(clippy::print_stderr, reason = "reports that the test is skipped")]
fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
}

/// An attribute of chattr(1), removed on drop.
pub(crate) struct Attribute {
    name: char,
    path: PathBuf,
}

impl Attribute {
    /// Returns `None` if this user may not set attributes, or the file system has none.
    pub(crate) fn set(name: char, path: &Path) -> Option<Self> {
        let path = path.to_owned();
        let is_set = chattr(&format!("+{name}"), &path);
        if !is_set {
            skip("chattr is not permitted or not supported");
        }
        is_set.then_some(Self { name, path })
    }
}

impl Drop for Attribute {
    fn drop(&mut self) {
        chattr(&format!("-{}", self.name), &self.path);
    }
}

fn chattr(change: &str, path: &Path) -> bool {
    let mut chattr = Command::new("chattr");
    let quiet = chattr.arg(change).arg(path).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Returns whether this user can mount file systems in a new namespace. Many containers forbid it.
pub(crate) fn can_mount() -> bool {
    let mut trial = Command::new("unshare");
    let trial = trial.args(["--map-root-user", "--mount", "true"]);
    let is_permitted = trial
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_permitted {
        skip("no permission to mount file systems");
    }
    is_permitted
}

/// Runs the ignored test `name`, with `path` as a mount point: a file or directory that is mounted
/// over itself. `strace` has the arguments of `strace`, or is empty.
pub(crate) fn succeeds_at_mount_point(name: &str, path: &Path, strace: &[&str]) -> bool {
    let mount = r#"mount --bind "$0" "$0" && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", mount]);
    command.arg(path);
    if !strace.is_empty() {
        command.arg("strace").args(strace);
    }
    command.arg(std::env::current_exe().unwrap());
    child_succeeds(command, name, path)
}

/// Runs the ignored test `name` as another user. Returns `None` if this user is not the superuser.
pub(crate) fn succeeds_as_another_user(name: &str, path: &Path) -> Option<bool> {
    let mut trial = Command::new("setpriv");
    let trial = trial.args(["--reuid=65534", "true"]).stderr(Stdio::null());
    if !trial.status().is_ok_and(|status| status.success()) {
        skip("the superuser is required");
        return None;
    }
    // Other users need not have access to the directory of this program.
    let dir = TempDir::new().unwrap();
    crate::private::set_mode(dir.path(), 0o755);
    let program = dir.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--clear-groups"]);
    command.arg(program);
    Some(child_succeeds(command, name, path))
}

fn child_succeeds(command: Command, name: &str, path: &Path) -> bool {
    let command = child::with_arguments(command, name);
    child::output(command, path).status.success()
}
