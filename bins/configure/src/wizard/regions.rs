//! Known AWS Regions.

use std::cell::RefCell;

use super::ask::Asker;
use crate::checks;

/// Regions of all partitions in botocore's `partitions.json`, sorted.
pub(crate) const KNOWN: [&str; 48] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

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
pub(super) struct TypedRegion {
    refused: RefCell<String>,
}

impl TypedRegion {
    pub(super) fn check(&self, answer: &str) -> Result<(), String> {
        checks::region(answer)?;
        if is_known(answer) {
            return Ok(());
        }
        if !has_form_of_region(answer) {
            return Err("unknown AWS Region; expected one such as us-east-1".to_owned());
        }
        if self.refused.replace(answer.to_owned()) == answer {
            return Ok(());
        }
        Err("unknown AWS Region; to use it anyway, press Enter again".to_owned())
    }
}

pub(crate) fn is_known(region: &str) -> bool {
    KNOWN.binary_search(&region).is_ok()
}

/// Returns whether a text has the form of `us-east-1` and `us-gov-west-1`.
fn has_form_of_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, [_, _, ..])) = parts.split_last().filter(|(number, _)| !number.is_empty())
    else {
        return false;
    };
    let (words, is_lower) = (&parts[..parts.len() - 1], |c: u8| c.is_ascii_lowercase());
    number.bytes().all(|c| c.is_ascii_digit())
        && words
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(is_lower))
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, TypedRegion, has_form_of_region};

    #[test]
    fn known_regions_have_the_form_of_a_region() {
        let check = |text: &str, expected| assert_eq!(has_form_of_region(text), expected, "{text}");
        for region in KNOWN {
            check(region, true);
        }
        check("eu-west-99", true);
        for text in [
            "",
            "-",
            "--",
            "mars",
            "mars-1",
            "us-east1",
            "us-east-",
            "us--1",
            "-us-east-1",
            "us-east-1a",
            "US-EAST-1",
            "us_east_1",
            "useast1",
            "us-east-one",
        ] {
            check(text, false);
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

    #[test]
    fn known_regions_match_botocore() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/regions.json");
        let fixture = std::fs::read(path).expect("the fixture can be read");
        let regions: Vec<String> =
            serde_json::from_slice(&fixture).expect("the fixture is a JSON list");
        assert_eq!(KNOWN.as_slice(), regions);
    }
}
