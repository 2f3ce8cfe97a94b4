//! AWS partitions. Sources: `partitions.json` of the AWS SDKs, the endpoint rule set of AWS Sign-In, and
//! the documents of AWS for the console of each partition.

use sso_types::Region;

/// Regions that share a DNS suffix.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    name: &'static str,
    /// Prefix of its Region names, which continue with a word and a number.
    region_prefix: &'static str,
    first_region: &'static str,
    console_domain: Option<&'static str>,
    /// Domain of the federation endpoint.
    pub(super) sign_in_domain: &'static str,
    /// Set if the federation endpoint exists only in a Region.
    pub(super) is_sign_in_regional: bool,
    pub(super) suffix: &'static str,
    pub(super) dualstack_suffix: &'static str,
    /// Set if the standard endpoints are FIPS endpoints, and there are no separate FIPS endpoints.
    pub(super) standard_is_fips: bool,
}

impl Partition {
    /// Returns the partition with this name, as in an ARN; `None` if it is unknown.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let mut all = std::iter::once(&AWS).chain(&OTHERS);
        all.find(|partition| partition.name == name)
    }

    /// Returns the partition `aws`.
    #[must_use]
    pub fn standard() -> &'static Self {
        &AWS
    }

    /// Returns the name, as in an ARN.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the Region of the partition that is the default for requests without a Region.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the names are valid Regions")]
    pub fn first_region(&self) -> Region {
        let region = self.first_region.parse();
        region.expect("the names are valid Regions")
    }

    /// Returns the domain of the AWS console; `None` if it is not published.
    #[must_use]
    pub fn console_domain(&self) -> Option<&'static str> {
        self.console_domain
    }

    /// Returns the partition of `region`; `aws` if no other matches.
    #[must_use]
    pub fn of(region: &Region) -> &'static Self {
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

const AWS: Partition = partition("aws", "", "amazonaws.com", "api.aws")
    .with_console("us-east-1", "console.aws.amazon.com")
    .with_sign_in("signin.aws.amazon.com");

/// All partitions except `aws`, which is the default.
const OTHERS: [Partition; 7] = [
    partition(
        "aws-cn",
        "cn-",
        "amazonaws.com.cn",
        "api.amazonwebservices.com.cn",
    )
    .with_console("cn-north-1", "console.amazonaws.cn")
    .with_sign_in("signin.amazonaws.cn"),
    Partition {
        standard_is_fips: true,
        ..partition("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws")
            .with_console("us-gov-west-1", "console.amazonaws-us-gov.com")
            .with_sign_in("signin.amazonaws-us-gov.com")
    },
    Partition {
        is_sign_in_regional: true,
        ..partition(
            "aws-eusc",
            "eusc-de-",
            "amazonaws.eu",
            "api.amazonwebservices.eu",
        )
        .with_console("eusc-de-east-1", "console.amazonaws-eusc.eu")
        .with_sign_in("signin.amazonaws-eusc.eu")
    },
    partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov")
        .without_console("us-iso-east-1")
        .with_sign_in("signin.c2shome.ic.gov"),
    partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud")
        .without_console("us-isob-east-1")
        .with_sign_in("signin.sc2shome.sgov.gov"),
    partition(
        "aws-iso-e",
        "eu-isoe-",
        "cloud.adc-e.uk",
        "api.cloud-aws.adc-e.uk",
    )
    .without_console("eu-isoe-west-1")
    .with_sign_in("signin.csphome.adc-e.uk"),
    partition(
        "aws-iso-f",
        "us-isof-",
        "csp.hci.ic.gov",
        "api.aws.hci.ic.gov",
    )
    .without_console("us-isof-south-1")
    .with_sign_in("signin.csphome.hci.ic.gov"),
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
        first_region: "",
        console_domain: None,
        sign_in_domain: "",
        is_sign_in_regional: false,
        suffix,
        dualstack_suffix,
        standard_is_fips: false,
    }
}

impl Partition {
    const fn with_console(self, first_region: &'static str, domain: &'static str) -> Self {
        Self {
            first_region,
            console_domain: Some(domain),
            ..self
        }
    }

    const fn without_console(self, first_region: &'static str) -> Self {
        Self {
            first_region,
            ..self
        }
    }

    const fn with_sign_in(self, domain: &'static str) -> Self {
        Self {
            sign_in_domain: domain,
            ..self
        }
    }
}
