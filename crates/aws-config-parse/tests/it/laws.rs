//! What holds for every file.

use aws_config_parse::{Document, FileKind};
use proptest::prelude::*;

use crate::text::{bytes, config_shaped};

fn kinds() -> impl Strategy<Value = FileKind> {
    prop_oneof![Just(FileKind::Config), Just(FileKind::Credentials)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn bytes_come_back_as_they_were(kind in kinds(), bytes in bytes()) {
        let document = Document::parse(kind, bytes.clone());
        prop_assert_eq!(document.as_bytes(), &bytes);
        prop_assert_eq!(document.to_bytes(), bytes);
    }

    #[test]
    fn text_comes_back_as_it_was(kind in kinds(), text in config_shaped()) {
        prop_assert_eq!(Document::parse(kind, text.clone()).to_string(), text);
    }

    #[test]
    fn every_view_of_every_file_can_be_looked_at(kind in kinds(), bytes in bytes()) {
        let document = Document::parse(kind, bytes);
        for section in document.sections() {
            prop_assert!(section.line() > 0 && section.column() > 0);
            for property in section.properties() {
                prop_assert!(property.line() > 0 && property.column() > 0);
                prop_assert_eq!(property.value().starts_with('\n'), property.is_block());
                prop_assert_eq!(section.get(&property.key()).map(|p| p.line()), Some(property.line()));
                for pair in property.pairs() {
                    prop_assert!(pair.line() > property.line() && pair.column() > 0);
                }
            }
        }
        let shown = format!("{document:?}");
        prop_assert!(shown.starts_with("Document"));
    }

    #[test]
    fn a_section_that_counts_is_found_by_its_name(kind in kinds(), text in config_shaped()) {
        let document = Document::parse(kind, text);
        for section in document.profiles().chain(document.sso_sessions()) {
            let found = document.section(&section.name());
            prop_assert_eq!(found.map(|found| found.line()), Some(section.line()));
        }
    }

    #[test]
    fn problems_stand_in_order_and_one_of_them_is_the_rejection(text in config_shaped()) {
        let document = Document::parse(FileKind::Config, text);
        let places = || document.problems().iter().map(|p| (p.line(), p.column()));
        prop_assert!(places().is_sorted());
        prop_assert_eq!(document.rejection().is_none(), document.problems().is_empty());
    }
}
