//! QR codes as text, with two rows of modules per row of the terminal.

use std::io::{self, IsTerminal};

use anstyle::{Ansi256Color, Color, Style};
use qrcode::{EcLevel, QrCode};

use crate::terminal::screen::Screen;

/// Black on white by colour number, because terminals redefine the named colours.
const INK: Style = Style::new()
    .fg_color(Some(Color::Ansi256(Ansi256Color(16))))
    .bg_color(Some(Color::Ansi256(Ansi256Color(231))));

/// Width of the white margin in modules. The standard requires four; cameras accept two, with which
/// the code of a typical URL fits 40 columns.
const MARGIN: usize = 2;

#[derive(Debug, thiserror::Error)]
pub(crate) enum QrError {
    #[error("the URL is too long for a QR code")]
    TooLong,
    #[error("the terminal is too narrow for the QR code, which needs {columns} columns")]
    TooWide { columns: usize },
}

/// Renders `text` as a QR code. Without styles, the code has the colours of the terminal, and is
/// correct only for light text on a dark background.
pub(crate) fn render(text: &str, has_styles: bool) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = Modules::of(&code.map_err(|_| QrError::TooLong)?);
    let columns = code.width;
    if io::stderr().is_terminal() && columns > Screen::size().0 {
        return Err(QrError::TooWide { columns });
    }
    let rows = (0..columns).step_by(2).map(|row| {
        if has_styles {
            format!("{INK}{}{INK:#}\n", code.render_row(row, true))
        } else {
            format!("{}\n", code.render_row(row, false))
        }
    });
    Ok(rows.collect())
}

/// Modules of a code, including the margin.
struct Modules {
    width: usize,
    is_dark: Vec<bool>,
}

impl Modules {
    fn of(code: &QrCode) -> Self {
        let inner = code.width();
        let width = inner + 2 * MARGIN;
        let colors = code.to_colors();
        let is_dark = (0..width * width).map(|at| {
            let inside = |location: usize| location.checked_sub(MARGIN).filter(|&it| it < inner);
            let module = inside(at / width).zip(inside(at % width));
            module.is_some_and(|(row, column)| colors[row * inner + column] == qrcode::Color::Dark)
        });
        Self {
            width,
            is_dark: is_dark.collect(),
        }
    }

    /// Renders a row and the row below it, which is light below the last row. A block represents a
    /// dark module if `is_ink_dark`, else a light one.
    fn render_row(&self, row: usize, is_ink_dark: bool) -> String {
        let has_ink = |row: usize, column: usize| {
            let is_dark = self.is_dark.get(row * self.width + column);
            is_dark.copied().unwrap_or(false) == is_ink_dark
        };
        let blocks =
            (0..self.width).map(
                |column| match (has_ink(row, column), has_ink(row + 1, column)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                },
            );
        blocks.collect()
    }
}
