//! Ctrl-Z and `fg` at a prompt: the program stops with the modes that the terminal had before, and
//! shows the prompt again when it continues.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::event::{Timespec, poll};
use rustix::io::retry_on_intr;
#[cfg(feature = "prompt")]
use rustix::process::{Signal, kill_current_process_group};
use signal_hook::consts::signal::{SIGCONT, SIGTSTP, SIGTTIN};
use signal_hook::iterator::Signals;
use signal_hook::low_level::raise;

use super::foreground;
use super::modes::{self, Resumed};
use crate::ignored_signals::IgnoredSignals;
use crate::{delegation, ending};

/// Time after SIGCONT in which another signal ends the program, even if another thread handles it.
const SIGNAL_DELAY: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

type Redraw = Box<dyn Fn() + Send>;

/// Shows the current prompt again.
static REDRAW: Mutex<Option<Redraw>> = Mutex::new(None);

/// Set if the program never stops.
static IS_IGNORED: AtomicBool = AtomicBool::new(false);

static CONTINUATIONS: AtomicUsize = AtomicUsize::new(0);

/// Returns how often the program has continued with a prompt. The output of the shell is then below
/// the previous output of the program.
#[cfg(feature = "prompt")]
pub(crate) fn continuations() -> usize {
    CONTINUATIONS.load(Ordering::SeqCst)
}

/// Redraws a prompt when the program continues, until this is dropped.
#[derive(Debug)]
#[must_use = "the prompt is redrawn until this is dropped"]
pub(crate) struct Redrawing(());

impl Redrawing {
    /// Calls `redraw` in another thread.
    pub(crate) fn with(redraw: impl Fn() + Send + 'static) -> Self {
        *current_redraw() = Some(Box::new(redraw));
        Self(())
    }
}

impl Drop for Redrawing {
    fn drop(&mut self) {
        *current_redraw() = None;
    }
}

fn current_redraw() -> MutexGuard<'static, Option<Redraw>> {
    REDRAW.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stops the job like Ctrl-Z in the default modes.
#[cfg(feature = "prompt")]
pub(crate) fn stop_job() {
    if !IS_IGNORED.load(Ordering::SeqCst) {
        // On failure the program continues.
        let _ = kill_current_process_group(Signal::TSTP);
    }
}

/// Makes Ctrl-Z at a prompt have no effect, and [`handle_stops`] too.
#[cfg(feature = "prompt")]
pub(crate) fn ignore_stops() {
    IS_IGNORED.store(true, Ordering::SeqCst);
}

/// Handles SIGTSTP and SIGCONT, unless SIGTSTP was ignored at the start. A second call has no effect.
pub(crate) fn handle_stops() {
    static IS_HANDLED: Mutex<bool> = Mutex::new(false);
    let mut is_handled = IS_HANDLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_handled {
        *is_handled = true;
        if let Err(error) = start_thread() {
            log::debug!("cannot handle stops: {error}");
        }
    }
}

fn start_thread() -> io::Result<()> {
    let is_ignored = IS_IGNORED.load(Ordering::SeqCst);
    if is_ignored || IgnoredSignals::of_this_process().contains(SIGTSTP) {
        return Ok(());
    }
    let mut signals = Signals::new::<_, i32>([])?;
    let handle = signals.handle();
    // Start the thread first: if that fails, the signals keep their default actions.
    thread::Builder::new().spawn(move || signals.forever().for_each(handle_stop))?;
    let mut handled = [SIGTSTP, SIGCONT].into_iter();
    handled.try_for_each(|signal| handle.add_signal(signal))
}

/// Stops the program with SIGTTIN, whose default action is that of SIGTSTP: the kernel ignores both if
/// there is no shell that could continue the job.
///
/// A command to which the signals are delegated decides itself whether it stops.
fn handle_stop(signal: i32) {
    if delegation::is_delegated() {
        return;
    }
    if signal == SIGTSTP {
        modes::suspend();
        // On failure the program continues.
        let _ = raise(SIGTTIN);
    }
    while resume() == Ok(Resumed::InBackground) && stops_again() {}
}

/// Sets the modes again, and shows the prompt below the output of the shell.
fn resume() -> Result<Resumed, ()> {
    let resumed = modes::resume();
    match resumed {
        Ok(Resumed::Changed) => {
            CONTINUATIONS.fetch_add(1, Ordering::SeqCst);
            if let Some(redraw) = &*current_redraw() {
                redraw();
            }
        }
        Ok(_) => {}
        Err(ref error) => log::debug!("cannot set the terminal modes: {error}"),
    }
    resumed.map_err(drop)
}

/// Stops a job in the background, which cannot show its prompt, and returns true when it continues. Returns
/// false if a signal ends the program: a shell continues a job to which it has sent SIGTERM.
fn stops_again() -> bool {
    let _ = retry_on_intr(|| poll(&mut [], Some(&SIGNAL_DELAY)));
    if ending::has_begun() {
        return false;
    }
    if foreground::has(io::stdin()) == Some(false) {
        // If the kernel ignores this, the prompt waits for the foreground.
        let _ = raise(SIGTTIN);
    }
    true
}
