//! The difference between this machine's clock and the services'.

use std::fmt;

/// How far this machine's clock is ahead of the services'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSkew(pub time::Duration);

impl fmt::Display for ClockSkew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.whole_minutes().abs();
        let direction = if self.0.is_positive() {
            "ahead of"
        } else {
            "behind"
        };
        write!(
            f,
            "the clock of this machine is {minutes} minutes {direction} that of the service"
        )
    }
}
