//! Package for Debian and its derivatives.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};
use ar::{Builder, Header};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::File;
use super::archive::{compressed, packed};
use super::content::DOC;
use super::dependencies::Dependencies;
use super::release::Release;
use crate::workspace::root;

const MAINTAINER: &str = "The aws-sso-tools developers <aws-sso-tools@users.noreply.github.com>";

const DESCRIPTION: &str = "\
sign in to AWS through IAM Identity Center
 Programs that sign in (sso-login), show sessions and credentials
 (sso-status), sign out (sso-logout), write profiles to the config file
 (sso-configure), switch the profile of a shell (sso-use), print
 credentials for shells and other programs (export-credentials) and open
 the AWS console (sso-console). They share the files in ~/.aws with the
 AWS CLI v2 and the SDKs.
";

/// Returns the file name and the bytes of the package, or `None` for an unsupported architecture.
pub(super) fn package(
    release: &Release,
    content: &[File],
    dependencies: &Dependencies,
) -> Result<Option<(String, Vec<u8>)>> {
    let Some(architecture) = architecture(&release.target) else {
        return Ok(None);
    };
    let files = files(release, content)?;
    let control = control(release, architecture, dependencies, &files);
    let control = packed(
        &[File::new("control".to_owned(), control)],
        release.created_at,
    )?;
    let data = packed(&files, release.created_at)?;
    let mut package = Builder::new(Vec::new());
    for (name, bytes) in [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", compressed(&control)?),
        ("data.tar.gz", compressed(&data)?),
    ] {
        let mut header = Header::new(name.into(), bytes.len() as u64);
        header.set_mode(0o100_644);
        header.set_mtime(release.created_at);
        package.append(&header, bytes.as_slice())?;
    }
    let name = format!("{}{architecture}.deb", prefix(release));
    Ok(Some((name, package.into_inner()?)))
}

/// Returns the prefix of the file names of this version's packages, for all architectures.
pub(super) fn prefix(release: &Release) -> String {
    format!("aws-sso-tools_{}_", version(release))
}

fn architecture(target: &str) -> Option<&'static str> {
    match target.split('-').next()? {
        "x86_64" => Some("amd64"),
        "aarch64" => Some("arm64"),
        _ => None,
    }
}

fn version(release: &Release) -> String {
    format!("{}-1", release.version)
}

fn control(
    release: &Release,
    architecture: &str,
    dependencies: &Dependencies,
    files: &[File],
) -> String {
    let size: usize = files
        .iter()
        .map(|file| file.bytes.len().div_ceil(1024))
        .sum();
    format!(
        "Package: aws-sso-tools\n\
         Version: {}\n\
         Architecture: {architecture}\n\
         Maintainer: {MAINTAINER}\n\
         Installed-Size: {size}\n\
         Depends: {}\n\
         Recommends: ca-certificates\n\
         Suggests: bash-completion, xdg-utils\n\
         Section: admin\n\
         Priority: optional\n\
         Homepage: {}\n\
         Description: {DESCRIPTION}",
        version(release),
        dependencies.depends(),
        release.repository,
    )
}

/// Returns the installed files with their paths in Debian.
fn files(release: &Release, content: &[File]) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for File {
        path,
        bytes,
        is_program,
    } in content
    {
        let path =
            format!("usr/{path}").replace("/zsh/site-functions/", "/zsh/vendor-completions/");
        if path.contains("/LICENSE-") {
            // The copyright file contains the licences.
            continue;
        }
        let is_compressed = path.contains("/man/") || path.ends_with("THIRD-PARTY.txt");
        files.push(if is_compressed {
            File::new(format!("{path}.gz"), compressed(bytes)?)
        } else if path.ends_with("CHANGELOG.md") {
            File::new(format!("usr/{DOC}/changelog.gz"), compressed(bytes)?)
        } else {
            File {
                path,
                bytes: bytes.clone(),
                is_program: *is_program,
            }
        });
    }
    let changelog = compressed(changelog(release)?.as_bytes())?;
    files.push(File::new(
        format!("usr/{DOC}/changelog.Debian.gz"),
        changelog,
    ));
    files.push(File::new(
        format!("usr/{DOC}/copyright"),
        copyright(release)?,
    ));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn changelog(release: &Release) -> Result<String> {
    let created_at = OffsetDateTime::from_unix_timestamp(release.created_at.try_into()?)?;
    Ok(format!(
        "aws-sso-tools ({}) unstable; urgency=medium\n\n  * Release {}.\n\n -- {MAINTAINER}  {}\n",
        version(release),
        release.version,
        created_at.format(&Rfc2822)?,
    ))
}

/// Returns the licences in the form of <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>.
fn copyright(release: &Release) -> Result<String> {
    let mit = fs::read_to_string(root().join("LICENSE-MIT"))?;
    let holder = mit.lines().find(|line| line.starts_with("Copyright"));
    let holder = holder.context("LICENSE-MIT has no copyright line")?;
    let holder = holder.replace("Copyright", "").replace("(c)", "");
    ensure!(mit.is_ascii(), "LICENSE-MIT is not ASCII");
    let mut text = format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: aws-sso-tools\n\
         Source: {}\n\
         Comment: The programs contain third-party code, see THIRD-PARTY.txt.gz.\n\n\
         Files: *\nCopyright: {}\nLicense: MIT or Apache-2.0\n\n\
         License: Apache-2.0\n See /usr/share/common-licenses/Apache-2.0.\n\n\
         License: MIT\n",
        release.repository,
        holder.trim(),
    );
    for line in mit.lines() {
        let line = if line.trim().is_empty() { "." } else { line };
        writeln!(text, " {line}")?;
    }
    Ok(text)
}
