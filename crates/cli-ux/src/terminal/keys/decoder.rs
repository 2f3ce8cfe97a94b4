//! Decoding of the bytes that a terminal sends for keys and pastes.

use crate::terminal::key::{Key, of_paste};

const ESCAPE: u8 = 0x1b;
const CTRL_C: u8 = 0x03;

const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// Decoder of bytes that arrive in any parts. What begins like a control sequence is never text.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Beginning of a sequence, a paste or a character.
    incomplete: Vec<u8>,
}

impl Decoder {
    pub(super) fn decode(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.incomplete.extend(bytes);
        let mut keys = Vec::new();
        while let Some((length, key)) = first(&self.incomplete) {
            self.incomplete.drain(..length);
            keys.extend(key);
        }
        keys
    }

    /// Returns the key that is complete because nothing follows: Escape, or Ctrl-C in a paste without an end.
    pub(super) fn pause(&mut self) -> Option<Key> {
        let key = match self.incomplete.as_slice() {
            [ESCAPE] => Key::Escape,
            [.., CTRL_C] => Key::Interrupt,
            _ => return None,
        };
        self.incomplete.clear();
        Some(key)
    }

    pub(super) fn is_incomplete(&self) -> bool {
        !self.incomplete.is_empty()
    }
}

/// Returns the length of the first key and its meaning, if it has one; `None` if it is incomplete.
fn first(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    match *bytes {
        [] | [ESCAPE] => None,
        [ESCAPE, b'[', ..] => control_sequence(bytes),
        [ESCAPE, b'O', ..] => Some((3, of_final(*bytes.get(2)?))),
        // Alt and Backspace.
        [ESCAPE, 0x7f | 0x08, ..] => Some((2, Some(Key::DeleteWord))),
        [ESCAPE, ..] => Some((1, Some(Key::Escape))),
        [byte, ..] if byte.is_ascii_control() => Some((1, of_control(byte))),
        _ => character(bytes),
    }
}

/// A sequence ends at a byte from `@` to `~`. Another control character aborts it.
fn control_sequence(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    if bytes.starts_with(PASTE_START) {
        return paste(bytes);
    }
    // The Linux console sends this prefix for function keys.
    let start = if bytes.get(2) == Some(&b'[') { 3 } else { 2 };
    let is_parameter = |byte: &u8| (0x20..0x40).contains(byte);
    let parameters = bytes[start..].iter().take_while(|byte| is_parameter(byte));
    let end = start + parameters.count();
    let last = *bytes.get(end)?;
    if !(0x40..0x7f).contains(&last) {
        return Some((end, None));
    }
    let key = match last {
        _ if start == 3 => None,
        b'~' => of_number(&bytes[start..end]),
        last => of_final(last),
    };
    Some((end + 1, key))
}

fn paste(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let pasted = &bytes[PASTE_START.len()..];
    let mut windows = pasted.windows(PASTE_END.len());
    let length = windows.position(|window| window == PASTE_END)?;
    let key = of_paste(&String::from_utf8_lossy(&pasted[..length]));
    let end = PASTE_START.len() + length + PASTE_END.len();
    Some((end, Some(key)))
}

fn of_final(last: u8) -> Option<Key> {
    Some(match last {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'F' => Key::End,
        b'H' => Key::Home,
        b'M' => Key::Enter,
        _ => return None,
    })
}

/// Returns the key of a number before `~`, which a semicolon separates from modifiers.
fn of_number(parameters: &[u8]) -> Option<Key> {
    Some(match parameters.split(|byte| *byte == b';').next()? {
        b"1" | b"7" => Key::Home,
        b"3" => Key::Delete,
        b"4" | b"8" => Key::End,
        b"5" => Key::PageUp,
        b"6" => Key::PageDown,
        _ => return None,
    })
}

fn of_control(byte: u8) -> Option<Key> {
    match byte {
        b'\t' => Some(Key::Tab),
        0x7f => Some(Key::Backspace),
        1..=26 => Key::of_control(char::from(byte - 1 + b'a')),
        _ => None,
    }
}

fn character(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let available = &bytes[..length.min(bytes.len())];
    match str::from_utf8(available) {
        Ok(text) => Some((length, Some(Key::Text(text.to_owned())))),
        Err(error) if error.error_len().is_none() => None,
        Err(_) => Some((1, None)),
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::{Decoder, Key};

    /// Returns the keys of `parts`, with a pause between two of them if `pauses` is set.
    fn decode(parts: &[&[u8]], pauses: bool) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let mut keys = Vec::new();
        for part in parts {
            keys.extend(decoder.decode(part));
            if pauses {
                keys.extend(decoder.pause());
            }
        }
        keys
    }

    fn text(text: &str) -> Key {
        Key::Text(text.to_owned())
    }

    const KEYS: [(&[u8], Key); 24] = [
        (b"\x1b[A", Key::Up),
        (b"\x1bOB", Key::Down),
        (b"\x1b[C", Key::Right),
        (b"\x1b[1;5D", Key::Left),
        (b"\x1b[H", Key::Home),
        (b"\x1b[1~", Key::Home),
        (b"\x1bOF", Key::End),
        (b"\x1b[4~", Key::End),
        (b"\x1b[3;2~", Key::Delete),
        (b"\x1b[5~", Key::PageUp),
        (b"\x1b[6~", Key::PageDown),
        (b"\r", Key::Enter),
        (b"\n", Key::Enter),
        (b"\x1bOM", Key::Enter),
        (b"\t", Key::Tab),
        (b"\x7f", Key::Backspace),
        (b"\x08", Key::Backspace),
        (b"\x1b\x7f", Key::DeleteWord),
        (b"\x03", Key::Interrupt),
        (b"\x04", Key::EndOfInput),
        (b"\x15", Key::DeleteToStart),
        (b"\x17", Key::DeleteWord),
        (b"\x1a", Key::Suspend),
        (b"\x0b", Key::DeleteToEnd),
    ];

    #[test]
    fn a_key_is_the_same_in_any_parts() {
        for (bytes, key) in KEYS {
            assert_eq!(decode(&[bytes], true), slice::from_ref(&key), "{bytes:x?}");
            let parts: Vec<_> = bytes.chunks(1).collect();
            assert_eq!(decode(&parts, false), slice::from_ref(&key), "{bytes:x?}");
            // A pause after the first byte would make it Escape.
            for at in 2..bytes.len() {
                let (start, rest) = bytes.split_at(at);
                assert_eq!(
                    decode(&[start, rest], true),
                    slice::from_ref(&key),
                    "{bytes:x?}"
                );
            }
        }
    }

    #[test]
    fn escape_is_a_key_only_if_no_sequence_follows() {
        assert_eq!(decode(&[b"\x1b"], false), []);
        assert_eq!(decode(&[b"\x1b"], true), [Key::Escape]);
        assert_eq!(decode(&[b"\x1b", b"[D"], false), [Key::Left]);
        assert_eq!(decode(&[b"\x1b", b"x"], true), [Key::Escape, text("x")]);
        let with_text = [Key::Escape, text("h"), text("i")];
        assert_eq!(decode(&[b"\x1bhi"], false), with_text);
        assert_eq!(decode(&[b"\x1b\r"], false), [Key::Escape, Key::Enter]);
        assert_eq!(decode(&[b"\x1b\x1b"], true), [Key::Escape, Key::Escape]);
        assert_eq!(decode(&[b"\x1b\x03"], true), [Key::Escape, Key::Interrupt]);
    }

    #[test]
    fn other_sequences_are_no_text() {
        let sequences: [&[u8]; 8] = [
            b"\x1b[Z",
            b"\x1b[11~",
            b"\x1b[[A",
            b"\x1bOP",
            b"\x1b[I",
            b"\x1b[24;80R",
            b"\x1b[?1;2c",
            b"\x1b[<0;1;1m",
        ];
        for sequence in sequences {
            let parts: Vec<_> = sequence.chunks(1).chain([&b"a"[..]]).collect();
            assert_eq!(decode(&parts, false), [text("a")], "{sequence:x?}");
        }
        assert_eq!(decode(&[b"\x1b[\x03"], true), [Key::Interrupt]);
        assert_eq!(decode(&[b"\x1b[1\x1b[A"], true), [Key::Up]);
    }

    #[test]
    fn a_paste_is_one_text_in_any_parts() {
        let pasted = "\u{1b}[200~one\r\ntwö\u{1b}[31m\u{1b}[201~\r".as_bytes();
        let joined = Key::JoinedLines("onetwö[31m".to_owned());
        let expected = [joined, Key::Enter];
        for at in 0..pasted.len() {
            let (start, rest) = pasted.split_at(at);
            assert_eq!(decode(&[start, rest], false), expected, "{at}");
            if at > 1 {
                assert_eq!(decode(&[start, rest], true), expected, "{at}");
            }
        }
        assert_eq!(decode(&[b"\x1b[200~one", b"\x03"], true), [Key::Interrupt]);
    }

    #[test]
    fn characters_are_decoded_from_utf_8() {
        let keys = [text("ö"), text("東"), text("😀")];
        let bytes = "ö東😀".as_bytes();
        assert_eq!(decode(&[bytes], true), keys);
        let parts: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(decode(&parts, true), keys);
        assert_eq!(decode(&[b"\xe9\r\xffa"], true), [Key::Enter, text("a")]);
    }
}
