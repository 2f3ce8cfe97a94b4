//! Terminal rows of a prompt, redrawn in place.

use std::io;

use crossterm::cursor::{MoveToColumn, MoveUp};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType, size};
use unicode_width::UnicodeWidthStr;

use super::layout::Frame;
use crate::stderr;

/// Rows on stderr, from the row of the cursor downwards.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    shown: Frame,
    /// Number of continuations of the program before the frame was drawn.
    continuations: usize,
}

impl Screen {
    /// Returns the columns and rows of the terminal; 80 and 24 if they are unknown.
    pub(crate) fn size() -> (usize, usize) {
        match size() {
            Ok((columns, rows)) if columns > 1 && rows > 1 => (columns.into(), rows.into()),
            _ => (80, 24),
        }
    }

    pub(crate) fn draw(&mut self, frame: Frame) -> io::Result<()> {
        self.forget_frame_above_shell();
        let mut bytes = Vec::new();
        self.to_start(&mut bytes)?;
        bytes.extend(frame.styled_rows().join("\r\n").as_bytes());
        let (row, column) = frame.cursor;
        up(&mut bytes, frame.rows.len().saturating_sub(row + 1))?;
        queue!(bytes, MoveToColumn(saturate(column)))?;
        self.shown = frame;
        stderr::write_all(&bytes)
    }

    /// Replaces the frame with `rows`, which stay on the screen, and moves the cursor below them.
    pub(crate) fn leave(mut self, rows: &[String]) -> io::Result<()> {
        self.forget_frame_above_shell();
        let mut bytes = Vec::new();
        self.to_start(&mut bytes)?;
        for row in rows {
            bytes.extend(row.as_bytes());
            bytes.extend(b"\r\n");
        }
        self.shown = Frame::default();
        stderr::write_all(&bytes)
    }

    /// Starts a new frame at the cursor if the shell has written since the last one.
    fn forget_frame_above_shell(&mut self) {
        #[cfg(unix)]
        let continuations = super::job_control::continuations();
        #[cfg(not(unix))]
        let continuations = 0;
        if continuations != self.continuations {
            self.continuations = continuations;
            self.shown = Frame::default();
        }
    }

    /// Moves to the start of the frame and clears it, even if a narrower terminal has wrapped the
    /// rows.
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
    queue!(bytes, MoveUp(saturate(rows)))
}

fn saturate(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
