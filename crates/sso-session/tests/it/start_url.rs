use sso_config::SsoSession;
use sso_session::Error;
use sso_session::StartUrlError;
use sso_session::start_url::{
    ResolvedStartUrl, is_start_url, normalize_start_url, region_of_start_url,
};
use sso_test_support::TestEnv;
use sso_types::Region;

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
        "https://start.cn-north-1.home.awsapps.cn/directory/x",
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
    check("https://start.home.awsapps.cn/directory/x");
    check("https://Start.Home.awsapps.cn/directory/x#/");
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

#[test]
fn a_region_in_the_host_name_replaces_the_configured_region() {
    let check = |start_url: &str, expected: &str| {
        let mut world = World::new();
        world.session.start_url = start_url.into();
        let clients = world.clients();
        let unexpected_prompt = |_: &str| panic!("unexpected prompt");
        let resolved = ResolvedStartUrl::of(&world.session, &clients, &unexpected_prompt).unwrap();
        let expected = SsoSession {
            region: expected.parse().unwrap(),
            ..world.session.clone()
        };
        assert_eq!(resolved.session, expected);
        assert_eq!(resolved.issuer, world.session.start_url);
        assert!(world.center.requests().is_empty());
    };
    check("https://ssoins-12.portal.eu-west-1.app.aws", "eu-west-1");
    check("https://my-portal.awsapps.com/start", "us-east-1");
}

#[test]
fn only_a_host_of_aws_has_a_region() {
    let check = |start_url: &str, expected: Option<&str>| {
        let region = region_of_start_url(&start_url.into());
        let region = region.as_ref().map(Region::as_str);
        assert_eq!(region, expected, "{start_url}");
    };
    let of_aws = "https://ssoins-12.portal.eu-west-1.app.aws";
    check(of_aws, Some("eu-west-1"));
    check(&format!("{of_aws}/start#/"), Some("eu-west-1"));
    check("https://my-portal.awsapps.com/start", None);
    check("https://ssoins-12.portal.eu-west-1.example.com", None);
    check(&format!("{of_aws}.example.com"), None);
    check("ssoins-12.portal.eu-west-1.app.aws", None);
}

#[test]
fn a_start_url_is_an_https_url_or_has_a_loopback_address() {
    let check = |typed: &str, expected: bool| {
        assert_eq!(is_start_url(typed), expected, "{typed}");
    };
    check("https://my-portal.awsapps.com/start", true);
    check("https://my-portal.awsapps.com/start/#/", true);
    check("https://sso.example.com", true);
    check("http://127.0.0.1:8080/start", true);
    check("http://my-portal.awsapps.com/start", false);
    check("ftp://my-portal.awsapps.com/start", false);
    check("my-portal.awsapps.com/start", false);
    check("https://", false);
    check("", false);
}

#[test]
fn a_token_is_used_only_if_its_start_url_identifies_the_same_access_portal() {
    let check = |start_url: &str, is_used: bool| {
        let world = World::new();
        let tokens = world.center.sign_in(&["sso:account:access"]);
        let file = tokens.token_file(start_url, "us-east-1");
        world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
        let clients = world.clients();
        let token = world.tokens(&clients).token();
        assert_eq!(token.is_ok(), is_used, "{start_url}: {token:?}");
        assert!(world.center.requests().is_empty());
    };
    let own = TestEnv::START_URL;
    check(own, true);
    for ending in ["/", "#", "#/", "/#/", "/#/console?account_id=1"] {
        check(&format!("{own}{ending}"), true);
    }
    check("https://other.awsapps.com/start", false);
    check(&format!("{own}/more"), false);
    check(&format!("{own}?more"), false);
    check("https://my-sso-portal.awsapps.com", false);
}
