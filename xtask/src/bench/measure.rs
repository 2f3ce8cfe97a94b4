//! Measurement of processes. The benchmarks run in turns, so that other load on the machine affects
//! all of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use wait4::Wait4 as _;

use crate::workspace::stdout_of;

/// Interval of the rounds with rare benchmarks.
const RARE_INTERVAL: usize = 20;

pub(super) struct Benchmark {
    name: String,
    command: Box<dyn Fn() -> Command>,
    prepare: Box<dyn Fn()>,
    is_quiet: bool,
    is_rare: bool,
}

/// Cost of a run. Times are medians of all runs. The other values are from a single run, and `None`
/// if they cannot be measured.
pub(super) struct Cost {
    pub(super) name: String,
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
    /// Peak resident memory in KiB.
    pub(super) peak_memory: Option<u64>,
    pub(super) system_calls: Option<u64>,
    /// Instructions in user mode.
    pub(super) instructions: Option<u64>,
}

impl Benchmark {
    pub(super) fn new(name: &str, command: impl Fn() -> Command + 'static) -> Self {
        Self {
            name: name.to_owned(),
            command: Box::new(command),
            prepare: Box::new(|| ()),
            is_quiet: false,
            is_rare: false,
        }
    }

    /// Runs the benchmark only in every twentieth round, because it is slow.
    pub(super) fn rare(self) -> Self {
        Self {
            is_rare: true,
            ..self
        }
    }

    /// Allows the command to print nothing to stdout.
    pub(super) fn quiet(self) -> Self {
        Self {
            is_quiet: true,
            ..self
        }
    }

    pub(super) fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// Runs `prepare` before each run, outside of the measurement.
    pub(super) fn with_setup(self, prepare: impl Fn() + 'static) -> Self {
        Self {
            prepare: Box::new(prepare),
            ..self
        }
    }

    fn runs_in(&self, round: usize) -> bool {
        !self.is_rare || round.is_multiple_of(RARE_INTERVAL)
    }

    fn prepared(&self) -> Command {
        (self.prepare)();
        (self.command)()
    }
}

/// Runs the benchmarks in turns for `rounds` rounds.
///
/// # Errors
///
/// If a run fails, or if a benchmark that is not [quiet](Benchmark::quiet) prints nothing.
pub(super) fn costs(benchmarks: &[Benchmark], rounds: usize) -> Result<Vec<Cost>> {
    for benchmark in benchmarks {
        let printed = stdout_of(&mut benchmark.prepared())?;
        let is_empty = printed.is_empty() && !benchmark.is_quiet;
        ensure!(!is_empty, "{} prints nothing", benchmark.name);
    }
    let mut times = vec![Vec::new(); benchmarks.len()];
    for round in 0..rounds {
        for (benchmark, times) in benchmarks.iter().zip(&mut times) {
            if benchmark.runs_in(round) {
                times.push(time(&mut benchmark.prepared()).context(benchmark.name.clone())?);
            }
        }
    }
    benchmarks
        .iter()
        .zip(times)
        .map(|(benchmark, times)| cost(benchmark, &times))
        .collect()
}

#[derive(Clone, Copy)]
pub(super) struct Time {
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
}

pub(super) fn time(command: &mut Command) -> Result<Time> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let used = command.spawn()?.wait4()?;
    let wall = start.elapsed();
    ensure!(used.status.success(), "{}", used.status);
    Ok(Time {
        cpu: used.rusage.utime + used.rusage.stime,
        wall,
    })
}

fn cost(benchmark: &Benchmark, times: &[Time]) -> Result<Cost> {
    let scratch = tempfile::tempdir()?;
    Ok(Cost {
        name: benchmark.name.clone(),
        cpu: median(times.iter().map(|time| time.cpu)),
        wall: median(times.iter().map(|time| time.wall)),
        peak_memory: peak_memory(benchmark, scratch.path()),
        system_calls: system_calls(benchmark, scratch.path()),
        instructions: instructions(benchmark, scratch.path()),
    })
}

pub(super) fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut sorted: Vec<_> = times.collect();
    sorted.sort();
    sorted[sorted.len() / 2]
}

/// Returns the peak memory from GNU time. The peak of a direct child would include the memory that it
/// shares with this process before its `exec`.
fn peak_memory(benchmark: &Benchmark, scratch: &Path) -> Option<u64> {
    let report = scratch.join("memory");
    let tool = ["/usr/bin/time", "--format", "%M", "--output"];
    let output = report_of(benchmark, &tool, &report)?;
    output.trim().parse().ok()
}

fn system_calls(benchmark: &Benchmark, scratch: &Path) -> Option<u64> {
    let report = scratch.join("calls");
    let output = report_of(benchmark, &["strace", "-f", "-c", "-o"], &report)?;
    let total = output.lines().find(|line| line.ends_with(" total"))?;
    total.split_whitespace().nth(3)?.parse().ok()
}

/// Returns the instruction count from the processor's counters, or from callgrind on a virtual
/// machine without counters.
fn instructions(benchmark: &Benchmark, scratch: &Path) -> Option<u64> {
    let report = scratch.join("instructions");
    let perf = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o"];
    let counted = report_of(benchmark, &perf, &report).and_then(|output| counter(&output));
    counted.or_else(|| (!benchmark.is_rare).then(|| callgrind(benchmark, scratch))?)
}

fn counter(output: &str) -> Option<u64> {
    let line = output.lines().find(|line| line.contains("instructions"))?;
    line.split(',').next()?.parse().ok()
}

fn callgrind(benchmark: &Benchmark, scratch: &Path) -> Option<u64> {
    let report = scratch.join("callgrind");
    let log = format!("--log-file={}", report.display());
    let tool = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        &log,
    ];
    run_under(benchmark, &tool)?;
    let output = fs::read_to_string(report).ok()?;
    let total = output
        .lines()
        .find_map(|line| line.split_once("Collected : "))?
        .1;
    total.trim().parse().ok()
}

/// Runs the benchmark under `tool`, whose last option takes the path of `report`, and returns the
/// report.
fn report_of(benchmark: &Benchmark, tool: &[&str], report: &Path) -> Option<String> {
    run_under(benchmark, &[tool, &[report.to_str()?]].concat())?;
    fs::read_to_string(report).ok()
}

fn run_under(benchmark: &Benchmark, tool: &[&str]) -> Option<()> {
    let inner = benchmark.prepared();
    let mut command = Command::new(tool[0]);
    command
        .args(&tool[1..])
        .arg(inner.get_program())
        .args(inner.get_args());
    command.env_clear().envs(
        inner
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().ok()?.success().then_some(())
}
