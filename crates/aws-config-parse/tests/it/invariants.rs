//! What holds for every file, on files that proptest makes up.

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
    fn any_bytes_are_read_and_come_back(kind in kinds(), bytes in bytes()) {
        invariant::reading(kind, &bytes);
    }

    #[test]
    fn any_text_is_read_and_comes_back(kind in kinds(), text in files()) {
        invariant::reading(kind, text.as_bytes());
    }

    #[test]
    fn an_edit_changes_what_it_says_and_once_more_nothing(
        kind in kinds(), text in files(), section in 0..8_usize, edit in edits(),
    ) {
        invariant::editing(kind, &text, section, &edit);
    }

    #[test]
    fn after_several_edits_a_document_is_what_it_reads_as(
        kind in kinds(), text in files(), edits in vec((0..8_usize, edits()), 0..12),
    ) {
        invariant::editing_on(kind, &text, &edits);
    }

    #[test]
    fn what_is_removed_after_it_was_added_leaves_no_trace(
        kind in kinds(), text in files(), section in 0..8_usize, key in keys(), value in values(),
    ) {
        invariant::undoing(kind, &text, section, &key, &value);
    }

    #[test]
    fn whole_sections_are_edited_without_touching_others(
        kind in kinds(), text in files(), section in 0..8_usize, new in "[a-d ]{0,2}",
    ) {
        invariant::sections(kind, &text, section, &new);
    }

    #[test]
    fn sections_are_removed_at_once_as_one_by_one(
        kind in kinds(), text in files(), chosen in any::<u8>(),
    ) {
        invariant::removing(kind, &text, chosen);
    }
}
