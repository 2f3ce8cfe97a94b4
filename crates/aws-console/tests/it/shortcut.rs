use aws_console::{Destination, Partition, Role, ShortcutError, shortcut_link};

fn link(start_url: &str, sso_region: &str) -> Result<String, ShortcutError> {
    let sso_region = sso_region.parse().unwrap();
    let role = Role {
        start_url: &start_url.into(),
        sso_region: &sso_region,
        account_id: &"111122223333".into(),
        role_name: &"ReadOnly".into(),
    };
    shortcut_link(&role, None)
}

/// Checks the part of the link before its fragment.
fn check(start_url: &str, sso_region: &str, page: &str) {
    let expected = format!("{page}#/console?account_id=111122223333&role_name=ReadOnly");
    assert_eq!(link(start_url, sso_region), Ok(expected), "{start_url}");
}

#[test]
fn links_begin_with_the_page_of_each_form_of_start_url() {
    let portal = "https://my-portal.awsapps.com/start";
    for end in [
        "",
        "/",
        "//",
        "#",
        "#/",
        "/#",
        "/#/",
        "/#/?tab=accounts",
        "?x=1",
        "/?x=1#/",
    ] {
        check(
            &format!("{portal}{end}"),
            "us-east-1",
            "https://my-portal.awsapps.com/start/",
        );
    }
    for (start_url, region) in [
        ("https://my-portal.awsapps.com", "us-east-1"),
        (
            "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws",
            "eu-west-1",
        ),
        (
            "https://ssoins-1234567890abcdef.eu-west-1.portal.amazonaws.com",
            "eu-west-1",
        ),
        (
            "https://ssoins-12.cn-north-1.portal.amazonaws.com.cn",
            "cn-north-1",
        ),
        (
            "https://ssoins-12.portal.cn-north-1.app.amazonwebservices.com.cn",
            "cn-north-1",
        ),
        (
            "https://ssoins-12.eusc-de-east-1.portal.amazonaws.eu",
            "eusc-de-east-1",
        ),
        (
            "https://ssoins-12.portal.eusc-de-east-1.api.amazonwebservices.eu",
            "eusc-de-east-1",
        ),
    ] {
        for end in ["", "/", "#", "/#/"] {
            check(
                &format!("{start_url}{end}"),
                region,
                &format!("{start_url}/"),
            );
        }
    }
    for (start_url, region) in [
        (
            "https://start.home.awsapps.cn/directory/my-portal",
            "cn-northwest-1",
        ),
        (
            "https://start.cn-north-1.home.awsapps.cn/directory/d-1234567890",
            "cn-north-1",
        ),
        (
            "https://start.us-gov-home.awsapps.com/directory/my-portal",
            "us-gov-west-1",
        ),
        (
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-12",
            "us-gov-west-1",
        ),
    ] {
        for end in ["", "/", "#", "#/", "/#/"] {
            check(&format!("{start_url}{end}"), region, start_url);
        }
    }
}

#[test]
fn issuer_urls_become_the_access_portal_in_the_region() {
    for (issuer, region, portal) in [
        (
            "identitycenter.amazonaws.com",
            "eu-west-1",
            "portal.eu-west-1.app.aws",
        ),
        (
            "IdentityCenter.amazonaws.com",
            "us-east-1",
            "portal.us-east-1.app.aws",
        ),
        (
            "identitycenter.us-gov.amazonaws.com",
            "us-gov-west-1",
            "portal.us-gov-west-1.app.aws",
        ),
        (
            "identitycenter.amazonaws.com.cn",
            "cn-north-1",
            "portal.cn-north-1.app.amazonwebservices.com.cn",
        ),
        (
            "identitycenter.amazonaws.eu",
            "eusc-de-east-1",
            "portal.eusc-de-east-1.api.amazonwebservices.eu",
        ),
    ] {
        for end in ["", "/", "#/"] {
            let start_url = format!("https://{issuer}/ssoins-12ab{end}");
            check(
                &start_url,
                region,
                &format!("https://ssoins-12ab.{portal}/"),
            );
        }
    }
    for other in [
        "https://identitycenter.amazonaws.com/other",
        "https://identitycenter.amazonaws.com/ssoins-1.evil.example",
        "https://identitycenter.amazonaws.com/ssoins-1/x",
    ] {
        check(other, "us-east-1", other);
    }
}

#[test]
fn custom_start_urls_stay_as_written() {
    for start_url in [
        "https://aws.example.com/sso",
        "https://aws.example.com/sso/",
        "https://AWS.example.com:8443/a/b",
    ] {
        check(start_url, "us-east-1", start_url);
        check(&format!("{start_url}#x"), "us-east-1", start_url);
    }
    check(
        "https://aws.example.com",
        "us-east-1",
        "https://aws.example.com/",
    );
    check(
        " https://aws.example.com/start ",
        "us-east-1",
        "https://aws.example.com/start/",
    );
    check(
        "http://127.0.0.1:8000/start",
        "us-east-1",
        "http://127.0.0.1:8000/start/",
    );
}

#[test]
fn start_urls_that_a_browser_must_not_open_are_errors() {
    for start_url in [
        "",
        "my-portal",
        "my-portal.awsapps.com/start",
        "http://my-portal.awsapps.com/start",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user@my-portal.awsapps.com/start",
        "https://my-portal.awsapps.com\\@evil.example/start",
        "https://my-portal.awsapps.com/sta rt",
        "https://my-portal.awsapps.com/start\u{1b}[2J",
        "https://bücher.example/start",
        "--help",
    ] {
        let outcome = link(start_url, "us-east-1");
        assert_eq!(outcome, Err(ShortcutError::InvalidStartUrl), "{start_url}");
    }
}

#[test]
fn an_account_id_without_12_digits_is_an_error() {
    for account_id in ["", "1", "1234567890123", "12345678901a", "1&2#", "１２３４"] {
        let role = Role {
            start_url: &"https://x.awsapps.com/start".into(),
            sso_region: &"eu-west-1".parse().unwrap(),
            account_id: &account_id.into(),
            role_name: &"r".into(),
        };
        let link = shortcut_link(&role, None);
        assert_eq!(link, Err(ShortcutError::InvalidAccountId), "{account_id}");
    }
}

#[test]
fn values_are_encoded() {
    let region = "eu-west-1".parse().unwrap();
    let role = Role {
        start_url: &"https://x.awsapps.com/start".into(),
        sso_region: &region,
        account_id: &"012345678901".into(),
        role_name: &"a+b=c,d.e@f-g_h i".into(),
    };
    let url = "https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1#a";
    let destination = Destination::parse(url, Partition::of(&region)).unwrap();
    assert_eq!(
        shortcut_link(&role, Some(&destination)).unwrap(),
        "https://x.awsapps.com/start/#/console?account_id=012345678901\
         &role_name=a%2Bb%3Dc%2Cd.e%40f-g_h%20i\
         &destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fs3%2Fbuckets\
         %3Fregion%3Deu-west-1%23a"
    );
}
