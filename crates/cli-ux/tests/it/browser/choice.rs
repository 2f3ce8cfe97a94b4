use cli_ux::browser::{Browser, BrowserChoice, BrowserError};
use sso_config::AwsEnv;

fn env(variables: &[(&str, &str)]) -> AwsEnv {
    variables.iter().copied().collect()
}

#[test]
fn option_precedes_setting_and_setting_precedes_variable() {
    let check = |option, setting, variable, line, is_named| {
        let choice = BrowserChoice::new(option, setting, &env(&[("BROWSER", variable)])).unwrap();
        assert_eq!(choice.is_named(), is_named, "{line}");
        assert_eq!(
            choice.into_browser(),
            Browser::from_command_line(line).unwrap(),
            "{line}"
        );
    };
    check(Some("a"), Some("b"), "c", "a", true);
    check(None, Some("b"), "c", "b", true);
    check(None, None, "c", "c", true);
    check(None, None, "", "", false);
}

#[test]
fn unselected_browser_is_not_parsed() {
    let broken = env(&[("BROWSER", "'c")]);
    assert!(BrowserChoice::new(Some("a"), Some("'b"), &broken).is_ok());
    let refused = BrowserChoice::new(None, None, &broken);
    assert!(matches!(refused, Err(BrowserError::CommandLine(_))));
}

#[test]
fn wsl_uses_the_browser_of_windows_by_default() {
    let wsl = env(&[("WSL_DISTRO_NAME", "Debian")]);
    let choice = BrowserChoice::new(None, None, &wsl).unwrap();
    assert!(!choice.is_named());
    assert_eq!(choice.into_browser(), Browser::of_wsl());
    let named = BrowserChoice::new(None, Some("b"), &wsl).unwrap();
    assert_ne!(named.into_browser(), Browser::of_wsl());
}
