use std::fmt;
use std::path::Path;

use sso_config::AwsEnv;

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
    /// Container without a display.
    Container,
    /// WSL without a command that opens a browser.
    WslWithoutBrowser,
    /// Linux or BSD without a display, and without a configured browser.
    NoDisplay,
}

/// Environment variables that identify an environment. More specific environments precede pods
/// and SSH sessions.
const ENVIRONMENTS: [(&str, BrowserUnavailable); 11] = [
    ("CODESPACES", BrowserUnavailable::Codespaces),
    ("C9_PROJECT", BrowserUnavailable::Cloud9),
    ("C9_USER", BrowserUnavailable::Cloud9),
    ("REMOTE_CONTAINERS", BrowserUnavailable::DevContainer),
    ("DEVCONTAINER", BrowserUnavailable::DevContainer),
    ("KUBERNETES_SERVICE_HOST", BrowserUnavailable::Kubernetes),
    ("SSH_CONNECTION", BrowserUnavailable::Ssh),
    ("SSH_CLIENT", BrowserUnavailable::Ssh),
    ("SSH_TTY", BrowserUnavailable::Ssh),
    ("CI", BrowserUnavailable::ContinuousIntegration),
    ("TF_BUILD", BrowserUnavailable::ContinuousIntegration),
];

/// Files that Docker and Podman create in containers.
const CONTAINER_FILES: [&str; 2] = [".dockerenv", "run/.containerenv"];

/// Programs that open a browser on Windows, or on Linux with a display.
const WSL_OPENERS: [&str; 3] = ["wslview", "rundll32.exe", "xdg-open"];

impl BrowserUnavailable {
    /// Returns the reason, or `None` if the redirect can reach this machine. `has_browser` is true
    /// if the user has configured a browser command. `root` is the root directory: `/`, except in
    /// tests.
    ///
    /// In a container with a display, the redirect works: from a browser in the container, or from
    /// a browser on the host if both share a network.
    #[must_use]
    pub fn find(env: &AwsEnv, has_browser: bool, root: &Path) -> Option<Self> {
        if env.get_os("AWS_EXECUTION_ENV") == Some("CloudShell".as_ref()) {
            return Some(Self::CloudShell);
        }
        let is_set = |name| {
            let value = env.get_os(name);
            value.is_some_and(|value| value != "false" && value != "0")
        };
        if let Some((_, unavailable)) = ENVIRONMENTS.iter().find(|(name, _)| is_set(name)) {
            return Some(*unavailable);
        }
        let has_display = ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| env.get_os(name).is_some());
        if has_browser {
            None
        } else if env.is_wsl() {
            let has_opener = WSL_OPENERS.iter().any(|opener| env.has_program(opener));
            (!has_opener).then_some(Self::WslWithoutBrowser)
        } else if has_display {
            None
        } else if CONTAINER_FILES.iter().any(|file| root.join(file).exists()) {
            Some(Self::Container)
        } else {
            NEEDS_DISPLAY.then_some(Self::NoDisplay)
        }
    }
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
            Self::Container => "Container",
            Self::WslWithoutBrowser => "WSL without a browser",
            Self::NoDisplay => "No display",
        })
    }
}
