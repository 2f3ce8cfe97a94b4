//! What one line says, as nom parsers; what it means among its neighbours is `read`'s business.
//!
//! ```text
//! line     = content ["\r\n" / "\n" / "\r"]
//! content  = [white] text [white]
//! header   = "[" 1*any "]" ignored            ; to the last "]" of the line
//! property = key [white] ("=" / ":") [white] value
//! pair     = key [white] "=" [white] value    ; in a block, where ":" does not divide
//! ```

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till};
use nom::character::complete::{anychar, char};
use nom::combinator::{opt, rest, verify};
use nom::sequence::terminated;
use nom::{FindSubstring, IResult, Input, Parser};

/// Takes one line off `input` and returns its content, without the line end.
pub(crate) fn line(input: &str) -> IResult<&str, &str> {
    terminated(
        take_till(|c| c == '\n' || c == '\r'),
        opt(alt((tag("\n"), tag("\r\n"), tag("\r")))),
    )
    .parse(input)
}

/// Does what [`line`] does, faster, where `input` is known to hold no carriage return.
pub(crate) fn line_without_return(input: &str) -> IResult<&str, &str> {
    let end = input.as_bytes().find_substring("\n");
    let (after, content) = input.take_split(end.unwrap_or(input.len()));
    let (after, _) = opt(char('\n')).parse(after)?;
    Ok((after, content))
}

/// Returns the contents of all the lines of `text`.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (after, content) = line(rest).ok().filter(|_| !rest.is_empty())?;
        rest = after;
        Some(content)
    })
}

/// Returns what a header has between its brackets, untrimmed, and leaves what follows them.
pub(crate) fn header(text: &str) -> IResult<&str, &str> {
    let (inside, _) = char('[').parse(text)?;
    let last = inside.rfind(']').unwrap_or(0);
    let (after, name) = inside.take_split(last);
    let (_, name) = verify(rest, |name: &str| !name.is_empty()).parse(name)?;
    let (after, _) = char(']').parse(after)?;
    Ok((after, name))
}

/// Splits `text`, a trimmed line, at its first `=` or `:` into a key, maybe empty, and a value.
pub(crate) fn property(text: &str) -> IResult<&str, (&str, &str)> {
    divided(text, |byte| matches!(byte, b'=' | b':'))
}

/// Splits `text`, trimmed, at its first `=` into the key and the value of a pair in a block.
pub(crate) fn pair(text: &str) -> IResult<&str, (&str, &str)> {
    divided(text, |byte| byte == b'=')
}

fn divided(text: &str, is_delimiter: impl Fn(u8) -> bool) -> IResult<&str, (&str, &str)> {
    // Searched by bytes, for speed: the delimiters are ASCII.
    let key = text.as_bytes().position(is_delimiter).unwrap_or(text.len());
    let (after, key) = text.take_split(key);
    let (after, _) = anychar(after)?;
    let (after, value) = rest(after)?;
    Ok((
        after,
        (
            key.trim_end_matches(is_white),
            value.trim_start_matches(is_white),
        ),
    ))
}

/// Says whether `text`, a trimmed line, is a comment.
pub(crate) fn is_comment(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'#' | b';'))
}

/// Returns `text` without the white space at its ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_white)
}

/// Returns how many characters of white space `text` begins with, and the rest of it without the
/// white space at its end.
pub(crate) fn trim_and_indent(text: &str) -> (usize, &str) {
    let trimmed = text.trim_start_matches(is_white);
    let indent = &text[..text.len() - trimmed.len()];
    (indent.chars().count(), trimmed.trim_end_matches(is_white))
}

/// Says whether `c` is white space to Python's `str.isspace`, which has the four information
/// separators beside Unicode's property.
pub(crate) fn is_white(c: char) -> bool {
    match c {
        '\t'..='\r' | '\u{1c}'..=' ' => true,
        '\0'..='\u{7f}' => false,
        _ => c.is_whitespace(),
    }
}

/// Says whether a block is cut into pieces at `c`: what Python's `str.splitlines` knows besides
/// line feed and carriage return.
pub(crate) fn is_block_break(c: char) -> bool {
    matches!(
        c,
        '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
