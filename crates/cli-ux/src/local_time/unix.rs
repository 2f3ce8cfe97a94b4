//! Time zones of Unix systems.

use std::fs;

use sso_config::AwsEnv;
use time::{OffsetDateTime, UtcOffset};
use tz::timezone::{TimeZone, TimeZoneSettings};

#[derive(Debug)]
pub(super) struct Zone(TimeZone);

impl Zone {
    pub(super) fn of(env: &AwsEnv) -> Option<Self> {
        let settings = TimeZoneSettings::new(TimeZoneSettings::DEFAULT_DIRECTORIES, |path| {
            // Reading from a pipe or a device may never end.
            if !fs::metadata(path)?.is_file() {
                return Err("not a file".into());
            }
            Ok(fs::read(path)?)
        });
        let zone = match env.get_os("TZ") {
            Some(name) => settings.parse_posix_tz(name.to_str()?),
            None => settings.parse_local(),
        };
        zone.ok().map(Self)
    }

    pub(super) fn offset_at(&self, at: OffsetDateTime) -> Option<(UtcOffset, String)> {
        let local = self.0.find_local_time_type(at.unix_timestamp()).ok()?;
        let offset = UtcOffset::from_whole_seconds(local.ut_offset()).ok()?;
        Some((offset, local.time_zone_designation().to_owned()))
    }
}
