//! Words that every shell of the platform reads alike.

use super::locale::has_all_characters;
use super::{DOUBLE_QUOTES, SINGLE_QUOTES, is_plain};

/// Returns `word` in the form that every shell of this platform reads alike; `None` if there is no
/// such form.
///
/// ```
/// # #[cfg(unix)] {
/// use cli_ux::quoting::for_every_shell;
///
/// assert_eq!(for_every_shell("dev").as_deref(), Some("dev"));
/// assert_eq!(for_every_shell("{a,b}").as_deref(), Some("'{a,b}'"));
/// assert_eq!(for_every_shell("it's").as_deref(), Some("\"it's\""));
/// assert_eq!(for_every_shell("wow!"), None);
/// # }
/// ```
#[must_use]
pub fn for_every_shell(word: &str) -> Option<String> {
    let quoted = if cfg!(windows) { on_windows } else { on_unix };
    plain_or(word, quoted)
}

/// Returns `word` in the form that every shell reads alike within `eval "$(…)"`; `None` if there is no
/// such form.
#[must_use]
pub fn for_eval(word: &str) -> Option<String> {
    let quoted = if cfg!(windows) {
        on_windows_in_eval
    } else {
        on_unix_in_eval
    };
    plain_or(word, quoted)
}

fn plain_or(word: &str, quoted: fn(&str) -> Option<String>) -> Option<String> {
    if is_plain(word) {
        Some(word.to_owned())
    } else if is_printable(word) && (word.is_ascii() || has_all_characters()) {
        quoted(word)
    } else {
        None
    }
}

/// Returns whether a terminal shows `word` unchanged, and a paste inserts it unchanged.
fn is_printable(word: &str) -> bool {
    let is_escaped_in_any_case = |c: &char| matches!(c, '\\' | '\'' | '"');
    let others = word.chars().filter(|c| !is_escaped_in_any_case(c));
    // The letter, because a combining character is escaped only at the beginning.
    let others: String = std::iter::once('x').chain(others).collect();
    others.escape_debug().eq(others.chars())
}

fn on_unix(word: &str) -> Option<String> {
    if word.contains(['!', '\\']) || is_special_in_xonsh(word) {
        None
    } else if !word.contains(SINGLE_QUOTES) {
        Some(format!("'{word}'"))
    } else if !word.contains(DOUBLE_QUOTES) && !word.contains(['$', '`']) {
        Some(format!("\"{word}\""))
    } else {
        None
    }
}

/// A backtick would run a command in old shells, which do not know `$(…)`.
fn on_unix_in_eval(word: &str) -> Option<String> {
    on_unix(word).filter(|quoted| !quoted.contains(DOUBLE_QUOTES) && !quoted.contains('`'))
}

/// Returns whether xonsh changes or removes `word` even in quotes: variables, home directories, and
/// complete words that are redirections.
fn is_special_in_xonsh(word: &str) -> bool {
    let is_name = |next: char| next == '{' || next == '_' || next.is_alphanumeric();
    let has_variable = word.split('$').skip(1).any(|it| it.starts_with(is_name));
    let has_home = word.split(['=', ':']).any(|it| it.starts_with('~'));
    has_variable || has_home || is_redirection(word)
}

/// Returns whether all that is before and after `<` or `>` names a stream.
fn is_redirection(word: &str) -> bool {
    let is_stream = |text: &str| {
        let number = text.strip_prefix('&').unwrap_or(text);
        let is_digit = number.chars().all(char::is_numeric) && number.chars().count() <= 1;
        is_digit || ["o", "out", "e", "err", "a", "all"].contains(&text)
    };
    word.contains(['<', '>']) && word.split(['<', '>']).all(is_stream)
}

/// Encloses `word` in double quotes, if it contains no character that is special there in cmd or
/// PowerShell, or at the end for the parser of the program.
fn on_windows(word: &str) -> Option<String> {
    let is_special =
        word.contains(DOUBLE_QUOTES) || word.contains(['%', '!', '$', '`']) || word.ends_with('\\');
    (!is_special).then(|| format!("\"{word}\""))
}

/// Encloses `word` in single quotes, if it contains no character that would end them or the double
/// quotes around `$(…)`, which are the only quotes to cmd.
fn on_windows_in_eval(word: &str) -> Option<String> {
    let is_special = word.contains(SINGLE_QUOTES)
        || word.contains(DOUBLE_QUOTES)
        || word.contains(['%', '!', '$', '`']);
    (!is_special).then(|| format!("'{word}'"))
}

#[cfg(test)]
mod tests {
    use super::{is_printable, on_unix, on_unix_in_eval, on_windows, on_windows_in_eval};

    #[test]
    fn unix_shells_get_one_pair_of_quotes() {
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(on_unix(word).as_deref(), expected, "{word}");
        };
        check("", Some("''"));
        check("two words", Some("'two words'"));
        check("$(touch x) `y` $5 $", None);
        check("$(touch x) `y` $", Some("'$(touch x) `y` $'"));
        check("it's", Some("\"it's\""));
        check("say \"hi\"", Some("'say \"hi\"'"));
        check("größe", Some("'größe'"));
        for word in ["hey!", r"a\b", "it's \"x\"", "it's $(x)", "it's `x`"] {
            check(word, None);
        }
    }

    /// The rules of `about_Quoting_Rules`, because no test can run PowerShell.
    #[test]
    fn quotes_of_powershell_end_no_string() {
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(on_unix(word).as_deref(), expected, "{word}");
        };
        for quote in ['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'] {
            let word = format!("a{quote}; touch x");
            check(&word, Some(&format!("\"{word}\"")));
        }
        for quote in ['\u{201c}', '\u{201d}', '\u{201e}'] {
            let word = format!("a{quote}; touch x");
            check(&word, Some(&format!("'{word}'")));
            check(&format!("it's {quote}; touch x"), None);
        }
    }

    #[test]
    fn expansions_of_xonsh_have_no_form() {
        for word in [
            "$HOME", "a ${B}", "$_", "~", "~root", "a=~", "a:~", ">", ">>", "2>", "2>&1", "o>",
            "err>out", "<", "&>",
        ] {
            assert_eq!(on_unix(word), None, "{word}");
        }
        for word in ["a~", "a > b", "a>b", "1>22", "$", "$(x)", "out"] {
            assert!(on_unix(word).is_some(), "{word}");
        }
    }

    #[test]
    fn a_word_in_eval_has_no_double_quotes_and_no_backticks() {
        assert_eq!(on_unix_in_eval("a b").as_deref(), Some("'a b'"));
        for word in ["it's", "say \"hi\"", "`x`", "a\u{201d}b"] {
            assert_eq!(on_unix_in_eval(word), None, "{word}");
        }
        assert_eq!(on_windows_in_eval("a & b\\").as_deref(), Some(r"'a & b\'"));
        for word in ["it's", "say \"hi\"", "%PATH%", "a\u{201d}b", "wow!", "`x`"] {
            assert_eq!(on_windows_in_eval(word), None, "{word}");
        }
    }

    #[test]
    fn windows_shells_get_double_quotes_if_possible() {
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(on_windows(word).as_deref(), expected, "{word}");
        };
        check("", Some("\"\""));
        check("two & words", Some("\"two & words\""));
        check("it's", Some("\"it's\""));
        check(r"C:\a b\c", Some("\"C:\\a b\\c\""));
        for word in ["%PATH%", "a$(b)", "a`b", "say \"x\"", r"a b\", "wow!"] {
            check(word, None);
        }
    }

    #[test]
    fn words_with_hidden_characters_are_not_printable() {
        for word in [
            "a\nb",
            "\t",
            "a\u{1b}[31m",
            "a\u{200b}b",
            "\u{202e}x",
            "a\u{a0}b",
        ] {
            assert!(!is_printable(word), "{word:?}");
        }
        for word in [
            "a  b", "größe", "e\u{301}", "\u{301}", "日本", r#"'\""#, "🦀",
        ] {
            assert!(is_printable(word), "{word:?}");
        }
    }
}
