//! `docs/performance.md`.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::build::Size;
use super::measure::Cost;

/// All that the page tells.
pub(super) struct Page {
    pub(super) machine: Vec<(&'static str, String)>,
    pub(super) rounds: usize,
    pub(super) sections: Vec<Section>,
    /// What the readers of config files say of themselves, where they could be compared.
    pub(super) readers: Option<String>,
    pub(super) sizes: Vec<Size>,
    /// How long it takes to build all programs from nothing.
    pub(super) build: Duration,
}

/// What was measured in turn.
pub(super) struct Section {
    /// Nothing, where it goes on with the one before.
    pub(super) title: Option<&'static str>,
    /// What it is about.
    pub(super) text: &'static str,
    /// The first is the one to compare with.
    pub(super) costs: Vec<Cost>,
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for section in &self.sections {
            write_section(f, section)?;
        }
        if let Some(readers) = &self.readers {
            writeln!(f, "## Reading a config file\n\n{READERS}\n")?;
            writeln!(f, "```text\n{}\n```\n", readers.trim_end())?;
        }
        writeln!(f, "## What is shipped\n\n{SIZES}\n")?;
        write_sizes(f, &self.sizes)?;
        let build = self.build.as_secs_f64();
        writeln!(f, "\n{BUILD} {build:.0} s.\n\n{TRIED}\n")?;
        writeln!(f, "## How it was measured\n\n{METHOD}\n")?;
        writeln!(f, "| | |\n|---|---|")?;
        writeln!(f, "| rounds | {} |", self.rounds)?;
        for (name, value) in &self.machine {
            writeln!(f, "| {name} | {value} |")?;
        }
        Ok(())
    }
}

const HEAD: &str = "\
<!-- Written by `cargo xtask bench`. -->

# Performance

`export-credentials` runs once for every AWS call of a tool that uses it as its
`credential_process`, so what counts is what one start costs, above what any start costs. The
ratios compare with the first of each table: with a program that prints one line and ends, or with
curl.

";

const READERS: &str = "\
`aws-config-parse` against what the AWS SDK for Rust and the AWS CLI read the same files with, in one
process each; a look-up reads the file as well.";

const SIZES: &str = "\
Release binaries, and the crates of others and of ours that are linked (`cargo tree -e normal`,
each once, on this platform).";

const BUILD: &str = "\
The five programs, built by the release profile with nothing but the sources at hand, take";

const TRIED: &str = "\
## What was tried

Each was measured as the first table is, in November 2026. Where a start of `export-credentials` took
1.28 times that of the hello world:

- The description of the command line was made twice, once for the program's name. Making it once
  takes 60,000 of 800,000 instructions away. Kept.
- Size before speed in the compiler (`opt-level = \"s\"`, but for the reader of config files): 2.8 MiB
  instead of 3.7, and 1.28 instead of 1.29. Kept.
- A program at a fixed address has nothing to relocate: 1.23. Not taken, since the place of its code
  could be guessed then.
- Relocations in their short form (`-z pack-relative-relocs`): 1.29, and glibc 2.36 would be needed.
  Not taken.
- No dynamic linker at all, with glibc linked in: 1.04, since the hello world has one. Not taken for
  glibc, which looks up names of hosts by libraries of its own version; `cargo xtask dist --target`
  makes such a program with musl, where the toolchain has it.
- Of what is left, the kernel's part is larger than the program's own: 50 pages more than the hello
  world, of which 20 hold what is relocated and 20 what is allocated, mostly by clap. Another allocator
  would have to come from C, or be young.
- The cached credentials, a JSON file, are read with 21,000 instructions: nothing to gain. Of a
  config with 10,000 profiles, all has to be read, since an error in any line counts.";

const METHOD: &str = "\
`cargo xtask bench` does all of it again. It builds the programs by the release profile, and the
program to compare with by the same; copies them, as an installation does; makes temporary homes;
and runs everybody once in each round, so that what else the machine does meets all of them (the
AWS CLI and crowds in every twentieth). CPU is user and system time of the whole process, and of
those that it waits for, as the kernel accounts for it. CPU and wall time are medians. Peak memory
(GNU time), system calls (strace) and instructions in user mode (perf, or callgrind where the
processor's counters cannot be read) are of one run; – stands where the tool was missing. Numbers
from different machines do not compare, ratios nearly do.";

fn write_section(f: &mut Formatter<'_>, section: &Section) -> fmt::Result {
    if let Some(title) = section.title {
        writeln!(f, "## {title}\n")?;
    }
    writeln!(f, "{}\n", section.text)?;
    write_costs(f, &section.costs)?;
    writeln!(f)
}

fn write_costs(f: &mut Formatter<'_>, costs: &[Cost]) -> fmt::Result {
    let Some(least) = costs.first() else {
        return Ok(());
    };
    writeln!(
        f,
        "| | CPU | × | wall | × | peak memory | system calls | instructions |"
    )?;
    writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
    for cost in costs {
        write!(f, "| `{}` | {}", cost.name, milliseconds(cost.cpu))?;
        write!(f, " | {}", ratio(cost.cpu, least.cpu))?;
        write!(f, " | {}", milliseconds(cost.wall))?;
        write!(f, " | {}", ratio(cost.wall, least.wall))?;
        write!(
            f,
            " | {}",
            or_dash(cost.peak_memory.map(|it| mebibytes(it * 1024)))
        )?;
        write!(
            f,
            " | {}",
            or_dash(cost.system_calls.map(|it| it.to_string()))
        )?;
        writeln!(f, " | {} |", or_dash(cost.instructions.map(millions)))?;
    }
    Ok(())
}

fn write_sizes(f: &mut Formatter<'_>, sizes: &[Size]) -> fmt::Result {
    writeln!(f, "| | size | crates |\n|---|--:|--:|")?;
    for size in sizes {
        writeln!(
            f,
            "| `{}` | {} | {} |",
            size.name,
            mebibytes(size.bytes),
            size.crates
        )?;
    }
    Ok(())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn ratio(time: Duration, least: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / least.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn mebibytes(bytes: u64) -> String {
    format!("{:.2} MiB", bytes as f64 / f64::from(1 << 20))
}

#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
fn millions(count: u64) -> String {
    format!("{:.2} M", count as f64 / 1e6)
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}
