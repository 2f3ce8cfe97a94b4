//! Lines of any length from a terminal that is read key by key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zeroize::Zeroizing;

use super::LONGEST;
use crate::Ui;
use crate::interrupt::interrupt;
use crate::terminal::{Key, Keys};

/// How often to see whether this is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// A thread that reads lines, until one is taken or this is dropped.
pub(super) struct Lines {
    is_stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Passes each line to `take`, until that returns true.
    pub(super) fn read(ui: Ui, take: impl Fn(&str) -> bool + Send + 'static) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stopped = is_stopped.clone();
        let thread = thread::spawn(move || read_lines(&ui, &stopped, take));
        Self {
            is_stopped,
            thread: Some(thread),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            // It does not panic; and if, the program ends by that.
            let _ = thread.join();
        }
    }
}

/// The terminal's keys are given back where they are.
pub(crate) fn restore() {}

fn read_lines(ui: &Ui, is_stopped: &AtomicBool, take: impl Fn(&str) -> bool) {
    let Ok(keys) = Keys::take() else { return };
    let mut line = Zeroizing::new(String::new());
    while !is_stopped.load(Ordering::SeqCst) {
        match keys.next_within(LOOK) {
            Ok(None) => {}
            Ok(Some(Key::Enter)) => {
                let typed = std::mem::take(&mut line);
                if !typed.trim().is_empty() && take(&typed) {
                    return;
                }
            }
            Ok(Some(Key::Text(text))) if line.len() <= LONGEST => line.push_str(&text),
            Ok(Some(Key::Backspace)) => drop(line.pop()),
            Ok(Some(Key::DeleteToStart)) => line.clear(),
            Ok(Some(Key::Interrupt)) => interrupt(ui),
            Ok(Some(_)) => {}
            Err(_) => return,
        }
    }
}
