//! Ends with each exit status and each kind of output. The tests of this crate run it.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::anyhow;
use clap::{Parser, ValueEnum};
use cli_ux::{Failure, FailureKind, GlobalArgs, ProfileArgs, Program, Ui};
use locked_file::critical_section::CriticalSection;

const PROGRAM: Program = Program::new("endings", env!("CARGO_PKG_VERSION"))
    .with_log_crates(&["sso_oidc"])
    .with_failure_output(statement);

/// End in a given way
#[derive(Parser)]
#[command(name = "endings", version)]
struct Args {
    /// Ending to demonstrate
    ending: Ending,

    /// Print a statement for the shell after a failure
    #[arg(long)]
    _for_eval: bool,

    #[command(flatten)]
    _selection: ProfileArgs,

    #[command(flatten)]
    global: GlobalArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Ending {
    Messages,
    Logs,
    Waiting,
    /// Success, after more output than the buffer of a pipe.
    Flood,
    Panic,
    PanicInThread,
    /// A panic while another thread writes until the end of the input.
    PanicDuringWrite,
    /// A panic while the program ends with an error.
    PanicAtEnd,
    Interrupted,
    Usage,
    Configuration,
    Service,
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

fn statement(arguments: &[OsString]) -> Option<String> {
    static HAS_PANICKED: AtomicBool = AtomicBool::new(false);
    let panics = arguments.iter().any(|argument| argument == "panic-at-end");
    assert!(
        !panics || HAS_PANICKED.swap(true, Ordering::SeqCst),
        "hunter2"
    );
    let is_for_eval = arguments.iter().any(|argument| argument == "--for-eval");
    is_for_eval.then(|| "false\n".to_owned())
}

fn end(args: &Args, ui: &Ui) -> Result<(), Failure> {
    match args.ending {
        Ending::Messages => print_messages(ui),
        Ending::Logs => log(),
        Ending::Waiting => drop(ui.spinner("Waiting for approval", Duration::from_secs(90))),
        Ending::Flood => return ui.print(&"more\n".repeat(1 << 18)),
        Ending::Panic => panic!("hunter2"),
        Ending::PanicInThread => {
            let thread = std::thread::spawn(|| panic!("hunter2"));
            // The panic hook ends the process first.
            let _ = thread.join();
        }
        Ending::PanicDuringWrite => panic_during_write(ui),
        Ending::Interrupted => return Err(failure(FailureKind::Interrupted)),
        Ending::Usage => return Err(failure(FailureKind::Usage)),
        Ending::Configuration => return Err(failure(FailureKind::Configuration)),
        Ending::Service => return Err(failure(FailureKind::Service)),
        Ending::Other | Ending::PanicAtEnd => return Err(failure(FailureKind::Other)),
    }
    ui.print("result\n")
}

fn panic_during_write(ui: &Ui) {
    let ui = ui.clone();
    let (begun, has_begun) = channel();
    std::thread::spawn(move || {
        let _section = CriticalSection::begin();
        let _ = begun.send(());
        let _ = std::io::read_to_string(std::io::stdin());
        let _ = ui.print("written\n");
    });
    let _ = has_begun.recv();
    // The thread that panics can be in a section, too.
    let _section = CriticalSection::begin();
    panic!("hunter2");
}

fn print_messages(ui: &Ui) {
    ui.say("said");
    ui.warn("warned");
    ui.ask("asked");
    ui.ask_large("ASKED");
}

/// Logs as a crate that the program lists, and as another crate.
fn log() {
    for (target, origin) in [("sso_oidc::client", "listed"), ("ureq::unit", "unlisted")] {
        log::error!(target: target, "{origin} error");
        log::warn!(target: target, "{origin} warn");
        log::info!(target: target, "{origin} info");
        log::debug!(target: target, "{origin} debug");
        log::trace!(target: target, "{origin} trace");
    }
}

fn failure(kind: FailureKind) -> Failure {
    let error = anyhow!("the cause").context("the failure");
    Failure::new(kind, error)
        .with_hint("first")
        .with_hint("second")
}
