//! AWS partitions. Source: `partitions.json` of the AWS SDKs.

use sso_types::Region;

/// Regions that share a DNS suffix.
pub(super) struct Partition {
    name: &'static str,
    /// Prefix of its Region names, which continue with a word and a number.
    region_prefix: &'static str,
    pub(super) suffix: &'static str,
    pub(super) dualstack_suffix: &'static str,
    /// Set if the standard endpoints are FIPS endpoints, and there are no separate FIPS endpoints.
    pub(super) standard_is_fips: bool,
}

impl Partition {
    /// Returns the partition of `region`; `aws` if no other matches.
    pub(super) fn of(region: &Region) -> &'static Self {
        OTHERS
            .iter()
            .find(|partition| partition.contains(region.as_str()))
            .unwrap_or(&AWS)
    }

    fn contains(&self, region: &str) -> bool {
        region
            .strip_prefix(self.region_prefix)
            .is_some_and(is_word_and_number)
            || region.strip_suffix("-global") == Some(self.name)
    }
}

fn is_word_and_number(text: &str) -> bool {
    text.split_once('-').is_some_and(|(word, number)| {
        !word.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

const AWS: Partition = partition("aws", "", "amazonaws.com", "api.aws");

/// All partitions except `aws`, which is the default.
const OTHERS: [Partition; 7] = [
    partition(
        "aws-cn",
        "cn-",
        "amazonaws.com.cn",
        "api.amazonwebservices.com.cn",
    ),
    Partition {
        standard_is_fips: true,
        ..partition("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws")
    },
    partition(
        "aws-eusc",
        "eusc-de-",
        "amazonaws.eu",
        "api.amazonwebservices.eu",
    ),
    partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    partition(
        "aws-iso-e",
        "eu-isoe-",
        "cloud.adc-e.uk",
        "api.cloud-aws.adc-e.uk",
    ),
    partition(
        "aws-iso-f",
        "us-isof-",
        "csp.hci.ic.gov",
        "api.aws.hci.ic.gov",
    ),
];

const fn partition(
    name: &'static str,
    region_prefix: &'static str,
    suffix: &'static str,
    dualstack_suffix: &'static str,
) -> Partition {
    Partition {
        name,
        region_prefix,
        suffix,
        dualstack_suffix,
        standard_is_fips: false,
    }
}
