//! Start of a browser.

use std::process::{Command, Stdio};

/// Separator of commands in `BROWSER`, the same as in `PATH`.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// Commands that open a URL, tried in order, or the opener of the operating system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    commands: Vec<Vec<String>>,
}

/// Error of starting a browser.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The command line has an unclosed quote.
    #[error("the browser command has an unclosed quote")]
    CommandLine(#[source] shell_words::ParseError),
    /// The variable `BROWSER` cannot be read.
    #[error(transparent)]
    Variable(Box<dyn std::error::Error + Send + Sync>),
    /// The URL is not an http or https URL, or contains white space.
    #[error("the URL is not a valid http or https URL")]
    UnsupportedUrl,
    /// The operating system has no opener, or the opener found no browser.
    #[error("no default browser found")]
    NoBrowser,
    /// None of the commands can be started.
    #[error("cannot start a browser")]
    Start(#[source] std::io::Error),
}

impl Browser {
    /// Parses the value of `BROWSER`: command lines separated by `:` (`;` on Windows). Each is
    /// split into words like in a shell, but not run by a shell. `%s` or `{url}` is replaced with
    /// the URL, which is appended if neither occurs; a final `&` is ignored. An empty or missing
    /// value selects the opener of the operating system.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`] if a quote is not closed.
    pub fn from_variable(value: Option<&str>) -> Result<Self, BrowserError> {
        let lines = value.unwrap_or_default().split(SEPARATOR);
        let commands = lines.map(words).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            commands: commands
                .into_iter()
                .filter(|words| !words.is_empty())
                .collect(),
        })
    }

    /// Parses one command line, such as that of `--browser` or `sso_browser`, in which `:` is an
    /// ordinary character.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`] if a quote is not closed.
    pub fn from_command_line(line: &str) -> Result<Self, BrowserError> {
        let commands = [words(line)?];
        let commands = commands.into_iter().filter(|words| !words.is_empty());
        Ok(Self {
            commands: commands.collect(),
        })
    }

    /// Returns the browser of Windows under WSL: `wslview` of wslu, then `rundll32.exe`, which is
    /// started even if the directories of Windows are not in the `PATH`.
    #[must_use]
    pub fn of_wsl() -> Self {
        let openers = [
            "wslview",
            "rundll32.exe url.dll,FileProtocolHandler",
            "/mnt/c/Windows/System32/rundll32.exe url.dll,FileProtocolHandler",
        ];
        let words = |line: &str| line.split(' ').map(str::to_owned).collect();
        Self {
            commands: openers.into_iter().map(words).collect(),
        }
    }

    /// Opens `url` without waiting for the browser to exit. The browser's output is discarded.
    ///
    /// # Errors
    ///
    /// [`BrowserError::UnsupportedUrl`] if `url` is not an http or https URL or contains white
    /// space; [`BrowserError::Start`] or [`BrowserError::NoBrowser`] if no browser can be started.
    pub fn open(&self, url: &str) -> Result<(), BrowserError> {
        if !is_web_url(url) {
            return Err(BrowserError::UnsupportedUrl);
        }
        if self.commands.is_empty() {
            // This waits up to a quarter of a second for an error of the opener. The error is
            // dropped because it contains the URL.
            return open::that_detached(url).map_err(|_| BrowserError::NoBrowser);
        }
        let mut started = Err(std::io::ErrorKind::NotFound.into());
        for words in &self.commands {
            started = start(&with_url(words, url));
            if started.is_ok() {
                break;
            }
        }
        started.map_err(BrowserError::Start)
    }
}

fn words(line: &str) -> Result<Vec<String>, BrowserError> {
    let mut words = shell_words::split(line).map_err(BrowserError::CommandLine)?;
    if words.last().is_some_and(|word| word == "&") {
        words.pop();
    }
    Ok(words)
}

/// Returns whether `url` is safe as an argument: it is not an option, and it has no white space
/// that would split it in a script of the user.
fn is_web_url(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn with_url(words: &[String], url: &str) -> Vec<String> {
    let has_placeholder = words
        .iter()
        .any(|word| word.contains("%s") || word.contains("{url}"));
    let replaced = words
        .iter()
        .map(|word| word.replace("%s", url).replace("{url}", url));
    replaced
        .chain((!has_placeholder).then(|| url.to_owned()))
        .collect()
}

fn start(words: &[String]) -> std::io::Result<()> {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // In its own process group, the browser does not receive Ctrl-C from the terminal.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map(drop)
}
