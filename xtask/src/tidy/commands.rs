//! Commands in messages. The user pastes them into a shell, so that names in them need quotes.

use std::path::Path;

use anyhow::Result;
use regex::Regex;

use super::{Tree, text_of};

/// A comment line, a character literal with a quote, or a string literal.
const TOKEN: &str = r#"(?m)^\s*//.*$|'\\?"'|"((?:[^"\\]|\\.|\\\n)*)""#;

/// Text of a literal with a command and a placeholder after it.
const COMMAND: &str = r"(?s)\b(?:sso-(?:login|logout|status|configure|use|console)|export-credentials|aws|ch(?:mod|own|attr)|rm|mv|ssh|kill|export)(?:[ \\](?:.*?[^{])?|)\{(?:[^{]|$)";

/// Beginning of the text after `--help`, whose braces are not placeholders.
const HELP: &str = "\\\nExamples:";

/// Directory of the statements, which are quoted for one shell.
const FORMATS: &str = "crates/cli-ux/src/shell";

/// Finds commands whose arguments are formatted without `CommandLine`.
pub(super) fn unquoted(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.shipped_sources() {
        if path.starts_with(Path::new(FORMATS)) {
            continue;
        }
        let text = text_of(path)?;
        let commands = commands_in(&text)?;
        found.extend(
            commands
                .into_iter()
                .map(|text| format!("{}: \"{text}\"", path.display())),
        );
    }
    Ok(found)
}

fn commands_in(source: &str) -> Result<Vec<&str>> {
    let (token, command) = (Regex::new(TOKEN)?, Regex::new(COMMAND)?);
    let literals = token.captures_iter(source);
    let literals = literals.filter_map(|token| Some(token.get(1)?.as_str()));
    let literals = literals.filter(|text| !text.starts_with(HELP));
    Ok(literals.filter(|text| command.is_match(text)).collect())
}

#[cfg(test)]
mod tests {
    use super::commands_in;

    #[test]
    fn commands_with_placeholders_are_found() {
        for text in [
            r#"format!("sso-login --profile {profile}")"#,
            r#"format_args!("\n\n    export-credentials{} --profile {}", a, b)"#,
            "\"To sign in: sso-login \\\n   --sso-session {session}\"",
            r#""chmod u+w {}""#,
            r#""export AWS_PROFILE={name}""#,
            r#"['"', '\''].map(|_| format!("rm {path}"))"#,
        ] {
            assert_eq!(commands_in(text).unwrap().len(), 1, "{text}");
        }
        for text in [
            r#""sso-configure check --fix""#,
            r#""cannot read {}""#,
            r#"("the token of sso-login ", "{}")"#,
            r#""sso-login {{""#,
            "    // for example \"sso-login --profile {name}\"",
        ] {
            assert!(commands_in(text).unwrap().is_empty(), "{text}");
        }
    }
}
