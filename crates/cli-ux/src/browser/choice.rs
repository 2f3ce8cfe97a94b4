//! The choice of a browser.

use sso_config::AwsEnv;

use super::opener::{Browser, BrowserError};

/// The browser to open, and whether the user has named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserChoice {
    browser: Browser,
    is_named: bool,
}

impl BrowserChoice {
    /// Chooses the command line of an option such as `--browser`, else that of the setting
    /// `sso_browser`, else the environment variable `BROWSER`. If none of them names a browser, it
    /// is the platform's, and in Linux on Windows (WSL) that of Windows.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`].
    pub fn new(
        option: Option<&str>,
        setting: Option<&str>,
        env: &AwsEnv,
    ) -> Result<Self, BrowserError> {
        let named = match (option.or(setting), env.get("BROWSER")) {
            (Some(line), _) => Some(Browser::from_command_line(line)?),
            (None, Some(value)) => Some(Browser::from_variable(Some(value))?),
            (None, None) => None,
        };
        let is_named = named.is_some();
        let browser = named.unwrap_or_else(|| {
            if env.is_wsl() {
                Browser::of_wsl()
            } else {
                Browser::default()
            }
        });
        Ok(Self { browser, is_named })
    }

    /// Returns whether an option, a setting or the environment names the browser.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.is_named
    }

    /// Returns the browser.
    #[must_use]
    pub fn into_browser(self) -> Browser {
        self.browser
    }
}
