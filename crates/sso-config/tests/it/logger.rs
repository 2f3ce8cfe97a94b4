//! Actions at messages of the log.

use std::cell::RefCell;

use log::{LevelFilter, Log, Metadata, Record};

type Action = Box<dyn FnMut(&str)>;

thread_local! {
    static ACTION: RefCell<Option<Action>> = const { RefCell::new(None) };
}

struct Actions;

/// Calls `act` with each message that this thread logs from now on.
pub(crate) fn on_message(act: impl FnMut(&str) + 'static) {
    ACTION.set(Some(Box::new(act)));
    log::set_max_level(LevelFilter::Debug);
    // This fails if another test has installed the logger.
    let _ = log::set_logger(&Actions);
}

impl Log for Actions {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        ACTION.with_borrow_mut(|action| {
            if let Some(act) = action {
                act(&record.args().to_string());
            }
        });
    }

    fn flush(&self) {}
}
