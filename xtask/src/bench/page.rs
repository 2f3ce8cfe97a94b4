//! `docs/performance.md`.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::build::Size;
use super::measure::Cost;

/// All that the page tells.
pub(super) struct Page {
    pub(super) machine: Vec<(&'static str, String)>,
    pub(super) rounds: usize,
    /// The first is the one to compare with, here and below.
    pub(super) warm: Vec<Cost>,
    pub(super) cold: Vec<Cost>,
    pub(super) cold_over_tls: Vec<Cost>,
    pub(super) prompt: Vec<Cost>,
    pub(super) sizes: Vec<Size>,
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        writeln!(f, "## Credentials from the cache\n\n{WARM}\n")?;
        write_costs(f, &self.warm)?;
        writeln!(f, "\n## Credentials from the service\n\n{COLD}\n")?;
        write_costs(f, &self.cold)?;
        writeln!(f, "\n{OVER_TLS}\n")?;
        write_costs(f, &self.cold_over_tls)?;
        writeln!(f, "\n## A line for the prompt of a shell\n\n{PROMPT}\n")?;
        write_costs(f, &self.prompt)?;
        writeln!(f, "\n## What is shipped\n\n{SIZES}\n")?;
        write_sizes(f, &self.sizes)?;
        writeln!(f, "\n## How it was measured\n\n{METHOD}\n")?;
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

const WARM: &str = "\
Role credentials with time left are in `~/.aws/cli/cache`: the case that happens nearly always.
No request, no lock, no write. The config has three profiles where nothing else is said.";

const COLD: &str = "\
The token is good and the role credentials are not there: one GetRoleCredentials request, here
to an emulator on the loopback interface, and one file written. curl makes the same request and
prints the answer. Wall time has the emulator's own share in it. Over plain HTTP:";

const OVER_TLS: &str = "\
Over TLS, with a certificate authority from a file:";

const PROMPT: &str = "\
A token with time left, and a config with a hundred profiles: no request, no lock, no write. A
prompt can afford 2 ms of CPU.";

const SIZES: &str = "\
Release binaries, and the crates of others and of ours that are linked (`cargo tree -e normal`,
each once, on this platform).";

const METHOD: &str = "\
`cargo xtask bench` does all of it again. It builds the programs by the release profile, and the
program to compare with by the same; makes a temporary home; and runs everybody once in each
round, so that what else the machine does meets all of them (the AWS CLI in every twentieth). CPU
is user and system time of the whole process as the kernel accounts for it. CPU and wall time are
medians. Peak memory (GNU time), system calls (strace) and instructions in user mode (perf, or
callgrind where the processor's counters cannot be read) are of one run; – stands where the tool
was missing. Numbers from different machines do not compare, ratios nearly do.";

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

fn or_dash(told: Option<String>) -> String {
    told.unwrap_or_else(|| "–".to_owned())
}
