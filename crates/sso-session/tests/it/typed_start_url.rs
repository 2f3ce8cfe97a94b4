//! Start URLs that the user types or pastes.

use sso_session::start_url::{StartUrlProblem, parse_start_url, with_assigned_path};
use sso_types::StartUrl;

#[track_caller]
fn check(typed: &str, expected: Result<&str, StartUrlProblem>) {
    let parsed = parse_start_url(typed);
    let parsed = parsed.as_ref().map(StartUrl::as_str).map_err(|it| *it);
    assert_eq!(parsed, expected, "{typed:?}");
}

#[test]
fn a_typed_start_url_is_parsed_in_its_normal_form() {
    let valid = Ok("https://a.awsapps.com/start");
    for typed in [
        "https://a.awsapps.com/start",
        " https://a.awsapps.com/start/#/ ",
        "HTTPS://A.AwsApps.com/start",
        "https://a.awsapps.com:443/start",
        "https://a.awsapps.com./start",
        "https://a.awsapps.com/x/../start//",
        "\u{feff}https://a.awsapps.com/start\u{a0}\u{200b}",
        "\u{202a}https://a.awsapps.com/start\u{202c}",
        "https://a.awsapps.com/start\u{200b}#/saml?x",
    ] {
        check(typed, valid);
    }
    for url in [
        "https://10.0.0.1/start",
        "https://[::1]:8443/start",
        "https://sso",
        "https://xn--mnchen-3ya.example/start",
        "https://my_portal.example.com:8443/a/b",
        "http://127.0.0.1:8080/start",
        "http://localhost/start",
        "http://[::1]:1/start",
        "https://a.com/a%20b%2F",
        "https://https.example.com/start",
    ] {
        check(url, Ok(url));
    }
}

#[test]
fn other_text_has_a_problem() {
    use StartUrlProblem::{Character, Host, NotAUrl, OtherPage, Port, Query, Scheme, User};
    check(
        "https://a.awsapps.com/st\u{200b}art",
        Err(Character('\u{200b}')),
    );
    check(
        "https://a.awsapps.com/start\u{200d}",
        Err(Character('\u{200d}')),
    );
    check(
        "https://a\u{ad}.awsapps.com/start",
        Err(Character('\u{ad}')),
    );
    check(
        "https://a.\u{430}wsapps.com/start",
        Err(Character('\u{430}')),
    );
    check(
        "https://a.awsapps\u{3002}com/start",
        Err(Character('\u{3002}')),
    );
    check("https://a .awsapps.com/start", Err(Character(' ')));
    check("https://a.awsapps.com\\@b.com", Err(Character('\\')));
    check("<https://a.awsapps.com/start>", Err(Character('<')));
    check("\"https://a.awsapps.com/start\"", Err(Character('"')));
    check("https://me@a.awsapps.com/start", Err(User));
    check("https://me:s3cret@a.awsapps.com/start", Err(User));
    check("https://a.awsapps.com/start?x=1", Err(Query));
    for host in [
        "..",
        ".",
        "a..com",
        ".a.com",
        "a.com..",
        "-.com",
        "-a.com",
        "a-.com",
        "a%2ecom",
        "1.2.3",
        "1.2.3.256",
        "999",
        "a.1",
        "a,b.com",
        "[::1",
        "[a]",
    ] {
        let problem = parse_start_url(&format!("https://{host}/start"));
        assert!(
            matches!(problem, Err(Host | NotAUrl)),
            "{host}: {problem:?}"
        );
    }
    check(&format!("https://{}.com", "a".repeat(64)), Err(Host));
    check(&format!("https://{}com", "a.".repeat(126)), Err(Host));
    check("https://a.com:0/start", Err(Port));
    check("https://a.com:65536/start", Err(Port));
    check("https://a.com:x/start", Err(Port));
    check("a.awsapps.com/start", Err(Scheme));
    check("//a.awsapps.com/start", Err(NotAUrl));
    check("https://https://a.awsapps.com/start", Err(Host));
    check("http://https://a.awsapps.com/start", Err(Host));
    check("https://https//a.awsapps.com/start", Err(Host));
    check("https://console.aws.amazon.com/", Err(OtherPage));
    check("https://1.signin.aws.amazon.com/console", Err(OtherPage));
    check("https://us-east-1.signin.aws/platform", Err(OtherPage));
    check("https://portal.sso.us-east-1.amazonaws.com", Err(OtherPage));
    check("http://a.awsapps.com/start", Err(Scheme));
    check("http://127.0.0.1.example.com", Err(Scheme));
    check("ftp://a.awsapps.com/start", Err(Scheme));
    for text in [
        "",
        " ",
        "\u{200b}",
        "https://",
        "https:///start",
        "/start",
        "#",
    ] {
        check(text, Err(NotAUrl));
    }
}

#[test]
fn parts_that_the_normal_form_lacks_are_checked() {
    use StartUrlProblem::{Character, Host, NotAUrl, Port, User};
    for url in [
        "https://https://a.awsapps.com/start",
        "https://http://a.awsapps.com/start",
        "https://https//a.awsapps.com/start",
        "https://HTTPS./a.awsapps.com/start",
        "https://https:443/start",
        "https://https",
        "https://https://",
        "http://https://a.awsapps.com/start",
    ] {
        check(url, Err(Host));
    }
    check("https:https://a.awsapps.com/start", Err(NotAUrl));
    for port in [":", ":x", ":+443", ":-1", ":00", ":443x", ":99999999"] {
        let url = format!("https://a.com{port}/start");
        check(&url, Err(Port));
        check(&url.replace("a.com", "[::1]"), Err(Port));
    }
    check("https://a.com.:/start", Err(Port));
    check("https://@a.com/start", Err(User));
    for (path, character) in [
        ("/%zz", '%'),
        ("/%", '%'),
        ("/%2", '%'),
        ("/a%2/../b", '%'),
        ("/%zz/../start", '%'),
        ("/[start]", '['),
        ("/start]", ']'),
    ] {
        check(&format!("https://a.com{path}"), Err(Character(character)));
    }
}

#[test]
fn aws_assigns_one_path_to_a_host_of_awsapps() {
    let check = |start_url: &str, expected: Option<&str>| {
        let assigned = with_assigned_path(&start_url.into());
        assert_eq!(
            assigned.as_ref().map(StartUrl::as_str),
            expected,
            "{start_url}"
        );
    };
    let assigned = Some("https://a.awsapps.com/start");
    check("https://a.awsapps.com", assigned);
    check("https://a.awsapps.com/", assigned);
    check("https://a.awsapps.com/Start", assigned);
    check("https://a.awsapps.com/start/console", assigned);
    check("https://a.awsapps.com/start", None);
    check("https://start.us-gov-home.awsapps.com/directory/a", None);
    check("https://ssoins-12.portal.eu-west-1.app.aws", None);
    check("https://portal.example.com", None);
}
