//! Which file may say what: the words of a task that one place does for all.

use std::path::Path;

use anyhow::Result;

use super::{Tree, text_of};

/// Words that only some files may use. Comments and tests are free to.
struct Rule {
    /// What a file does that uses one of the words.
    does: &'static str,
    /// How to do without.
    instead: &'static str,
    words: &'static [&'static str],
    exceptions: &'static [Exception],
}

/// A file, or every file below a directory, that may use a rule's words, and why.
struct Exception {
    path: &'static str,
    #[expect(dead_code, reason = "for the reader of the table")]
    why: &'static str,
}

const RULES: [Rule; 6] = [
    Rule {
        does: "shows a secret",
        instead: "pass the Secret on; an output that needs its text is a new row in xtask/src/tidy/words.rs",
        words: &[
            ".expose()",
            "::expose(",
            "::expose)",
            "fn expose",
            "serialize_exposed",
        ],
        exceptions: &[
            may(
                "crates/sso-types/src/secret.rs",
                "says what showing a secret is",
            ),
            may(
                "crates/sso-types/src/text.rs",
                "passes it on for the tokens",
            ),
            may(
                "crates/sso-transport/src/error.rs",
                "where a redirect points, for a caller that follows it itself",
            ),
            may(
                "crates/sso-transport/src/http/proxy.rs",
                "the proxy's own password",
            ),
            may(
                "crates/sso-oidc/src/authorization_code.rs",
                "the state and the challenge in the browser's URL",
            ),
            may(
                "crates/sso-oidc/src/device_authorization.rs",
                "a request body",
            ),
            may(
                "crates/sso-oidc/src/registration.rs",
                "asks whether it is empty",
            ),
            may("crates/sso-oidc/src/token.rs", "a request body"),
            may(
                "crates/sso-portal/src/client.rs",
                "the request header that carries the token",
            ),
            may(
                "crates/sso-portal/src/role_credentials.rs",
                "asks whether it can be printed in one word",
            ),
            may(
                "crates/sts-assume-role/src/assume_role.rs",
                "the code of a device, in a request body",
            ),
            may(
                "crates/sts-assume-role/src/signature.rs",
                "the key that signs, and the request header that carries the token",
            ),
            may("crates/token-cache/src/registration.rs", "the cache file"),
            may(
                "crates/token-cache/src/role_credentials.rs",
                "the cache file",
            ),
            may("crates/token-cache/src/token.rs", "the cache file"),
            may(
                "crates/sso-credentials/src/process.rs",
                "checks whether it is empty",
            ),
            may(
                "crates/sso-credentials/src/provider.rs",
                "checks whether it is empty",
            ),
            may(
                "crates/sso-credentials/src/credentials.rs",
                "checks whether it is empty",
            ),
            may(
                "crates/sso-credentials/src/endpoint.rs",
                "the credentials endpoint, and the check of its clients",
            ),
            may(
                "bins/export-credentials/src/bearer_token.rs",
                "what the user asked for",
            ),
            may(
                "bins/export-credentials/src/command.rs",
                "prints what the user asked for",
            ),
            may(
                "bins/export-credentials/src/export.rs",
                "values of variables, for a format or a command",
            ),
            may(
                "bins/export-credentials/src/format/ini.rs",
                "writes the credentials in the format",
            ),
            may(
                "bins/export-credentials/src/format/json.rs",
                "writes the credentials in the format",
            ),
        ],
    },
    Rule {
        does: "reads the environment",
        instead: "take an AwsEnv",
        words: &["env::var", "env::home_dir"],
        exceptions: &[
            may(
                "crates/sso-config/src/environment.rs",
                "AwsEnv is read here",
            ),
            may(
                "crates/cli-ux/src/completion.rs",
                "whether a shell asks, at every start",
            ),
        ],
    },
    Rule {
        does: "reads the clock",
        instead: "take a Clock, or the time",
        words: &["SystemTime::now", "Instant::now", "now_utc", "now_local"],
        exceptions: &[
            may(
                "crates/sso-session/src/clock.rs",
                "the clock of the machine, which is passed down",
            ),
            may(
                "crates/sso-transport/src/http.rs",
                "the duration of a request, for the log alone",
            ),
            may(
                "crates/cli-ux/src/progress.rs",
                "the time left that a line shows",
            ),
        ],
    },
    Rule {
        does: "sleeps",
        instead: "take a Clock, or a pause that the caller can replace",
        words: &["thread::sleep", "thread::{self, sleep"],
        exceptions: &[
            may(
                "crates/sso-session/src/clock.rs",
                "the clock of the machine, which is passed down",
            ),
            may(
                "crates/locked-file/src/clock.rs",
                "the default of a pause that the caller can replace",
            ),
            may(
                "crates/sso-transport/src/retry.rs",
                "the default of a pause that the caller can replace",
            ),
        ],
    },
    Rule {
        does: "writes files",
        instead: "use locked_file::write_atomic or locked_file::append",
        words: &[
            "File::create",
            "File::options",
            "OpenOptions",
            "fs::copy(",
            "fs::rename(",
            "fs::write(",
            "NamedTempFile",
        ],
        exceptions: &[may("crates/locked-file/src", "writes for all the others")],
    },
    Rule {
        does: "sets an exit status",
        instead: "return a cli_ux::Failure",
        words: &["ExitCode::", "process::exit("],
        exceptions: &[may(
            "crates/cli-ux/src",
            "knows which failure ends with which status",
        )],
    },
];

const fn may(path: &'static str, why: &'static str) -> Exception {
    Exception { path, why }
}

/// Finds words of a [`Rule`] outside the files that may use them.
pub(super) fn misplaced(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.shipped_sources() {
        let text = text_of(path)?;
        for rule in RULES.iter().filter(|rule| !rule.excepts(path)) {
            let uses = rule.uses_in(&text);
            found.extend(uses.map(|(line, word)| {
                let Rule { does, instead, .. } = rule;
                format!("{}:{line}: {does} ({word}); {instead}", path.display())
            }));
        }
    }
    Ok(found)
}

/// Finds exceptions that no file needs any more.
pub(super) fn unused_exceptions(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for rule in &RULES {
        for exception in rule.exceptions {
            if !is_used(tree, rule, exception)? {
                found.push(format!("{}: no longer {}", exception.path, rule.does));
            }
        }
    }
    Ok(found)
}

fn is_used(tree: &Tree, rule: &Rule, exception: &Exception) -> Result<bool> {
    for path in tree
        .shipped_sources()
        .filter(|path| path.starts_with(exception.path))
    {
        if rule.uses_in(&text_of(path)?).next().is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Rule {
    fn excepts(&self, path: &Path) -> bool {
        self.exceptions
            .iter()
            .any(|exception| path.starts_with(exception.path))
    }

    /// The lines of code, numbered from 1, that have one of the words, and the word.
    fn uses_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'static str)> + 'a {
        let code = |line: &str| !line.trim_start().starts_with("//");
        let lines = (1..).zip(text.lines()).filter(move |(_, line)| code(line));
        lines.filter_map(|(number, line)| {
            let word = self.words.iter().find(|word| line.contains(**word))?;
            Some((number, *word))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Rule, may};

    const RULE: Rule = Rule {
        does: "shouts",
        instead: "whisper",
        words: &["loud(", "LOUD"],
        exceptions: &[may("crates/market/src", "people shout there")],
    };

    #[test]
    fn words_count_in_code_and_not_in_comments() {
        let text = "//! loud()\nfn f() {\n    // LOUD\n    loud(1);\n    quiet();\n}\n";
        let uses: Vec<_> = RULE.uses_in(text).collect();
        assert_eq!(uses, [(4, "loud(")]);
    }

    #[test]
    fn an_exception_holds_for_its_folder_alone() {
        assert!(RULE.excepts(Path::new("crates/market/src/stall/fish.rs")));
        assert!(!RULE.excepts(Path::new("crates/market/src-2/lib.rs")));
        assert!(!RULE.excepts(Path::new("crates/library/src/lib.rs")));
    }
}
