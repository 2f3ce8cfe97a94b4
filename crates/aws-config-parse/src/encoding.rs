//! Encodings in which editors on Windows save a file, and which the AWS CLI rejects.

const UTF8_MARK: &[u8] = "\u{feff}".as_bytes();

/// Byte order of UTF-16.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

/// Returns whether the file is in UTF-16: with a byte order mark, or with two ASCII characters at its
/// beginning. The text must contain `[`, `]` and `=` and no NUL, since two bytes prove little.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    !bytes.starts_with(UTF8_MARK) && convert(bytes).is_some()
}

/// Returns the text of a file that is in UTF-16 or begins with a byte order mark, without the mark.
pub(crate) fn convert(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, text @ ..] => decode_utf16(text, Order::Little),
        [0xfe, 0xff, text @ ..] => decode_utf16(text, Order::Big),
        bytes if bytes.starts_with(UTF8_MARK) => {
            let text = str::from_utf8(bytes).ok()?;
            Some(text.trim_start_matches('\u{feff}').to_owned())
        }
        bytes => decode_utf16(bytes, unmarked_order(bytes)?),
    }
}

fn unmarked_order(bytes: &[u8]) -> Option<Order> {
    match bytes {
        [1..=255, 0, 1..=255, 0, ..] => Some(Order::Little),
        [0, 1..=255, 0, 1..=255, ..] => Some(Order::Big),
        _ => None,
    }
}

fn decode_utf16(bytes: &[u8], order: Order) -> Option<String> {
    let (units, rest) = bytes.as_chunks();
    let unit = |unit: &[u8; 2]| match order {
        Order::Little => u16::from_le_bytes(*unit),
        Order::Big => u16::from_be_bytes(*unit),
    };
    let text = char::decode_utf16(units.iter().map(unit));
    let text = text.collect::<Result<String, _>>().ok()?;
    let is_config = ['[', ']', '='].iter().all(|&c| text.contains(c)) && !text.contains('\0');
    (rest.is_empty() && is_config).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{convert, is_utf16};

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn files_with_a_mark_or_in_utf16_are_converted() {
        let text = "[default]\r\nregion = größe \u{1f980}\n";
        let marked = format!("\u{feff}{text}");
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            for file in [utf16(text, to_bytes), utf16(&marked, to_bytes)] {
                assert!(is_utf16(&file));
                assert_eq!(convert(&file).as_deref(), Some(text));
            }
        }
        assert!(!is_utf16(marked.as_bytes()));
        assert_eq!(convert(marked.as_bytes()).as_deref(), Some(text));
    }

    #[test]
    fn other_files_are_not_converted() {
        let check = |bytes: &[u8]| assert_eq!(convert(bytes), None, "{bytes:?}");
        check(b"");
        check(b"[default]\n");
        check(b"[\0d\0e");
        check(b"[\0d\0\0\0");
        check(b"\xff\xfe[");
        check(b"\xff\xfea\0=\0b\0");
        check(b"\xff\xfe[default]\nregion=x\n");
        check(b"\xff\xfe\x00\xd8[\0");
        check(b"\xff\xfe\0\0[\0\0\0");
        check(b"\xef\xbb\xbf[\xff]");
        check(b"\xe9t\xe9");
    }
}
