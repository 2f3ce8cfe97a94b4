//! Bytes as hexadecimal digits.

use std::fmt::Write as _;

/// Writes each byte as two lower-case hexadecimal digits.
///
/// ```
/// assert_eq!(sso_types::hex::encode(&[0, 0x1f, 0xff]), "001fff");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(digits, "{byte:02x}").expect("a String takes everything");
    }
    digits
}
