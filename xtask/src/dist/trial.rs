//! Whether what is released can be installed, works, and goes away again.

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

/// The oldest Debian that gets security updates from its team.
const SUITE: &str = "bookworm";

/// What is in nobody's cache: keys in the config.
const CONFIG: &str = "\
[profile dev]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
";

/// What a user of the package may look for.
const INSTALLED: [&str; 6] = [
    "usr/bin/sso-configure",
    "usr/share/man/man1/sso-configure-populate.1.gz",
    "usr/share/bash-completion/completions/sso-login",
    "usr/share/zsh/vendor-completions/_sso-login",
    "usr/share/fish/vendor_completions.d/sso-login.fish",
    "usr/share/doc/aws-sso-tools/copyright",
];

/// Tries the installer, and the package where the machine can be root of a bare Debian.
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
    exports(Command::new(program), home.path(), home.path())?;
    let page = home.path().join(".local/share/man/man1/sso-login.1");
    ensure!(page.is_file(), "the installer leaves out the manual pages");
    println!("the installer works");
    refuses_another_archive(release)
}

/// Returns the installer, with `directory` in the place of the project's page.
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

fn refuses_another_archive(release: &Release) -> Result<()> {
    let (home, directory) = (tempdir()?, tempdir()?);
    let name = release.archive_for(&release.target);
    let mut archive = fs::read(release.directory.join(&name))?;
    archive.push(0);
    super::write(&directory.path().join(name), &archive)?;
    let output = installer(release, directory.path(), home.path()).output()?;
    ensure!(!output.status.success(), "the installer takes any archive");
    let is_empty = home.path().read_dir()?.next().is_none();
    ensure!(
        is_empty,
        "the installer leaves something of a wrong archive"
    );
    println!("the installer refuses another archive");
    Ok(())
}

/// Installs the package in a Debian that has nothing but its essentials, and removes it again.
fn try_package(release: &Release) -> Result<()> {
    let directory = tempdir()?;
    let root = &directory.path().join(SUITE);
    execute(
        command("cp")
            .arg("--archive")
            .arg(bare_debian(release)?)
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
    exports(inside(root, "export-credentials"), root, Path::new("/"))?;
    execute(inside(root, "dpkg").args(["--purge", "aws-sso-tools"]))?;
    for path in INSTALLED {
        ensure!(!root.join(path).exists(), "the package leaves {path}");
    }
    println!("the package works in a bare {SUITE}");
    Ok(())
}

/// Runs export-credentials with a config in the directory `home`, which the program knows as
/// `known_as`.
fn exports(mut program: Command, home: &Path, known_as: &Path) -> Result<()> {
    let aws = home.join(".aws");
    fs::create_dir_all(&aws)?;
    super::write(&aws.join("config"), CONFIG.as_bytes())?;
    program.env_clear().env("HOME", known_as);
    program.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let output = stdout_of(program.args(["--profile", "dev", "--format", "env-no-export"]))?;
    let is_there = output.contains("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE");
    ensure!(is_there, "export-credentials says {output}");
    Ok(())
}

/// Returns a command that takes `root` for the whole system.
fn inside(root: &Path, program: &str) -> Command {
    let mut command = command("chroot");
    command.arg(root).arg(program).env("LC_ALL", "C.UTF-8");
    command
}

/// Returns a Debian of the essentials; made once, and kept with what is built.
#[expect(clippy::disallowed_methods, reason = "a directory for this only")]
fn bare_debian(release: &Release) -> Result<PathBuf> {
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

/// Returns the one package that is there for this version.
fn package(release: &Release) -> Result<PathBuf> {
    let start = debian::prefix(release);
    let names = fs::read_dir(&release.directory)?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut packages = names.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&start) && name.ends_with(".deb")
    });
    packages.next().context("there is no package")
}
