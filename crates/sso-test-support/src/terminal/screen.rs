//! What stands on a terminal's screen, and what it answers when it is asked.

use std::fmt;
use std::num::NonZeroU16;

use vt100::Parser;

/// More than any test writes.
const ROWS_OF_A_ROLL: u16 = 2000;

/// What the leader says begins so.
const LAST_WORD: &[u8] = b"\x1b]ended;";

/// A screen, and everything that was ever drawn on it.
pub(super) struct Screen {
    parser: Parser<TerminalEvents>,
    bytes: Vec<u8>,
}

impl Screen {
    pub(super) fn new(rows: u16, columns: u16) -> Self {
        let [rows, columns] = [rows, columns].map(not_zero);
        Self {
            parser: Parser::new_with_callbacks(rows, columns, 0, TerminalEvents::default()),
            bytes: Vec::new(),
        }
    }

    /// Draws `bytes` and returns what the terminal has to say to them.
    pub(super) fn draw(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.bytes.extend_from_slice(bytes);
        self.parser.process(bytes);
        if self.ended().is_some() {
            let mut ends = self.bytes.windows(LAST_WORD.len());
            let end = ends.rposition(|bytes| bytes == LAST_WORD);
            self.bytes.truncate(end.expect("it was just heard"));
        }
        std::mem::take(&mut self.parser.callbacks_mut().answers)
    }

    /// Returns the program's exit status, once everything is drawn that it wrote.
    pub(super) fn ended(&self) -> Option<i32> {
        self.parser.callbacks().ended
    }

    pub(super) fn resize(&mut self, rows: u16, columns: u16) {
        let [rows, columns] = [rows, columns].map(not_zero);
        self.parser.set_size(rows, columns);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Returns the text with what has scrolled away, that of a screen as long as a roll of paper,
    /// without spaces at the ends of lines.
    pub(super) fn whole_text(&self) -> String {
        let (_, columns) = self.parser.screen().size();
        let mut roll = Parser::new(not_zero(ROWS_OF_A_ROLL), columns, 0);
        roll.process(&self.bytes);
        let text = roll.screen().contents();
        let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
        lines.join("\n")
    }

    pub(super) fn wants_bracketed_paste(&self) -> bool {
        self.parser.screen().bracketed_paste()
    }

    /// Whether a mode is on that a shell would not expect.
    pub(super) fn is_odd(&self) -> bool {
        let screen = self.parser.screen();
        screen.hide_cursor() || screen.bracketed_paste() || screen.alternate_screen()
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn not_zero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a window has a row and a column")
}

/// What a screen is told beside what it shows.
#[derive(Default)]
struct TerminalEvents {
    /// What the terminal has to answer.
    answers: Vec<u8>,
    /// What the program ended with.
    ended: Option<i32>,
}

impl vt100::Callbacks for TerminalEvents {
    /// The leader's own word.
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        if let [b"ended", code] = params {
            let code = str::from_utf8(code).ok().and_then(|code| code.parse().ok());
            self.ended = Some(code.expect("a shell knows how its job ended"));
        }
    }

    /// Device status report: where is the cursor?
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
            let answer = format!("\u{1b}[{};{}R", row + 1, column + 1);
            self.answers.extend_from_slice(answer.as_bytes());
        }
    }
}
