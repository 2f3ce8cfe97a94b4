use std::fmt;

use sso_types::whole_minutes;

/// Duration by which the local clock is ahead of the services' clock; negative if it is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSkew(pub time::Duration);

impl fmt::Display for ClockSkew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skew = whole_minutes(self.0.unsigned_abs());
        let direction = if self.0.is_positive() {
            "ahead of"
        } else {
            "behind"
        };
        write!(
            f,
            "the local clock is {skew} {direction} the service's clock"
        )
    }
}
