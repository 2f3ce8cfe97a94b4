//! Opening a browser.

use std::process::{Command, Stdio};

/// Separator of the commands in `BROWSER`: that of the directories in `PATH`.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// A way to open a browser: commands to try in turn, or the platform's own opener.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    commands: Vec<Vec<String>>,
}

/// Error of opening a browser.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The command line has an open quote.
    #[error("the browser's command line has an open quote")]
    CommandLine(#[source] shell_words::ParseError),
    /// The URL is not one for a browser.
    #[error("the address is not an http or https URL")]
    Address,
    /// The platform has no opener, or the opener found no browser.
    #[error("the system has no browser to open")]
    NoBrowser,
    /// None of the commands could be started.
    #[error("no browser could be started")]
    Start(#[source] std::io::Error),
}

impl Browser {
    /// Parses the value of `BROWSER`: command lines with `:` between them (`;` on Windows), each
    /// split as a shell splits words, though no shell runs it. `%s` or `{url}` in a word stands
    /// for the URL, which is appended if neither occurs; a final `&` is ignored. An empty or missing
    /// value stands for the platform's opener.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`].
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
    /// [`BrowserError::CommandLine`].
    pub fn from_command_line(line: &str) -> Result<Self, BrowserError> {
        let commands = [words(line)?];
        let commands = commands.into_iter().filter(|words| !words.is_empty());
        Ok(Self {
            commands: commands.collect(),
        })
    }

    /// Returns the browser of Windows for Linux on Windows (WSL): `wslview` of wslu, else Windows'
    /// own call, which also works if Windows' directories are not in the `PATH`.
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

    /// Starts the browser with `url`, without waiting for it. Its output is discarded.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Address`] for anything but an http or https URL without white space;
    /// [`BrowserError::Start`] or [`BrowserError::NoBrowser`] if none could be started.
    pub fn open(&self, url: &str) -> Result<(), BrowserError> {
        if !is_web_address(url) {
            return Err(BrowserError::Address);
        }
        if self.commands.is_empty() {
            // It watches the opener for a quarter of a second. Its errors repeat the URL.
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

/// Returns whether `url` is safe as an argument: it cannot be an option, and without white space it
/// stays one word in the scripts of the user.
fn is_web_address(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn with_url(words: &[String], url: &str) -> Vec<String> {
    let is_placed = words
        .iter()
        .any(|word| word.contains("%s") || word.contains("{url}"));
    let placed = words
        .iter()
        .map(|word| word.replace("%s", url).replace("{url}", url));
    placed.chain((!is_placed).then(|| url.to_owned())).collect()
}

fn start(words: &[String]) -> std::io::Result<()> {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Ctrl-C at our terminal is not meant for the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map(drop)
}
