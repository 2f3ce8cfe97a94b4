//! Reads any bytes as both kinds of file; the laws are those of the property tests.
#![no_main]

#[expect(dead_code, reason = "each target looks at some of the laws")]
#[path = "../../tests/it/law.rs"]
mod law;

use aws_config_parse::FileKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    law::reading(FileKind::Config, bytes);
    law::reading(FileKind::Credentials, bytes);
});
