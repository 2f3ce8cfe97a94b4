//! Somebody's own browser.

use std::process::{Command, Stdio};

/// What divides the commands in `BROWSER`: what divides the folders in `PATH`.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// How to open a browser: commands to try in turn, or the platform's own opener.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    commands: Vec<Vec<String>>,
}

/// Why no browser was opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The command line has an open quote.
    #[error("the browser's command line has an open quote")]
    CommandLine(#[source] shell_words::ParseError),
    /// The address is one that no browser should be given.
    #[error("the address is not an http or https URL")]
    Address,
    /// The platform's opener is not there, or found no browser.
    #[error("the system has no browser to open")]
    NoBrowser,
    /// Nothing could be started.
    #[error("no browser could be started")]
    Start(#[source] std::io::Error),
}

impl Browser {
    /// Reads the value of `BROWSER`: command lines with `:` between them (`;` on Windows), each
    /// split as a shell splits words, though no shell runs it. `%s` or `{url}` in a word stands
    /// for the URL, which is appended where neither is there; a final `&` means nothing. Empty
    /// text, and no text, stand for the platform's opener.
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

    /// Reads a whole command line, as `--browser` and `sso_browser` have it: what `:` divides in
    /// `BROWSER` belongs to it.
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

    /// The browser of the Windows side, as Linux on Windows reaches it: by `wslview` of wslu, else
    /// by the system's own call, which also works where Windows' folders are not in the `PATH`.
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

    /// Starts the browser with `url` and does not wait for it; what it prints goes nowhere.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Address`] for anything but an http or https URL without white space, and
    /// [`BrowserError::Start`] or [`BrowserError::NoBrowser`] where none could be started.
    pub fn open(&self, url: &str) -> Result<(), BrowserError> {
        if !is_web_address(url) {
            return Err(BrowserError::Address);
        }
        if self.commands.is_empty() {
            // It watches the opener for a quarter of a second. Its errors repeat the address.
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

/// A URL that begins like this can be no option, and without white space it stays one word
/// wherever a script of the user's passes it on.
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
