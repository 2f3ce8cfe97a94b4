//! Tests of the installer and of the Debian package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use sso_test_support::tool;
use tempfile::tempdir;

use super::debian;
use super::index::INSTALLER_NAME;
use super::release::Release;
use crate::workspace::{command, execute, stdout_of};

/// Oldest Debian release that the Debian security team supports.
const SUITE: &str = "bookworm";

/// Config file with static keys, so that no cache is needed.
const CONFIG: &str = "\
[profile dev]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
";

const INSTALLED: [&str; 6] = [
    "usr/bin/sso-configure",
    "usr/share/man/man1/sso-configure-populate.1.gz",
    "usr/share/bash-completion/completions/sso-login",
    "usr/share/zsh/vendor-completions/_sso-login",
    "usr/share/fish/vendor_completions.d/sso-login.fish",
    "usr/share/doc/aws-sso-tools/copyright",
];

/// Tests the installer, and the package if debootstrap can run as root.
pub(super) fn run(release: &Release) -> Result<()> {
    try_installer(release)?;
    let has_package = release.target.ends_with("-linux-gnu");
    if has_package && is_root()? && tool("debootstrap").is_some() {
        try_package(release)?;
    }
    Ok(())
}

fn try_installer(release: &Release) -> Result<()> {
    let home = tempdir()?;
    if let Some(shellcheck) = tool("shellcheck") {
        execute(command(shellcheck).arg(release.directory.join(INSTALLER_NAME)))?;
    }
    execute(&mut installer(release, &release.directory, home.path()))?;
    let program = home.path().join(".local/bin/export-credentials");
    check_export(Command::new(program), home.path(), home.path())?;
    let page = home.path().join(".local/share/man/man1/sso-login.1");
    let page = fs::read_to_string(page).context("the installer installs no manual pages")?;
    ensure!(
        page.contains(".SH EXAMPLES"),
        "the manual page of sso-login has no examples"
    );
    println!("the installer works");
    rejects_a_modified_archive(release)
}

/// Returns a command for the installer, with `directory` in place of the release page.
fn installer(release: &Release, directory: &Path, home: &Path) -> Command {
    let mut installer = command("sh");
    installer.arg(release.directory.join(INSTALLER_NAME));
    installer
        .env("HOME", home)
        .env_remove("AWS_SSO_TOOLS_PREFIX");
    let page = format!("file://{}", directory.display());
    installer.env("AWS_SSO_TOOLS_RELEASE", page);
    installer
}

fn rejects_a_modified_archive(release: &Release) -> Result<()> {
    let (home, directory) = (tempdir()?, tempdir()?);
    let name = release.archive_for(&release.target);
    let mut archive = fs::read(release.directory.join(&name))?;
    archive.push(0);
    super::write(&directory.path().join(name), &archive)?;
    let output = installer(release, directory.path(), home.path()).output()?;
    ensure!(
        !output.status.success(),
        "the installer accepts a modified archive"
    );
    let is_empty = home.path().read_dir()?.next().is_none();
    ensure!(
        is_empty,
        "the installer leaves files from a modified archive"
    );
    println!("the installer rejects a modified archive");
    Ok(())
}

/// Installs the package in a minimal Debian, and removes it.
fn try_package(release: &Release) -> Result<()> {
    let directory = tempdir()?;
    let root = &directory.path().join(SUITE);
    execute(
        command("cp")
            .arg("--archive")
            .arg(minimal_debian(release)?)
            .arg(root),
    )?;
    let package = package(release)?;
    fs::copy(&package, root.join("package.deb"))?;
    execute(inside(root, "dpkg").args(["--install", "/package.deb"]))?;
    for path in INSTALLED {
        ensure!(
            root.join(path).is_file(),
            "the package does not install {path}"
        );
    }
    check_export(inside(root, "export-credentials"), root, Path::new("/"))?;
    execute(inside(root, "dpkg").args(["--purge", "aws-sso-tools"]))?;
    for path in INSTALLED {
        ensure!(
            !root.join(path).exists(),
            "the package does not remove {path}"
        );
    }
    println!("the package works in a minimal {SUITE}");
    Ok(())
}

/// Runs `export-credentials` with a config file in `home`. The program, which may run in a chroot,
/// finds this directory at the path `known_as`.
fn check_export(mut program: Command, home: &Path, known_as: &Path) -> Result<()> {
    let aws = home.join(".aws");
    fs::create_dir_all(&aws)?;
    super::write(&aws.join("config"), CONFIG.as_bytes())?;
    program.env_clear().env("HOME", known_as);
    program.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let output = stdout_of(program.args(["--profile", "dev", "--format", "env-no-export"]))?;
    let is_exported = output.contains("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE");
    ensure!(
        is_exported,
        "unexpected output of export-credentials: {output}"
    );
    Ok(())
}

fn inside(root: &Path, program: &str) -> Command {
    let mut command = command("chroot");
    command.arg(root).arg(program).env("LC_ALL", "C.UTF-8");
    command
}

/// Returns the root directory of a minimal Debian. Creates it in the target directory if it is
/// missing.
#[expect(clippy::disallowed_methods, reason = "the directory is used only here")]
fn minimal_debian(release: &Release) -> Result<PathBuf> {
    let target = release.metadata.target_directory.as_std_path();
    let root = target.join(format!("debian-{SUITE}"));
    if !root.is_dir() {
        let unfinished = root.with_extension("unfinished");
        if unfinished.is_dir() {
            fs::remove_dir_all(&unfinished)?;
        }
        let mut bootstrap = command("debootstrap");
        bootstrap
            .args(["--variant=minbase", SUITE])
            .arg(&unfinished);
        execute(bootstrap.stdout(Stdio::null()))?;
        fs::rename(unfinished, &root)?;
    }
    Ok(root)
}

fn is_root() -> Result<bool> {
    Ok(stdout_of(command("id").arg("-u"))?.trim() == "0")
}

fn package(release: &Release) -> Result<PathBuf> {
    let prefix = debian::prefix(release);
    let names = fs::read_dir(&release.directory)?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut packages = names.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&prefix) && name.ends_with(".deb")
    });
    packages.next().context("the package is missing")
}
