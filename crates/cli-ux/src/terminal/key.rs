//! Keys and their meanings.

/// Key or paste, by its meaning in a line of text or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Text(String),
    /// Several lines of a paste in one.
    JoinedLines(String),
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

/// Returns the key for a paste, without line breaks, such as those of a mail program in a long URL, and
/// without other control characters.
pub(super) fn of_paste(pasted: &str) -> Key {
    let text = pasted.chars().filter(|c| !c.is_control()).collect();
    if pasted.trim().contains(['\r', '\n']) {
        Key::JoinedLines(text)
    } else {
        Key::Text(text)
    }
}
