//! What the programs need of the system that they start on.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, bail};
use object::Endianness;
use object::read::elf::ElfFile64;

use super::File;

/// The libraries that the programs load, as Debian's packages are called.
const PACKAGES: [(&str, &str); 5] = [
    ("ld-linux-aarch64.so.1", "libc6"),
    ("ld-linux-x86-64.so.2", "libc6"),
    ("libc.so.6", "libc6"),
    ("libgcc_s.so.1", "libgcc-s1"),
    ("libm.so.6", "libc6"),
];

/// Debian packages, with the version that has all symbols.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needs(BTreeMap<&'static str, Version>);

/// The numbers of a version, as `[2, 34]`.
type Version = Vec<u32>;

/// Reads them from the versions of the symbols that the programs link.
///
/// # Errors
///
/// Where a program links what [`PACKAGES`] does not have.
pub(super) fn of_programs(files: &[File]) -> Result<Needs> {
    let mut needs = Needs(BTreeMap::new());
    for file in files.iter().filter(|file| file.is_program) {
        needs.add(&file.bytes).with_context(|| file.path.clone())?;
    }
    Ok(needs)
}

impl Needs {
    /// Returns them as the `Depends` field of a package.
    pub(super) fn depends(&self) -> String {
        let needs = self.0.iter();
        let needs = needs.map(|(package, version)| format!("{package} (>= {})", shown(version)));
        needs.collect::<Vec<_>>().join(", ")
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
            bail!("{library} is no library that every system has");
        };
        let version = numbers(version).with_context(|| format!("{library} has no {version}"))?;
        let most = self.0.entry(package).or_default();
        *most = version.max(most.clone());
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

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "needs {}", self.depends())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Needs;

    #[test]
    fn the_newest_version_counts_by_its_numbers() {
        let mut needs = Needs(BTreeMap::new());
        for version in ["GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.9"] {
            needs.add_version("libc.so.6", version).unwrap();
        }
        needs.add_version("libm.so.6", "GLIBC_2.29").unwrap();
        needs.add_version("libgcc_s.so.1", "GCC_3.0").unwrap();
        needs
            .add_version("ld-linux-aarch64.so.1", "GLIBC_2.17")
            .unwrap();
        assert_eq!(needs.depends(), "libc6 (>= 2.34), libgcc-s1 (>= 3)");
        assert!(needs.add_version("libssl.so.3", "OPENSSL_3.0.0").is_err());
        assert!(needs.add_version("libc.so.6", "GLIBC_PRIVATE").is_err());
    }
}
