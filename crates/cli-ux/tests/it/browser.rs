#[cfg(feature = "sso")]
mod choice;
#[cfg(feature = "sso")]
mod unavailable;

use cli_ux::browser::{Browser, BrowserError};

#[test]
fn a_variable_without_a_graphical_browser_selects_the_default_opener() {
    for value in [
        None,
        Some(""),
        Some(":"),
        Some(" & "),
        Some("w3m"),
        Some("/usr/bin/lynx %s:links"),
    ] {
        assert_eq!(
            Browser::from_variable(value).unwrap(),
            Browser::default(),
            "{value:?}"
        );
    }
}

#[test]
fn unclosed_quote_is_rejected() {
    let error = Browser::from_variable(Some("firefox 'x")).unwrap_err();
    assert!(
        matches!(error, BrowserError::CommandLine { .. }),
        "{error:?}"
    );
}

#[test]
fn only_web_urls_are_opened() {
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
            matches!(browser.open(url, |_| {}), Err(BrowserError::UnsupportedUrl)),
            "{url:?} was opened"
        );
    }
}

#[test]
fn missing_command_is_an_error() {
    let browser = Browser::from_variable(Some("/nonexistent/browser")).unwrap();
    assert!(matches!(
        browser.open("https://example.com/", |_| {}),
        Err(BrowserError::Start(_))
    ));
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::process::Command;

    use super::{Browser, BrowserError};

    /// Opens `https://example.com/?a=1&b=2` with `line` and checks the arguments. `SHOW` is
    /// replaced with a program that prints its arguments.
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
        #[expect(
            clippy::disallowed_methods,
            reason = "the directory is private to the test"
        )]
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
        let panics = |error: BrowserError| panic!("{error}");
        browser
            .open("https://example.com/?a=1&b=2", panics)
            .unwrap();

        let shown = fs::read_to_string(&pipe).unwrap();
        assert_eq!(shown.lines().collect::<Vec<_>>(), expected, "{line}");
    }

    #[test]
    fn url_is_appended_if_there_is_no_placeholder() {
        check("SHOW", &["https://example.com/?a=1&b=2"]);
        check(
            "SHOW --new-window",
            &["--new-window", "https://example.com/?a=1&b=2"],
        );
    }

    #[test]
    fn placeholder_is_replaced_with_the_url() {
        check(
            "SHOW %s --private",
            &["https://example.com/?a=1&b=2", "--private"],
        );
        check("SHOW --app={url}", &["--app=https://example.com/?a=1&b=2"]);
    }

    #[test]
    fn words_are_split_but_not_run_by_a_shell() {
        check(
            "SHOW 'my profile' \"$HOME\" ';'",
            &["my profile", "$HOME", ";", "https://example.com/?a=1&b=2"],
        );
    }

    #[test]
    fn final_ampersand_is_ignored() {
        check("SHOW &", &["https://example.com/?a=1&b=2"]);
    }

    #[test]
    fn next_command_is_tried_after_a_missing_one() {
        check(
            "/nonexistent/browser:SHOW",
            &["https://example.com/?a=1&b=2"],
        );
    }

    #[test]
    fn path_with_spaces_needs_no_quotes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Program Files");
        #[expect(
            clippy::disallowed_methods,
            reason = "the directory is private to the test"
        )]
        fs::write(&path, "").unwrap();
        let path = path.to_str().unwrap();
        let browser = Browser::from_variable(Some(path)).unwrap();
        let quoted = Browser::from_command_line(&format!("'{path}'"), "").unwrap();
        assert_eq!(browser, quoted);
    }

    #[test]
    fn next_command_is_tried_after_one_that_fails() {
        check("sh -c 'exit 3':SHOW", &["https://example.com/?a=1&b=2"]);
        check(
            "sh -c 'exit 3':/nonexistent/x:SHOW",
            &["https://example.com/?a=1&b=2"],
        );
    }

    #[test]
    fn failure_of_the_last_command_is_reported() {
        let check = |line: &str, message: &str| {
            let (sender, failures) = std::sync::mpsc::channel();
            let report = move |error: BrowserError| sender.send(error.to_string()).unwrap();
            let browser = Browser::from_variable(Some(line)).unwrap();
            browser.open("https://example.com/", report).unwrap();
            assert_eq!(failures.recv().as_deref(), Ok(message), "{line}");
        };
        check(
            "sh -c 'exit 3'",
            "the browser command failed: exit status: 3",
        );
        check(
            "sh -c 'exit 3':sh -c 'exit 4'",
            "the browser command failed: exit status: 4",
        );
        check(
            "sh -c 'exit 3':/nonexistent/x",
            "the browser command failed: exit status: 3",
        );
        check(
            "sh -c 'kill -TERM $$'",
            "the browser command failed: signal: 15 (SIGTERM)",
        );
    }

    #[test]
    fn success_of_a_command_is_not_reported() {
        let (sender, failures) = std::sync::mpsc::channel::<()>();
        let browser = Browser::from_variable(Some("true")).unwrap();
        // The closure is dropped when the command has ended.
        let report = move |_| sender.send(()).unwrap();
        browser.open("https://example.com/", report).unwrap();
        assert!(failures.recv().is_err());
    }
}
