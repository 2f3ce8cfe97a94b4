//! Which file may say what: the words of a task that one place does for all.

use std::path::Path;

use anyhow::Result;

use super::{Tree, text_of};

/// Words that only some files may use. Comments and tests are free to.
struct Rule {
    /// What a file does that uses one of the words.
    does: &'static str,
    words: &'static [&'static str],
    exceptions: &'static [Exception],
}

/// A file, or every file below a folder, that may use a rule's words, and why.
struct Exception {
    path: &'static str,
    #[expect(dead_code, reason = "for the reader of the table")]
    why: &'static str,
}

const RULES: [Rule; 4] = [
    Rule {
        does: "shows a secret",
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
                "crates/sso-oidc/src",
                "request bodies, and the PKCE challenge",
            ),
            may(
                "crates/sso-portal/src",
                "the request header that carries the token",
            ),
            may("crates/token-cache/src", "the cache files"),
            may(
                "crates/sso-credentials/src/loopback",
                "compares the state that came back",
            ),
            may(
                "bins/export-credentials/src/format.rs",
                "what the user asked for",
            ),
        ],
    },
    Rule {
        does: "reads the environment",
        words: &["env::var", "env::home_dir"],
        exceptions: &[may(
            "crates/sso-credentials/src/environment.rs",
            "AwsEnv is read here",
        )],
    },
    Rule {
        does: "writes files",
        words: &[
            "File::create",
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
pub(super) fn out_of_place(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.shipped_sources() {
        let text = text_of(path)?;
        for rule in RULES.iter().filter(|rule| !rule.excepts(path)) {
            let uses = rule.uses_in(&text);
            found.extend(
                uses.map(|(line, word)| {
                    format!("{}:{line}: {} ({word})", path.display(), rule.does)
                }),
            );
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
