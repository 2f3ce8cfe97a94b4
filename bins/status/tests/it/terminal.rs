//! On a terminal.

use crate::{HOUR, signed_in_for};

/// What stands on a terminal of so many columns, in the given environment.
fn shown_in(columns: u32, setting: &str) -> (String, Vec<u8>) {
    let (_center, env) = signed_in_for(HOUR);
    let command = format!("stty cols {columns}; {setting} sso-status --sso-session my-sso");
    let mut terminal = env.start_on_terminal(&format!("sh -c '{command}; echo done'"));
    terminal.wait_for("done");
    let (screen, written) = (terminal.screen(), terminal.written());
    let _ = terminal.finish();
    (screen, written)
}

#[test]
fn there_are_tables_where_there_is_room() {
    let (screen, _) = shown_in(80, "");
    assert!(
        screen.contains("\nprod     my-sso   123456789011  FullAccess  "),
        "{screen}"
    );
}

#[test]
fn on_a_narrow_terminal_each_row_is_a_block_that_fits() {
    let (screen, _) = shown_in(40, "");
    assert!(screen.contains("\nROLE         FullAccess\n"), "{screen}");
    assert!(
        screen.lines().all(|line| line.chars().count() <= 40),
        "{screen}"
    );
}

#[test]
fn nothing_is_told_by_colour() {
    for setting in ["", "NO_COLOR=1"] {
        let (_, written) = shown_in(80, setting);
        assert!(
            !written.contains(&b'\x1b'),
            "{}",
            String::from_utf8_lossy(&written)
        );
    }
}
