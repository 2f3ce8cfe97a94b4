//! Keys and their meanings.

/// Key or paste, by its meaning in a line of text or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Text(String),
    Enter,
    Tab,
    Escape,
    Backspace,
    Delete,
    DeleteWord,
    DeleteToStart,
    DeleteToEnd,
    Left,
    Right,
    Home,
    End,
    Up,
    Down,
    PageUp,
    PageDown,
    Interrupt,
    Suspend,
    EndOfInput,
    Resized,
}

impl Key {
    /// Returns the meaning of a letter with Ctrl, like readline.
    pub(super) fn of_control(letter: char) -> Option<Self> {
        Some(match letter {
            'a' => Self::Home,
            'b' => Self::Left,
            'c' => Self::Interrupt,
            'd' => Self::EndOfInput,
            'e' => Self::End,
            'f' => Self::Right,
            'h' => Self::Backspace,
            'j' | 'm' => Self::Enter,
            'k' => Self::DeleteToEnd,
            'n' => Self::Down,
            'p' => Self::Up,
            'u' => Self::DeleteToStart,
            'w' => Self::DeleteWord,
            'z' => Self::Suspend,
            _ => return None,
        })
    }
}

/// Removes line breaks, such as those of a mail program in a long URL, and other control
/// characters.
pub(super) fn one_line(pasted: &str) -> String {
    pasted.chars().filter(|c| !c.is_control()).collect()
}
