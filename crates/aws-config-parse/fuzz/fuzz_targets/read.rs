//! Parses arbitrary bytes as both kinds of file, and checks the invariants of the property tests.
#![no_main]

#[expect(dead_code, reason = "each target checks some of the invariants")]
#[path = "../../tests/it/invariant.rs"]
mod invariant;

use aws_config_parse::FileKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    invariant::check_parse(FileKind::Config, bytes);
    invariant::check_parse(FileKind::Credentials, bytes);
});
