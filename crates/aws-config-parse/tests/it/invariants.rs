use aws_config_parse::FileKind;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::invariant::{self, Edit};
use crate::text::{bytes, config_shaped, key, readable, value};

fn kinds() -> impl Strategy<Value = FileKind> {
    prop_oneof![Just(FileKind::Config), Just(FileKind::Credentials)]
}

fn files() -> impl Strategy<Value = String> {
    prop_oneof![4 => readable(), 1 => config_shaped()]
}

fn keys() -> impl Strategy<Value = String> {
    prop_oneof![9 => key(), 1 => any::<String>()]
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![9 => value().prop_map(String::from), 1 => any::<String>()]
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (keys(), values()).prop_map(|(key, value)| Edit::Set(key, value)),
        1 => keys().prop_map(Edit::Remove),
        1 => (keys(), keys()).prop_map(|(key, new)| Edit::Rename(key, new)),
        2 => (keys(), keys(), values())
            .prop_map(|(block, key, value)| Edit::SetIn(block, key, value)),
        1 => (keys(), keys()).prop_map(|(block, key)| Edit::RemoveIn(block, key)),
        1 => (keys(), keys(), keys()).prop_map(|(block, key, new)| Edit::RenameIn(block, key, new)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn parsing_preserves_arbitrary_bytes(kind in kinds(), bytes in bytes()) {
        invariant::check_parse(kind, &bytes);
    }

    #[test]
    fn parsing_preserves_arbitrary_text(kind in kinds(), text in files()) {
        invariant::check_parse(kind, text.as_bytes());
    }

    #[test]
    fn an_edit_changes_only_its_target_and_is_idempotent(
        kind in kinds(), text in files(), section in 0..8_usize, edit in edits(),
    ) {
        invariant::check_edit(kind, &text, section, &edit);
    }

    #[test]
    fn removing_one_pair_keeps_the_values_of_all_others(
        kind in kinds(), text in files(), chosen in 0..64_usize,
    ) {
        invariant::check_pair_removal(kind, &text, chosen);
    }

    #[test]
    fn a_document_equals_its_parsed_bytes_after_several_edits(
        kind in kinds(), text in files(), edits in vec((0..8_usize, edits()), 0..12),
    ) {
        invariant::check_edit_sequence(kind, &text, &edits);
    }

    #[test]
    fn removing_an_added_key_or_section_restores_the_file(
        kind in kinds(), text in files(), section in 0..8_usize, key in keys(), value in values(),
    ) {
        invariant::check_undo(kind, &text, section, &key, &value);
    }

    #[test]
    fn removing_or_renaming_a_section_keeps_other_sections(
        kind in kinds(), text in files(), section in 0..8_usize, new in "[a-d ]{0,2}",
    ) {
        invariant::check_section_edits(kind, &text, section, &new);
    }

    #[test]
    fn removing_several_sections_equals_removing_them_one_by_one(
        kind in kinds(), text in files(), chosen in any::<u8>(),
    ) {
        invariant::check_removals(kind, &text, chosen);
    }
}
