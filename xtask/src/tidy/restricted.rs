//! Restricted identifiers, which only some files may use: those that read the clock, write files, or
//! have another effect of a [`Rule`].

mod rules;

use std::path::Path;

use anyhow::Result;

use super::{Tree, text_of};
use rules::{Exception, RULES, Rule};

/// Finds identifiers of a [`Rule`] in files that may not use them.
pub(super) fn misplaced(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.shipped_sources() {
        let text = text_of(path)?;
        for rule in RULES.iter().filter(|rule| !rule.excepts(path)) {
            let uses = rule.uses_in(&text);
            found.extend(uses.map(|(line, identifier)| {
                let Rule { does, instead, .. } = rule;
                format!(
                    "{}:{line}: {does} ({identifier}); {instead}",
                    path.display()
                )
            }));
        }
    }
    Ok(found)
}

/// Finds exceptions that are no longer needed.
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

    /// Returns the lines of code, numbered from 1, that contain one of the identifiers.
    fn uses_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'static str)> + 'a {
        let code = |line: &str| !line.trim_start().starts_with("//");
        let lines = (1..).zip(text.lines()).filter(move |(_, line)| code(line));
        lines.filter_map(|(number, line)| {
            let identifier = self
                .identifiers
                .iter()
                .find(|identifier| line.contains(**identifier))?;
            Some((number, *identifier))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::rules::{Rule, allow};

    const RULE: Rule = Rule {
        does: "prints",
        instead: "return it",
        identifiers: &["print(", "PRINT"],
        exceptions: &[allow("crates/printer/src", "prints for all crates")],
    };

    #[test]
    fn identifiers_are_found_in_code_but_not_in_comments() {
        let text = "//! print()\nfn f() {\n    // PRINT\n    print(1);\n    other();\n}\n";
        let uses: Vec<_> = RULE.uses_in(text).collect();
        assert_eq!(uses, [(4, "print(")]);
    }

    #[test]
    fn exceptions_apply_to_their_directory_only() {
        assert!(RULE.excepts(Path::new("crates/printer/src/page/line.rs")));
        assert!(!RULE.excepts(Path::new("crates/printer/src-2/lib.rs")));
        assert!(!RULE.excepts(Path::new("crates/library/src/lib.rs")));
    }
}
