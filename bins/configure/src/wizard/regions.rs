//! Suggestions and checks of Regions.

use super::ask::Asker;
use super::twice::Twice;
use crate::checks;
use crate::regions::{KNOWN, has_form_of_region, is_known, is_pseudo_region};

pub(super) fn known() -> Vec<String> {
    KNOWN.map(str::to_owned).into()
}

/// Warns of an unknown Region. It may be newer than this program, but is usually mistyped.
pub(super) fn warn_of_unknown(asker: Asker<'_>, region: &str) {
    if !is_known(region) {
        asker.warn(format_args!("unknown AWS Region: {region}"));
    }
}

/// Check of a Region that the user types. An unknown one with the form of a Region may be newer than this
/// program, and is accepted if the user enters it twice.
#[derive(Debug, Default)]
pub(super) struct TypedRegion(Twice);

impl TypedRegion {
    pub(super) fn check(&self, answer: &str) -> Result<(), String> {
        checks::region(answer)?;
        if is_known(answer) {
            return Ok(());
        }
        check_form(answer)?;
        let reason = "unknown AWS Region; to use it anyway, press Enter again";
        self.0.accept(answer, reason.to_owned())
    }
}

/// Check of a Region in a file, which is kept without a question if it may be newer than this program.
pub(super) fn check_stored(region: &str) -> Result<(), String> {
    if is_known(region) || is_pseudo_region(region) {
        return Ok(());
    }
    check_form(region)
}

fn check_form(region: &str) -> Result<(), String> {
    if has_form_of_region(region) {
        return Ok(());
    }
    Err("unknown AWS Region; expected one such as us-east-1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{TypedRegion, check_stored};

    #[test]
    fn a_region_in_a_file_is_known_or_has_the_form_of_one() {
        for region in [
            "us-east-1",
            "eu-west-99",
            "aws-global",
            "fips-us-gov-west-1",
        ] {
            assert_eq!(check_stored(region), Ok(()), "{region}");
        }
        for region in ["mars", "us-east1", "US-EAST-1", "us-east-1a"] {
            assert!(check_stored(region).is_err(), "{region}");
        }
    }

    #[test]
    fn unknown_regions_are_accepted_the_second_time() {
        let region = TypedRegion::default();
        assert!(region.check("us-east-1").is_ok());
        assert!(region.check("eu-west-99").is_err());
        assert!(region.check("eu-west-98").is_err());
        assert!(region.check("eu-west-99").is_err());
        assert!(region.check("eu-west-99").is_ok());
        assert!(region.check("mars").is_err());
        assert!(region.check("mars").is_err());
    }
}
