//! Lines that say that something is going on.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::Ui;

/// A waiting line; it goes away when this is dropped.
#[derive(Debug)]
pub struct Waiting(Option<ProgressBar>);

impl Waiting {
    pub(crate) fn silent() -> Self {
        Self(None)
    }

    pub(crate) fn said_once(ui: &Ui, what: &str, at_most: Duration) -> Self {
        ui.say(format_args!("{what} ({} at most)", in_words(at_most)));
        Self(None)
    }

    pub(crate) fn redrawn(what: &str, at_most: Duration) -> Self {
        let ends_at = Instant::now() + at_most;
        let time_left = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let left = ends_at.saturating_duration_since(Instant::now());
            // The line's own buffer takes everything.
            let _ = out.write_str(&in_words(left));
        };
        let style = ProgressStyle::with_template("{spinner} {msg} ({time_left} left)")
            .expect("the template is well-formed")
            .with_key("time_left", time_left);
        let bar = ProgressBar::new_spinner()
            .with_style(style)
            .with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(Some(bar))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// As in `9m 5s`.
fn in_words(span: Duration) -> String {
    humantime::format_duration(Duration::from_secs(span.as_secs())).to_string()
}
