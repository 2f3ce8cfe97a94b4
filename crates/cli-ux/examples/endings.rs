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
    /// Success while another thread writes until the end of the input.
    SuccessDuringWrite,
    /// An error in the same state.
    ErrorDuringWrite,
    /// A command in the same state.
    #[cfg(feature = "wrapped")]
    CommandDuringWrite,
    /// A missing command in the same state.
    #[cfg(feature = "wrapped")]
    MissingCommandDuringWrite,
    /// Until a signal ends the program, in the same state.
    SignalDuringWrite,
    /// An error, with handlers for signals.
    HandledError,
    /// A panic during a write, with handlers for signals.
    HandledPanic,
    /// A warning, with handlers for signals.
    HandledWarning,
    /// A warning during a write, with handlers for signals.
    HandledWarningDuringWrite,
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
        Ending::PanicDuringWrite => {
            write_in_thread(ui);
            // The thread that panics can be in a section, too.
            let _section = CriticalSection::begin();
            panic!("hunter2");
        }
        Ending::SuccessDuringWrite => write_in_thread(ui),
        Ending::ErrorDuringWrite => {
            write_in_thread(ui);
            ui.print("ready\n")?;
            return Err(failure(FailureKind::Other));
        }
        #[cfg(feature = "wrapped")]
        Ending::CommandDuringWrite => return run_during_write(ui, "echo"),
        #[cfg(feature = "wrapped")]
        Ending::MissingCommandDuringWrite => return run_during_write(ui, "no-such-command"),
        Ending::SignalDuringWrite => {
            ui.exit_on_interrupt();
            write_in_thread(ui);
            ui.print("ready\n")?;
            loop {
                std::thread::park();
            }
        }
        Ending::HandledError => {
            ui.exit_on_interrupt();
            ui.print("ready\n")?;
            return Err(failure(FailureKind::Other));
        }
        Ending::HandledPanic => {
            ui.exit_on_interrupt();
            let _section = CriticalSection::begin();
            ui.print("ready\n")?;
            panic!("hunter2");
        }
        Ending::HandledWarning => {
            ui.exit_on_interrupt();
            ui.print("ready\n")?;
            ui.warn("warned");
        }
        Ending::HandledWarningDuringWrite => {
            ui.exit_on_interrupt();
            let section = CriticalSection::begin();
            ui.print("ready\n")?;
            log::warn!(target: "sso_oidc::client", "warned");
            ui.print("written\n")?;
            drop(section);
            loop {
                std::thread::park();
            }
        }
        Ending::Interrupted => return Err(failure(FailureKind::Interrupted)),
        Ending::Usage => return Err(failure(FailureKind::Usage)),
        Ending::Configuration => return Err(failure(FailureKind::Configuration)),
        Ending::Service => return Err(failure(FailureKind::Service)),
        Ending::Other | Ending::PanicAtEnd => return Err(failure(FailureKind::Other)),
    }
    ui.print("result\n")
}

#[cfg(feature = "wrapped")]
fn run_during_write(ui: &Ui, program: &str) -> Result<(), Failure> {
    write_in_thread(ui);
    ui.print("ready\n")?;
    Err(ui.exec(std::process::Command::new(program).arg("ran")))
}

/// Starts a thread that writes at the end of the input, and waits until it has begun.
fn write_in_thread(ui: &Ui) {
    let ui = ui.clone();
    let (begun, has_begun) = channel();
    std::thread::spawn(move || {
        let _section = CriticalSection::begin();
        let _ = begun.send(());
        let _ = std::io::read_to_string(std::io::stdin());
        let _ = ui.print("written\n");
    });
    let _ = has_begun.recv();
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
