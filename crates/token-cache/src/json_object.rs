//! Splits the text of a JSON object into its fields, without interpreting the values.
//!
//! Accepts what the `json` module of Python accepts, and therefore the AWS CLI: RFC 8259 with the
//! numbers `NaN`, `Infinity` and `-Infinity`, escapes of unpaired surrogates, numbers of any size,
//! and repeated names. The depth of nested values is not limited.
//!
//! ```text
//! text    = ws object ws
//! object  = "{" ws [ field { "," ws field } ] "}"
//! field   = string ws ":" ws value ws
//! array   = "[" ws [ value ws { "," ws value ws } ] "]"
//! value   = object | array | string | number | "true" | "false" | "null"
//! number  = [ "-" ] ( integer [ "." digits ] [ exponent ] | "Infinity" ) | "NaN"
//! ```

use crate::error::Corruption;

/// Returns the names and values in the order of `text`, each as JSON text. A name is in quotes.
pub(crate) fn fields(text: &[u8]) -> Result<Vec<(&str, &str)>, Corruption> {
    let is_utf8 = str::from_utf8(text);
    let text = is_utf8.map_err(|error| not_json(text, error.valid_up_to()))?;
    let mut scanner = Scanner { text, index: 0 };
    let document = scanner.document();
    match document.ok_or_else(|| not_json(text.as_bytes(), scanner.index))? {
        Document::Object(fields) => Ok(fields),
        Document::Other => Err(Corruption::NotAnObject),
    }
}

/// Returns the error for the byte at `index`, or for the end of `text`.
fn not_json(text: &[u8], index: usize) -> Corruption {
    let read = &text[..text.len().min(index + 1)];
    let mut lines = read.split(|byte| *byte == b'\n');
    Corruption::NotJson {
        line: lines.clone().count(),
        column: lines.next_back().map_or(0, <[u8]>::len),
    }
}

enum Document<'t> {
    Object(Vec<(&'t str, &'t str)>),
    Other,
}

/// Each method moves `index` behind what it accepts. It returns `None` for invalid text, and then
/// `index` is that of the first invalid byte.
struct Scanner<'t> {
    text: &'t str,
    index: usize,
}

impl<'t> Scanner<'t> {
    fn document(&mut self) -> Option<Document<'t>> {
        self.blanks();
        let document = if self.peek() == Some(b'{') {
            Document::Object(self.object()?)
        } else {
            self.value()?;
            Document::Other
        };
        self.blanks();
        self.peek().is_none().then_some(document)
    }

    fn object(&mut self) -> Option<Vec<(&'t str, &'t str)>> {
        let mut fields = Vec::new();
        self.byte(b'{')?;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.index += 1;
            return Some(fields);
        }
        loop {
            let name = self.name()?;
            let start = self.index;
            self.value()?;
            fields.push((name, &self.text[start..self.index]));
            self.blanks();
            if self.peek() == Some(b'}') {
                self.index += 1;
                return Some(fields);
            }
            self.byte(b',')?;
            self.blanks();
        }
    }

    /// Accepts a name, a colon, and the whitespace after both.
    fn name(&mut self) -> Option<&'t str> {
        let start = self.index;
        self.string()?;
        let name = &self.text[start..self.index];
        self.blanks();
        self.byte(b':')?;
        self.blanks();
        Some(name)
    }

    /// Accepts a value without recursion, so that deep nesting does not exhaust the stack.
    fn value(&mut self) -> Option<()> {
        let mut closing = Vec::new();
        loop {
            let is_complete = self.opening(&mut closing)?;
            if is_complete && !self.next_element(&mut closing)? {
                return Some(());
            }
        }
    }

    /// Accepts a scalar or an empty container and returns true. Otherwise accepts the start of a
    /// container, up to its first value, and adds the byte that closes it to `closing`.
    fn opening(&mut self, closing: &mut Vec<u8>) -> Option<bool> {
        let close = match self.peek() {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            _ => return self.scalar().map(|()| true),
        };
        self.index += 1;
        self.blanks();
        if self.peek() == Some(close) {
            self.index += 1;
            return Some(true);
        }
        if close == b'}' {
            self.name()?;
        }
        closing.push(close);
        Some(false)
    }

    /// Accepts the ends of containers after a value, and a comma. Returns false after the end of the
    /// outermost container.
    fn next_element(&mut self, closing: &mut Vec<u8>) -> Option<bool> {
        while let Some(close) = closing.last().copied() {
            self.blanks();
            if self.peek() == Some(close) {
                self.index += 1;
                closing.pop();
                continue;
            }
            self.byte(b',')?;
            self.blanks();
            if close == b'}' {
                self.name()?;
            }
            return Some(true);
        }
        Some(false)
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'N') => self.word("NaN"),
            _ => self.number(),
        }
    }

    fn string(&mut self) -> Option<()> {
        self.byte(b'"')?;
        loop {
            match self.peek()? {
                b'"' => {
                    self.index += 1;
                    return Some(());
                }
                b'\\' => self.escape()?,
                0..=0x1f => return None,
                _ => self.index += 1,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        self.index += 1;
        match self.peek()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.index += 1;
                Some(())
            }
            b'u' => {
                self.index += 1;
                (0..4).try_for_each(|_| self.one(|byte| byte.is_ascii_hexdigit()))
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        self.skip(b'-');
        match self.peek()? {
            b'I' => return self.word("Infinity"),
            b'0' => self.index += 1,
            _ => self.digits()?,
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _ = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        self.one(|byte| byte.is_ascii_digit())?;
        while self.one(|byte| byte.is_ascii_digit()).is_some() {}
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        word.bytes().try_for_each(|byte| self.byte(byte))
    }

    fn byte(&mut self, expected: u8) -> Option<()> {
        self.one(|byte| byte == expected)
    }

    fn one(&mut self, is_expected: impl Fn(u8) -> bool) -> Option<()> {
        self.peek().filter(|byte| is_expected(*byte))?;
        self.index += 1;
        Some(())
    }

    fn skip(&mut self, byte: u8) -> bool {
        self.byte(byte).is_some()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.index += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.index).copied()
    }
}
