//! QR codes as text, two rows of the code in one of the terminal.

use std::io::{self, IsTerminal};

use anstyle::{Ansi256Color, Color, Style};
use qrcode::{EcLevel, QrCode};

use crate::terminal::screen::Screen;

/// Black on white by number, since terminals redefine the colours that have names.
const INK: Style = Style::new()
    .fg_color(Some(Color::Ansi256(Ansi256Color(16))))
    .bg_color(Some(Color::Ansi256(Ansi256Color(231))));

/// Width of the white margin in modules. The standard has four; two are enough for a camera, and the
/// code of a usual URL fits 40 columns.
const MARGIN: usize = 2;

/// Error of drawing a code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QrError {
    #[error("the address is too long for a QR code")]
    TooLong,
    #[error("the window is too narrow for the QR code, which has {columns} columns")]
    TooWide { columns: usize },
}

/// Returns `text` as a QR code. Without styles it is drawn in the colour that the terminal writes
/// in, for one that writes light on dark.
pub(crate) fn drawn(text: &str, has_styles: bool) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = Modules::of(&code.map_err(|_| QrError::TooLong)?);
    let columns = code.width;
    if io::stderr().is_terminal() && columns > Screen::size().0 {
        return Err(QrError::TooWide { columns });
    }
    let rows = (0..columns).step_by(2).map(|row| {
        if has_styles {
            format!("{INK}{}{INK:#}\n", code.drawn_row(row, true))
        } else {
            format!("{}\n", code.drawn_row(row, false))
        }
    });
    Ok(rows.collect())
}

/// The modules of a code with its margin.
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

    /// Draws a row and the one below it; below the last one there is white. `ink` is what a block
    /// stands for: dark modules or light ones.
    fn drawn_row(&self, row: usize, ink: bool) -> String {
        let has_ink = |row: usize, column: usize| {
            let is_dark = self.is_dark.get(row * self.width + column);
            is_dark.copied().unwrap_or(false) == ink
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
