use sso_test_support::Browser;

use crate::home;

/// ANSI sequences for black on white, and to reset the colours.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16m\u{1b}[48;5;231m";
const RESET: &str = "\u{1b}[0m";

/// Decodes a QR code drawn with half blocks, whose foreground is dark or light.
fn decode(rows: &[&str], is_foreground_dark: bool) -> String {
    const SCALE: usize = 4;
    let foreground: Vec<Vec<bool>> = rows
        .iter()
        .flat_map(|row| {
            let half = |upper: bool| {
                row.chars()
                    .map(move |c| c == '█' || c == if upper { '▀' } else { '▄' })
            };
            [half(true).collect(), half(false).collect()]
        })
        .collect();
    // Pixels outside of the drawing have the colour of the margin.
    let is_dark = |x: usize, y: usize| {
        let is_foreground = foreground.get(y).and_then(|row| row.get(x)).copied();
        is_foreground.unwrap_or(!is_foreground_dark) == is_foreground_dark
    };
    let (width, height) = (foreground[0].len(), foreground.len());
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width * SCALE, height * SCALE, |x, y| {
            if is_dark(x / SCALE, y / SCALE) {
                0
            } else {
                255
            }
        });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "{rows:#?}");
    grids[0].decode().unwrap().1
}

fn is_qr_row(line: &&str) -> bool {
    line.contains(['█', '▀', '▄'])
}

#[test]
fn the_qr_code_is_black_on_white_and_its_url_contains_the_user_code() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --qr --color always");
    let mut rows = vec![login.wait_for_line(|line| is_qr_row(&line))];
    while let row = login.wait_for_line(|_| true)
        && is_qr_row(&row.as_str())
    {
        rows.push(row);
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            row.strip_prefix(BLACK_ON_WHITE)
                .unwrap()
                .strip_suffix(RESET)
                .unwrap()
        })
        .collect();
    let url = decode(&rows, true);
    assert!(url.contains("/device?user_code="), "{url}");
    Browser::new().approve(&url);
    let login = login.finish().expect_code(0);
    let reason = "--qr is for another device; signing in with a device code.\n";
    assert!(login.stderr().contains(reason), "{login}");
}

#[test]
fn without_colour_the_qr_code_is_drawn_for_a_dark_background() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile legacy --qr --no-browser --quiet");
    login.wait_for_line(|line| line.contains('-') && line.trim().len() == 9);
    login.kill();
    let login = login.finish();
    let rows: Vec<_> = login.stderr().lines().filter(is_qr_row).collect();
    let url = decode(&rows, false);
    assert!(url.contains("/device?user_code="), "{url}");
    assert!(!login.stderr().contains('\u{1b}'), "{login}");
}

#[cfg(unix)]
#[test]
fn the_qr_code_fits_40_columns_and_is_omitted_on_narrower_terminals() {
    let check = |columns: u16, fits: bool| {
        let (_center, env) = home();
        let command = format!(
            "sh -c 'stty cols {columns}; exec sso-login --profile legacy --qr --no-browser'"
        );
        let mut login = env.start_on_terminal(&command);
        login.resize(50, columns);
        login.wait_for("Approve the request only");
        let screen = login.screen();
        assert_eq!(
            screen.lines().any(|line| is_qr_row(&line)),
            fits,
            "{screen}"
        );
        let warning = "too narrow for the QR code";
        assert_eq!(
            screen.replace('\n', " ").contains(warning),
            !fits,
            "{screen}"
        );
    };
    check(40, true);
    check(30, false);
}
