//! The address as a QR code.

use sso_test_support::Browser;

use crate::home;

/// Black ink on white, and the end of it.
const INK: &str = "\u{1b}[38;5;16m\u{1b}[48;5;231m";
const END: &str = "\u{1b}[0m";

/// Reads the QR code that is drawn with half blocks, in dark or in light ink.
fn decoded(rows: &[&str], is_dark_ink: bool) -> String {
    const SCALE: usize = 4;
    let ink: Vec<Vec<bool>> = rows
        .iter()
        .flat_map(|row| {
            let half = |upper: bool| {
                row.chars()
                    .map(move |c| c == '█' || c == if upper { '▀' } else { '▄' })
            };
            [half(true).collect(), half(false).collect()]
        })
        .collect();
    // What surrounds the code has the colour of its margin.
    let is_dark = |x: usize, y: usize| {
        let has_ink = ink.get(y).and_then(|row| row.get(x)).copied();
        has_ink.unwrap_or(!is_dark_ink) == is_dark_ink
    };
    let (width, height) = (ink[0].len(), ink.len());
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

fn is_of_code(line: &&str) -> bool {
    line.contains(['█', '▀', '▄'])
}

#[test]
fn it_is_black_on_white_whatever_the_terminals_colours_and_leads_where_the_code_is_filled_in() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --qr --color always");
    let mut rows = vec![login.wait_for_line(|line| is_of_code(&line))];
    while let row = login.wait_for_line(|_| true)
        && is_of_code(&row.as_str())
    {
        rows.push(row);
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row.strip_prefix(INK).unwrap().strip_suffix(END).unwrap())
        .collect();
    let url = decoded(&rows, true);
    assert!(url.contains("/device?user_code="), "{url}");
    Browser::new().approve(&url);
    let login = login.finish().expect_code(0);
    let reason = "Signing in by code, since a QR code is for another device.";
    assert!(login.stderr().contains(reason), "{login}");
}

#[test]
fn without_colours_it_is_drawn_for_a_dark_terminal() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile legacy --qr --no-browser --quiet");
    login.wait_for_line(|line| line.contains('-') && line.trim().len() == 9);
    login.kill();
    let login = login.finish();
    let rows: Vec<_> = login.stderr().lines().filter(is_of_code).collect();
    let url = decoded(&rows, false);
    assert!(url.contains("/device?user_code="), "{url}");
    assert!(!login.stderr().contains('\u{1b}'), "{login}");
}

#[cfg(unix)]
#[test]
fn it_fits_40_columns_and_is_left_out_where_it_does_not_fit() {
    let check = |columns: u16, fits: bool| {
        let (_center, env) = home();
        let command = format!(
            "sh -c 'stty cols {columns}; exec sso-login --profile legacy --qr --no-browser'"
        );
        let mut login = env.start_on_terminal(&command);
        login.resize(50, columns);
        login.wait_for("Approve only");
        let screen = login.screen();
        assert_eq!(
            screen.lines().any(|line| is_of_code(&line)),
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
