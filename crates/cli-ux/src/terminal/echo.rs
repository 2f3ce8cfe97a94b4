//! Echo of keys, which is off while the program is busy and reads none.

#[cfg(all(unix, any(feature = "prompt", feature = "sso")))]
mod off {
    use std::io;

    use crate::terminal::modes::{Mode, ModesGuard};
    use crate::terminal::{foreground, handle_stops, is_interactive};

    /// Turns off the echo until this is dropped or a prompt begins. The input is not discarded.
    #[derive(Debug)]
    pub(crate) struct EchoOff {
        _modes: Option<ModesGuard>,
    }

    impl EchoOff {
        /// Has no effect in the background, where it would stop the program. The caller has a handler for
        /// the signals that end the program.
        pub(crate) fn while_busy() -> Self {
            if !is_interactive() || foreground::has(io::stdin()) != Some(true) {
                return Self { _modes: None };
            }
            handle_stops();
            let modes = ModesGuard::new();
            if let Err(error) = modes.set(Mode::Busy) {
                log::debug!("cannot turn off the echo of keys: {error}");
            }
            Self {
                _modes: Some(modes),
            }
        }
    }
}

/// A Windows console echoes keys only while a program reads them.
#[cfg(not(all(unix, any(feature = "prompt", feature = "sso"))))]
mod off {
    #[derive(Debug)]
    pub(crate) struct EchoOff;

    impl EchoOff {
        pub(crate) fn while_busy() -> Self {
            Self
        }
    }
}

pub(crate) use off::EchoOff;
