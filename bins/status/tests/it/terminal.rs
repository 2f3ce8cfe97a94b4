use crate::{HOUR, signed_in_for};

fn run_in(columns: u32, setting: &str) -> (String, Vec<u8>) {
    let (_center, env) = signed_in_for(HOUR);
    let command = format!("stty cols {columns}; {setting} sso-status --sso-session my-sso");
    let mut terminal = env.start_on_terminal(&format!("sh -c '{command}; echo done'"));
    terminal.wait_for("done");
    let (screen, written) = (terminal.screen(), terminal.written());
    let _ = terminal.finish();
    (screen, written)
}

#[test]
fn a_wide_terminal_shows_tables() {
    let (screen, _) = run_in(80, "");
    assert!(
        screen.contains("\nprod     my-sso   123456789011  FullAccess  "),
        "{screen}"
    );
}

#[test]
fn a_narrow_terminal_shows_each_row_as_a_block() {
    let (screen, _) = run_in(40, "");
    assert!(screen.contains("\nROLE         FullAccess\n"), "{screen}");
    assert!(
        screen.lines().all(|line| line.chars().count() <= 40),
        "{screen}"
    );
}

#[test]
fn the_note_about_the_end_of_a_session_fits_each_width() {
    for columns in [80, 60, 40] {
        let (screen, _) = run_in(columns, "");
        let lines: Vec<_> = screen.lines().map(str::trim_end).collect();
        let note = [
            "A session's end is not known locally;",
            "--verify checks whether it has ended.",
        ];
        assert!(lines.windows(2).any(|pair| pair == note), "{screen}");
    }
}

#[test]
fn output_has_no_colour() {
    for setting in ["", "NO_COLOR=1"] {
        let (_, written) = run_in(80, setting);
        assert!(
            !written.contains(&b'\x1b'),
            "{}",
            String::from_utf8_lossy(&written)
        );
    }
}
