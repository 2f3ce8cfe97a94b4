//! Lines that say that something is going on.

mod row;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::Ui;
use row::Row;

/// How often a second the line may be drawn.
const FRAMES: u8 = 20;

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

/// A bar that shows how many are done, how fast, and the time left; it goes away when this is
/// dropped.
#[derive(Debug)]
pub struct Counting(Option<ProgressBar>);

impl Counting {
    pub(crate) fn silent() -> Self {
        Self(None)
    }

    pub(crate) fn redrawn(what: &str) -> Self {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // The line's own buffer takes everything.
            let _ = write!(out, "{:.0}/s", state.per_sec());
        };
        let template = "{msg} {bar:16} {pos}/{len}, {rate}, {eta} left";
        let style = ProgressStyle::with_template(template)
            .expect("the template is well-formed")
            .with_key("rate", rate);
        let bar = bar().with_style(style).with_message(what.to_owned());
        show(bar.clone());
        Self(Some(bar))
    }

    /// Shows that `done` of `known` are done.
    pub fn set(&self, done: usize, known: usize) {
        if let Some(bar) = &self.0 {
            bar.set_length(known as u64);
            bar.set_position(done as u64);
        }
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        if self.0.is_some() {
            clear();
        }
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
        let bar = bar().with_style(style).with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_secs(1));
        show(bar);
        Self(())
    }
}

fn bar() -> ProgressBar {
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(Row::of_stderr()), FRAMES);
    ProgressBar::with_draw_target(None, target)
}

fn show(bar: ProgressBar) {
    *ON_SCREEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(bar));
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
