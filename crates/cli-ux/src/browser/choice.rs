//! Selection of a browser.

use sso_config::AwsEnv;

use super::opener::{Browser, BrowserError};

/// Selected browser. Records whether the user specified it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserChoice {
    browser: Browser,
    is_named: bool,
}

impl BrowserChoice {
    /// Selects the browser from an option such as `--browser`, then from the setting `sso_browser`,
    /// then from the environment variable `BROWSER`. The default is the browser of the operating
    /// system; under WSL, that of Windows.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`] if a quote is not closed, [`BrowserError::Variable`].
    pub fn new(
        option: Option<&str>,
        setting: Option<&str>,
        env: &AwsEnv,
    ) -> Result<Self, BrowserError> {
        let named = match option.or(setting) {
            Some(line) => Some(Browser::from_command_line(line)?),
            None => of_variable(env)?,
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

    /// Returns whether an option, the setting or the environment specifies the browser.
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

fn of_variable(env: &AwsEnv) -> Result<Option<Browser>, BrowserError> {
    let value = env.get("BROWSER");
    let value = value.map_err(|error| BrowserError::Variable(error.into()))?;
    value
        .map(|value| Browser::from_variable(Some(value)))
        .transpose()
}
