//! Parsers of a single line. The module `parse` interprets lines in their context.
//!
//! ```text
//! line     = content ["\r\n" / "\n" / "\r"]
//! content  = [white] text [white]
//! header   = "[" 1*any "]" ignored            ; up to the last "]" of the line
//! property = key [white] ("=" / ":") [white] value
//! pair     = key [white] "=" [white] value    ; in a block, where ":" is not a delimiter
//! ```

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till};
use nom::character::complete::{anychar, char};
use nom::combinator::{opt, rest, verify};
use nom::sequence::terminated;
use nom::{FindSubstring, IResult, Input, Parser};

/// Parses one line with its line end, and returns its content without the line end.
pub(crate) fn line(input: &str) -> IResult<&str, &str> {
    terminated(
        take_till(|c| c == '\n' || c == '\r'),
        opt(alt((tag("\n"), tag("\r\n"), tag("\r")))),
    )
    .parse(input)
}

/// Does the same as [`line`], but faster. `input` must not contain a carriage return.
pub(crate) fn line_without_return(input: &str) -> IResult<&str, &str> {
    let end = input.as_bytes().find_substring("\n");
    let (after, content) = input.take_split(end.unwrap_or(input.len()));
    let (after, _) = opt(char('\n')).parse(after)?;
    Ok((after, content))
}

pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (after, content) = line(rest).ok().filter(|_| !rest.is_empty())?;
        rest = after;
        Some(content)
    })
}

/// Parses a header and returns the text between its brackets, not trimmed.
pub(crate) fn header(text: &str) -> IResult<&str, &str> {
    let (inside, _) = char('[').parse(text)?;
    let last = inside.rfind(']').unwrap_or(0);
    let (after, name) = inside.take_split(last);
    let (_, name) = verify(rest, |name: &str| !name.is_empty()).parse(name)?;
    let (after, _) = char(']').parse(after)?;
    Ok((after, name))
}

/// Splits `text`, a trimmed line, at the first `=` or `:` into a key, possibly empty, and a value.
pub(crate) fn property(text: &str) -> IResult<&str, (&str, &str)> {
    split_at_delimiter(text, |byte| matches!(byte, b'=' | b':'))
}

/// Splits `text`, a trimmed line of a block, at the first `=` into a key and a value.
pub(crate) fn pair(text: &str) -> IResult<&str, (&str, &str)> {
    split_at_delimiter(text, |byte| byte == b'=')
}

fn split_at_delimiter(
    text: &str,
    is_delimiter: impl Fn(u8) -> bool,
) -> IResult<&str, (&str, &str)> {
    // The delimiters are ASCII, and searching bytes is faster than searching characters.
    let key = text.as_bytes().position(is_delimiter).unwrap_or(text.len());
    let (after, key) = text.take_split(key);
    let (after, _) = anychar(after)?;
    let (after, value) = rest(after)?;
    Ok((
        after,
        (
            key.trim_end_matches(is_white_space),
            value.trim_start_matches(is_white_space),
        ),
    ))
}

/// `text` must be a trimmed line.
pub(crate) fn is_comment(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'#' | b';'))
}

pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_white_space)
}

/// Returns the number of leading white space characters in `text`, and the trimmed `text`.
pub(crate) fn trim_and_indent(text: &str) -> (usize, &str) {
    let trimmed = text.trim_start_matches(is_white_space);
    let indent = &text[..text.len() - trimmed.len()];
    (
        indent.chars().count(),
        trimmed.trim_end_matches(is_white_space),
    )
}

/// Returns whether `c` is white space by Python's `str.isspace`: a character with the Unicode
/// property `White_Space`, or one of U+001C to U+001F.
pub(crate) fn is_white_space(c: char) -> bool {
    match c {
        '\t'..='\r' | '\u{1c}'..=' ' => true,
        '\0'..='\u{7f}' => false,
        _ => c.is_whitespace(),
    }
}

/// Returns whether `c` separates the lines of a block: botocore splits a block with Python's
/// `str.splitlines`. Line feed and carriage return are excluded, since they end every line.
pub(crate) fn is_block_break(c: char) -> bool {
    matches!(
        c,
        '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
