//! Terminal row of a progress line.

use std::io;

use console::Term;
use indicatif::TermLike;

/// Terminal that omits the spaces with which `indicatif` fills the row. After these spaces, the
/// `^C` that the terminal shows would wrap to another row, and the line would not be removed.
#[derive(Debug)]
pub(super) struct Row(Term);

impl Row {
    pub(super) fn of_stderr() -> Self {
        Self(Term::buffered_stderr())
    }
}

impl TermLike for Row {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let is_padding = text.bytes().all(|byte| byte == b' ');
        if is_padding {
            return Ok(());
        }
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
