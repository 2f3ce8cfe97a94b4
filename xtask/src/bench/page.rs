//! `docs/performance.md`.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::build::Size;
use super::measure::Cost;

pub(super) struct Page {
    pub(super) machine: Vec<(&'static str, String)>,
    pub(super) rounds: usize,
    pub(super) sections: Vec<Section>,
    /// Comparison of config file parsers, if it was possible.
    pub(super) readers: Option<String>,
    pub(super) sizes: Vec<Size>,
    /// Duration of a clean build of all programs.
    pub(super) build: Duration,
}

/// Programs that were measured together.
pub(super) struct Section {
    /// `None` if it continues the previous section.
    pub(super) title: Option<&'static str>,
    pub(super) text: &'static str,
    /// The first one is the reference for the ratios.
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
        writeln!(f, "## Sizes of the programs\n\n{SIZES}\n")?;
        write_sizes(f, &self.sizes)?;
        let build = self.build.as_secs_f64();
        writeln!(f, "\n{BUILD} {build:.0} s.\n\n{TRIED}\n")?;
        writeln!(f, "## Method\n\n{METHOD}\n")?;
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

A tool may run `export-credentials` as its `credential_process` for every AWS call, so its start-up
cost matters, compared with the minimum cost of a process. The ratios refer to the first row of each
table: a program that prints one line and exits, or curl.

";

const READERS: &str = "\
`aws-config-parse` compared with the parsers of the AWS SDK for Rust and the AWS CLI on the same
files, in one process each; a lookup includes reading the file.";

const SIZES: &str = "\
Release binaries and the number of linked crates, including the workspace's (`cargo tree -e normal`,
each crate once, on this platform).";

const BUILD: &str = "\
A clean release build of the five programs takes";

const TRIED: &str = "\
## Experiments

Measured like the first table, in November 2026, when a start of `export-credentials` took 1.28 times
as long as the hello world program:

- The command-line parser was built twice, once for the program's name. Building it once saves 60,000
  of 800,000 instructions. Adopted.
- Optimisation for size (`opt-level = \"s\"`, except for the config file parser): 2.8 MiB instead of
  3.7 MiB, and 1.28 instead of 1.29. Adopted.
- A position-dependent executable needs no relocations: 1.23. Rejected, because its code would have a
  predictable address.
- Packed relocations (`-z pack-relative-relocs`): 1.29, and requires glibc 2.36. Rejected.
- Static linking with glibc, without a dynamic linker: 1.04, compared with a hello world program
  that has one. Rejected, because glibc resolves host names with libraries of the same version;
  `cargo xtask dist --target` builds a static program with musl if the toolchain supports it.
- The kernel's share of the remaining cost is larger than the program's: 50 pages more than the hello
  world program, 20 of them with relocations and 20 with allocations, mostly by clap. A different
  allocator would be written in C or immature.
- Reading the cached credentials, a JSON file, takes 21,000 instructions: no gain possible. A config
  file with 10,000 profiles must be read completely, because an error in any line matters.";

const METHOD: &str = "\
`cargo xtask bench` repeats all measurements. It builds the programs and the hello world program with
the release profile, copies them like an installation, creates temporary homes, and runs each program
once per round, so that other load affects all of them (the AWS CLI and concurrent processes in every
twentieth round). CPU is the user and system time of the process and its children, as accounted by
the kernel. CPU and wall time are medians. Peak memory (GNU time), system calls (strace) and
instructions in user mode (perf, or callgrind if the processor's counters are not available) are from
a single run; – means that the tool was missing. Ratios are roughly comparable between machines,
absolute numbers are not.";

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
