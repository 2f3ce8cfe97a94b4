//! Hexadecimal encoding.

use std::fmt::Write as _;

/// Returns two lower-case hexadecimal digits for each byte.
///
/// ```
/// assert_eq!(sso_types::hex::encode(&[0, 0x1f, 0xff]), "001fff");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(digits, "{byte:02x}").expect("writing to a String never fails");
    }
    digits
}
