//! Reads any bytes as both kinds of file; the invariants are those of the property tests.
#![no_main]

#[expect(dead_code, reason = "each target checks some of the invariants")]
#[path = "../../tests/it/invariant.rs"]
mod invariant;

use aws_config_parse::FileKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    invariant::reading(FileKind::Config, bytes);
    invariant::reading(FileKind::Credentials, bytes);
});
