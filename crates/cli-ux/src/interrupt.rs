//! Signals that end the program: Ctrl-C, and on Unix SIGTERM, SIGHUP, SIGQUIT and others.

#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod signals;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

#[cfg(not(unix))]
use console as system;
#[cfg(unix)]
use signals as system;

use crate::end::Completed;
use crate::failure::{Failure, FailureKind};
use crate::ui::Ui;
use crate::{delegation, end, ending, progress, stderr, terminal};

/// Set if signals end the process by their default actions.
static ENDS_LIKE_COMMAND: AtomicBool = AtomicBool::new(false);

/// Set by the first signal, after which the process ends.
static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Maximum time for the messages of the end: another thread may hold stdout, and no process may read it.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

/// Duration of a wait for writes and refreshes after which it is reported.
const SILENT_FOR: Duration = Duration::from_secs(3);

const WAITING: &str = "Waiting for a token request or a write.";

/// A signal that ends the program.
#[derive(Clone, Copy, Debug)]
enum Received {
    /// A signal of which the program reports the kind.
    Reported {
        kind: FailureKind,
        /// True if the user pressed a key, such as Ctrl-C.
        is_key_press: bool,
    },
    /// Another signal, by its number.
    #[cfg(unix)]
    Other(i32),
}

impl Ui {
    /// Installs a handler for Ctrl-C, and on Unix for SIGTERM, SIGHUP and SIGQUIT. The handler ends
    /// the program with a message and status 130, or 128 plus the number of the signal. On Unix,
    /// SIGALRM, SIGUSR1 and similar signals end the program by their default action.
    ///
    /// The handler first waits for writes and refreshes in progress; a second Ctrl-C skips the wait.
    /// A signal that was ignored when the program started stays ignored. See also
    /// [`end_like_command`](Self::end_like_command).
    pub fn exit_on_interrupt(&self) {
        let ui = self.clone();
        let on_signal = move |received: Received| {
            if !delegation::is_delegated() {
                received.end_program(&ui);
            }
        };
        if let Err(error) = system::handle(on_signal) {
            log::debug!("cannot handle signals: {error}");
        }
    }
}

#[cfg(feature = "wrapped")]
impl Ui {
    /// Makes this program end like the command that it will run. On Unix, a signal that ends it, or a
    /// failure of kind [`Interrupted`](FailureKind::Interrupted) or similar, has the effect of the
    /// default action of the signal after the message: Ctrl-C also ends a script or a loop of the
    /// shell around it.
    pub fn end_like_command(&self) {
        ENDS_LIKE_COMMAND.store(true, Ordering::SeqCst);
    }
}

impl Received {
    /// Handles a repeated signal only if the user pressed a key again. Other programs, such as
    /// `timeout`, send a signal twice.
    fn end_program(self, ui: &Ui) {
        match self {
            Self::Reported { kind, is_key_press } => {
                if is_key_press || !IS_INTERRUPTED.load(Ordering::SeqCst) {
                    interrupt(ui, kind);
                }
            }
            #[cfg(unix)]
            Self::Other(signal) => {
                ending::begin();
                stderr::limit_waits();
                in_thread(move || Completed::wait(|| ()).end_by(signal));
            }
        }
    }
}

/// Ends the program when the writes and refreshes in progress are complete. A second call ends the
/// program immediately.
pub(crate) fn interrupt(ui: &Ui, kind: FailureKind) {
    ending::begin();
    stderr::limit_waits();
    if IS_INTERRUPTED.swap(true, Ordering::SeqCst) {
        exit(ui, kind);
    }
    let ui = ui.clone();
    in_thread(move || {
        let _completed = Completed::wait(|| say_waiting(&ui));
        exit(&ui, kind);
    });
}

/// Lets the caller handle a second signal. Without a thread, only the first counts.
fn in_thread(end: impl FnOnce() + Clone + Send + 'static) {
    if thread::Builder::new().spawn(end.clone()).is_err() {
        end();
    }
}

/// Ends the program like [`interrupt`], from the thread that would continue.
#[cfg(feature = "sso")]
pub(crate) fn interrupt_this_thread(ui: &Ui) -> ! {
    interrupt(ui, FailureKind::Interrupted);
    wait_for_end()
}

/// Waits for writes and refreshes in other threads, before the program ends for another reason than
/// a signal. No other begins before the result is dropped. Does not return if a signal ends the
/// program.
///
/// Signals cannot end the program while the caller holds the result. Therefore it must not wait then,
/// for example for a reader of stderr.
pub(crate) fn complete_before_end(ui: &Ui) -> Completed {
    end_if_interrupted();
    let mut notice = None;
    let completed = Completed::wait(|| {
        // A command that has ended does not handle the signals any more.
        take_back();
        notice = Some(WaitNotice::start(ui));
    });
    drop(notice);
    if IS_INTERRUPTED.load(Ordering::SeqCst) {
        drop(completed);
        wait_for_end();
    }
    completed
}

/// Ends the delegation of signals to a command. Signals from before the call have no effect on the
/// program.
pub(crate) fn take_back() {
    while delegation::is_delegated() && system::is_pending() {
        thread::yield_now();
    }
    delegation::take_back();
}

/// Does not return if a signal ends the program. A signal that arrived before [`take_back`] may have no
/// effect.
pub(crate) fn end_if_interrupted() {
    while !ending::has_begun() && system::is_pending() {
        thread::yield_now();
    }
    if ending::has_begun() {
        wait_for_end();
    }
}

fn wait_for_end() -> ! {
    loop {
        thread::park();
    }
}

/// Reports a wait for writes and refreshes that takes longer than three seconds, until this is dropped.
#[must_use = "the wait ends when this is dropped"]
pub(crate) struct WaitNotice {
    _ends: SyncSender<()>,
}

impl WaitNotice {
    /// A thread watches the wait; if none can be started, nothing is reported.
    pub(crate) fn start(ui: &Ui) -> Self {
        let (ends, has_ended) = sync_channel(0);
        let ui = ui.clone();
        let say_if_slow = move || {
            let is_slow = has_ended.recv_timeout(SILENT_FOR) == Err(RecvTimeoutError::Timeout);
            if is_slow && !IS_INTERRUPTED.load(Ordering::SeqCst) {
                ui.say(WAITING);
            }
        };
        if let Err(error) = thread::Builder::new().spawn(say_if_slow) {
            log::debug!("cannot watch the end of the program: {error}");
        }
        Self { _ends: ends }
    }
}

fn say_waiting(ui: &Ui) {
    let ui = ui.clone();
    within_timeout(move || {
        begin_line(&ui);
        ui.say(format_args!(
            "{WAITING} To exit immediately, press Ctrl-C again."
        ));
    });
}

fn exit(ui: &Ui, kind: FailureKind) -> ! {
    // Two threads may end the program at the same time.
    static ENDING: Mutex<()> = Mutex::new(());
    let _ending = ENDING.lock().unwrap_or_else(PoisonError::into_inner);
    let ui = ui.clone();
    within_timeout(move || {
        begin_line(&ui);
        progress::clear();
        ui.report(&Failure::signalled(kind));
        ui.print_failure_output();
    });
    #[cfg(unix)]
    if let Some(signal) = ending_signal(kind) {
        end::end_by_now(signal);
    }
    end::exit_now(i32::from(kind.exit_status()))
}

/// Waits for the report only for a short time.
fn within_timeout(report: impl FnOnce() + Clone + Send + 'static) {
    let (done, is_done) = channel();
    in_thread(move || {
        report();
        let _ = done.send(());
    });
    let _ = is_done.recv_timeout(REPORT_TIMEOUT);
}

/// Returns the signal by which the program ends after a failure of this kind, or `None` if it exits
/// with a status.
#[cfg(unix)]
pub(crate) fn ending_signal(kind: FailureKind) -> Option<i32> {
    let ends_like_command = ENDS_LIKE_COMMAND.load(Ordering::SeqCst);
    kind.signal().filter(|_| ends_like_command)
}

/// Restores the terminal, and starts a new line once, after the ^C that the terminal shows.
fn begin_line(ui: &Ui) {
    static HAS_BEGUN: AtomicBool = AtomicBool::new(false);
    progress::clear();
    terminal::restore_at_end();
    if !HAS_BEGUN.swap(true, Ordering::SeqCst) {
        ui.say("");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use rustix::process::{Signal, getpid, kill_process};

    use crate::interrupt::{end_if_interrupted, system};

    /// For example a signal that a command has received.
    #[test]
    fn a_program_goes_on_after_a_signal_without_effect() {
        let (arrived, has_arrived) = channel();
        let (go, may_go) = channel();
        system::handle(move |_| {
            arrived.send(()).unwrap();
            may_go.recv().unwrap();
        })
        .unwrap();
        kill_process(getpid(), Signal::USR1).unwrap();
        has_arrived.recv().unwrap();
        assert!(system::is_pending());
        let (done, is_done) = channel();
        let call = move || {
            done.send("begun").unwrap();
            end_if_interrupted();
            done.send("ended").unwrap();
        };
        std::thread::Builder::new().spawn(call).unwrap();
        assert_eq!(is_done.recv().unwrap(), "begun");
        // The other thread very probably finds the signal.
        (0..10_000).for_each(|_| std::thread::yield_now());
        go.send(()).unwrap();
        let timeout = Duration::from_secs(60);
        assert_eq!(is_done.recv_timeout(timeout).unwrap(), "ended");
    }
}
