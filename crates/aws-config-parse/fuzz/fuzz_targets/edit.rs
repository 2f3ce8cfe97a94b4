//! Edits any text in any way; the laws are those of the property tests.
#![no_main]

#[expect(dead_code, reason = "each target looks at some of the laws")]
#[path = "../../tests/it/law.rs"]
mod law;

use arbitrary::Arbitrary;
use aws_config_parse::FileKind;
use law::Edit;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    is_config: bool,
    section: u8,
    edit: u8,
    block: String,
    key: String,
    value: String,
    text: String,
}

fuzz_target!(|input: Input| {
    let kind = if input.is_config {
        FileKind::Config
    } else {
        FileKind::Credentials
    };
    let (text, section) = (&input.text, usize::from(input.section));
    law::undoing(kind, text, section, &input.key, &input.value);
    law::sections(kind, text, section, &input.value);
    let (block, key, value) = (input.block, input.key, input.value);
    let edit = match input.edit % 6 {
        0 => Edit::Set(key, value),
        1 => Edit::Remove(key),
        2 => Edit::Rename(key, value),
        3 => Edit::SetIn(block, key, value),
        4 => Edit::RemoveIn(block, key),
        _ => Edit::RenameIn(block, key, value),
    };
    law::editing(kind, text, section, &edit);
});
