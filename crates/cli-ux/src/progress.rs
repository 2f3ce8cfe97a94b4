//! Lines that show that work is in progress.

mod row;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressDrawTarget, ProgressState, ProgressStyle};

use row::Row;

/// Frames per second that are drawn at most.
const MAX_FRAMES: u8 = 20;

/// The line that is on the screen at the moment.
static ON_SCREEN: Mutex<Option<Arc<dyn Line>>> = Mutex::new(None);

/// The part of a line on the screen that every message on stderr needs. A program without such
/// lines is not linked with the library that draws them: each of its starts would load it.
trait Line: Send + Sync {
    /// Runs `write` while the line is away.
    fn suspend(&self, write: &mut dyn FnMut());

    /// Removes the line.
    fn clear(&self);
}

impl Line for indicatif::ProgressBar {
    fn suspend(&self, write: &mut dyn FnMut()) {
        Self::suspend(self, write);
    }

    fn clear(&self) {
        self.finish_and_clear();
    }
}

/// Runs `write` while no line is on the screen.
pub(crate) fn suspend(mut write: impl FnMut()) {
    let line = ON_SCREEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    match line {
        Some(line) => line.suspend(&mut write),
        None => write(),
    }
}

/// Removes the line that is on the screen.
pub(crate) fn clear() {
    let line = ON_SCREEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(line) = line {
        line.clear();
    }
}

/// Line that counts down the time left. Dropping it removes the line.
#[derive(Debug)]
pub struct Spinner {
    is_drawn: bool,
}

impl Spinner {
    pub(crate) fn silent() -> Self {
        Self { is_drawn: false }
    }

    pub(crate) fn redrawn(text: &str, timeout: Duration) -> Self {
        let ends_at = Instant::now() + timeout;
        let time_left = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let left = ends_at.saturating_duration_since(Instant::now());
            // The line's own buffer takes everything.
            let _ = out.write_str(&rounded(left));
        };
        let style = ProgressStyle::with_template("{msg} ({time_left} left)")
            .expect("the template is well-formed")
            .with_key("time_left", time_left);
        let bar = bar().with_style(style).with_message(text.to_owned());
        bar.enable_steady_tick(Duration::from_secs(1));
        show(bar);
        Self { is_drawn: true }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if self.is_drawn {
            clear();
        }
    }
}

/// Bar with the number of items that are done, the rate, and the time left. Dropping it removes the
/// bar.
#[derive(Debug)]
pub struct ProgressBar(Option<indicatif::ProgressBar>);

impl ProgressBar {
    pub(crate) fn silent() -> Self {
        Self(None)
    }

    pub(crate) fn redrawn(text: &str) -> Self {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // The line's own buffer takes everything.
            let _ = write!(out, "{:.0}/s", state.per_sec());
        };
        let template = "{msg} {bar:16} {pos}/{len}, {rate}, {eta} left";
        let style = ProgressStyle::with_template(template)
            .expect("the template is well-formed")
            .with_key("rate", rate);
        let bar = bar().with_style(style).with_message(text.to_owned());
        show(bar.clone());
        Self(Some(bar))
    }

    /// Shows that `done` of `known` items are done.
    pub fn set(&self, done: usize, known: usize) {
        if let Some(bar) = &self.0 {
            bar.set_length(known as u64);
            bar.set_position(done as u64);
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        if self.0.is_some() {
            clear();
        }
    }
}

fn bar() -> indicatif::ProgressBar {
    let row = Box::new(Row::of_stderr());
    let target = ProgressDrawTarget::term_like_with_hz(row, MAX_FRAMES);
    indicatif::ProgressBar::with_draw_target(None, target)
}

fn show(bar: indicatif::ProgressBar) {
    *ON_SCREEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(bar));
}

/// Returns a duration in whole seconds, as in `9m 5s`.
pub(crate) fn rounded(duration: Duration) -> String {
    humantime::format_duration(Duration::from_secs(duration.as_secs())).to_string()
}
