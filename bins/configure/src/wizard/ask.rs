//! Who answers a question: an option, a person, or what is there already.

use anyhow::anyhow;
use cli_ux::{Choice, Failure, Question, Ui};
use sso_credentials::sanitize;

/// Has questions answered.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) ui: &'a Ui,
    /// Whether what is there already answers, and nobody is asked.
    pub(super) is_silent: bool,
}

/// A question that is answered with a line.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    /// What is asked for.
    pub(super) what: &'a str,
    /// The option that answers it.
    pub(super) flag: &'a str,
    /// What that option says.
    pub(super) given: Option<&'a str>,
    /// What is there already: Enter keeps it.
    pub(super) present: Option<&'a str>,
    /// What stands in the place of what is there.
    pub(super) none: &'a str,
    /// What the tab key completes to.
    pub(super) completions: &'a [String],
    /// Finds an answer right, or says what is wrong with it.
    pub(super) check: &'a dyn Fn(&str) -> Result<(), String>,
}

impl Default for Field<'_> {
    fn default() -> Self {
        Self {
            what: "",
            flag: "",
            given: None,
            present: None,
            none: " [None]",
            completions: &[],
            check: &|_| Ok(()),
        }
    }
}

impl Asker<'_> {
    /// Whether somebody is there who may be asked.
    pub(super) fn asks_a_person(&self) -> bool {
        !self.is_silent && self.ui.is_interactive()
    }

    /// Returns what an option says, trimmed, if it says anything.
    pub(super) fn given(
        &self,
        flag: &str,
        given: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<Option<String>, Failure> {
        let field = Field {
            flag,
            given,
            check,
            ..Field::default()
        };
        given.map(|_| self.answer(&field)).transpose()
    }

    /// Returns the answer, trimmed; empty where there is none and none is needed.
    pub(super) fn answer(&self, field: &Field<'_>) -> Result<String, Failure> {
        if let Some(given) = field.given {
            return checked(field, given)
                .map_err(|reason| Failure::usage(anyhow!("{}: {reason}", field.flag)));
        }
        let present = field.present.unwrap_or_default();
        if self.is_silent {
            return checked(field, present).map_err(|reason| {
                Failure::usage(anyhow!("{}: {reason}", field.what))
                    .with_hint(format!("answer with {}", field.flag))
            });
        }
        let shown = field.present.map_or_else(
            || field.none.to_owned(),
            |it| format!(" [{}]", sanitize(it)),
        );
        let text = format!("{}{shown}: ", field.what);
        let question = Question::new(&text, field.flag)
            .default(present)
            .completions(field.completions)
            .check(field.check);
        self.ui.ask_line(&question)
    }

    /// Returns the index of the entry that is chosen, that of `present` where nobody is asked.
    pub(super) fn choice(
        &self,
        what: &str,
        flag: &str,
        entries: &[String],
        present: Option<usize>,
    ) -> Result<usize, Failure> {
        if self.is_silent {
            return present.ok_or_else(|| {
                let count = entries.len();
                Failure::usage(anyhow!("there are {count} {what}s to choose from"))
                    .with_hint(format!("choose with {flag}"))
            });
        }
        self.ui.choose(&Choice {
            what,
            flag,
            entries,
            marked: present.unwrap_or_default(),
        })
    }
}

fn checked(field: &Field<'_>, answer: &str) -> Result<String, String> {
    let answer = answer.trim();
    (field.check)(answer).map(|()| answer.to_owned())
}
