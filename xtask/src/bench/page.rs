//! `docs/performance.md`.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::build::Size;
use super::measure::Cost;
#[cfg(unix)]
use super::picker::Picked;
use super::rate_limit::RateLimited;

pub(super) struct Page {
    pub(super) machine: Vec<(&'static str, String)>,
    pub(super) rounds: usize,
    pub(super) sections: Vec<Section>,
    #[cfg(unix)]
    pub(super) picked: Vec<Picked>,
    pub(super) rate_limited: Vec<RateLimited>,
    /// Comparison of config file parsers, if it was possible.
    pub(super) readers: Option<String>,
    pub(super) sizes: Vec<Size>,
    pub(super) clean_build: Duration,
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
        #[cfg(unix)]
        {
            writeln!(f, "## List of profiles\n\n{PICKER}\n")?;
            writeln!(f, "| | time | target |\n|---|--:|--:|")?;
            for row in &self.picked {
                writeln!(f, "{row}")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "## Rate limit of the access portal\n\n{RATE_LIMIT}\n")?;
        writeln!(f, "| processes | wall | bound | × | refused |")?;
        writeln!(f, "|--:|--:|--:|--:|--:|")?;
        for row in &self.rate_limited {
            writeln!(f, "{row}")?;
        }
        writeln!(f)?;
        if let Some(readers) = &self.readers {
            writeln!(f, "## Reading a config file\n\n{READERS}\n")?;
            writeln!(f, "```text\n{}\n```\n", readers.trim_end())?;
        }
        writeln!(f, "## Binary size and dependencies\n\n{SIZES}\n")?;
        write_sizes(f, &self.sizes)?;
        let build = self.clean_build.as_secs_f64();
        writeln!(f, "\n{BUILD} {build:.0} s.\n\n{OPTIMISATIONS}\n")?;
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

A tool that uses `export-credentials` as its `credential_process` may start it for each AWS call.
Therefore this page compares the cost of one start with the minimum cost of starting a process. The
ratios (×) refer to the first row of each table: a program that prints one line and exits, or curl.

";

#[cfg(unix)]
const PICKER: &str = "\
The list of `sso-use` with 10,000 profiles of one session, on a pseudo-terminal of 80 columns: from the
start of the process to the complete first frame, and from a key to the complete frame that follows it.
The first frame needs only the profiles on the screen. Then the others are loaded in slices, and a key
that is pressed at that time waits for one slice. The time of the first start includes that of a shell.
Median wall times.";

const RATE_LIMIT: &str = "\
Processes that start at once, each for another profile, without cached role credentials. The emulator
refuses more than 20 requests per second, like the access portal. The bound is the time in which this
limit allows one request for each process. The target is 1.20 times the bound. The last column is the
number of requests that the emulator refused with status 429; the processes repeated them.";

const READERS: &str = "\
`aws-config-parse` compared with the parsers of the AWS SDK for Rust (aws-runtime) and the AWS CLI
(botocore), each in one process. The times with a look-up include reading the file.";

const SIZES: &str = "\
Size of the release binaries, and number of linked crates, including those of this workspace
(`cargo tree -e normal`, without duplicates, on this platform).";

const BUILD: &str = "\
A clean build of the seven programs with the release profile takes";

const OPTIMISATIONS: &str = "\
## Optimisations

Each of these was measured like the first table, in November 2026. A start of `export-credentials`
took 1.28 times as long as the hello world program at that time; the numbers below are such ratios.

- The clap command was built twice, once only to get the program's name. Building it once saves
  60,000 of 800,000 instructions. Adopted.
- Optimisation for size (`opt-level = \"s\"`, except for the config file parser): 2.8 MiB instead of
  3.7 MiB, and 1.28 instead of 1.29. Adopted.
- An executable at a fixed address, which needs no relocations: 1.23. Rejected, because the
  addresses of its code would be predictable.
- Compact relocations (`-z pack-relative-relocs`): 1.29, and glibc 2.36 is required. Rejected.
- Static linking with glibc, without a dynamic linker: 1.04, because the hello world program has one.
  Rejected, because glibc resolves host names with dynamic libraries of its own version.
  `cargo xtask dist --target` builds a static program with musl, if the toolchain supports it.
- The unwinder, linked statically by `crates/cli-ux/build.rs`: for a switch with `sso-use`, 1.38 instead
  of 1.55. Adopted.
- The usage history of `sso-use`, appended to under a lock on the file: 1.38. With a lock file and an
  atomic replacement, a switch took 1.75. Adopted.
- Most of the remaining cost is in the kernel: 50 more memory pages than the hello world program, 20
  of them for relocations and 20 for allocations, mostly by clap. Other allocators are written in C
  or not yet mature.
- The cached credentials, a JSON file, are read with 21,000 instructions, which leaves nothing to
  improve. A config file with 10,000 profiles has to be read completely, because an error in any
  line makes it invalid.";

const METHOD: &str = "\
To repeat the measurements, run `cargo xtask bench`. It builds the programs and the hello world
program with the release profile, copies them as an installation does, and creates temporary home
directories. Each program runs once in each round, so that other load on the machine affects all of
them. The AWS CLI and the concurrent processes run only in every twentieth round.

CPU is the user and system time of the process and of the child processes that it waits for, as
reported by the kernel. CPU and wall time are medians. The other values are from a single run: peak
memory (GNU time), system calls (strace), and instructions in user mode (perf, or callgrind if the
processor's counters are not available). A dash means that the value was not measured. Times of
different machines cannot be compared, but ratios are similar.";

fn write_section(f: &mut Formatter<'_>, section: &Section) -> fmt::Result {
    if let Some(title) = section.title {
        writeln!(f, "## {title}\n")?;
    }
    writeln!(f, "{}\n", section.text)?;
    write_costs(f, &section.costs)?;
    writeln!(f)
}

fn write_costs(f: &mut Formatter<'_>, costs: &[Cost]) -> fmt::Result {
    let Some(reference) = costs.first() else {
        return Ok(());
    };
    writeln!(
        f,
        "| | CPU | × | wall | × | peak memory | system calls | instructions |"
    )?;
    writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
    for cost in costs {
        write!(f, "| `{}` | {}", cost.name, milliseconds(cost.cpu))?;
        write!(f, " | {}", ratio(cost.cpu, reference.cpu))?;
        write!(f, " | {}", milliseconds(cost.wall))?;
        write!(f, " | {}", ratio(cost.wall, reference.wall))?;
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

fn ratio(time: Duration, reference: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / reference.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
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
