//! The rows of the terminal that a question takes up, redrawn in place.

use std::io::{self, Write};

use crossterm::cursor::{MoveToColumn, MoveUp};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType, size};
use unicode_width::UnicodeWidthStr;

use super::Frame;

/// The rows from the cursor's on downwards, on stderr.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    shown: Frame,
}

impl Screen {
    /// Returns columns and rows of the terminal; the usual ones where it does not tell.
    pub(crate) fn size() -> (usize, usize) {
        match size() {
            Ok((columns, rows)) if columns > 1 && rows > 1 => (columns.into(), rows.into()),
            _ => (80, 24),
        }
    }

    /// Shows `frame` in the place of the one before.
    pub(crate) fn draw(&mut self, frame: Frame) -> io::Result<()> {
        let mut bytes = Vec::new();
        self.to_start(&mut bytes)?;
        bytes.extend(frame.rows.join("\r\n").as_bytes());
        let (row, column) = frame.cursor;
        up(&mut bytes, frame.rows.len().saturating_sub(row + 1))?;
        queue!(bytes, MoveToColumn(short(column)))?;
        self.shown = frame;
        io::stderr().write_all(&bytes)
    }

    /// Leaves `rows` in the place of the frame, and the cursor on the line below.
    pub(crate) fn leave(mut self, rows: &[String]) -> io::Result<()> {
        let mut bytes = Vec::new();
        self.to_start(&mut bytes)?;
        for row in rows {
            bytes.extend(row.as_bytes());
            bytes.extend(b"\r\n");
        }
        self.shown = Frame::default();
        io::stderr().write_all(&bytes)
    }

    /// Moves to where the frame begins and clears it. A terminal that has become narrower has
    /// broken the rows anew.
    fn to_start(&self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let (columns, _) = Self::size();
        let (row, column) = self.shown.cursor;
        let above = self.shown.rows.iter().take(row);
        let above: usize = above.map(|row| row.width().div_ceil(columns).max(1)).sum();
        up(bytes, above + column / columns)?;
        queue!(bytes, MoveToColumn(0), Clear(ClearType::FromCursorDown))
    }
}

fn up(bytes: &mut Vec<u8>, rows: usize) -> io::Result<()> {
    if rows == 0 {
        return Ok(());
    }
    queue!(bytes, MoveUp(short(rows)))
}

fn short(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
