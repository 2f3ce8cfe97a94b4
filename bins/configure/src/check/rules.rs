//! The registry of all rules.

mod divergences;
mod encoding;
mod ignored_section;
mod keys;
mod syntax;
mod two_defaults;
mod values;

mod selected_files;
mod unreadable;

mod environment_keys;
mod selected_profile;
mod variables;

mod browser;
mod programs;
mod token_file;

mod chains;
mod credential_sources;
mod duration;
mod network;
mod precedence;
mod process;
mod process_format;
mod sections;
mod start_urls;
mod static_keys;
mod swapped_keys;

mod cache_file;
mod expiry;
mod file_mode;
mod history;
mod leftover;
mod no_modes;
mod owner;
mod read_only;
mod registration;
mod tokens;
mod write_access;

mod assignments;
mod services;

pub(crate) use credential_sources::different_credentials;

use super::rule::Rule;
use super::rule_set::RuleSet;

/// All rules, in the order in which they run. Findings of one severity are shown in this order.
pub(super) static RULES: [&RuleSet; 38] = [
    &encoding::RULES,
    &syntax::RULES,
    &ignored_section::RULES,
    &two_defaults::RULES,
    &keys::RULES,
    &values::RULES,
    &divergences::RULES,
    &unreadable::RULES,
    &selected_files::RULES,
    &selected_profile::RULES,
    &variables::RULES,
    &environment_keys::RULES,
    &sections::RULES,
    &chains::RULES,
    &static_keys::RULES,
    &network::RULES,
    &start_urls::RULES,
    &precedence::RULES,
    &credential_sources::RULES,
    &programs::RULES,
    &process::RULES,
    &process_format::RULES,
    &swapped_keys::RULES,
    &browser::RULES,
    &token_file::RULES,
    &duration::RULES,
    &cache_file::RULES,
    &expiry::RULES,
    &file_mode::RULES,
    &write_access::RULES,
    &no_modes::RULES,
    &owner::RULES,
    &read_only::RULES,
    &history::RULES,
    &leftover::RULES,
    &registration::RULES,
    &tokens::RULES,
    &services::RULES,
];

/// Rules about a single value. A finding explains other findings about its line.
pub(super) fn value_rules() -> &'static [&'static Rule] {
    values::RULES.rules
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RULES;

    #[test]
    fn each_code_is_registered_once() {
        let mut codes = BTreeSet::new();
        for rule in RULES.iter().flat_map(|set| set.rules) {
            assert!(codes.insert(rule.code), "{} is registered twice", rule.code);
        }
        // The rule `syntax` reports the others.
        for number in (1..=23).filter(|number| ![2, 18, 21].contains(number)) {
            assert!(
                codes.contains(format!("D{number:02}").as_str()),
                "D{number:02} is not registered"
            );
        }
    }
}
