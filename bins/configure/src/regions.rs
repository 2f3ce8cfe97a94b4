//! Known AWS Regions.

use sso_config::similar::closest;

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

pub(crate) fn is_known(region: &str) -> bool {
    KNOWN.binary_search(&region).is_ok()
}

/// Returns whether a text is a legacy name such as aws-global and fips-us-gov-west-1, or the Region `auto`
/// of other services, which is not a Region of AWS.
pub(crate) fn is_pseudo_region(text: &str) -> bool {
    let words = ["fips", "global", "external"];
    text == "auto" || words.iter().any(|word| text.contains(word))
}

/// Returns whether a text has the form of `us-east-1` and `us-gov-west-1`.
pub(crate) fn has_form_of_region(text: &str) -> bool {
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

/// Returns whether no Region has the name. It may be newer than this program.
pub(crate) fn is_unknown_region(value: &str) -> bool {
    !is_known(value) && !is_pseudo_region(value)
}

/// Returns whether an unknown Region is similar to a known one. A service that is not AWS's, with an endpoint
/// of its own, may have Regions of any name.
pub(crate) fn is_mistyped_region(value: &str) -> bool {
    is_unknown_region(value) && !closest(value, KNOWN, 1).is_empty()
}

/// Returns whether an unknown Region of AWS is mistyped, or has another form than the Regions of AWS, like
/// the wizard.
pub(crate) fn is_mistyped_region_of_aws(value: &str) -> bool {
    is_mistyped_region(value) || is_unknown_region(value) && !has_form_of_region(value)
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, has_form_of_region};

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
    fn known_regions_match_botocore() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/regions.json");
        let fixture = std::fs::read(path).expect("the fixture can be read");
        let regions: Vec<String> =
            serde_json::from_slice(&fixture).expect("the fixture is a JSON list");
        assert_eq!(KNOWN.as_slice(), regions);
    }
}
