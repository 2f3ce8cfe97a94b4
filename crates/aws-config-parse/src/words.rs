//! Splitting of a line into words by the rules of a POSIX shell.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_till, take_till1};
use nom::character::complete::{anychar, char};
use nom::combinator::{eof, recognize};
use nom::multi::{fold_many0, fold_many1, many0};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

/// Splits `text` into words like Python's `shlex.split`. The AWS CLI splits headers and, on Unix,
/// the command of a `credential_process` in this way.
///
/// Expands no variables and removes no comments; `|`, `;` and `>` are ordinary characters. An empty
/// pair of quotes is an empty word. Returns `None` if a quote is not closed or if the last
/// character is an escaping backslash.
///
/// ```
/// use aws_config_parse::split_words;
///
/// let words = split_words(r#"tool --name "a b" 'c d' e\ f # g"#).unwrap();
/// assert_eq!(words, ["tool", "--name", "a b", "c d", "e f", "#", "g"]);
/// assert!(split_words("it's").is_none());
/// ```
#[must_use]
pub fn split_words(text: &str) -> Option<Vec<String>> {
    let (_, words) = delimited(blanks, many0(terminated(word, blanks)), eof)
        .parse(text)
        .ok()?;
    Some(words)
}

fn blanks(input: &str) -> IResult<&str, &str> {
    take_till(|c| !is_blank(c)).parse(input)
}

/// Parses a sequence of plain text, escapes and quoted strings.
fn word(input: &str) -> IResult<&str, String> {
    let bare = take_till1(|c| is_blank(c) || matches!(c, '\'' | '"' | '\\'));
    let escaped = preceded(char('\\'), recognize(anychar));
    let part = alt((bare, escaped, single_quoted)).map(Cow::Borrowed);
    let part = alt((part, double_quoted.map(Cow::Owned)));
    fold_many1(part, String::new, |word, part| word + &part).parse(input)
}

/// Parses a string in single quotes, in which no character is special.
fn single_quoted(input: &str) -> IResult<&str, &str> {
    delimited(char('\''), take_till(|c| c == '\''), char('\'')).parse(input)
}

/// Parses a string in double quotes, in which a backslash escapes only double quotes and
/// backslashes, and is an ordinary character otherwise.
fn double_quoted(input: &str) -> IResult<&str, String> {
    let escaped = preceded(char('\\'), alt((tag("\""), tag("\\"))));
    let part = alt((is_not("\"\\"), escaped, tag("\\")));
    let parts = fold_many0(part, String::new, |joined, part| joined + part);
    delimited(char('"'), parts, char('"')).parse(input)
}

pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
