//! Echo of keys, which is off while the program is busy and reads none.

#[cfg(all(unix, any(feature = "prompt", feature = "sso")))]
mod off {
    use crate::terminal::modes::{ModesGuard, begin_busy, end_busy};
    use crate::terminal::{handle_stops, is_interactive};

    /// Turns off the echo until this is dropped, except at prompts. The input is not discarded.
    #[derive(Debug)]
    pub(crate) struct EchoOff {
        modes: Option<ModesGuard>,
    }

    impl EchoOff {
        /// Has no effect without a terminal and in the background. The caller has a handler for the signals
        /// that end the program.
        pub(crate) fn while_busy() -> Self {
            if !is_interactive() {
                return Self { modes: None };
            }
            handle_stops();
            let modes = ModesGuard::new();
            begin_busy();
            Self { modes: Some(modes) }
        }
    }

    impl Drop for EchoOff {
        fn drop(&mut self) {
            if self.modes.is_some() {
                end_busy();
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
