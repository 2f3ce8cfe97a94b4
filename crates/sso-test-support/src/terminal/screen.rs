//! Screen of a terminal, and its replies to control sequences.

use std::fmt;
use std::num::NonZeroU16;

use vt100::Parser;

/// Maximum number of rows in the output of a test.
const MAX_ROWS: u16 = 2000;

/// Start of the control sequence with which the session leader reports the exit status.
const END_MARKER: &[u8] = b"\x1b]ended;";

/// Screen, with all bytes that were written to it.
pub(super) struct Screen {
    parser: Parser<TerminalEvents>,
    bytes: Vec<u8>,
}

impl Screen {
    pub(super) fn new(rows: u16, columns: u16) -> Self {
        let [rows, columns] = [rows, columns].map(non_zero);
        Self {
            parser: Parser::new_with_callbacks(rows, columns, 0, TerminalEvents::default()),
            bytes: Vec::new(),
        }
    }

    /// Draws `bytes` and returns the terminal's replies.
    pub(super) fn draw(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.bytes.extend_from_slice(bytes);
        self.parser.process(bytes);
        if self.exit_status().is_some() {
            let mut ends = self.bytes.windows(END_MARKER.len());
            let end = ends.rposition(|bytes| bytes == END_MARKER);
            self.bytes
                .truncate(end.expect("the parser has found the marker"));
        }
        std::mem::take(&mut self.parser.callbacks_mut().replies)
    }

    /// Returns the program's exit status after all of its output is drawn.
    pub(super) fn exit_status(&self) -> Option<i32> {
        self.parser.callbacks().exit_status
    }

    pub(super) fn resize(&mut self, rows: u16, columns: u16) {
        let [rows, columns] = [rows, columns].map(non_zero);
        self.parser.set_size(rows, columns);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    pub(super) fn full_text(&self) -> String {
        let (_, columns) = self.parser.screen().size();
        let mut long_screen = Parser::new(non_zero(MAX_ROWS), columns, 0);
        long_screen.process(&self.bytes);
        let text = long_screen.screen().contents();
        let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
        lines.join("\n")
    }

    pub(super) fn uses_bracketed_paste(&self) -> bool {
        self.parser.screen().bracketed_paste()
    }

    /// Returns whether a mode is on that a program should turn off before it ends.
    pub(super) fn has_modes_on(&self) -> bool {
        let screen = self.parser.screen();
        screen.hide_cursor() || screen.bracketed_paste() || screen.alternate_screen()
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn non_zero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a window has at least one row and one column")
}

/// Control sequences that do not change the screen.
#[derive(Default)]
struct TerminalEvents {
    replies: Vec<u8>,
    exit_status: Option<i32>,
}

impl vt100::Callbacks for TerminalEvents {
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        if let [b"ended", code] = params {
            let code = str::from_utf8(code).ok().and_then(|code| code.parse().ok());
            self.exit_status = Some(code.expect("the session leader reports a number"));
        }
    }

    /// Replies to a device status report with the cursor position.
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        _: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        c: char,
    ) {
        if c == 'n' && params == [[6]] {
            let (row, column) = screen.cursor_position();
            let reply = format!("\u{1b}[{};{}R", row + 1, column + 1);
            self.replies.extend_from_slice(reply.as_bytes());
        }
    }
}
