//! Values in the config file that are the defaults of questions.

use super::ask::Field;

pub(super) struct Stored {
    pub(super) value: String,
    pub(super) location: String,
    /// Set if a valid value is used without a question.
    pub(super) is_reused: bool,
}

impl Stored {
    pub(super) fn field<'a>(stored: Option<&'a Self>, label: &'a str, flag: &'a str) -> Field<'a> {
        Field {
            current: stored.map(|stored| stored.value.as_str()),
            location: stored.map(|stored| stored.location.as_str()),
            is_reused: stored.is_some_and(|stored| stored.is_reused),
            ..Field::new(label, flag)
        }
    }
}
