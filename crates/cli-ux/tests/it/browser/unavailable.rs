#![expect(
    clippy::disallowed_methods,
    reason = "the files have no concurrent readers"
)]

use std::path::Path;

use cli_ux::browser::{BrowserChoice, BrowserUnavailable};
use sso_config::AwsEnv;
use tempfile::TempDir;

fn detect(variables: &[(&str, &str)], root: &Path) -> Option<BrowserUnavailable> {
    let env: AwsEnv = variables.iter().copied().collect();
    let choice = BrowserChoice::find(None, None, &env, root).unwrap();
    BrowserUnavailable::find(&env, &choice, root)
}

#[test]
fn an_environment_is_detected_by_its_variables_even_with_a_display() {
    let root = TempDir::new().unwrap();
    let check = |variable: (&str, &str), expected: BrowserUnavailable| {
        let with_display = [variable, ("DISPLAY", ":0")];
        assert_eq!(
            detect(&with_display, root.path()),
            Some(expected),
            "{variable:?}"
        );
    };
    check(("CODESPACES", "true"), BrowserUnavailable::Codespaces);
    check(
        ("AWS_EXECUTION_ENV", "CloudShell"),
        BrowserUnavailable::CloudShell,
    );
    check(("C9_PROJECT", "x"), BrowserUnavailable::Cloud9);
    check(("C9_USER", "x"), BrowserUnavailable::Cloud9);
    check(
        ("REMOTE_CONTAINERS", "true"),
        BrowserUnavailable::DevContainer,
    );
    check(
        ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
        BrowserUnavailable::Kubernetes,
    );
    check(
        ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22"),
        BrowserUnavailable::Ssh,
    );
    check(("SSH_CLIENT", "192.0.2.1 5 22"), BrowserUnavailable::Ssh);
    check(("SSH_TTY", "/dev/pts/1"), BrowserUnavailable::Ssh);
    check(("CI", "true"), BrowserUnavailable::ContinuousIntegration);
    check(("SUDO_USER", "me"), BrowserUnavailable::ChangedUser);
    check(("DOAS_USER", "me"), BrowserUnavailable::ChangedUser);
    check(("PKEXEC_UID", "1000"), BrowserUnavailable::ChangedUser);
}

#[test]
fn a_variable_with_a_false_value_is_ignored() {
    let root = TempDir::new().unwrap();
    let check = |variable: (&str, &str)| {
        assert_eq!(
            detect(&[variable, ("DISPLAY", ":0")], root.path()),
            None,
            "{variable:?}"
        );
    };
    check(("CI", "false"));
    check(("CI", ""));
    check(("CODESPACES", "false"));
    check(("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"));
}

#[test]
fn a_container_without_a_display_is_detected_by_its_file() {
    let check = |file: &str| {
        let root = TempDir::new().unwrap();
        let path = root.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
        assert_eq!(
            detect(&[], root.path()),
            Some(BrowserUnavailable::Container)
        );
        assert_eq!(
            detect(&[("WAYLAND_DISPLAY", "wayland-0")], root.path()),
            None
        );
    };
    check(".dockerenv");
    check("run/.containerenv");
}

#[cfg(all(unix, not(target_vendor = "apple")))]
#[test]
fn a_browser_without_a_display_must_be_configured() {
    let root = TempDir::new().unwrap();
    assert_eq!(
        detect(&[], root.path()),
        Some(BrowserUnavailable::NoDisplay)
    );
    let env = AwsEnv::default();
    let choice = BrowserChoice::find(Some("firefox"), None, &env, root.path()).unwrap();
    assert_eq!(BrowserUnavailable::find(&env, &choice, root.path()), None);
    assert_eq!(detect(&[("DISPLAY", ":0")], root.path()), None);
}

#[test]
fn wsl_requires_a_program_that_opens_a_browser() {
    let root = TempDir::new().unwrap();
    let check = |opener: Option<&str>, expected: Option<BrowserUnavailable>| {
        let bin = TempDir::new().unwrap();
        if let Some(opener) = opener {
            std::fs::write(bin.path().join(opener), "").unwrap();
        }
        let path = bin.path().to_str().unwrap();
        let variables = [("WSL_DISTRO_NAME", "Debian"), ("PATH", path)];
        assert_eq!(detect(&variables, root.path()), expected, "{opener:?}");
    };
    check(None, Some(BrowserUnavailable::WslWithoutBrowser));
    check(Some("wslview"), None);
    check(Some("rundll32.exe"), None);
    // Without a display, it has no browser to open.
    check(
        Some("xdg-open"),
        Some(BrowserUnavailable::WslWithoutBrowser),
    );
}
