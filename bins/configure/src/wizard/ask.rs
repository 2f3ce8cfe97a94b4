//! Answers to questions: from an option, the user or the current value.

use std::fmt::Display;

use anyhow::anyhow;
use cli_ux::{Choice, Entry, Failure, Question, Ui};
use sso_types::{escaped, shown_in_text};

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
    /// Current value, which Enter keeps if it is valid.
    pub(super) current: Option<&'a str>,
    /// Location of the current value in its file.
    pub(super) location: Option<&'a str>,
    /// Set if a valid current value is used without a question.
    pub(super) is_reused: bool,
    /// Default in place of a current value that is not valid.
    pub(super) correction: Option<&'a str>,
    /// Text shown if there is no current value.
    pub(super) placeholder: &'a str,
    pub(super) completions: &'a [String],
    pub(super) check: Check<'a>,
    /// Further check of an answer that the user types, and that is not the current value.
    pub(super) typed_check: Check<'a>,
    /// Further check of a current value from a file.
    pub(super) stored_check: Check<'a>,
}

/// Current value of a selection.
#[derive(Clone, Copy)]
pub(super) enum Current {
    Unset,
    /// Not an entry of the list. Enter must not replace it with one that the user has not marked.
    Unavailable,
    /// Index of its entry.
    Entry(usize),
}

impl Current {
    fn initial_mark(self) -> Option<usize> {
        match self {
            Self::Unset => Some(0),
            Self::Unavailable => None,
            Self::Entry(index) => Some(index),
        }
    }
}

impl<'a> Field<'a> {
    pub(super) fn new(label: &'a str, flag: &'a str) -> Self {
        Self {
            label,
            flag,
            given: None,
            current: None,
            location: None,
            is_reused: false,
            correction: None,
            placeholder: " [None]",
            completions: &[],
            check: &|_| Ok(()),
            typed_check: &|_| Ok(()),
            stored_check: &|_| Ok(()),
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
        let problem = problem_of_current(field, check);
        if problem.is_none() && field.is_reused {
            return Ok(field.current.unwrap_or_default().to_owned());
        }
        let default = self.default(field, problem)?;
        if self.is_silent {
            return checked(default.unwrap_or_default(), check).map_err(|reason| {
                Failure::usage(anyhow!("{}: {reason}", field.label))
                    .with_hint(format!("use {}", field.flag))
            });
        }
        self.typed(field, default, check)
    }

    /// Returns the answer for an empty line. If there is a problem with the current value, shows it, and fails
    /// if no question can be asked.
    fn default<'f>(
        &self,
        field: &Field<'f>,
        problem: Option<String>,
    ) -> Result<Option<&'f str>, Failure> {
        let Some(problem) = problem else {
            return Ok(field.current);
        };
        if !self.is_interactive() {
            let failure = Failure::configuration(anyhow!(problem));
            return Err(failure.with_hint(format!("use {}", field.flag)));
        }
        self.warn(problem);
        Ok(field.correction.or(field.current))
    }

    fn typed(
        &self,
        field: &Field<'_>,
        default: Option<&str>,
        check: Check<'_>,
    ) -> Result<String, Failure> {
        let shown = default.map_or_else(
            || field.placeholder.to_owned(),
            |default| format!(" [{}]", escaped(&shown_in_text(default))),
        );
        let text = format!("{}{shown}: ", field.label);
        let default = default.unwrap_or_default();
        let typed_check = |answer: &str| {
            check(answer)?;
            if field.location.is_some() && field.current == Some(answer) {
                return (field.stored_check)(answer);
            }
            if answer.is_empty() || answer == default {
                return Ok(());
            }
            (field.typed_check)(answer)
        };
        if let Some(answer) = self.answered.repeated(Some) {
            return Ok(answer);
        }
        let typed = self.answered.typed(field.label, default);
        let typed = typed.unwrap_or_default();
        let question = Question::new(&text, field.flag)
            .subject(field.label)
            .default(default)
            .initial(&typed)
            .completions(field.completions)
            .check(&typed_check);
        let answer = if self.answered.is_empty() {
            self.ui.ask_line(&question)?
        } else {
            let answer = self.ui.ask_line_or_back(&question)?;
            answer.ok_or_else(|| self.answered.go_back())?
        };
        self.answered.add(field.label, &answer, default);
        Ok(answer)
    }

    /// Returns the index of the selected entry; without questions, that of the current value.
    pub(super) fn choice(
        &self,
        name: &str,
        flag: &str,
        entries: &[Entry],
        current: Current,
    ) -> Result<usize, Failure> {
        if self.is_silent {
            let Current::Entry(index) = current else {
                let count = entries.len();
                let error = anyhow!("there are {count} {name}s to choose from");
                return Err(Failure::usage(error).with_hint(format!("use {flag}")));
            };
            return Ok(index);
        }
        let index = |answer: String| entries.iter().position(|it| it.to_string() == answer);
        if let Some(selected) = self.answered.repeated(index) {
            return Ok(selected);
        }
        let earlier = self.answered.typed(name, "").and_then(index);
        let choice = Choice {
            name,
            flag,
            entries,
            marked: earlier.or(current.initial_mark()),
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
        let text = text.to_string();
        if self.answered.is_new(&text) {
            self.ui.say_sentence(text);
        }
    }

    /// Writes the line above a list. It is written again if the user goes back to the list.
    pub(super) fn introduce(&self, text: impl Display) {
        if !self.answered.is_repeating() {
            self.ui.say_sentence(text);
        }
    }

    /// Writes a warning like [`say`](Self::say).
    pub(super) fn warn(&self, text: impl Display) {
        let text = text.to_string();
        if self.answered.is_new(&text) {
            self.ui.warn_sentence(text);
        }
    }
}

/// Returns the location of a current value from a file that is not valid, and the reason.
fn problem_of_current(field: &Field<'_>, check: Check<'_>) -> Option<String> {
    let (location, label, current) = (field.location?, field.label, field.current?);
    let reason = check(current).and_then(|()| (field.stored_check)(current));
    let reason = reason.err()?;
    Some(format!("{location}: {label}: {reason}"))
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
