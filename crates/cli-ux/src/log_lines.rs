//! Logger that writes to stderr.

use std::sync::OnceLock;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::ui::{Ui, Verbosity};

static LOGGER: OnceLock<StderrLogger> = OnceLock::new();

struct StderrLogger(Ui);

/// Installs the logger. It shows the messages of the crates that the program lists, up to the
/// verbosity of `ui`. Only the first call has an effect.
pub(crate) fn install(ui: &Ui) {
    log::set_max_level(level(ui.verbosity()));
    // This fails only if a logger is already installed.
    let _ = log::set_logger(LOGGER.get_or_init(|| StderrLogger(ui.clone())));
}

fn level(verbosity: Verbosity) -> LevelFilter {
    match verbosity {
        Verbosity::Quiet => LevelFilter::Off,
        Verbosity::Normal => LevelFilter::Warn,
        Verbosity::Steps => LevelFilter::Info,
        Verbosity::Requests => LevelFilter::Trace,
    }
}

impl Log for StderrLogger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.program().shows_log_of(metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        match record.level() {
            Level::Error | Level::Warn => self.0.warn(record.args()),
            _ => self.0.say_log(&record.args().to_string()),
        }
    }

    fn flush(&self) {}
}
