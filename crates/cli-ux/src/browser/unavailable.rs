//! Environments without a browser that can be redirected to this machine.

use std::fmt;
use std::path::Path;

use sso_config::AwsEnv;

use super::choice::{BrowserChoice, has_display};

/// Reason why no browser can be redirected to this machine, detected from the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BrowserUnavailable {
    /// GitHub Codespaces, with the browser on another machine.
    Codespaces,
    /// Shell in the AWS Management Console, with the browser on another machine.
    CloudShell,
    /// AWS Cloud9, with the browser on another machine.
    Cloud9,
    /// Dev container of an editor.
    DevContainer,
    /// Kubernetes pod.
    Kubernetes,
    /// SSH session.
    Ssh,
    /// CI job.
    ContinuousIntegration,
    /// Process of another user than the one who signed in to the machine, for example of root
    /// through sudo, who cannot start a browser on that user's display.
    ChangedUser,
    /// Container without a display.
    Container,
    /// WSL without a command that opens a browser.
    WslWithoutBrowser,
    /// Linux or BSD without a display, and without a configured browser.
    NoDisplay,
}

/// Environment variables of environments whose editor and terminal run in a browser, to which no
/// port is forwarded.
const WEB_ENVIRONMENTS: [(&str, BrowserUnavailable); 3] = [
    ("CODESPACES", BrowserUnavailable::Codespaces),
    ("C9_PROJECT", BrowserUnavailable::Cloud9),
    ("C9_USER", BrowserUnavailable::Cloud9),
];

/// Environment variables that identify an environment. More specific environments precede pods
/// and SSH sessions.
const ENVIRONMENTS: [(&str, BrowserUnavailable); 11] = [
    ("REMOTE_CONTAINERS", BrowserUnavailable::DevContainer),
    ("DEVCONTAINER", BrowserUnavailable::DevContainer),
    ("KUBERNETES_SERVICE_HOST", BrowserUnavailable::Kubernetes),
    ("SSH_CONNECTION", BrowserUnavailable::Ssh),
    ("SSH_CLIENT", BrowserUnavailable::Ssh),
    ("SSH_TTY", BrowserUnavailable::Ssh),
    ("CI", BrowserUnavailable::ContinuousIntegration),
    ("TF_BUILD", BrowserUnavailable::ContinuousIntegration),
    ("SUDO_USER", BrowserUnavailable::ChangedUser),
    ("DOAS_USER", BrowserUnavailable::ChangedUser),
    ("PKEXEC_UID", BrowserUnavailable::ChangedUser),
];

/// Files that Docker and Podman create in containers.
const CONTAINER_FILES: [&str; 2] = [".dockerenv", "run/.containerenv"];

impl BrowserUnavailable {
    /// Returns the reason, or `None` if the redirect can reach this machine from `browser`. `root`
    /// is the root directory: `/`, except in tests.
    ///
    /// In a container with a display, the redirect works: from a browser in the container, or from
    /// a browser on the host if both share a network.
    #[must_use]
    pub fn find(env: &AwsEnv, browser: &BrowserChoice, root: &Path) -> Option<Self> {
        if env.get_os("AWS_EXECUTION_ENV") == Some("CloudShell".as_ref()) {
            return Some(Self::CloudShell);
        }
        let found = first_set(env, &WEB_ENVIRONMENTS);
        if found.is_some() || browser.is_forwarded() {
            return found;
        }
        let found = first_set(env, &ENVIRONMENTS);
        if found.is_some() || browser.is_found() {
            return found;
        }
        if env.is_wsl() {
            Some(Self::WslWithoutBrowser)
        } else if has_display(env) {
            None
        } else if CONTAINER_FILES.iter().any(|file| root.join(file).exists()) {
            Some(Self::Container)
        } else {
            NEEDS_DISPLAY.then_some(Self::NoDisplay)
        }
    }
}

/// Returns the environment of the first variable that is set to a value other than false.
fn first_set(
    env: &AwsEnv,
    environments: &[(&str, BrowserUnavailable)],
) -> Option<BrowserUnavailable> {
    let is_set = |name| {
        let value = env.get_os(name);
        value.is_some_and(|value| value != "false" && value != "0")
    };
    let mut environments = environments.iter();
    let found = environments.find(|(name, _)| is_set(name));
    found.map(|(_, environment)| *environment)
}

/// True on operating systems whose browsers require `DISPLAY` or `WAYLAND_DISPLAY`.
const NEEDS_DISPLAY: bool = cfg!(all(unix, not(target_vendor = "apple")));

impl fmt::Display for BrowserUnavailable {
    /// Writes the reason as a noun phrase that begins a sentence, such as `SSH session`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Codespaces => "GitHub Codespaces",
            Self::CloudShell => "AWS CloudShell",
            Self::Cloud9 => "AWS Cloud9",
            Self::DevContainer => "Dev container",
            Self::Kubernetes => "Kubernetes pod",
            Self::Ssh => "SSH session",
            Self::ContinuousIntegration => "CI job",
            Self::ChangedUser => "Change of user (such as sudo)",
            Self::Container => "Container",
            Self::WslWithoutBrowser => "WSL without a browser",
            Self::NoDisplay => "No display",
        })
    }
}
