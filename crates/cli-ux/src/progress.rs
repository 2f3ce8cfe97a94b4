//! Progress lines.

mod row;

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use console::{Term, measure_text_width, truncate_str};
use indicatif::{ProgressDrawTarget, ProgressState, ProgressStyle, WeakProgressBar};

use crate::terminal::echo::EchoOff;
use row::Row;

const MAX_REDRAWS_PER_SECOND: u8 = 20;

static CURRENT_LINE: Mutex<Option<Arc<dyn Line>>> = Mutex::new(None);

/// Interface between messages on stderr and a progress line. Without this trait, programs without
/// progress lines would also link `indicatif`, which slows down their start.
trait Line: Send + Sync {
    fn suspend(&self, write: &mut dyn FnMut());
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

/// Hides the current line, runs `write`, and shows the line again.
pub(crate) fn suspend(mut write: impl FnMut()) {
    let line = CURRENT_LINE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    match line {
        Some(line) => line.suspend(&mut write),
        None => write(),
    }
}

pub(crate) fn clear() {
    let line = CURRENT_LINE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(line) = line {
        line.clear();
    }
}

/// Line with the remaining or elapsed time, which is removed on drop.
#[derive(Debug)]
pub struct Spinner {
    is_drawn: bool,
    /// Keys are not echoed until this is dropped.
    echo: Option<EchoOff>,
    /// Redraws the line until this is dropped.
    _ticker: Option<Sender<()>>,
}

impl Spinner {
    pub(crate) fn silent() -> Self {
        Self {
            is_drawn: false,
            echo: None,
            _ticker: None,
        }
    }

    /// Holds `echo` until this is dropped.
    pub(crate) fn without_echo(mut self, echo: EchoOff) -> Self {
        self.echo = Some(echo);
        self
    }

    pub(crate) fn redrawn(text: &str, timeout: Duration) -> Self {
        let ends_at = Instant::now() + timeout;
        Self::with_time(text, move |_, out| {
            let left = ends_at.saturating_duration_since(Instant::now());
            write_seconds(out, left, [" (", " left)"]);
        })
    }

    /// Shows the elapsed time.
    pub(crate) fn of_activity(text: &str) -> Self {
        Self::with_time(text, |state, out| {
            write_seconds(out, state.elapsed(), [" (", ")"]);
        })
    }

    /// Shows the text and the output of `write_time` in one row. The text is shortened if necessary.
    fn with_time(
        text: &str,
        write_time: impl Fn(&ProgressState, &mut dyn std::fmt::Write) + Clone + Send + Sync + 'static,
    ) -> Self {
        let text = text.to_owned();
        let line = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let mut time = String::new();
            write_time(state, &mut time);
            let rest = columns().saturating_sub(measure_text_width(&time));
            // Writing to the buffer of the line cannot fail.
            let _ = write!(out, "{}{time}", truncate_str(&text, rest, "…"));
        };
        let style = ProgressStyle::with_template("{line}").expect("the template is valid");
        let bar = bar().with_style(style.with_key("line", line));
        show(bar.clone());
        bar.tick();
        let ticker = tick_every_second(bar.downgrade());
        Self {
            is_drawn: true,
            echo: None,
            _ticker: Some(ticker),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if self.is_drawn {
            clear();
        }
    }
}

/// Progress bar with the number of completed items, the rate and the remaining time. The bar is
/// removed on drop.
#[derive(Debug)]
pub struct ProgressBar {
    bar: Option<indicatif::ProgressBar>,
    text: String,
    /// Text with the note.
    shown: Arc<Mutex<String>>,
    _echo: EchoOff,
}

impl ProgressBar {
    pub(crate) fn silent(echo: EchoOff) -> Self {
        Self {
            bar: None,
            text: String::new(),
            shown: Arc::default(),
            _echo: echo,
        }
    }

    pub(crate) fn redrawn(text: &str, echo: EchoOff) -> Self {
        let shown = Arc::new(Mutex::new(text.to_owned()));
        let text_shown = shown.clone();
        let line = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let text = text_shown.lock().unwrap_or_else(PoisonError::into_inner);
            // Writing to the buffer of the line cannot fail.
            let _ = out.write_str(&bar_row(&text, &Counts::of(state), columns()));
        };
        let style = ProgressStyle::with_template("{line}").expect("the template is valid");
        let bar = bar().with_style(style.with_key("line", line));
        show(bar.clone());
        Self {
            bar: Some(bar),
            text: text.to_owned(),
            shown,
            _echo: echo,
        }
    }

    /// Sets the number of completed items and the total number known so far.
    pub fn set(&self, done: usize, known: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(known as u64);
            bar.set_position(done as u64);
        }
    }

    /// Shows `note` after the text, or nothing if it is empty.
    pub fn set_note(&self, note: &str) {
        if let Some(bar) = &self.bar {
            let text = format!("{}{note}", self.text);
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = text;
            bar.tick();
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        if self.bar.is_some() {
            clear();
        }
    }
}

/// State of a progress bar.
struct Counts {
    done: u64,
    known: u64,
    /// Text with the rate and the remaining time.
    speed: String,
}

impl Counts {
    fn of(state: &ProgressState) -> Self {
        let mut speed = format!(", {:.0}/s", state.per_sec());
        write_seconds(&mut speed, state.eta(), [", ", " left"]);
        Self {
            done: state.pos(),
            known: state.len().unwrap_or_default(),
            speed,
        }
    }

    /// Returns the bar.
    fn gauge(&self) -> String {
        let share = self.done.saturating_mul(GAUGE_COLUMNS as u64);
        let filled = share.checked_div(self.known).unwrap_or_default();
        let filled = usize::try_from(filled).map_or(GAUGE_COLUMNS, |it| it.min(GAUGE_COLUMNS));
        "█".repeat(filled) + &"░".repeat(GAUGE_COLUMNS - filled)
    }
}

const GAUGE_COLUMNS: usize = 16;

/// Returns the row of a progress bar. Beside a text that is too long, the bar is omitted, then the rate and the
/// remaining time; then the text is shortened.
fn bar_row(text: &str, counts: &Counts, columns: usize) -> String {
    let Counts { done, known, speed } = counts;
    let shortest = format!(" {done}/{known}");
    let others = [
        format!(" {} {done}/{known}{speed}", counts.gauge()),
        format!(" {done}/{known}{speed}"),
    ];
    let width = measure_text_width(text);
    let fits = |end: &String| width + measure_text_width(end) <= columns;
    let end = others.into_iter().find(fits).unwrap_or(shortest);
    let rest = columns.saturating_sub(measure_text_width(&end));
    let row = format!("{}{end}", truncate_str(text, rest, "…"));
    truncate_str(&row, columns, "…").into_owned()
}

/// Returns the columns of the terminal.
fn columns() -> usize {
    Term::stderr().size().1.into()
}

fn bar() -> indicatif::ProgressBar {
    let row = Box::new(Row::of_stderr());
    let target = ProgressDrawTarget::term_like_with_hz(row, MAX_REDRAWS_PER_SECOND);
    indicatif::ProgressBar::with_draw_target(None, target)
}

/// Redraws the line until the result is dropped. Unlike `enable_steady_tick`, this does not panic if
/// no thread can be started; the line then stays as it is.
fn tick_every_second(bar: WeakProgressBar) -> Sender<()> {
    let (ticker, stopped) = channel();
    let is_running =
        move || stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout);
    let tick = move || {
        while is_running() {
            match bar.upgrade() {
                Some(bar) if !bar.is_finished() => bar.tick(),
                _ => return,
            }
        }
    };
    if let Err(error) = thread::Builder::new().spawn(tick) {
        log::debug!("cannot redraw the progress line: {error}");
    }
    ticker
}

fn show(bar: indicatif::ProgressBar) {
    *CURRENT_LINE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(bar));
}

/// Writes a duration, or nothing if it is under a second or not yet known.
fn write_seconds(out: &mut dyn std::fmt::Write, duration: Duration, [before, after]: [&str; 2]) {
    if duration.as_secs() > 0 {
        // Writing to the buffer of the line cannot fail.
        let _ = write!(out, "{before}{}{after}", format_seconds(duration));
    }
}

/// Formats a duration without fractions of a second, such as `9m 5s`.
pub(crate) fn format_seconds(duration: Duration) -> String {
    humantime::format_duration(Duration::from_secs(duration.as_secs())).to_string()
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;

    use super::{Counts, bar_row};

    #[test]
    fn a_progress_bar_fits_the_terminal() {
        let counts = |done, known, speed: &str| Counts {
            done,
            known,
            speed: speed.to_owned(),
        };
        let long = "Listing the roles of my-organisation-with-a-long-name (3 accounts refused)";
        let half = counts(5000, 10_000, ", 120/s, 1h 2m 3s left");
        let check = |text: &str, columns, expected: &str| {
            assert_eq!(bar_row(text, &half, columns), expected, "{columns}");
        };
        check(
            "Listing roles",
            80,
            "Listing roles ████████░░░░░░░░ 5000/10000, 120/s, 1h 2m 3s left",
        );
        check(
            "Listing roles",
            60,
            "Listing roles 5000/10000, 120/s, 1h 2m 3s left",
        );
        check("Listing roles", 40, "Listing roles 5000/10000");
        for columns in [1, 9, 20, 40, 59, 60, 79, 80, 200] {
            let row = bar_row(long, &half, columns);
            assert!(measure_text_width(&row) <= columns, "{columns}: {row}");
        }
        let empty = bar_row("Listing", &counts(0, 0, ", 0/s"), 80);
        assert_eq!(empty, "Listing ░░░░░░░░░░░░░░░░ 0/0, 0/s");
        let over = bar_row("Listing", &counts(3, 2, ", 0/s"), 80);
        assert_eq!(over, "Listing ████████████████ 3/2, 0/s");
    }
}
