/// Waits for a short time until the process that refreshes the token has ended.
pub type Background = Box<dyn FnOnce()>;

/// Starts another process that calls [`refresh_in_background`]. Returns `None` if none can be started.
///
/// [`refresh_in_background`]: crate::refresh::refresh_in_background
pub type StartBackground<'a> = dyn Fn() -> Option<Background> + 'a;
