//! Words for one shell.

use super::{DOUBLE_QUOTES, SINGLE_QUOTES, is_plain};

/// Quotes a word for sh, bash, dash, ksh and zsh, outside of a line that is typed: there, `!` would be a
/// history expansion.
///
/// ```
/// use cli_ux::quoting::posix;
///
/// assert_eq!(posix("dev"), "dev");
/// assert_eq!(posix("it's"), r"'it'\''s'");
/// ```
#[must_use]
pub fn posix(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Quotes a word for fish, always with quotes.
///
/// Escapes `\`, `"` and `$`, which are special in double quotes. Writes line breaks outside of the
/// quotes as `\n`, so that a statement is one line.
#[must_use]
pub fn fish(word: &str) -> String {
    let mut quoted = String::from('"');
    for character in word.chars() {
        match character {
            '\\' | '"' | '$' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str(r#""\n""#),
            '\r' => quoted.push_str(r#""\r""#),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Quotes a word without line breaks for tcsh and csh, always with quotes. Escapes `!`, which is a
/// history substitution even in single quotes.
#[must_use]
pub fn tcsh(word: &str) -> String {
    let mut quoted = String::from('\'');
    for character in word.chars() {
        match character {
            '\'' | '!' => quoted.extend(['\'', '\\', character, '\'']),
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

/// Returns the string literal of xonsh, which is a string literal of Python.
#[must_use]
pub fn xonsh_string(text: &str) -> String {
    let mut literal = String::from('\'');
    for character in text.chars() {
        match character {
            '\'' | '\\' => literal.extend(['\\', character]),
            ' '..='~' => literal.push(character),
            _ => literal.extend(format!("\\U{:08x}", u32::from(character)).chars()),
        }
    }
    literal.push('\'');
    literal
}

/// Quotes a word for PowerShell with single quotes (`about_Quoting_Rules`). A quote in them is
/// doubled, also a curly one.
#[must_use]
pub fn powershell(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    let mut quoted = String::from('\'');
    for character in word.chars() {
        if SINGLE_QUOTES.contains(&character) {
            quoted.push(character);
        }
        quoted.push(character);
    }
    quoted.push('\'');
    quoted
}

/// Returns the string of PowerShell in double quotes, on one line.
///
/// Escapes special characters with a backtick. Curly quotes are quotes as well
/// (`about_Quoting_Rules`). Line breaks are escaped, because a pipeline passes the output to
/// `Invoke-Expression` line by line.
#[must_use]
pub fn powershell_string(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '`' | '$' => quoted.extend(['`', character]),
            '\n' => quoted.push_str("`n"),
            '\r' => quoted.push_str("`r"),
            _ if DOUBLE_QUOTES.contains(&character) => quoted.extend(['`', character]),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Quotes a word without line breaks for the Windows command interpreter, so that `&`, `|`, `<`, `>`,
/// `^` and `(` are literal. Returns `None` for a word with `"`, `%` or `!`, whose escapes differ between
/// batch files and the prompt.
#[must_use]
pub fn windows_cmd(word: &str) -> Option<String> {
    if is_plain(word) {
        return Some(word.to_owned());
    }
    (!word.contains(['"', '%', '!'])).then(|| format!("\"{word}\""))
}

#[cfg(test)]
mod tests {
    use super::{fish, posix, powershell, powershell_string, tcsh, windows_cmd, xonsh_string};

    #[test]
    fn posix_words_have_single_quotes() {
        let check = |word: &str, expected: &str| assert_eq!(posix(word), expected);
        check("", "''");
        check("IQoJb3J==", "IQoJb3J==");
        check("a:=b", "'a:=b'");
        check("it's", r"'it'\''s'");
        check(r"a\b!", r"'a\b!'");
    }

    #[test]
    fn fish_and_tcsh_words_escape_their_special_characters() {
        assert_eq!(fish("a\\\"$\n'"), r#""a\\\"\$"\n"'""#);
        assert_eq!(tcsh("it's !x$"), r"'it'\''s '\!'x$'");
        assert_eq!(
            xonsh_string("it's \\\né"),
            r"'it\'s \\\U0000000a\U000000e9'"
        );
    }

    #[test]
    fn powershell_words_have_single_quotes() {
        let check = |word: &str, expected: &str| assert_eq!(powershell(word), expected);
        check("dev-1.x", "dev-1.x");
        check("--profile=dev", "--profile=dev");
        check("two words", "'two words'");
        check("zz$(ni p)", "'zz$(ni p)'");
        check("it's", "'it''s'");
        check("it\u{2019}s", "'it\u{2019}\u{2019}s'");
        check("@dev", "'@dev'");
        check("a,b", "'a,b'");
    }

    #[test]
    fn powershell_strings_escape_with_backticks() {
        let check = |text: &str, expected: &str| assert_eq!(powershell_string(text), expected);
        check("$(ni p)`\"", "\"`$(ni p)```\"\"");
        check(
            "\u{201c}\u{201d}\u{201e}",
            "\"`\u{201c}`\u{201d}`\u{201e}\"",
        );
        check("it's\r\n", "\"it's`r`n\"");
    }

    #[test]
    fn cmd_words_have_double_quotes_if_possible() {
        assert_eq!(windows_cmd("A=b").as_deref(), Some("A=b"));
        assert_eq!(windows_cmd("A=b&c").as_deref(), Some("\"A=b&c\""));
        for word in ["a%b", "a!b", "a\"b"] {
            assert_eq!(windows_cmd(word), None);
        }
    }
}
