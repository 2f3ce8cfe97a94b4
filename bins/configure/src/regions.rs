//! Known AWS Regions.

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

/// Returns whether a text is a legacy name such as aws-global and fips-us-gov-west-1, which is not a Region.
pub(crate) fn is_pseudo_region(text: &str) -> bool {
    let words = ["fips", "global", "external"];
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::KNOWN;

    #[test]
    fn known_regions_match_botocore() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/regions.json");
        let fixture = std::fs::read(path).expect("the fixture can be read");
        let regions: Vec<String> =
            serde_json::from_slice(&fixture).expect("the fixture is a JSON list");
        assert_eq!(KNOWN.as_slice(), regions);
    }
}
