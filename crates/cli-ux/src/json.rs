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
    let formatter = ShownFormatter(serde_json::ser::PrettyFormatter::new());
    let mut serializer = serde_json::Serializer::with_formatter(&mut json, formatter);
    let result = document.serialize(&mut serializer);
    result.expect("the documents have string keys");
    json.push(b'\n');
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// Masks the parts of texts between escapes.
#[cfg(feature = "json")]
struct ShownFormatter(serde_json::ser::PrettyFormatter<'static>);

#[cfg(feature = "json")]
impl serde_json::ser::Formatter for ShownFormatter {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        writer.write_all(sso_types::shown_in_text(fragment).as_bytes())
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, is_first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, is_first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
