//! Hints of errors: after the user follows a hint, the same error does not come back.
//!
//! A new error in `docs/guide/troubleshooting.md` needs a row in [`situations::ROWS`], or a place in
//! [`exempt::EXEMPT`] with the reason why no hint can be followed.

mod exempt;
mod page;
mod situation;
mod situations;

use std::collections::BTreeSet;

use exempt::EXEMPT;
use situations::ROWS;

#[test]
fn every_error_is_in_the_table_of_hints() {
    let rows = ROWS.iter().map(|(message, _)| *message);
    let exempt = EXEMPT.iter().flat_map(|(_, messages)| *messages).copied();
    let mut listed = BTreeSet::new();
    for message in rows.chain(exempt) {
        assert!(
            listed.insert(message.to_owned()),
            "{message} is listed twice"
        );
    }
    let explained = page::messages();
    let missing: Vec<_> = explained.difference(&listed).collect();
    assert!(missing.is_empty(), "not in the table: {missing:#?}");
    let unknown: Vec<_> = listed.difference(&explained).collect();
    assert!(unknown.is_empty(), "not on the page: {unknown:#?}");
}

#[test]
fn a_followed_hint_does_not_lead_back_to_the_error() {
    let outcomes = ROWS
        .iter()
        .map(|(message, situation)| situation().check(message));
    let failures: Vec<_> = outcomes.filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
