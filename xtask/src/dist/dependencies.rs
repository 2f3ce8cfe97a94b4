//! Debian packages that the programs depend on.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, bail};
use object::Endianness;
use object::read::elf::ElfFile64;

use super::File;

/// Shared libraries, with the names of their Debian packages.
const PACKAGES: [(&str, &str); 5] = [
    ("ld-linux-aarch64.so.1", "libc6"),
    ("ld-linux-x86-64.so.2", "libc6"),
    ("libc.so.6", "libc6"),
    ("libgcc_s.so.1", "libgcc-s1"),
    ("libm.so.6", "libc6"),
];

/// Debian packages with their minimum versions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependencies(BTreeMap<&'static str, Version>);

/// Numbers of a version, such as `[2, 34]`.
type Version = Vec<u32>;

/// Determines the dependencies from the versions of the linked symbols.
///
/// # Errors
///
/// If a program links a library that is not in [`PACKAGES`].
pub(super) fn of_programs(files: &[File]) -> Result<Dependencies> {
    let mut dependencies = Dependencies(BTreeMap::new());
    for file in files.iter().filter(|file| file.is_program) {
        dependencies
            .add(&file.bytes)
            .with_context(|| file.path.clone())?;
    }
    Ok(dependencies)
}

impl Dependencies {
    pub(super) fn depends(&self) -> String {
        let dependencies = self.0.iter();
        let dependencies =
            dependencies.map(|(package, version)| format!("{package} (>= {})", shown(version)));
        dependencies.collect::<Vec<_>>().join(", ")
    }

    fn add(&mut self, program: &[u8]) -> Result<()> {
        let elf = ElfFile64::<Endianness>::parse(program)?;
        let (endian, sections) = (elf.endian(), elf.elf_section_table());
        let Some((mut libraries, names)) = sections.gnu_verneed(endian, program)? else {
            return Ok(());
        };
        let names = sections.strings(endian, program, names)?;
        while let Some((library, mut versions)) = libraries.next()? {
            let library = str::from_utf8(library.file(endian, names)?)?;
            while let Some(version) = versions.next()? {
                let version = str::from_utf8(version.name(endian, names)?)?;
                self.add_version(library, version)?;
            }
        }
        Ok(())
    }

    fn add_version(&mut self, library: &str, version: &str) -> Result<()> {
        let Some((_, package)) = PACKAGES.iter().find(|(name, _)| *name == library) else {
            bail!("unexpected shared library {library}");
        };
        let version = numbers(version)
            .with_context(|| format!("unexpected version {version} of {library}"))?;
        let minimum = self.0.entry(package).or_default();
        *minimum = version.max(minimum.clone());
        Ok(())
    }
}

/// Returns the numbers of `GLIBC_2.34`, without zeros at the end.
fn numbers(version: &str) -> Option<Version> {
    let (_, version) = version.split_once('_')?;
    let numbers: Result<Version, _> = version.split('.').map(str::parse).collect();
    let mut numbers = numbers.ok()?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}

fn shown(version: &Version) -> String {
    let numbers: Vec<_> = version.iter().map(ToString::to_string).collect();
    numbers.join(".")
}

impl fmt::Display for Dependencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "depends on {}", self.depends())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Dependencies;

    #[test]
    fn the_highest_version_is_the_minimum() {
        let mut dependencies = Dependencies(BTreeMap::new());
        for version in ["GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.9"] {
            dependencies.add_version("libc.so.6", version).unwrap();
        }
        dependencies.add_version("libm.so.6", "GLIBC_2.29").unwrap();
        dependencies
            .add_version("libgcc_s.so.1", "GCC_3.0")
            .unwrap();
        dependencies
            .add_version("ld-linux-aarch64.so.1", "GLIBC_2.17")
            .unwrap();
        assert_eq!(dependencies.depends(), "libc6 (>= 2.34), libgcc-s1 (>= 3)");
        assert!(
            dependencies
                .add_version("libssl.so.3", "OPENSSL_3.0.0")
                .is_err()
        );
        assert!(
            dependencies
                .add_version("libc.so.6", "GLIBC_PRIVATE")
                .is_err()
        );
    }
}
