//! Keys and their meanings.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

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
    /// Returns the key of an event; `None` if it has no meaning.
    pub(crate) fn of_event(event: Event) -> Option<Self> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Self::of_key(key),
            Event::Paste(text) => Some(Self::Text(one_line(&text))),
            Event::Resize(..) => Some(Self::Resized),
            _ => None,
        }
    }

    fn of_key(key: KeyEvent) -> Option<Self> {
        if let KeyCode::Char(c) = key.code {
            return Self::of_char(c, key.modifiers);
        }
        Some(match key.code {
            KeyCode::Enter => Self::Enter,
            KeyCode::Tab => Self::Tab,
            KeyCode::Esc => Self::Escape,
            KeyCode::Backspace => Self::Backspace,
            KeyCode::Delete => Self::Delete,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::Up => Self::Up,
            KeyCode::Down => Self::Down,
            KeyCode::PageUp => Self::PageUp,
            KeyCode::PageDown => Self::PageDown,
            _ => return None,
        })
    }

    /// Maps control keys like readline.
    fn of_char(c: char, modifiers: KeyModifiers) -> Option<Self> {
        // Some keyboards report AltGr, which types characters such as @, as Ctrl and Alt.
        if !modifiers.contains(KeyModifiers::CONTROL) || modifiers.contains(KeyModifiers::ALT) {
            return Some(Self::Text(c.to_string()));
        }
        Some(match c.to_ascii_lowercase() {
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
fn one_line(pasted: &str) -> String {
    pasted.chars().filter(|c| !c.is_control()).collect()
}
