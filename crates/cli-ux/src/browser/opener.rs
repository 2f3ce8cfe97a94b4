//! Start of a browser.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::Builder;

/// Separator of commands in `BROWSER`, the same as in `PATH`.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// Placeholders for the URL: twice as it is, and percent-encoded.
const URL_PLACEHOLDERS: [&str; 3] = ["%s", "{url}", "{encoded_url}"];

/// Browsers that require a terminal and do not run the scripts of the sign-in pages.
/// `www-browser` is Debian's alternative for them.
const TEXT_BROWSERS: [&str; 6] = ["w3m", "lynx", "links", "links2", "elinks", "www-browser"];

/// Commands that open a URL, tried in order, or the opener of the operating system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    commands: Vec<Vec<String>>,
    values: Option<BrowserValues>,
}

/// Values that a command can contain, for example to select a browser profile for each AWS profile. A
/// value is a part of one argument and is never split into words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserValues {
    /// Value of `{profile}`.
    pub profile: String,
    /// Value of `{account_id}`; empty if the URL is not for an account.
    pub account_id: String,
    /// Value of `{role_name}`; empty if the URL is not for a role.
    pub role_name: String,
}

/// Error of starting a browser.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The command line has an unclosed quote.
    #[error("the browser command in {name} has an unclosed quote")]
    CommandLine {
        /// Option, variable, or key and location of the command line.
        name: String,
        /// Cause.
        source: shell_words::ParseError,
    },
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
    /// The last command ended with an error after it had started.
    #[error("the browser command failed: {status}")]
    Failed {
        /// Exit status.
        status: std::process::ExitStatus,
    },
}

impl Browser {
    /// Parses the value of `BROWSER`: command lines separated by `:` (`;` on Windows). Each is
    /// split into words like in a shell, but not run by a shell; the path of an existing file is one
    /// word. `%s` or `{url}` is replaced with the URL, and `{encoded_url}` with the percent-encoded URL,
    /// for the query of another URL. The URL is appended if none occurs; a final `&` is ignored. Text browsers such as `w3m` are omitted. If no command is left, selects the
    /// opener of the operating system.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`] if a quote is not closed.
    pub fn from_variable(value: Option<&str>) -> Result<Self, BrowserError> {
        let lines = value.unwrap_or_default().split(SEPARATOR);
        let commands = lines.map(|line| words(line, "BROWSER"));
        let commands = commands.collect::<Result<Vec<_>, _>>()?;
        let is_graphical =
            |words: &Vec<String>| words.first().is_some_and(|it| !is_text_browser(it));
        let commands = commands.into_iter().filter(is_graphical);
        Ok(Self {
            commands: commands.collect(),
            values: None,
        })
    }

    /// Parses one command line, such as that of `--browser` or `sso_browser`, in which `:` is an
    /// ordinary character. An error contains `name`, which is an option, or a key and its location.
    ///
    /// # Errors
    ///
    /// [`BrowserError::CommandLine`] if a quote is not closed.
    pub fn from_command_line(line: &str, name: &str) -> Result<Self, BrowserError> {
        let commands = [words(line, name)?];
        let commands = commands.into_iter().filter(|words| !words.is_empty());
        Ok(Self {
            commands: commands.collect(),
            values: None,
        })
    }

    /// Replaces `{profile}`, `{account_id}` and `{role_name}` in the commands. Otherwise, they stay as
    /// written.
    #[must_use]
    pub fn with_values(self, values: BrowserValues) -> Self {
        Self {
            values: Some(values),
            ..self
        }
    }

    /// Creates a browser from command lines, which are not empty.
    #[cfg(feature = "sso")]
    pub(super) fn from_commands(commands: Vec<Vec<String>>) -> Self {
        Self {
            commands,
            values: None,
        }
    }

    /// Returns the programs of the commands.
    #[cfg(feature = "sso")]
    pub(super) fn programs(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(|words| words[0].as_str())
    }

    /// Opens `url` without waiting for the browser to exit. The browser's output is discarded. A
    /// command that cannot be started, or ends with an error, is followed by the next one. Calls
    /// `on_failure` from another thread if the last one ends with an error; on a machine that cannot
    /// start threads, it is not called.
    ///
    /// # Errors
    ///
    /// [`BrowserError::UnsupportedUrl`] if `url` is not an http or https URL or contains white
    /// space; [`BrowserError::Start`] or [`BrowserError::NoBrowser`] if no browser can be started.
    pub fn open(
        &self,
        url: &str,
        on_failure: impl FnOnce(BrowserError) + Send + 'static,
    ) -> Result<(), BrowserError> {
        if !is_web_url(url) {
            return Err(BrowserError::UnsupportedUrl);
        }
        if self.commands.is_empty() {
            // This waits up to a quarter of a second for an error of the opener. The error is
            // dropped because it contains the URL.
            return open::that_detached(url).map_err(|_| BrowserError::NoBrowser);
        }
        let commands = self.commands.iter();
        let commands = commands.map(|words| with_url(words, url, self.values.as_ref()));
        let mut commands = commands.collect::<Vec<_>>().into_iter();
        let child = start_first(&mut commands)?;
        let watch = move || match watch(child, commands) {
            Ok(()) => {}
            Err(error) => on_failure(error),
        };
        // Without a thread, the browser is not watched.
        let _ = Builder::new().spawn(watch);
        Ok(())
    }
}

/// Starts the first command that can be started.
fn start_first(commands: &mut impl Iterator<Item = Vec<String>>) -> Result<Child, BrowserError> {
    let mut error = std::io::ErrorKind::NotFound.into();
    for words in commands {
        match start(&words) {
            Ok(child) => return Ok(child),
            Err(refused) => error = refused,
        }
    }
    Err(BrowserError::Start(error))
}

/// Waits for `child`. If it ends with an error, continues with the next of `commands`.
fn watch(
    mut child: Child,
    mut commands: impl Iterator<Item = Vec<String>>,
) -> Result<(), BrowserError> {
    loop {
        let status = match child.wait() {
            Ok(status) if !status.success() => status,
            _ => return Ok(()),
        };
        child = start_first(&mut commands).map_err(|_| BrowserError::Failed { status })?;
    }
}

fn is_text_browser(program: &str) -> bool {
    let name = Path::new(program)
        .file_name()
        .and_then(|name| name.to_str());
    name.is_some_and(|name| TEXT_BROWSERS.contains(&name))
}

fn words(line: &str, name: &str) -> Result<Vec<String>, BrowserError> {
    // The path may contain spaces, for example under WSL or on Windows.
    if Path::new(line.trim()).is_file() {
        return Ok(vec![line.trim().to_owned()]);
    }
    let mut words = shell_words::split(line).map_err(|source| BrowserError::CommandLine {
        name: name.to_owned(),
        source,
    })?;
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

fn with_url(words: &[String], url: &str, values: Option<&BrowserValues>) -> Vec<String> {
    let has_placeholder = words
        .iter()
        .any(|word| URL_PLACEHOLDERS.iter().any(|name| word.contains(name)));
    let encoded = percent_encoded(url);
    let values_of_url = [url, url, &encoded];
    let mut replacements: Vec<_> = URL_PLACEHOLDERS.into_iter().zip(values_of_url).collect();
    if let Some(values) = values {
        replacements.extend([
            ("{profile}", values.profile.as_str()),
            ("{account_id}", &values.account_id),
            ("{role_name}", &values.role_name),
        ]);
    }
    let replaced = words.iter().map(|word| replaced(word, &replacements));
    replaced
        .chain((!has_placeholder).then(|| url.to_owned()))
        .collect()
}

/// Encodes all characters that have a meaning in the query of a URL (RFC 3986 §2.3).
fn percent_encoded(url: &str) -> String {
    let encoded = url.bytes().map(|byte| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// Replaces the placeholders in one pass, so that a value that contains a placeholder stays as it is.
fn replaced(word: &str, replacements: &[(&str, &str)]) -> String {
    let (mut text, mut rest) = (String::new(), word);
    while let Some(next) = rest.chars().next() {
        let mut found = replacements.iter();
        if let Some((name, value)) = found.find(|(name, _)| rest.starts_with(name)) {
            text.push_str(value);
            rest = &rest[name.len()..];
        } else {
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    text
}

fn start(words: &[String]) -> std::io::Result<Child> {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // In its own process group, the browser does not receive Ctrl-C from the terminal.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}
