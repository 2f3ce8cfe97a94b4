//! Answers to questions: from an option, from the user, or from the present value.

use anyhow::anyhow;
use cli_ux::{Choice, Failure, Question, Ui};
use sso_types::sanitize;

/// A check of an answer, which returns the reason if it refuses the answer.
pub(super) type Check<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// Gets answers to questions.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) ui: &'a Ui,
    /// Set if present values are the answers and the user is not asked.
    pub(super) is_silent: bool,
}

/// A question that is answered with a line.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    /// Name of the value, such as `SSO region`.
    pub(super) label: &'a str,
    /// Option that answers the question.
    pub(super) flag: &'a str,
    /// Value of that option.
    pub(super) given: Option<&'a str>,
    /// Present value, which Enter keeps.
    pub(super) present: Option<&'a str>,
    /// Text that is shown if there is no present value.
    pub(super) placeholder: &'a str,
    /// Texts that the tab key completes to.
    pub(super) completions: &'a [String],
    pub(super) check: Check<'a>,
}

impl<'a> Field<'a> {
    /// Returns a question that accepts every answer.
    pub(super) fn new(label: &'a str, flag: &'a str) -> Self {
        Self {
            label,
            flag,
            given: None,
            present: None,
            placeholder: " [None]",
            completions: &[],
            check: &|_| Ok(()),
        }
    }
}

impl Asker<'_> {
    /// Returns whether questions go to a user at a terminal.
    pub(super) fn is_interactive(&self) -> bool {
        !self.is_silent && self.ui.is_interactive()
    }

    /// Returns the trimmed answer to a question that may stay unanswered. Only other answers than
    /// an empty line are checked.
    pub(super) fn optional(&self, field: &Field<'_>) -> Result<Option<String>, Failure> {
        let check = |answer: &str| match answer {
            "" => Ok(()),
            answer => (field.check)(answer),
        };
        let answer = self.line(field, &check)?;
        Ok(Some(answer).filter(|answer| !answer.is_empty()))
    }

    /// Returns the trimmed answer. The check of the question decides about an empty line.
    pub(super) fn required(&self, field: &Field<'_>) -> Result<String, Failure> {
        self.line(field, field.check)
    }

    fn line(&self, field: &Field<'_>, check: Check<'_>) -> Result<String, Failure> {
        if let Some(given) = field.given {
            return checked_option(field.flag, given, check);
        }
        let present = field.present.unwrap_or_default();
        if self.is_silent {
            return checked(present, check).map_err(|reason| {
                Failure::usage(anyhow!("{}: {reason}", field.label))
                    .with_hint(format!("answer with {}", field.flag))
            });
        }
        let shown = field.present.map_or_else(
            || field.placeholder.to_owned(),
            |it| format!(" [{}]", sanitize(it)),
        );
        let text = format!("{}{shown}: ", field.label);
        let question = Question::new(&text, field.flag)
            .default(present)
            .completions(field.completions)
            .check(check);
        self.ui.ask_line(&question)
    }

    /// Returns the index of the chosen entry; `present` if the user is not asked.
    pub(super) fn choice(
        &self,
        name: &str,
        flag: &str,
        entries: &[String],
        present: Option<usize>,
    ) -> Result<usize, Failure> {
        if self.is_silent {
            return present.ok_or_else(|| {
                let count = entries.len();
                Failure::usage(anyhow!("there are {count} {name}s to choose from"))
                    .with_hint(format!("choose with {flag}"))
            });
        }
        self.ui.choose(&Choice {
            name,
            flag,
            entries,
            marked: present.unwrap_or_default(),
        })
    }
}

/// Returns the trimmed value of an option, if it was given.
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
