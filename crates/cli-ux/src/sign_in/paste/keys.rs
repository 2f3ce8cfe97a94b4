//! Lines of any length, read key by key from the terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Input, start};
use crate::failure::FailureKind;
use crate::interrupt::interrupt;
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::ui::Ui;

/// Interval at which the reader checks whether it was stopped.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Thread that reads lines until one is accepted or this is dropped.
pub(super) struct Lines {
    is_stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Passes each line to `input` until it ends with one. Longer lines are cut at `max_bytes`.
    pub(super) fn read(
        ui: Ui,
        max_bytes: usize,
        input: Input<impl Fn(&str) -> bool + Send + 'static>,
    ) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stopped = is_stopped.clone();
        Self {
            is_stopped,
            thread: start(move || read_lines(&ui, &stopped, max_bytes, &input)),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            // A panic in the thread ends the process.
            let _ = thread.join();
        }
    }
}

fn read_lines(
    ui: &Ui,
    is_stopped: &AtomicBool,
    max_bytes: usize,
    input: &Input<impl Fn(&str) -> bool>,
) {
    let Ok(keys) = Keys::open() else { return };
    let mut line = Zeroizing::new(String::new());
    while !is_stopped.load(Ordering::SeqCst) {
        match keys.next_within(POLL_INTERVAL) {
            Ok(Some(Key::Enter)) => {
                let typed = std::mem::take(&mut line);
                if !typed.trim().is_empty() && input.ends_with(&typed) {
                    return;
                }
            }
            Ok(Some(Key::Text(text) | Key::JoinedLines(text))) if line.len() <= max_bytes => {
                line.push_str(&text)
            }
            Ok(Some(Key::Escape)) if input.ends_with_escape() => return,
            Ok(Some(Key::Backspace)) => drop(line.pop()),
            Ok(Some(Key::DeleteToStart)) => line.clear(),
            Ok(Some(Key::Interrupt)) => interrupt(ui, FailureKind::Interrupted),
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
