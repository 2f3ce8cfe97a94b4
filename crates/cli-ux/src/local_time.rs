//! Times in the local time zone.

#[cfg(not(windows))]
mod unix;
#[cfg(windows)]
mod windows;

use std::sync::Once;

use sso_config::AwsEnv;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

#[cfg(not(windows))]
use unix::Zone;
#[cfg(windows)]
use windows::Zone;

const DAY: time::Duration = time::Duration::DAY;

/// Local time zone: that of the variable `TZ`, or else of the operating system; on Windows always of
/// the operating system. If it cannot be determined, UTC.
#[derive(Debug)]
pub struct LocalZone(Option<Zone>);

impl LocalZone {
    /// Reads the time zone, on Unix from a file. Logs a warning, once, if that of `TZ` cannot be determined.
    #[must_use]
    pub fn of(env: &AwsEnv) -> Self {
        static WARNED: Once = Once::new();
        let zone = Zone::of(env);
        if zone.is_none() && env.get_os("TZ").is_some() {
            WARNED.call_once(|| log::warn!("TZ is not a time zone; times are shown in UTC"));
        }
        Self(zone)
    }

    /// Returns the time as `20:46 CET` if it is less than a day from `now`, or else the date, such as
    /// `2027-02-20`.
    #[must_use]
    pub fn time_or_date(&self, at: OffsetDateTime, now: OffsetDateTime) -> String {
        let (local, zone) = self.local(at);
        if (at - now).abs() < DAY {
            let time = formatted(local, format_description!("[hour]:[minute]"));
            format!("{time} {zone}")
        } else {
            formatted(local, format_description!("[year]-[month]-[day]"))
        }
    }

    /// Returns the date and time as `2026-11-22 20:46 CET`.
    #[must_use]
    pub fn date_and_time(&self, at: OffsetDateTime) -> String {
        let (local, zone) = self.local(at);
        let form = format_description!("[year]-[month]-[day] [hour]:[minute]");
        format!("{} {zone}", formatted(local, form))
    }

    /// Returns the local time, and the name of its offset from UTC at that time.
    fn local(&self, at: OffsetDateTime) -> (OffsetDateTime, String) {
        let offset = self.0.as_ref().and_then(|zone| zone.offset_at(at));
        let local = offset.and_then(|(offset, name)| Some((at.checked_to_offset(offset)?, name)));
        let in_utc = || at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
        local.unwrap_or_else(|| (in_utc(), "UTC".to_owned()))
    }
}

fn formatted(at: OffsetDateTime, form: StaticFormatDescription) -> String {
    at.format(form)
        .expect("an `OffsetDateTime` has a date and a time")
}
