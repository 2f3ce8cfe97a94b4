//! Lines that say that something is going on.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::Ui;

/// The line that is on the screen at the moment.
static ON_SCREEN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// A waiting line; it goes away when this is dropped.
#[derive(Debug)]
pub struct Waiting(());

/// Does `write` while no waiting line is in the way.
pub(crate) fn aside(write: impl FnOnce()) {
    let bar = ON_SCREEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Takes the waiting line away, for good.
pub(crate) fn clear() {
    let bar = ON_SCREEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(bar) = bar {
        bar.finish_and_clear();
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
        *ON_SCREEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
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
