//! The time zone of Windows.

use sso_config::AwsEnv;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

#[derive(Debug)]
pub(super) struct Zone;

impl Zone {
    #[expect(clippy::unnecessary_wraps, reason = "on Unix, the zone may be unknown")]
    pub(super) fn of(_: &AwsEnv) -> Option<Self> {
        Some(Self)
    }

    /// Names of zones would be long and translated, such as `W. Europe Standard Time`.
    #[expect(clippy::unused_self, reason = "on Unix, the zone is read from a file")]
    pub(super) fn offset_at(&self, at: OffsetDateTime) -> Option<(UtcOffset, String)> {
        let offset = UtcOffset::local_offset_at(at).ok()?;
        let form = format_description!("[offset_hour sign:mandatory]:[offset_minute]");
        let name = offset.format(form);
        Some((
            offset,
            name.expect("an offset has the components of the format"),
        ))
    }
}
