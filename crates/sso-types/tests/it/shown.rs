use sso_types::{StartUrl, shown, shown_in_text};

const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn check(cases: &[(&str, &str)]) {
    for (value, expected) in cases {
        assert_eq!(shown(value), *expected, "{value}");
    }
}

#[test]
fn shown_masks_the_secrets_of_urls() {
    check(&[
        ("https://u:p@host/x", "https://****@host/x"),
        ("https://token@host", "https://****@host"),
        ("https://u:p/q@host/x", "https://****@host/x"),
        ("https://u:p?q@host/x", "https://****"),
        ("https://u:p#q@host/x", "https://****"),
        ("https://u:p@q@host/x", "https://****@host/x"),
        ("https://u:p q@host/x", "https://****@host/x"),
        ("https://u:p@host/x?token=t", "https://****@host/x?****"),
        ("https://host/?token=t", "https://host/?****"),
        ("https://host/#token=t", "https://host/#****"),
        ("https://host/?mail=a@t", "https://****"),
        ("\"https://u:p@host/x\"", "\"https://****@host/x\""),
        ("'https://host/?t'", "'https://host/?****'"),
        (" https://u:p@host", " https://****@host"),
        ("HTTPS://u:p@host", "HTTPS://****@host"),
        ("socks5h://u:p@host", "socks5h://****@host"),
        ("https:/u:p@host", "https:/****@host"),
        ("https:u:p@host", "https:****@host"),
        ("user:p@host:8080", "user:****@host:8080"),
        ("u:p@host", "u:****@host"),
        ("//u:p@host/x", "****@host/x"),
        ("file=https://u:p@host", "****@host"),
        ("user:p@https://host", "****@https://host"),
    ]);
}

#[test]
fn shown_masks_texts_in_the_form_of_tokens() {
    let token = format!("{}A1b", "IQoJb3JpZ2luX2VjE".repeat(8));
    let web_token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    for secret in [SECRET_ACCESS_KEY, &token, &format!("{token}=="), web_token] {
        check(&[
            (secret, "****"),
            (&format!("\"{secret}\""), "\"****\""),
            (&format!("[{secret}],"), "[****],"),
            (&format!("token={secret}"), "****"),
        ]);
    }
}

#[test]
fn shown_returns_other_values_unchanged() {
    let path = format!("/{}", "var/Me1/".repeat(20));
    for value in [
        "",
        "dev",
        "me@example.com",
        "https://my-portal.awsapps.com/start",
        "https://my-portal.awsapps.com/start#/",
        "https://my-portal.awsapps.com/start#",
        "~/certificates/me@example.com.pem",
        "/etc/me@example.com/ca.pem",
        "C:\\Home\\me@example.com\\ca.pem",
        "C:/Home/me@example.com/ca.pem",
        "\\\\?\\C:\\Home\\me@example.com",
        "arn:aws:sts::111122223333:assumed-role/Admin/me@example.com",
        "/var/me@example.com/.aws/config:12:",
        "0ad374308c5a4e22f723adf10145eafad7c4031c",
        "0ad374308c5a4e22f723adf10145eafad7c4031c.json",
        "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        "eyJohn",
        "did-you-mean:dev?",
        "http://USER:PASSWORD@HOST:PORT",
        &path,
        &format!("AWS_CONFIG_FILE={path}"),
    ] {
        assert_eq!(shown(value), value);
        assert_eq!(shown_in_text(value), value);
    }
}

#[test]
fn shown_in_text_masks_each_word() {
    let text = format!("a  b https://u:p@host, \"{SECRET_ACCESS_KEY}\"\nme@host");
    let expected = "a  b https://****@host, \"****\"\nme@host";
    assert_eq!(shown_in_text(&text), expected);
}

#[test]
fn start_urls_are_displayed_without_secrets() {
    let check = |url: &str, expected: &str| {
        let url = StartUrl::from(url);
        assert_eq!(url.to_string(), expected);
        assert_eq!(format!("{url:?}"), format!("StartUrl({expected:?})"));
    };
    check("https://host/start#/", "https://host/start#/");
    check("https://u:p@host/start", "https://****@host/start");
    check("u:p@host/start?q", "u:****@host/start?****");
    check("token@host/start?q", "****@host/start?****");
}
