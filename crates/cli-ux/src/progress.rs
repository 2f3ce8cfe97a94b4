//! Lines that say that something is going on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::Ui;

/// The line that is on the screen at the moment.
static ON_SCREEN: Mutex<Option<Arc<dyn Line>>> = Mutex::new(None);

/// What every word on stderr has to know of a waiting line. A program that never waits is not
/// linked with what draws one: that would cost each of its starts a library.
trait Line: Send + Sync {
    /// Does `write` while the line is away.
    fn suspend(&self, write: &mut dyn FnMut());

    /// Takes the line away, for good.
    fn clear(&self);
}

impl Line for ProgressBar {
    fn suspend(&self, write: &mut dyn FnMut()) {
        Self::suspend(self, write);
    }

    fn clear(&self) {
        self.finish_and_clear();
    }
}

/// A waiting line; it goes away when this is dropped.
#[derive(Debug)]
pub struct Waiting(());

/// Does `write` while no waiting line is in the way.
pub(crate) fn aside(mut write: impl FnMut()) {
    let line = ON_SCREEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    match line {
        Some(line) => line.suspend(&mut write),
        None => write(),
    }
}

/// Takes the waiting line away, for good.
pub(crate) fn clear() {
    let line = ON_SCREEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(line) = line {
        line.clear();
    }
}

impl Waiting {
    pub(crate) fn silent() -> Self {
        Self(())
    }

    pub(crate) fn said_once(ui: &Ui, what: &str, at_most: Duration) -> Self {
        ui.say(format_args!("{what} ({} at most)", in_words(at_most)));
        Self(())
    }

    pub(crate) fn redrawn(what: &str, at_most: Duration) -> Self {
        let ends_at = Instant::now() + at_most;
        let time_left = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let left = ends_at.saturating_duration_since(Instant::now());
            // The line's own buffer takes everything.
            let _ = out.write_str(&in_words(left));
        };
        let style = ProgressStyle::with_template("{msg} ({time_left} left)")
            .expect("the template is well-formed")
            .with_key("time_left", time_left);
        let bar = ProgressBar::new_spinner()
            .with_style(style)
            .with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_secs(1));
        *ON_SCREEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(bar));
        Self(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        clear();
    }
}

/// As in `9m 5s`.
fn in_words(span: Duration) -> String {
    humantime::format_duration(Duration::from_secs(span.as_secs())).to_string()
}
