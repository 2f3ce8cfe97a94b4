//! Random secrets and IDs in the formats of the real services.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Letters for codes that a user types: consonants that are easy to distinguish (RFC 8628 §6.1).
const USER_CODE_LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
const BASE_32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(crate) fn access_token() -> String {
    format!("aoaAAAAA{}", random_text(LETTERS_AND_DIGITS, 96))
}

pub(crate) fn refresh_token() -> String {
    format!("aorAAAAA{}", random_text(LETTERS_AND_DIGITS, 96))
}

pub(crate) fn client_id() -> String {
    random_text(LETTERS_AND_DIGITS, 22)
}

/// Returns text in the format of a JSON Web Token, like a real client secret.
pub(crate) fn client_secret() -> String {
    let part = |length| URL_SAFE_NO_PAD.encode(random_bytes(length));
    format!("eyJ{}.eyJ{}.{}", part(24), part(120), part(48))
}

pub(crate) fn code() -> String {
    random_text(LETTERS_AND_DIGITS, 64)
}

pub(crate) fn user_code() -> String {
    let half = || random_text(USER_CODE_LETTERS, 4);
    format!("{}-{}", half(), half())
}

pub(crate) fn access_key_id() -> String {
    format!("ASIA{}", random_text(BASE_32, 16))
}

/// Returns 40 characters, possibly including `+` and `/`.
pub(crate) fn secret_access_key() -> String {
    STANDARD.encode(random_bytes(30))
}

/// Returns text that ends in `=`, like many real tokens.
pub(crate) fn session_token() -> String {
    format!("IQoJb3JpZ2luX2Vj{}", STANDARD.encode(random_bytes(301)))
}

pub(crate) fn signin_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes(301))
}

pub(crate) fn random_hex() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn random_text(letters: &[u8], length: usize) -> String {
    let letter = |byte: u8| char::from(letters[usize::from(byte) % letters.len()]);
    random_bytes(length).into_iter().map(letter).collect()
}

fn random_bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}
