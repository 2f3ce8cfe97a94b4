//! Whole processes, run in turn, so that whatever else the machine does meets all of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use wait4::Wait4 as _;

use crate::workspace::stdout_of;

/// In how many rounds a contestant that takes part seldom does so once.
const RARE_INTERVAL: usize = 20;

/// A program to measure.
pub(super) struct Contestant {
    name: String,
    command: Box<dyn Fn() -> Command>,
    prepare: Box<dyn Fn()>,
    is_quiet: bool,
    is_rare: bool,
}

/// What one run costs: times as medians of all runs, the rest from a single one, and `None`
/// where the tool that tells is not there.
pub(super) struct Cost {
    pub(super) name: String,
    /// CPU time, user and system.
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
    /// Resident memory at its largest, in KiB.
    pub(super) peak_memory: Option<u64>,
    pub(super) system_calls: Option<u64>,
    /// Instructions in user mode.
    pub(super) instructions: Option<u64>,
}

impl Contestant {
    pub(super) fn new(name: &str, command: impl Fn() -> Command + 'static) -> Self {
        Self {
            name: name.to_owned(),
            command: Box::new(command),
            prepare: Box::new(|| ()),
            is_quiet: false,
            is_rare: false,
        }
    }

    /// Has it run in few rounds, since it takes so long.
    pub(super) fn rarely(self) -> Self {
        Self {
            is_rare: true,
            ..self
        }
    }

    /// Allows that it prints nothing where it works.
    pub(super) fn quiet(self) -> Self {
        Self {
            is_quiet: true,
            ..self
        }
    }

    /// Gives it a shorter name.
    pub(super) fn called(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// Has `prepare` done before each run, outside of what is measured.
    pub(super) fn prepared_by(self, prepare: impl Fn() + 'static) -> Self {
        Self {
            prepare: Box::new(prepare),
            ..self
        }
    }

    fn takes_part_in(&self, round: usize) -> bool {
        !self.is_rare || round.is_multiple_of(RARE_INTERVAL)
    }

    fn prepared(&self) -> Command {
        (self.prepare)();
        (self.command)()
    }
}

/// Runs the contestants in turn for so many `rounds`.
///
/// # Errors
///
/// Where a run fails or, the first time, prints nothing though it should.
pub(super) fn costs(contestants: &[Contestant], rounds: usize) -> Result<Vec<Cost>> {
    for contestant in contestants {
        let printed = stdout_of(&mut contestant.prepared())?;
        let is_empty = printed.is_empty() && !contestant.is_quiet;
        ensure!(!is_empty, "{} prints nothing", contestant.name);
    }
    let mut times = vec![Vec::new(); contestants.len()];
    for round in 0..rounds {
        for (contestant, times) in contestants.iter().zip(&mut times) {
            if contestant.takes_part_in(round) {
                times.push(time(&mut contestant.prepared()).context(contestant.name.clone())?);
            }
        }
    }
    contestants
        .iter()
        .zip(times)
        .map(|(contestant, times)| cost(contestant, &times))
        .collect()
}

/// What one run takes.
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
}

/// Runs a command once.
///
/// # Errors
///
/// Where it cannot be run, or fails.
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

fn cost(contestant: &Contestant, times: &[Time]) -> Result<Cost> {
    let scratch = tempfile::tempdir()?;
    Ok(Cost {
        name: contestant.name.clone(),
        cpu: median(times.iter().map(|time| time.cpu)),
        wall: median(times.iter().map(|time| time.wall)),
        peak_memory: peak_memory(contestant, scratch.path()),
        system_calls: system_calls(contestant, scratch.path()),
        instructions: instructions(contestant, scratch.path()),
    })
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut sorted: Vec<_> = times.collect();
    sorted.sort();
    sorted[sorted.len() / 2]
}

/// Asks GNU time: a child of this process would count our memory as its own at the start.
fn peak_memory(contestant: &Contestant, scratch: &Path) -> Option<u64> {
    let report = scratch.join("memory");
    let tool = ["/usr/bin/time", "--format", "%M", "--output"];
    let output = report_of(contestant, &tool, &report)?;
    output.trim().parse().ok()
}

fn system_calls(contestant: &Contestant, scratch: &Path) -> Option<u64> {
    let report = scratch.join("calls");
    let output = report_of(contestant, &["strace", "-f", "-c", "-o"], &report)?;
    let total = output.lines().find(|line| line.ends_with(" total"))?;
    total.split_whitespace().nth(3)?.parse().ok()
}

/// Asks the processor's counters, or where a virtual machine has none, callgrind.
fn instructions(contestant: &Contestant, scratch: &Path) -> Option<u64> {
    let report = scratch.join("instructions");
    let perf = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o"];
    let counted = report_of(contestant, &perf, &report).and_then(|output| counter(&output));
    counted.or_else(|| (!contestant.is_rare).then(|| callgrind(contestant, scratch))?)
}

fn counter(output: &str) -> Option<u64> {
    let line = output.lines().find(|line| line.contains("instructions"))?;
    line.split(',').next()?.parse().ok()
}

fn callgrind(contestant: &Contestant, scratch: &Path) -> Option<u64> {
    let report = scratch.join("callgrind");
    let log = format!("--log-file={}", report.display());
    let tool = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        &log,
    ];
    run_under(contestant, &tool)?;
    let output = fs::read_to_string(report).ok()?;
    let total = output
        .lines()
        .find_map(|line| line.split_once("Collected : "))?
        .1;
    total.trim().parse().ok()
}

/// Runs the contestant under `tool`, whose last option takes the file to write `report` to.
fn report_of(contestant: &Contestant, tool: &[&str], report: &Path) -> Option<String> {
    run_under(contestant, &[tool, &[report.to_str()?]].concat())?;
    fs::read_to_string(report).ok()
}

fn run_under(contestant: &Contestant, tool: &[&str]) -> Option<()> {
    let inner = contestant.prepared();
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
