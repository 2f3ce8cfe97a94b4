//! Quoting of words for shells.
//!
//! The only rules for text that a shell reads: for the commands in hints, which the user pastes into
//! an unknown shell, and for output that a program writes for a known shell.
//!
//! # Every shell
//!
//! [`for_every_shell`] has three forms, which all shells read alike: the word as it is, in single
//! quotes, or in double quotes. A word without such a form is not quoted: no combination of quotes and
//! backslashes is safe everywhere. For example, `'a'\''b'`, the usual form of `a'b`, ends the string in
//! PowerShell, Nushell and xonsh, where the rest would run as commands.
//!
//! On Unix, the shells are bash, dash, fish, ksh, Nushell, PowerShell, tcsh, xonsh and zsh, also as
//! interactive shells with history expansion, and zsh also with `EXTENDED_GLOB` and
//! `MAGIC_EQUAL_SUBST`. On Windows, they are cmd and PowerShell.
//!
//! | text | problem on Unix | form |
//! |---|---|---|
//! | `=` at the start, `==x`, `:=x`, `===` | the path of a command in zsh, the directory stack in tcsh | quotes |
//! | `=`, `+=`, `-=`, `/=` | assignments in Nushell | quotes |
//! | `...` | a parent directory in Nushell | quotes |
//! | `@` at the start, `,` | splatting and arrays in PowerShell | quotes |
//! | `{a,b}`, `^`, `]`, `~`, `#`, `%`, `*` and others | expansions, patterns, comments, jobs | quotes |
//! | a part of a word, such as `--profile='a b'` | xonsh keeps these quotes | quotes around the word |
//! | `'`; `‘`, `’`, `‚` and `‛`, which are the same to PowerShell | end single quotes | double quotes |
//! | `"`, `` ` ``; `“`, `”` and `„`, which are like `"` to PowerShell | special in double quotes | single quotes |
//! | both of the two lines above | | none |
//! | `!` | history expansion of tcsh, even in single quotes | none |
//! | `\` | escapes in single quotes in fish and xonsh | none |
//! | `$NAME`, `${`; `~` at the start or after `=` or `:` | xonsh expands them even in quotes | none |
//! | `>`, `2>`, `err>out` and similar, as a complete word | xonsh redirects even with quotes | none |
//! | control characters, invisible characters | terminals change or hide them | none |
//! | other characters than ASCII, if the locale is not UTF-8 | editing commands of tcsh | none |
//! | `:` at the end | opens a block in xonsh, at the end of a line | quotes |
//!
//! [`for_eval`] is for a word in `eval "$(…)"`. Other shells than bash, ksh and zsh read this as a
//! string, which a double quote would end. Therefore single quotes are the only quotes.
//!
//! # A single shell
//!
//! The other functions quote any word for one shell, as in its manual. They leave a word as it is if
//! [`is_plain`].

mod every_shell;
mod locale;
mod single_shell;

pub use every_shell::{for_eval, for_every_shell};
pub use single_shell::{
    fish, posix, powershell, powershell_string, tcsh, windows_cmd, xonsh_string,
};

/// Quotes that PowerShell reads as single quotes (`about_Quoting_Rules`).
const SINGLE_QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

/// Quotes that PowerShell reads as double quotes.
const DOUBLE_QUOTES: [char; 4] = ['"', '\u{201c}', '\u{201d}', '\u{201e}'];

/// Returns whether no shell needs quotes for `word`, as an argument or after `NAME=`. Access keys and
/// session tokens need none.
///
/// ```
/// use cli_ux::quoting::is_plain;
///
/// assert!(is_plain("arn:aws:iam::222222222222:role/x"));
/// assert!(is_plain("IQoJb3J=="));
/// assert!(!is_plain("a:=b"));
/// ```
#[must_use]
pub fn is_plain(word: &str) -> bool {
    // At the end, `=` is padding of Base64.
    let text = word.trim_end_matches('=');
    let has_name = text.contains(|c: char| c.is_ascii_alphanumeric());
    let is_expanded = text.starts_with(['=', '@'])
        || text.ends_with(':')
        || word.contains("===")
        || ["==", ":=", "..."].iter().any(|it| text.contains(it));
    has_name && !is_expanded && text.chars().all(is_plain_character)
}

/// Returns whether no shell treats `character` specially within a word. In some positions, `=`, `@`
/// and `.` are special.
pub(crate) fn is_plain_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-./:@+=".contains(character)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn plain_words_need_no_quotes() {
        for word in [
            "dev",
            "my-sso_1.2/a:b@c+d",
            "a=b",
            "-x",
            "--profile=dev",
            "IQoJb3J==",
            "ab/+=",
        ] {
            assert!(is_plain(word), "{word}");
        }
        for word in [
            "", "=ls", "a==ls", "a:=ls", "a:", "a:=", "-o===", "+=", "=", "==", "@x", ".../a",
            "a/...", "~", "a b", "a,b", "%1", "{a}", "^", "]", "a!", "é", "a\n",
        ] {
            assert!(!is_plain(word), "{word}");
        }
    }
}
