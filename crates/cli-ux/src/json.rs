//! JSON documents of the programs.

#[cfg(feature = "json")]
use std::io;

/// Value of the field `schemaVersion` of each JSON document. A version has stable fields; more fields can
/// be added to it.
pub const SCHEMA_VERSION: u32 = 1;

/// Returns a document in lines of JSON with indentation. Its texts show `****` in place of secrets: see
/// [`shown_in_text`](sso_types::shown_in_text).
///
/// # Panics
///
/// If a map in the document has keys other than strings.
#[cfg(feature = "json")]
#[must_use]
pub fn shown_json(document: &impl serde::Serialize) -> String {
    let mut json = Vec::new();
    let formatter = ShownFormatter::default();
    let mut serializer = serde_json::Serializer::with_formatter(&mut json, formatter);
    let result = document.serialize(&mut serializer);
    result.expect("the documents have string keys");
    json.push(b'\n');
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// Formatter that collects a string before it masks secrets: an escape may be in a secret.
#[cfg(feature = "json")]
#[derive(Default)]
struct ShownFormatter {
    pretty: serde_json::ser::PrettyFormatter<'static>,
    string: String,
}

#[cfg(feature = "json")]
impl serde_json::ser::Formatter for ShownFormatter {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        _: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.string.push_str(fragment);
        Ok(())
    }

    fn write_char_escape<W: io::Write + ?Sized>(
        &mut self,
        _: &mut W,
        escape: serde_json::ser::CharEscape,
    ) -> io::Result<()> {
        self.string.push(unescaped(&escape));
        Ok(())
    }

    fn end_string<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let string = std::mem::take(&mut self.string);
        let json = serde_json::to_string(&sso_types::shown_in_text(&string))?;
        // The quote at the start has been written.
        writer.write_all(&json.as_bytes()[1..])
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_array_value(writer, is_first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_object_key(writer, is_first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}

#[cfg(feature = "json")]
fn unescaped(escape: &serde_json::ser::CharEscape) -> char {
    use serde_json::ser::CharEscape;
    match escape {
        CharEscape::Quote => '"',
        CharEscape::ReverseSolidus => '\\',
        CharEscape::Solidus => '/',
        CharEscape::Backspace => '\u{8}',
        CharEscape::FormFeed => '\u{c}',
        CharEscape::LineFeed => '\n',
        CharEscape::CarriageReturn => '\r',
        CharEscape::Tab => '\t',
        CharEscape::AsciiControl(byte) => char::from(*byte),
    }
}
