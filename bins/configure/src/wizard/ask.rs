//! Answers to questions: from an option, the user or the current value.

use std::fmt::Display;

use anyhow::anyhow;
use cli_ux::{Choice, Entry, Failure, Question, Ui};
use sso_types::sanitize;

use super::answered::Answered;
use crate::confirmation::{confirm, confirm_or_back};

/// Check of an answer, which returns the reason if the answer is not valid.
pub(super) type Check<'a> = &'a dyn Fn(&str) -> Result<(), String>;

#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) ui: &'a Ui,
    pub(super) answered: &'a Answered,
    /// Set if no questions are asked and the current values are the answers.
    pub(super) is_silent: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    /// Name of the value, for example `SSO region`.
    pub(super) label: &'a str,
    pub(super) flag: &'a str,
    pub(super) given: Option<&'a str>,
    /// Current value, which Enter keeps.
    pub(super) current: Option<&'a str>,
    /// Text shown if there is no current value.
    pub(super) placeholder: &'a str,
    pub(super) completions: &'a [String],
    pub(super) check: Check<'a>,
    /// Further check of an answer that the user types, and that is not the current value.
    pub(super) typed_check: Check<'a>,
}

impl<'a> Field<'a> {
    pub(super) fn new(label: &'a str, flag: &'a str) -> Self {
        Self {
            label,
            flag,
            given: None,
            current: None,
            placeholder: " [None]",
            completions: &[],
            check: &|_| Ok(()),
            typed_check: &|_| Ok(()),
        }
    }
}

impl Asker<'_> {
    pub(super) fn is_interactive(&self) -> bool {
        !self.is_silent && self.ui.is_interactive()
    }

    /// Returns the trimmed answer; `None` for an empty line, which is not checked.
    pub(super) fn optional(&self, field: &Field<'_>) -> Result<Option<String>, Failure> {
        let check = |answer: &str| match answer {
            "" => Ok(()),
            answer => (field.check)(answer),
        };
        let answer = self.line(field, &check)?;
        Ok(Some(answer).filter(|answer| !answer.is_empty()))
    }

    /// Returns the trimmed answer; `None` keeps the current value. An option can be empty, which removes
    /// the value.
    pub(super) fn change(&self, field: &Field<'_>) -> Result<Option<String>, Failure> {
        let answer = self.optional(field)?;
        Ok(answer.or_else(|| field.given.map(|_| String::new())))
    }

    /// Returns the trimmed answer. An empty line is checked too.
    pub(super) fn required(&self, field: &Field<'_>) -> Result<String, Failure> {
        self.line(field, field.check)
    }

    fn line(&self, field: &Field<'_>, check: Check<'_>) -> Result<String, Failure> {
        if let Some(given) = field.given {
            return checked_option(field.flag, given, check);
        }
        let current = field.current.unwrap_or_default();
        if self.is_silent {
            return checked(current, check).map_err(|reason| {
                Failure::usage(anyhow!("{}: {reason}", field.label))
                    .with_hint(format!("use {}", field.flag))
            });
        }
        let default = field.current.map_or_else(
            || field.placeholder.to_owned(),
            |current| format!(" [{}]", sanitize(current)),
        );
        let text = format!("{}{default}: ", field.label);
        let typed_check = |answer: &str| {
            check(answer)?;
            if answer.is_empty() || answer == current {
                return Ok(());
            }
            (field.typed_check)(answer)
        };
        if let Some(answer) = self.answered.repeated() {
            return Ok(answer);
        }
        let typed = self
            .answered
            .typed(field.label, current)
            .unwrap_or_default();
        let question = Question::new(&text, field.flag)
            .default(current)
            .initial(&typed)
            .completions(field.completions)
            .check(&typed_check);
        let answer = if self.answered.is_empty() {
            self.ui.ask_line(&question)?
        } else {
            let answer = self.ui.ask_line_or_back(&question)?;
            answer.ok_or_else(|| self.answered.go_back())?
        };
        self.answered.add(field.label, &answer, current);
        Ok(answer)
    }

    /// Returns the index of the selected entry; without questions, `current`.
    pub(super) fn choice(
        &self,
        name: &str,
        flag: &str,
        entries: &[Entry],
        current: Option<usize>,
    ) -> Result<usize, Failure> {
        if self.is_silent {
            return current.ok_or_else(|| {
                let count = entries.len();
                Failure::usage(anyhow!("there are {count} {name}s to choose from"))
                    .with_hint(format!("use {flag}"))
            });
        }
        let index = |answer: String| entries.iter().position(|it| it.to_string() == answer);
        if let Some(selected) = self.answered.repeated().and_then(index) {
            return Ok(selected);
        }
        let earlier = self.answered.typed(name, "").and_then(index);
        let choice = Choice {
            name,
            flag,
            entries,
            marked: earlier.or(current).unwrap_or_default(),
        };
        let selected = if self.answered.is_empty() {
            self.ui.choose(&choice)?
        } else {
            let selected = self.ui.choose_or_back(&choice)?;
            selected.ok_or_else(|| self.answered.go_back())?
        };
        self.answered.add(name, &entries[selected].to_string(), "");
        Ok(selected)
    }

    /// Asks whether to write. The answer is not repeated if the user goes back.
    pub(super) fn confirm(&self, question: &str) -> Result<bool, Failure> {
        if self.answered.is_empty() {
            return confirm(self.ui, question);
        }
        let answer = confirm_or_back(self.ui, question)?;
        answer.ok_or_else(|| self.answered.go_back())
    }

    /// Writes a line to stderr, unless it was written before the user went back.
    pub(super) fn say(&self, text: impl Display) {
        if !self.answered.is_repeating() {
            self.ui.say(text);
        }
    }

    /// Writes a warning like [`say`](Self::say).
    pub(super) fn warn(&self, text: impl Display) {
        if !self.answered.is_repeating() {
            self.ui.warn(text);
        }
    }
}

/// Returns the trimmed value of an option, if it is given.
pub(super) fn given(
    flag: &str,
    given: Option<&str>,
    check: Check<'_>,
) -> Result<Option<String>, Failure> {
    given
        .map(|given| checked_option(flag, given, check))
        .transpose()
}

fn checked_option(flag: &str, given: &str, check: Check<'_>) -> Result<String, Failure> {
    checked(given, check).map_err(|reason| Failure::usage(anyhow!("{flag}: {reason}")))
}

fn checked(answer: &str, check: Check<'_>) -> Result<String, String> {
    let answer = answer.trim();
    check(answer).map(|()| answer.to_owned())
}
