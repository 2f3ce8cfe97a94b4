//! What the libraries log, as lines on stderr.

use std::sync::OnceLock;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::{Ui, Verbosity};

/// The crates that may speak here. What others log (the HTTP library its headers, say) could
/// hold a secret.
const OURS: [&str; 9] = [
    "aws_config_parse",
    "cli_ux",
    "locked_file",
    "sso_credentials",
    "sso_oidc",
    "sso_portal",
    "sso_transport",
    "sts_assume_role",
    "token_cache",
];

static LINES: OnceLock<Lines> = OnceLock::new();

struct Lines(Ui);

/// Says through `ui` what our crates log, as far as its verbosity goes. The first call counts.
pub(crate) fn show(ui: &Ui) {
    log::set_max_level(level(ui.verbosity()));
    // Only a second call fails.
    let _ = log::set_logger(LINES.get_or_init(|| Lines(ui.clone())));
}

fn level(verbosity: Verbosity) -> LevelFilter {
    match verbosity {
        Verbosity::Quiet => LevelFilter::Off,
        Verbosity::Normal => LevelFilter::Warn,
        Verbosity::Steps => LevelFilter::Info,
        Verbosity::Requests => LevelFilter::Trace,
    }
}

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let krate = metadata.target().split("::").next().unwrap_or_default();
        OURS.contains(&krate)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        match record.level() {
            Level::Error | Level::Warn => self.0.warn(record.args()),
            _ => self.0.say(record.args()),
        }
    }

    fn flush(&self) {}
}
