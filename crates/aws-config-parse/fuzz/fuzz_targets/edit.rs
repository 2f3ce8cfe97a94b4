//! Applies arbitrary edits to arbitrary text, and checks the invariants of the property tests.
#![no_main]

#[expect(dead_code, reason = "each target checks some of the invariants")]
#[path = "../../tests/it/invariant.rs"]
mod invariant;

use arbitrary::Arbitrary;
use aws_config_parse::FileKind;
use invariant::Edit;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    is_config: bool,
    section: u8,
    key: String,
    value: String,
    edits: Vec<(u8, OneEdit)>,
    text: String,
}

#[derive(Arbitrary, Debug)]
enum OneEdit {
    Set(String, String),
    Remove(String),
    Rename(String, String),
    SetIn(String, String, String),
    RemoveIn(String, String),
    RenameIn(String, String, String),
}

fuzz_target!(|input: Input| {
    let kind = if input.is_config {
        FileKind::Config
    } else {
        FileKind::Credentials
    };
    let (text, section) = (&input.text, usize::from(input.section));
    invariant::check_undo(kind, text, section, &input.key, &input.value);
    invariant::check_section_edits(kind, text, section, &input.value);
    invariant::check_removals(kind, text, input.section);
    invariant::check_pair_removal(kind, text, section);
    let edits = input.edits.into_iter();
    let edits = edits.map(|(section, edit)| (usize::from(section), edit.into()));
    let edits: Vec<(usize, Edit)> = edits.collect();
    for (section, edit) in &edits {
        invariant::check_edit(kind, text, *section, edit);
    }
    invariant::check_edit_sequence(kind, text, &edits);
});

impl From<OneEdit> for Edit {
    fn from(edit: OneEdit) -> Self {
        match edit {
            OneEdit::Set(key, value) => Self::Set(key, value),
            OneEdit::Remove(key) => Self::Remove(key),
            OneEdit::Rename(key, new) => Self::Rename(key, new),
            OneEdit::SetIn(block, key, value) => Self::SetIn(block, key, value),
            OneEdit::RemoveIn(block, key) => Self::RemoveIn(block, key),
            OneEdit::RenameIn(block, key, new) => Self::RenameIn(block, key, new),
        }
    }
}
