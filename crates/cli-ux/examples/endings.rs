//! Ends in every way in which a program can end. The tests of this crate run it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use clap::{Parser, ValueEnum};
use cli_ux::{Failure, FailureKind, GlobalArgs, ProfileArgs, Program, Ui};

const PROGRAM: Program =
    Program::new("endings", env!("CARGO_PKG_VERSION")).with_log_crates(&["sso_oidc"]);

/// Ends in one way or another
#[derive(Parser)]
#[command(name = "endings", version)]
struct Args {
    /// How to end
    ending: Ending,

    #[command(flatten)]
    _selection: ProfileArgs,

    #[command(flatten)]
    global: GlobalArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Ending {
    /// Well, after some words.
    Words,
    /// Well, after the log lines of this crate and of another.
    Logs,
    /// Well, after a waiting line.
    Waiting,
    /// Well, after more than a pipe holds.
    Flood,
    /// With a panic.
    Panic,
    /// With a panic in another thread.
    PanicInThread,
    /// As after Ctrl-C.
    Interrupted,
    /// With a failure of this kind.
    Usage,
    /// With a failure of this kind.
    Configuration,
    /// With a failure of this kind.
    Service,
    /// With a failure of this kind.
    Other,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, end)
}

fn end(args: &Args, ui: &Ui) -> Result<(), Failure> {
    match args.ending {
        Ending::Words => speak(ui),
        Ending::Logs => log(),
        Ending::Waiting => drop(ui.spinner("Waiting for nobody", Duration::from_secs(90))),
        Ending::Flood => return ui.print(&"more\n".repeat(1 << 18)),
        Ending::Panic => panic!("hunter2"),
        Ending::PanicInThread => {
            let thread = std::thread::spawn(|| panic!("hunter2"));
            // The process ends first.
            let _ = thread.join();
        }
        Ending::Interrupted => return Err(failure(FailureKind::Interrupted)),
        Ending::Usage => return Err(failure(FailureKind::Usage)),
        Ending::Configuration => return Err(failure(FailureKind::Configuration)),
        Ending::Service => return Err(failure(FailureKind::Service)),
        Ending::Other => return Err(failure(FailureKind::Other)),
    }
    ui.print("result\n")
}

fn speak(ui: &Ui) {
    ui.say("said");
    ui.warn("warned");
    ui.ask("asked");
    ui.ask_large("ASKED");
}

/// Logs as a crate that the program lists, and as one that it does not list.
fn log() {
    for (target, whose) in [("sso_oidc::client", "ours"), ("ureq::unit", "foreign")] {
        log::error!(target: target, "{whose} error");
        log::warn!(target: target, "{whose} warn");
        log::info!(target: target, "{whose} info");
        log::debug!(target: target, "{whose} debug");
        log::trace!(target: target, "{whose} trace");
    }
}

fn failure(kind: FailureKind) -> Failure {
    let error = anyhow!("the cause").context("the failure");
    Failure::new(kind, error)
        .with_hint("first")
        .with_hint("second")
}
