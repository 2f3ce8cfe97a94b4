//! Shell syntax in command lines that no shell runs.

use std::fmt;

/// Words that a POSIX shell runs itself, if they are the first word of a command.
const OF_THE_SHELL: [&str; 18] = [
    "!", ".", ":", "case", "cd", "command", "eval", "exec", "export", "for", "if", "set", "source",
    "ulimit", "umask", "until", "while", "{",
];

/// Parts of a `credential_process` that a shell interprets, and that are passed literally without a
/// shell. The AWS CLI, boto3 and this crate use no shell; the SDKs for Go, Java, JavaScript and Rust
/// run the command with `sh -c`, or on Windows with `cmd.exe /C`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellSyntax(Vec<&'static str>);

impl ShellSyntax {
    /// Form of a command line that has the same meaning with a shell and without. The SDKs cut off a
    /// value at a ` ;` or ` #`, even within quotes.
    pub const EQUIVALENT: &str = if cfg!(windows) {
        "cmd /c \"COMMAND\""
    } else {
        "sh -c 'COMMAND', without a space before ; or #"
    };

    /// Finds the shell syntax in a command line. Text that means the same with a shell and without,
    /// such as in single quotes, is not shell syntax, and neither is a comment, which the SDKs remove
    /// from the value. Returns `None` if there is none.
    ///
    /// ```
    /// use sso_config::process::ShellSyntax;
    ///
    /// let found = |line| ShellSyntax::find(line).map(|syntax| syntax.to_string());
    /// assert_eq!(found("tool --profile 'a|b'"), None);
    /// if cfg!(unix) {
    ///     assert_eq!(found("tool \"$HOME\" | filter"), Some("$ |".to_owned()));
    /// }
    /// ```
    #[must_use]
    pub fn find(line: &str) -> Option<Self> {
        let line = without_comment(line);
        let found = if cfg!(windows) {
            of_cmd(line)
        } else {
            of_sh(line)
        };
        (!found.is_empty()).then_some(Self(found))
    }
}

/// Shows the characters and words without their operands, which may be secret.
impl fmt::Display for ShellSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// Returns the part of a value that all SDKs read.
fn without_comment(line: &str) -> &str {
    let is_start = |(at, _): &(usize, &str)| line[..*at].ends_with([' ', '\t']);
    let start = line.match_indices([';', '#']).find(is_start);
    start.map_or(line, |(at, _)| &line[..at])
}

/// Scans for the syntax of a POSIX shell (POSIX.1-2024, XCU 2), and the brace expansion of bash,
/// which is `sh` on many systems.
fn of_sh(line: &str) -> Vec<&'static str> {
    let line = line.trim();
    let mut found = Found::default();
    found.add_first_word(line);
    let (mut quote, mut previous) = (None, ' ');
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match (quote, c) {
            (Some('\''), c) => quote = quote.filter(|_| c != '\''),
            (Some(_), '"') => quote = None,
            (_, '\\') => {
                let next = rest.chars().next();
                found.add_backslash(quote.is_some(), next);
                rest = &rest[next.map_or(0, char::len_utf8)..];
            }
            (_, '`') => found.add("`"),
            (_, '$') if is_expansion(rest) => found.add("$"),
            (None, '\'' | '"') => quote = Some(c),
            (None, '*' | '?' | '[') => found.add_pattern(c, word_around(line, rest)),
            (None, c) => found.add_unquoted(c, previous, rest),
            _ => {}
        }
        previous = c;
    }
    found.0
}

/// Scans for the syntax of `cmd.exe`, which knows only double quotes.
fn of_cmd(line: &str) -> Vec<&'static str> {
    let mut found = Found::default();
    let (mut is_quoted, mut rest) = (false, line);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => is_quoted = !is_quoted,
            '%' if is_variable_of_cmd(rest) => found.add("%"),
            '|' if !is_quoted => found.add("|"),
            '&' if !is_quoted => found.add("&"),
            '<' if !is_quoted => found.add("<"),
            '>' if !is_quoted => found.add(">"),
            '^' if !is_quoted => found.add("^"),
            _ => {}
        }
    }
    found.0
}

fn is_variable_of_cmd(rest: &str) -> bool {
    let name = rest.split_once('%').map_or("", |(name, _)| name);
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[derive(Default)]
struct Found(Vec<&'static str>);

impl Found {
    fn add(&mut self, syntax: &'static str) {
        if !self.0.contains(&syntax) {
            self.0.push(syntax);
        }
    }

    fn add_first_word(&mut self, line: &str) {
        let word = line.split_whitespace().next().unwrap_or_default();
        if let Some(word) = OF_THE_SHELL.into_iter().find(|it| *it == word) {
            self.add(word);
        }
        if word.split_once('=').is_some_and(|(name, _)| is_name(name)) {
            self.add("=");
        }
    }

    /// Adds a backslash that a shell removes and [`split_words`](aws_config_parse::split_words) keeps,
    /// or before a line break that a shell removes.
    fn add_backslash(&mut self, is_quoted: bool, next: Option<char>) {
        if next == Some('\n') || is_quoted && matches!(next, Some('$' | '`')) {
            self.add("\\");
        }
    }

    /// Adds a character of a pattern, except in a word that hardly matches a file, so that a shell keeps
    /// it: in a URL, and in `[…]` as a word, which matches only names of one character.
    fn add_pattern(&mut self, c: char, word: &str) {
        let is_list = word.starts_with('[') && word.ends_with(']');
        match c {
            _ if word.contains("://") => {}
            '*' => self.add("*"),
            '?' => self.add("?"),
            '[' if word.contains(']') && !is_list => self.add("["),
            _ => {}
        }
    }

    fn add_unquoted(&mut self, c: char, previous: char, rest: &str) {
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        let is_first = previous.is_whitespace();
        match c {
            '|' => self.add("|"),
            '&' => self.add("&"),
            ';' => self.add(";"),
            '<' => self.add("<"),
            '>' => self.add(">"),
            '(' => self.add("("),
            ')' => self.add(")"),
            '\n' => self.add("line break"),
            '{' if is_brace_expansion(word) => self.add("{"),
            '~' if is_first && is_user_prefix(word) => self.add("~"),
            _ => {}
        }
    }
}

/// Returns the word that contains the last character before `rest`, which is an end of `line`.
fn word_around<'a>(line: &'a str, rest: &'a str) -> &'a str {
    let before = &line[..line.len() - rest.len()];
    let start = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let word = &line[before.len() - start.len()..];
    word.split(char::is_whitespace).next().unwrap_or_default()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns whether the text after a `$` begins a parameter, a command or an arithmetic expression.
fn is_expansion(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "_@*#?-$!{(".contains(c))
}

fn is_brace_expansion(rest: &str) -> bool {
    let content = rest.split_once('}').map_or("", |(content, _)| content);
    content.contains(',') || content.contains("..")
}

/// Returns whether the text after a `~` at the start of a word is a user name, which may be empty.
fn is_user_prefix(word: &str) -> bool {
    let name = word.split('/').next().unwrap_or_default();
    name.chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{ShellSyntax, of_cmd, of_sh};

    fn check(scan: fn(&str) -> Vec<&'static str>, line: &str, expected: &[&str]) {
        assert_eq!(scan(line), expected, "{line}");
    }

    #[test]
    fn shell_syntax_outside_quotes_is_found() {
        for (line, expected) in [
            ("a | b", &["|"] as &[_]),
            ("a|b", &["|"]),
            ("a || b && c", &["|", "&"]),
            ("a & b", &["&"]),
            ("a; b", &[";"]),
            ("a <b 2>/dev/null", &["<", ">"]),
            ("(a)", &["(", ")"]),
            ("a $HOME ${X} $(b) $((1)) $1 $?", &["$", "(", ")", "?"]),
            ("a `b`", &["`"]),
            ("~/a ~ ~user/x", &["~"]),
            ("a b* c? d[12]", &["*", "?", "["]),
            ("a {b,c} {1..3}", &["{"]),
            ("X=1 Y=2 a", &["="]),
            ("a https://x/?b&c ?", &["&", "?"]),
            ("a [b]? [c]d", &["[", "?"]),
            ("! a", &["!"]),
            ("exec a", &["exec"]),
            ("a\nb", &["line break"]),
            ("a \\\nb", &["\\"]),
        ] {
            check(of_sh, line, expected);
        }
    }

    #[test]
    fn shell_syntax_in_double_quotes_is_what_a_shell_expands_there() {
        check(of_sh, r#"a "$HOME" "`b`""#, &["$", "`"]);
        check(of_sh, r#"a "\$HOME" "\`""#, &["\\"]);
        check(
            of_sh,
            r#"a "b | c; d & e > f < (g) ~ * ? [h] {i,j} # k""#,
            &[],
        );
        check(of_sh, r#"a "\"$HOME\"" "\\" '"'$X"#, &["$"]);
    }

    #[test]
    fn text_with_the_same_meaning_without_a_shell_is_not_found() {
        for line in [
            "tool --profile dev",
            "sh -c 'a | b; c $HOME `d` ~/e * > f'",
            r"a \| \$HOME \~ \* \# \`",
            r#"a "b" 'c' d\ e"#,
            r#"a$ "$" $% $, b$"#,
            "a~ b=~/c '~'/d",
            "a#b --x=1 a! !b {a} {} [b",
            "a # b",
            "a https://x/?b=c*[1] --url=https://[::1]/?x",
            "a [b] [b,c]",
            "a exec \"!\"",
            "  tool  \n",
        ] {
            check(of_sh, line, &[]);
        }
    }

    #[test]
    fn a_comment_is_no_shell_syntax() {
        let check = |line: &str, expected: Option<&str>| {
            let found = ShellSyntax::find(line).map(|syntax| syntax.to_string());
            assert_eq!(found.as_deref(), expected, "{line}");
        };
        for line in ["a #b", "a # b | c", "a ; b", "a\t;b", "sh -c 'a ; b' | c"] {
            check(line, None);
        }
        check("a | b # c > d", Some("|"));
        check("a#b|c", Some("|"));
        #[cfg(unix)]
        check("a; b", Some(";"));
    }

    #[test]
    fn syntax_of_cmd_is_found() {
        check(
            of_cmd,
            "a | b & c > d < e ^ %TEMP%",
            &["|", "&", ">", "<", "^", "%"],
        );
        check(of_cmd, r#"a "b | %TEMP%""#, &["%"]);
        check(of_cmd, r#"a "b | c & d" 100% 5%% ~ $X; 'x'"#, &[]);
    }
}
