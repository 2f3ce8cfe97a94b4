//! Places that a browser cannot come back to.

use std::fmt;
use std::path::Path;

use sso_config::AwsEnv;

/// Why the browser's answer cannot arrive at a listener here, as far as the environment tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BrowserUnavailable {
    /// The browser is where the codespace is shown.
    Codespaces,
    /// The browser is the console's.
    CloudShell,
    /// The browser is the console's.
    Cloud9,
    /// A container that an editor develops in.
    DevContainer,
    /// A pod.
    Kubernetes,
    /// Somebody is here from another machine.
    Ssh,
    /// Nobody is here.
    ContinuousIntegration,
    /// A container without a display.
    Container,
    /// Neither Linux nor Windows has a browser to open.
    WslWithoutBrowser,
    /// A Linux or BSD without a display, and without a browser that needs none.
    NoDisplay,
}

/// What tells a place by a variable that is set. The nearest to the person comes first: what says
/// more than that this is a container or an SSH session.
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

/// What Docker and Podman leave in their containers.
const CONTAINER_FILES: [&str; 2] = [".dockerenv", "run/.containerenv"];

/// What opens the browser of the Windows side, or that of the Linux side on a display.
const WSL_OPENERS: [&str; 3] = ["wslview", "rundll32.exe", "xdg-open"];

impl BrowserUnavailable {
    /// Returns what stands in the way, if anything does. Files are looked for below `root`, which
    /// is `/` but for tests; `has_browser` says that the user has named a browser command.
    ///
    /// A container with a display counts as a desktop: its browser, or that of a host whose
    /// network it shares, comes back.
    #[must_use]
    pub fn find(env: &AwsEnv, has_browser: bool, root: &Path) -> Option<Self> {
        if env.get("AWS_EXECUTION_ENV") == Some("CloudShell") {
            return Some(Self::CloudShell);
        }
        let is_set = |name| !matches!(env.get(name), None | Some("false" | "0"));
        if let Some((_, unavailable)) = ENVIRONMENTS.iter().find(|(name, _)| is_set(name)) {
            return Some(*unavailable);
        }
        let has_display = env.get("DISPLAY").or(env.get("WAYLAND_DISPLAY")).is_some();
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

/// Whether there is no browser without a display server that would say so.
const NEEDS_DISPLAY: bool = cfg!(all(unix, not(target_vendor = "apple")));

impl fmt::Display for BrowserUnavailable {
    /// Says where this is, as in `this is an SSH session`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Codespaces => "this is a GitHub codespace",
            Self::CloudShell => "this is AWS CloudShell",
            Self::Cloud9 => "this is AWS Cloud9",
            Self::DevContainer => "this is a dev container",
            Self::Kubernetes => "this is a Kubernetes pod",
            Self::Ssh => "this is an SSH session",
            Self::ContinuousIntegration => "this is a CI job",
            Self::Container => "this is a container",
            Self::WslWithoutBrowser => "WSL has no browser to open here",
            Self::NoDisplay => "there is no display here",
        })
    }
}
