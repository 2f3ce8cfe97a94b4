use sso_session::Error;
use sso_session::StartUrlError;
use sso_session::start_url::{ResolvedStartUrl, normalize_start_url};

use crate::world::World;

fn region_of(start_url: &str) -> Result<String, Error> {
    let world = World::new();
    let clients = world.clients();
    let unexpected_prompt = |_: &str| panic!("unexpected prompt");
    let resolved =
        ResolvedStartUrl::of_start_url(&start_url.into(), None, &clients, &unexpected_prompt)?;
    assert_eq!(resolved.issuer.as_str(), start_url);
    assert_eq!(resolved.session.start_url.as_str(), start_url);
    assert!(world.center.requests().is_empty());
    Ok(resolved.session.region.to_string())
}

#[test]
fn a_region_in_the_host_name_is_detected() {
    let check = |start_url: &str, region: &str| {
        assert_eq!(region_of(start_url).unwrap(), region, "{start_url}");
    };
    check("https://ssoins-12.portal.eu-west-1.app.aws", "eu-west-1");
    check("https://SSOINS-12.Portal.eu-west-1.App.aws/", "eu-west-1");
    check(
        "https://ssoins-12.ap-south-1.portal.amazonaws.com/start#/",
        "ap-south-1",
    );
    check(
        "https://ssoins-12.cn-north-1.portal.amazonaws.com.cn",
        "cn-north-1",
    );
    check(
        "https://ssoins-12.portal.cn-northwest-1.app.amazonwebservices.com.cn",
        "cn-northwest-1",
    );
    check(
        "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/x",
        "us-gov-west-1",
    );
    check(
        "https://ssoins-12.eusc-de-east-1.portal.amazonaws.eu",
        "eusc-de-east-1",
    );
    check(
        "https://ssoins-12.portal.eusc-de-east-1.api.amazonwebservices.eu",
        "eusc-de-east-1",
    );
}

#[test]
fn an_aws_host_without_a_region_is_an_error_without_a_request() {
    let check = |start_url: &str| {
        let error = region_of(start_url).unwrap_err();
        assert!(
            matches!(error, Error::NoRegion { .. }),
            "{start_url}: {error:?}"
        );
    };
    check("https://d-1234567890.awsapps.com/start");
    check("https://my-portal.awsapps.com/start/#/");
    check("https://my-portal.awsapps.cn/start");
    check("https://start.us-gov-home.awsapps.com/directory/x");
    check("https://identitycenter.amazonaws.com/ssoins-12");
    check("https://identitycenter.us-gov.amazonaws.com/ssoins-12");
    check("https://identitycenter.amazonaws.eu/ssoins-12");
}

#[test]
fn text_that_is_not_an_https_url_is_invalid() {
    let check = |start_url: &str| match region_of(start_url).unwrap_err() {
        Error::StartUrl { source, .. } => assert!(matches!(*source, StartUrlError::InvalidUrl)),
        error => panic!("{start_url}: {error:?}"),
    };
    check("");
    check("my-portal.awsapps.com/start");
    check("/start");
    check("ftp://my-portal.awsapps.com/start");
    check("https:///start");
}

#[test]
fn a_typed_start_url_is_normalized() {
    let check = |typed: &str, expected: &str| {
        assert_eq!(normalize_start_url(typed).as_str(), expected);
    };
    check("https://a.awsapps.com/start", "https://a.awsapps.com/start");
    check(
        " https://a.awsapps.com/start/ \n",
        "https://a.awsapps.com/start",
    );
    check(
        "https://a.awsapps.com/start#",
        "https://a.awsapps.com/start",
    );
    check(
        "https://a.awsapps.com/start/#/?x",
        "https://a.awsapps.com/start",
    );
}
