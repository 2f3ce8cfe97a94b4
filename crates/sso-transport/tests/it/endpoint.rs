use std::fs;

use serde::Deserialize;
use sso_transport::{Endpoint, EndpointError, Endpoints, Partition, Service, TransportError};
use sso_types::Region;

/// Endpoint that botocore resolves.
#[derive(Debug, Deserialize)]
struct Case {
    service: String,
    region: String,
    use_fips: bool,
    use_dualstack: bool,
    url: Option<String>,
}

#[test]
fn endpoints_match_botocore() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/endpoints.json");
    let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(cases.len() > 500);
    for case in cases {
        let service = match case.service.as_str() {
            "sso-oidc" => Service::SsoOidc,
            "sso" => Service::SsoPortal,
            _ => Service::Sts,
        };
        let endpoints = Endpoints {
            use_fips: case.use_fips,
            use_dualstack: case.use_dualstack,
            ..Endpoints::default()
        };
        let region = case.region.parse::<Region>().ok();
        let endpoint = region.map(|region| endpoints.resolve(service, &region).unwrap());
        assert_eq!(endpoint.map(|it| it.to_string()), case.url, "{case:?}");
    }
}

fn custom(url: &str) -> Result<Endpoint, EndpointError> {
    let endpoints = Endpoints {
        sso_oidc: Some(url.to_owned()),
        ..Endpoints::default()
    };
    endpoints.resolve(Service::SsoOidc, &"us-east-1".parse().unwrap())
}

#[test]
fn custom_url_keeps_its_path() {
    fn check(url: &str, expected: &str) {
        assert_eq!(custom(url).unwrap().as_str(), expected);
    }
    check("https://vpce-1.example", "https://vpce-1.example");
    check("https://vpce-1.example/", "https://vpce-1.example");
    check(
        "https://vpce-1.example:8443/sso/x/",
        "https://vpce-1.example:8443/sso/x",
    );
    check("http://127.0.0.1:4566", "http://127.0.0.1:4566");
    check("http://[::1]:4566/", "http://[::1]:4566");
    check("http://localhost", "http://localhost");
}

#[test]
fn unsafe_custom_url_is_rejected() {
    for url in [
        "",
        "vpce-1.example",
        "/path",
        "//vpce-1.example/",
        "ftp://vpce-1.example",
        "http://vpce-1.example",
        "http://192.0.2.1:4566",
        "https://user@vpce-1.example",
        "https://user:pass@vpce-1.example",
        "https://vpce-1.example?x=1",
        "https://vpce-1.example/?",
        "https://vpce-1.example/#",
        "https://vpce-1.example#x",
        "https://vpce-1.example:99999",
        "https://vpce-1.example:",
        "https://:443",
        "https://",
        "https://vpce 1.example",
        "https://vpce-1.example/ x",
        "https://vpce-ü.example",
        " https://vpce-1.example",
    ] {
        let outcome = custom(url);
        assert!(
            matches!(outcome, Err(EndpointError::InvalidUrl { .. })),
            "{url:?} {outcome:?}"
        );
    }
}

#[test]
fn custom_url_applies_only_to_its_service() {
    let endpoints = Endpoints {
        sso_portal: Some("https://a.example".to_owned()),
        sts: Some("https://b.example".to_owned()),
        ..Endpoints::default()
    };
    let resolve = |service| {
        endpoints
            .resolve(service, &"us-east-1".parse().unwrap())
            .unwrap()
    };
    assert_eq!(resolve(Service::SsoPortal).as_str(), "https://a.example");
    assert_eq!(resolve(Service::Sts).as_str(), "https://b.example");
    assert_eq!(
        resolve(Service::SsoOidc).as_str(),
        "https://oidc.us-east-1.amazonaws.com"
    );
}

#[test]
fn custom_url_cannot_be_combined_with_fips_or_dualstack() {
    fn check(use_fips: bool, use_dualstack: bool, expected: EndpointError) {
        let endpoints = Endpoints {
            use_fips,
            use_dualstack,
            sts: Some("https://a.example".to_owned()),
            ..Endpoints::default()
        };
        let region = "us-east-1".parse().unwrap();
        assert_eq!(endpoints.resolve(Service::Sts, &region), Err(expected));
        assert!(endpoints.resolve(Service::SsoOidc, &region).is_ok());
    }
    check(true, false, EndpointError::CustomWithFips);
    check(false, true, EndpointError::CustomWithDualstack);
    check(true, true, EndpointError::CustomWithFips);
}

/// The expected Regions are those that botocore signs for.
#[test]
fn global_sts_endpoint_is_signed_for_us_east_1() {
    fn check(service: Service, region: &str, url: Option<&str>, expected: &str) {
        let endpoints = Endpoints {
            sts: url.map(str::to_owned),
            ..Endpoints::default()
        };
        let signing = endpoints.signing_region(service, &region.parse().unwrap());
        assert_eq!(signing.as_str(), expected, "{service:?} {region} {url:?}");
    }
    check(Service::Sts, "aws-global", None, "us-east-1");
    check(
        Service::Sts,
        "aws-global",
        Some("https://sts.example"),
        "aws-global",
    );
    check(Service::Sts, "aws-cn-global", None, "aws-cn-global");
    check(Service::Sts, "eu-west-1", None, "eu-west-1");
    check(Service::SsoPortal, "aws-global", None, "aws-global");
}

#[test]
fn the_federation_endpoint_is_global_except_in_a_partition_without_one() {
    let check = |region: &str, use_fips, expected: Result<&str, EndpointError>| {
        let endpoints = Endpoints {
            use_fips,
            use_dualstack: true,
            ..Endpoints::default()
        };
        let endpoint = endpoints.resolve(Service::Federation, &region.parse().unwrap());
        let expected = expected.map(|url| url.parse::<Endpoint>().unwrap());
        assert_eq!(endpoint, expected, "{region}");
    };
    for (region, url) in [
        ("us-east-1", "https://signin.aws.amazon.com"),
        ("eu-west-1", "https://signin.aws.amazon.com"),
        ("cn-north-1", "https://signin.amazonaws.cn"),
        ("us-gov-east-1", "https://signin.amazonaws-us-gov.com"),
        (
            "eusc-de-east-1",
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu",
        ),
        ("us-iso-east-1", "https://signin.c2shome.ic.gov"),
        ("us-isob-east-1", "https://signin.sc2shome.sgov.gov"),
        ("eu-isoe-west-1", "https://signin.csphome.adc-e.uk"),
        ("us-isof-south-1", "https://signin.csphome.hci.ic.gov"),
    ] {
        check(region, false, Ok(url));
    }
    let fips = "https://signin-fips.amazonaws-us-gov.com";
    check("us-gov-west-1", true, Ok(fips));
    let fips = "https://us-gov-east-1.signin-fips.amazonaws-us-gov.com";
    check("us-gov-east-1", true, Ok(fips));
    for region in ["us-east-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1"] {
        check(region, true, Err(EndpointError::NoFips));
    }
}

#[test]
fn partitions_are_found_by_name_and_by_region() {
    for name in [
        "aws",
        "aws-cn",
        "aws-us-gov",
        "aws-eusc",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
    ] {
        let partition = Partition::named(name).unwrap();
        assert_eq!(partition.name(), name);
        assert_eq!(Partition::of(&partition.first_region()), partition);
    }
    assert_eq!(Partition::named("aws-mars"), None);
    assert_eq!(Partition::standard().name(), "aws");
}

#[test]
fn query_values_are_percent_encoded() {
    let endpoint: Endpoint = "https://a.example/sso".parse().unwrap();
    let check = |query: &[(&str, &str)], expected: &str| {
        assert_eq!(endpoint.uri("/roles", query).unwrap(), expected);
    };
    check(&[], "https://a.example/sso/roles");
    check(&[("a", "")], "https://a.example/sso/roles?a=");
    check(
        &[("a", "x y&b=c#?/+%"), ("b", "ü-._~0Z")],
        "https://a.example/sso/roles?a=x%20y%26b%3Dc%23%3F%2F%2B%25&b=%C3%BC-._~0Z",
    );
    let too_long = endpoint.uri("/roles", &[("a", &"x".repeat(70_000))]);
    assert!(matches!(too_long, Err(TransportError::BadUrl { .. })));
}
