//! The reference page of the rules, in Markdown.

use super::rule::{Rule, Severity};
use super::rules::RULES;

const INTRODUCTION: &str = "\
# Rules of `sso-configure check`

Each finding of [`sso-configure check`](sso-configure.md) has the code of its rule, and names the
profiles that it affects. The exit status is 1 if there are findings and 0 if there are none; with
`--severity error`, findings of severity `advice` are not reported. With `--fix`, the command applies
the fixes that need no decision. The rules D01 to D23 are explained in
[the config file grammar](../config-grammar.md#where-readers-differ).

| code | severity | finds | `--fix` |
|---|---|---|---|
";

pub(super) fn page() -> String {
    let rules = || RULES.iter().flat_map(|set| set.rules);
    let rows: String = rules().map(|rule| row(rule)).collect();
    let sections: String = rules().map(|rule| section(rule)).collect();
    format!("{INTRODUCTION}{rows}{sections}")
}

fn row(rule: &Rule) -> String {
    let Rule { code, summary, .. } = rule;
    let anchor = code.to_lowercase();
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Advice => "advice",
    };
    let fix = rule.fix.map_or("no", |_| "yes");
    format!("| [`{code}`](#{anchor}) | {severity} | {summary} | {fix} |\n")
}

fn section(rule: &Rule) -> String {
    let Rule { code, summary, .. } = rule;
    let explanation = as_sentence(rule.explanation);
    let fix = rule.fix.map(|fix| format!("\n\n`--fix`: {fix}"));
    let fix = fix.unwrap_or_default();
    format!("\n## {code}\n\n{summary}. {explanation}{fix}\n")
}

fn as_sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    let sentence: String = first.into_iter().flatten().chain(characters).collect();
    format!("{}.", sentence.trim_end_matches('.'))
}
