#[cfg(feature = "sso")]
mod choice;

use cli_ux::browser::{Browser, BrowserError};

#[test]
fn no_variable_and_an_empty_one_stand_for_the_platforms_opener() {
    for value in [None, Some(""), Some(":"), Some(" & ")] {
        assert_eq!(
            Browser::from_variable(value).unwrap(),
            Browser::default(),
            "{value:?}"
        );
    }
}

#[test]
fn an_open_quote_is_refused() {
    let error = Browser::from_variable(Some("firefox 'x")).unwrap_err();
    assert!(matches!(error, BrowserError::CommandLine(_)), "{error:?}");
}

#[test]
fn only_web_addresses_reach_a_browser() {
    let browser = Browser::from_variable(Some("false")).unwrap();
    let hostile = [
        "",
        "-version",
        "--help",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://example.com/",
        "HTTP//x",
        " https://example.com/",
        "https://example.com/ --new-window",
        "http://a\n",
    ];
    for url in hostile {
        assert!(
            matches!(browser.open(url), Err(BrowserError::Address)),
            "{url:?} was opened"
        );
    }
}

#[test]
fn a_command_that_is_not_there_is_an_error() {
    let browser = Browser::from_variable(Some("/nonexistent/browser")).unwrap();
    assert!(matches!(
        browser.open("https://example.com/"),
        Err(BrowserError::Start(_))
    ));
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::process::Command;

    use super::Browser;

    /// Opens `https://example.com/?a=1&b=2` by `line`, in which `SHOW` stands for a program that
    /// says which arguments it was given.
    fn check(line: &str, expected: &[&str]) {
        let directory = tempfile::tempdir().unwrap();
        let (script, pipe) = (directory.path().join("show"), directory.path().join("pipe"));
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >'{}'\n", pipe.display());
        #[expect(clippy::disallowed_methods, reason = "nobody else knows the folder")]
        fs::write(&script, text).unwrap();
        assert!(
            Command::new("chmod")
                .arg("+x")
                .arg(&script)
                .status()
                .unwrap()
                .success()
        );

        let line = line.replace("SHOW", script.to_str().unwrap());
        let browser = Browser::from_variable(Some(&line)).unwrap();
        browser.open("https://example.com/?a=1&b=2").unwrap();

        let shown = fs::read_to_string(&pipe).unwrap();
        assert_eq!(shown.lines().collect::<Vec<_>>(), expected, "{line}");
    }

    #[test]
    fn the_url_is_appended_where_nothing_stands_for_it() {
        check("SHOW", &["https://example.com/?a=1&b=2"]);
        check(
            "SHOW --new-window",
            &["--new-window", "https://example.com/?a=1&b=2"],
        );
    }

    #[test]
    fn a_placeholder_is_replaced_by_the_url() {
        check(
            "SHOW %s --private",
            &["https://example.com/?a=1&b=2", "--private"],
        );
        check("SHOW --app={url}", &["--app=https://example.com/?a=1&b=2"]);
    }

    #[test]
    fn words_are_split_as_a_shell_does_but_no_shell_runs_them() {
        check(
            "SHOW 'my profile' \"$HOME\" ';'",
            &["my profile", "$HOME", ";", "https://example.com/?a=1&b=2"],
        );
    }

    #[test]
    fn an_ampersand_at_the_end_means_nothing() {
        check("SHOW &", &["https://example.com/?a=1&b=2"]);
    }

    #[test]
    fn the_next_command_is_tried_where_one_is_not_there() {
        check(
            "/nonexistent/browser:SHOW",
            &["https://example.com/?a=1&b=2"],
        );
    }
}
