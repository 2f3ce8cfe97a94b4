use std::cell::RefCell;
use std::error::Error as _;

use identity_center_emulator::{Fault, Operation};
use serde_json::Value;
use sso_config::SsoSession;
use sso_session::Error;
use sso_session::StartUrlError;
use sso_session::start_url::{
    ResolvedStartUrl, StartUrlProblem, Trust, check_start_url, is_start_url, normalize_start_url,
    region_of_start_url,
};
use sso_test_support::{Relay, TestEnv};
use sso_types::Region;

use crate::world::World;

fn region_of(start_url: &str) -> Result<String, Error> {
    let world = World::new();
    let clients = world.clients();
    let unexpected_prompt = |_: &str| -> Trust { panic!("unexpected prompt") };
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

/// Rows of `fixtures/start-urls.json`.
fn start_urls_of_aws() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/start-urls.json"
    );
    let rows: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(rows.len() > 50);
    rows
}

#[test]
fn all_start_urls_of_aws_are_resolved_without_a_request() {
    let world = World::new();
    let clients = world.clients();
    let unexpected_prompt = |_: &str| -> Trust { panic!("unexpected prompt") };
    let resolve = |start_url: &str, region: Option<&str>| {
        let start_url = start_url.into();
        let region = region.map(|region| region.parse().unwrap());
        ResolvedStartUrl::of_start_url(&start_url, region, &clients, &unexpected_prompt)
    };
    let check = |start_url: &str, region: Option<&str>| {
        let own = resolve(start_url, None).ok();
        let own = own.map(|resolved| resolved.session.region.to_string());
        assert_eq!(own.as_deref(), region, "{start_url}");
        let resolved = resolve(start_url, Some("eu-north-1")).unwrap();
        assert_eq!(resolved.issuer.as_str(), start_url);
        let resolved = resolved.session.region;
        assert_eq!(resolved.as_str(), region.unwrap_or("eu-north-1"));
    };
    for row in start_urls_of_aws() {
        let (url, region) = (row["url"].as_str().unwrap(), row["region"].as_str());
        check(url, region);
        check(&format!("{url}/#/"), region);
        check(&url.to_uppercase().replace("HTTPS", "https"), region);
        let (scheme, rest) = url.split_once("://").unwrap();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        check(&format!("{scheme}://{host}:443/{path}"), region);
        check(&format!("{scheme}://{host}./{path}"), region);
        check(&format!("HTTPS://{host}.:443/{path}"), region);
    }
    assert!(world.center.requests().is_empty());
}

#[test]
fn an_unknown_host_in_a_domain_of_aws_belongs_to_aws() {
    let check = |start_url: &str, region: Option<&str>| {
        assert_eq!(region_of(start_url).ok().as_deref(), region, "{start_url}");
    };
    check("https://awsapps.com/start", None);
    check("https://a.b.awsapps.com/start", None);
    check("https://my_portal.awsapps.com/start", None);
    check("https://start.new.home.awsapps.cn/directory/x", None);
    check("https://ssoins-12.dualstack.portal.amazonaws.com", None);
    check("https://us-east-1.portal.amazonaws.com", None);
    check(
        "https://ssoins-12.new.us-east-1.portal.amazonaws.com",
        Some("us-east-1"),
    );
    check(
        "https://ssoins-12.portal.us-new-area-12.app.aws",
        Some("us-new-area-12"),
    );
}

#[test]
fn the_guide_lists_all_start_urls_of_aws() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/guide/signing-in.md"
    );
    let guide = std::fs::read_to_string(path).unwrap();
    for row in start_urls_of_aws() {
        let (partition, form) = (row["partition"].as_str(), row["form"].as_str().unwrap());
        let line = guide
            .lines()
            .find(|line| line.contains(&format!("`{form}`")));
        let line = line.unwrap_or_else(|| panic!("{form} is missing"));
        assert!(
            line.contains(&format!("`{}`", partition.unwrap())),
            "{line}"
        );
    }
}

/// Result of a sign-in at a URL that redirects.
struct Redirected {
    result: Result<ResolvedStartUrl, Error>,
    /// Target that the user was asked to trust.
    asked: Option<String>,
}

/// Resolves `https://localhost:PORT/a/start`, which redirects to `location`. `PORT` in `location` is
/// replaced. The user trusts each target.
fn redirected_to(location: &str) -> Redirected {
    redirected(location, Trust::Trusted)
}

fn redirected(location: &str, trust: Trust) -> Redirected {
    let mut world = World::new();
    let server = Relay::tls(world.center.address(), &[]);
    world.trust_only(server.ca_path());
    world.session.start_url = format!("{}/a/start", server.url()).as_str().into();
    let port = server.address().port().to_string();
    let redirect = Fault::Redirect(location.replace(":PORT", &format!(":{port}")));
    world.center.fail_next(Operation::Unknown, redirect);
    let asked = RefCell::new(None);
    let trusts = |target: &str| {
        let earlier = asked.replace(Some(target.replace(&port, "PORT")));
        assert_eq!(earlier, None);
        trust
    };
    let result = ResolvedStartUrl::of(&world.session, &world.clients(), &trusts);
    assert_eq!(world.center.requests().len(), 1, "{location}");
    if let Ok(resolved) = &result {
        assert_eq!(resolved.session.start_url, world.session.start_url);
    }
    Redirected {
        result: result.map(|resolved| ResolvedStartUrl {
            issuer: resolved
                .issuer
                .as_str()
                .replace(&port, "PORT")
                .as_str()
                .into(),
            ..resolved
        }),
        asked: asked.into_inner(),
    }
}

#[test]
fn a_redirect_to_aws_is_normalised_before_it_is_used() {
    let check = |location: &str, issuer: &str, region: &str| {
        let redirected = redirected_to(location);
        let resolved = redirected.result.unwrap();
        assert_eq!(resolved.issuer.as_str(), issuer, "{location}");
        assert_eq!(resolved.session.region.as_str(), region, "{location}");
        assert_eq!(redirected.asked, None, "{location}");
    };
    let instance = "https://ssoins-12.portal.eu-west-1.app.aws";
    for location in [
        "https://ssoins-12.portal.eu-west-1.app.aws",
        "https://ssoins-12.portal.eu-west-1.app.aws/",
        "https://ssoins-12.portal.eu-west-1.app.aws:443/",
        "https://ssoins-12.portal.eu-west-1.app.aws:0443",
        "https://ssoins-12.portal.eu-west-1.app.aws:",
        "https://ssoins-12.portal.eu-west-1.app.aws./#/",
        "https://ssoins-12.portal.eu-west-1.app.aws.:443?a=b#c",
        "https://SSOINS-12.Portal.eu-WEST-1.app.AWS",
        "HTTPS://ssoins-12.portal.eu-west-1.app.aws",
        "//ssoins-12.portal.eu-west-1.app.aws",
        "//ssoins-12.portal.eu-west-1.app.aws:443/?next=https://example.com/",
        "https://ssoins-12.portal.eu-west-1.app.aws/../a/.././/",
    ] {
        check(location, instance, "eu-west-1");
    }
    let portal = "https://my-portal.awsapps.com/start";
    for location in [
        "https://my-portal.awsapps.com/start/",
        "https://My-Portal.AWSApps.com:443/start/#/?x",
        "https://my-portal.awsapps.com/x/../start/.?a=b/../c",
        "https://my-portal.awsapps.com/../../start",
    ] {
        check(location, portal, "us-east-1");
    }
    check(
        "//start.cn-north-1.home.awsapps.cn/directory/My-Alias/?x",
        "https://start.cn-north-1.home.awsapps.cn/directory/My-Alias",
        "cn-north-1",
    );
}

#[test]
fn a_relative_redirect_stays_on_the_host_of_the_custom_url() {
    let check = |location: &str, target: &str| {
        let redirected = redirected_to(location);
        let issuer = redirected.result.unwrap().issuer;
        assert_eq!(issuer.as_str(), target, "{location}");
        assert_eq!(redirected.asked.as_deref(), Some(target), "{location}");
    };
    check("/login?x", "https://localhost:PORT/login");
    check("login", "https://localhost:PORT/a/login");
    check("./login/", "https://localhost:PORT/a/login");
    check("../login", "https://localhost:PORT/login");
    check("../../login", "https://localhost:PORT/login");
    check(
        "b/my-portal.awsapps.com:443",
        "https://localhost:PORT/a/b/my-portal.awsapps.com:443",
    );
    check("/.awsapps.com", "https://localhost:PORT/.awsapps.com");
}

#[test]
fn a_redirect_to_the_same_url_does_not_resolve_it() {
    for location in [
        "/a/start/",
        "start#/",
        "?signed-in=no",
        "#",
        "https://LOCALHOST:PORT/a/b/../start",
    ] {
        let redirected = redirected_to(location);
        let issuer = redirected.result.unwrap().issuer;
        assert_eq!(issuer.as_str(), "https://localhost:PORT/a/start");
        assert_eq!(redirected.asked, None, "{location}");
    }
    let mut world = World::new();
    let server = Relay::tls(world.center.address(), &[]);
    world.trust_only(server.ca_path());
    let redirect = Fault::Redirect("/a/start/?a=b".to_owned());
    world.center.fail_next(Operation::Unknown, redirect);
    let start_url = format!("{}/a/start", server.url()).as_str().into();
    let trusts = |_: &str| -> Trust { panic!("unexpected prompt") };
    let clients = world.clients();
    let error = ResolvedStartUrl::of_start_url(&start_url, None, &clients, &trusts).unwrap_err();
    let Error::StartUrl { source, .. } = error else {
        panic!("{error:?}");
    };
    assert!(
        matches!(*source, StartUrlError::RedirectsToItself),
        "{source:?}"
    );
}

#[test]
fn a_host_that_only_looks_like_one_of_aws_must_be_trusted_by_the_user() {
    let check = |location: &str, target: &str| {
        let redirected = redirected_to(location);
        assert_eq!(redirected.asked.as_deref(), Some(target), "{location}");
        let resolved = redirected.result.unwrap();
        assert_eq!(resolved.session.region.as_str(), "us-east-1", "{location}");
        assert_eq!(region_of_start_url(&location.into()), None, "{location}");
    };
    for host in [
        "my-portal.awsapps.com.evil.example",
        "ssoins-12.portal.eu-west-1.app.aws.evil.example",
        "ssoins-12.eu-west-1.portal.amazonaws.com.evil",
        "evilawsapps.com",
        "evil-awsapps.cn",
        "evilapp.aws",
        "app.aws.example",
        "portal.eu-west-1.amazonaws.com",
        "evil.eu-west-1.elb.amazonaws.com",
        "evil-identitycenter.amazonaws.com",
        "awsapps.com.cn",
        "xn--wsapps-3fg.com",
        "my-portal.xn--wsapps-3fg.com",
        "my-portal.awsapps.com:8443",
        "my-portal.awsapps.com:80",
        "my-portal.awsapps.com..",
        ".awsapps.com",
        "evil..awsapps.com",
        "127.0.0.1",
        "[::1]:8443",
        "com",
    ] {
        check(&format!("https://{host}/"), &format!("https://{host}"));
        let upper = host.to_uppercase();
        check(
            &format!("https://{upper}/start"),
            &format!("https://{host}/start"),
        );
    }
    check(
        "https://awsapps.com.evil.example./",
        "https://awsapps.com.evil.example",
    );
}

#[test]
fn an_error_says_whether_the_user_refused_the_target() {
    let check = |trust, expected: bool| {
        let redirected = redirected("https://example.com/", trust);
        assert_eq!(redirected.asked.as_deref(), Some("https://example.com"));
        let Err(Error::StartUrl { source, .. }) = redirected.result else {
            panic!("{:?}", redirected.result);
        };
        let StartUrlError::UntrustedTarget { target, is_refused } = *source else {
            panic!("{source:?}");
        };
        assert_eq!(
            (target.as_str(), is_refused),
            ("https://example.com", expected)
        );
    };
    check(Trust::Refused, true);
    check(Trust::NotAsked, false);
}

#[test]
fn a_redirect_to_an_unsafe_url_is_refused_without_a_question() {
    let check = |location: &str, shown: &str| {
        let redirected = redirected_to(location);
        assert_eq!(redirected.asked, None, "{location}");
        let Err(Error::StartUrl { source, .. }) = redirected.result else {
            panic!("{location}: {:?}", redirected.result);
        };
        let StartUrlError::UnsafeTarget { target } = *source else {
            panic!("{location}: {source:?}");
        };
        assert_eq!(target, shown, "{location}");
    };
    let same = |location: &str| check(location, location);
    same("http://my-portal.awsapps.com/start");
    check(
        "HTTP://My-Portal.awsapps.com:80",
        "http://my-portal.awsapps.com",
    );
    same("https://user@my-portal.awsapps.com/start");
    same("https://my-portal.awsapps.com@evil.example/start");
    same("https://my-portal.awsapps.com:x@evil.example");
    same("https://my-portal.awsapps.com:99999");
    same("https://");
    same("https:/my-portal.awsapps.com");
    same("https:my-portal.awsapps.com");
    same("https://my-portal.awsapps.com\\@evil.example");
    same("https://evil.example\\.awsapps.com");
    same("https://evil%2eexample%2f.awsapps.com");
    same("javascript:alert(1)");
    same("mailto:my-portal@awsapps.com");
}

#[test]
fn text_that_is_not_an_https_url_is_invalid() {
    let check = |start_url: &str| match region_of(start_url).unwrap_err() {
        Error::StartUrl { source, .. } => assert!(matches!(*source, StartUrlError::InvalidUrl(_))),
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
        let unexpected_prompt = |_: &str| -> Trust { panic!("unexpected prompt") };
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
fn a_start_url_is_checked_as_it_is_written() {
    let check = |written: &str, expected: &str| {
        let error = check_start_url(&written.into()).unwrap_err();
        let text = format!("{error}: {}", error.source().unwrap());
        assert_eq!(text, format!("cannot resolve start URL {expected}"));
    };
    check_start_url(&"https://My-Portal.awsapps.com:443/start/".into()).unwrap();
    check("https://..", "https://..: its host name is not valid");
    check("https://a.com:", "https://a.com:: its port is not valid");
    check(
        "https://a.com/x\u{200b}y",
        "https://a.com/x\u{200b}y: it contains the character U+200B, which is not allowed there",
    );
    check(
        "https://a.com/start\u{200b}",
        "https://a.com/start\u{200b}: it contains the character U+200B, which is not allowed there",
    );
    check(
        "https://me:s3cret@a.com/@b",
        "https://****@a.com/@b: it contains a user name or a password",
    );
    check(
        "https://me:s3@cret@a.com",
        "https://****@a.com: it contains a user name or a password",
    );
    check(
        "https://a.com/start?s3cret://x@",
        "https://a.com/start?****: it contains a query",
    );
    check("http://a.com", "http://a.com: not an https URL");
    check("", ": not an https URL");
}

/// Also if the Region is known, so that no lookup is needed.
#[test]
fn a_start_url_with_a_user_is_never_used() {
    let mut world = World::new();
    world.session.start_url = "https://me:s3cret@a.com/start".into();
    let clients = world.clients();
    let error = ResolvedStartUrl::of(&world.session, &clients, &|_| Trust::Trusted).unwrap_err();
    let Error::StartUrl { start_url, source } = error else {
        panic!("{error:?}");
    };
    assert_eq!(start_url.to_string(), "https://****@a.com/start");
    let user = StartUrlError::InvalidUrl(StartUrlProblem::User);
    assert_eq!(source.to_string(), user.to_string());
    assert!(world.center.requests().is_empty());
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
