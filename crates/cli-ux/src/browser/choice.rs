//! Selection of a browser.

use std::path::Path;

use sso_config::AwsEnv;
use sso_config::sign_in::BrowserSetting;

use super::opener::{Browser, BrowserError};
#[cfg(unix)]
use super::within::{MAX_WAIT, within};
use super::wsl;

/// Path of the program to which VS Code sets `BROWSER` on a remote machine, from its end.
const VSCODE_HELPER: &str = "helpers/browser.sh";

/// Selected browser, and the properties that decide whether a sign-in can be redirected from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserChoice {
    browser: Browser,
    is_named: bool,
    is_found: bool,
    is_forwarded: bool,
}

impl BrowserChoice {
    /// Selects the browser from the option `--browser`, then from the setting `sso_browser`,
    /// then from the environment variable `BROWSER`. The default is the browser of the operating
    /// system; under WSL, the first opener that exists. `root` is the root directory: `/`, except in
    /// tests.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`] if a quote is not closed, [`BrowserError::Variable`].
    pub fn find(
        option: Option<&str>,
        setting: Option<&BrowserSetting>,
        env: &AwsEnv,
        root: &Path,
    ) -> Result<Self, BrowserError> {
        if let Some(line) = option {
            let browser = Browser::from_command_line(line, "--browser")?;
            return Ok(Self::named(browser, true));
        }
        if let Some(setting) = setting {
            let browser = Browser::from_command_line(&setting.command, &setting.name)?;
            let is_found = is_found(&browser, env);
            return Ok(Self::named(browser, is_found));
        }
        let of_variable = of_variable(env)?;
        if of_variable != Browser::default() {
            let is_found = is_found(&of_variable, env);
            let is_forwarded = is_forwarded(&of_variable, env);
            return Ok(Self {
                is_forwarded,
                ..Self::named(of_variable, is_found)
            });
        }
        Ok(Self::of_system(env, root))
    }

    fn named(browser: Browser, is_found: bool) -> Self {
        Self {
            browser,
            is_named: true,
            is_found,
            is_forwarded: false,
        }
    }

    fn of_system(env: &AwsEnv, root: &Path) -> Self {
        let is_wsl = env.is_wsl();
        let openers = is_wsl.then(|| wsl::openers(env, has_display(env), root));
        let browser = Browser::from_commands(openers.unwrap_or_default());
        Self {
            is_found: browser != Browser::default(),
            browser,
            ..Self::default()
        }
    }

    /// Returns whether an option, the setting or the environment specifies the browser.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.is_named
    }

    /// Returns whether a command was found that opens a browser: the option, a program of the
    /// setting or of the environment that exists, or an opener under WSL. The opener of another
    /// operating system is not searched for.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.is_found
    }

    /// Returns whether VS Code opens the URL on the machine with the user's browser, and forwards
    /// the port of the redirect in it to this machine: its helper exists, and a window listens on
    /// its socket. VS Code in a browser (`VSCODE_PROXY_URI`) cannot forward it.
    #[must_use]
    pub fn is_forwarded(&self) -> bool {
        self.is_forwarded
    }

    /// Returns the browser.
    #[must_use]
    pub fn into_browser(self) -> Browser {
        self.browser
    }
}

/// Returns whether browsers can open windows.
pub(super) fn has_display(env: &AwsEnv) -> bool {
    let mut variables = ["DISPLAY", "WAYLAND_DISPLAY"].iter();
    variables.any(|name| env.get_os(name).is_some())
}

fn of_variable(env: &AwsEnv) -> Result<Browser, BrowserError> {
    let value = env.get("BROWSER");
    let value = value.map_err(|error| BrowserError::Variable(error.into()))?;
    Browser::from_variable(value)
}

fn is_found(browser: &Browser, env: &AwsEnv) -> bool {
    browser.programs().any(|program| env.has_program(program))
}

/// The variables may be left from a window of VS Code that is closed, for example in a tmux session,
/// or from a version of VS Code that has been removed. Then the first command that exists is another
/// one, or no process listens on the socket.
fn is_forwarded(browser: &Browser, env: &AwsEnv) -> bool {
    let mut programs = browser.programs();
    let first = programs.find(|program| env.has_program(program));
    let is_helper = first.is_some_and(|program| Path::new(program).ends_with(VSCODE_HELPER));
    is_helper
        && env.get_os("VSCODE_PROXY_URI").is_none()
        && env
            .get_os("VSCODE_IPC_HOOK_CLI")
            .is_some_and(|socket| is_listening(Path::new(socket)))
}

/// Returns whether a process accepts connections to the socket. Sends no data.
#[cfg(unix)]
fn is_listening(socket: &Path) -> bool {
    let socket = socket.to_owned();
    // If too many connections are pending, this would wait for the process.
    let connect = || std::os::unix::net::UnixStream::connect(socket).is_ok();
    within(MAX_WAIT, connect).unwrap_or(false)
}

/// On Windows, VS Code has another helper.
#[cfg(not(unix))]
fn is_listening(_socket: &Path) -> bool {
    false
}
