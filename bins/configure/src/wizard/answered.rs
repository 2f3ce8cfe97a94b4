//! Answers of the user so far. To go back, the wizard starts again and repeats all answers but the last one.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use cli_ux::Failure;

#[derive(Debug, Default)]
pub(super) struct Answered {
    answers: RefCell<Vec<Answer>>,
    /// Number of answers that this run has repeated or received.
    position: Cell<usize>,
    goes_back: Cell<bool>,
    /// Set from the start of a run after the user went back until the next answer.
    went_back: Cell<bool>,
    /// Lines on the screen, with the number of answers before them.
    lines: RefCell<Vec<(usize, String)>>,
    /// Answers that differ from the default, by question, to be edited when the question is asked again with the
    /// same default.
    typed: RefCell<HashMap<String, Typed>>,
}

#[derive(Debug)]
struct Answer {
    question: String,
    text: String,
}

#[derive(Debug)]
struct Typed {
    answer: String,
    default: String,
}

impl Answered {
    /// Returns the earlier answer to the current question, as `parse` reads it. Forgets an answer that is no
    /// longer valid, and all after it.
    pub(super) fn repeated<T>(&self, parse: impl Fn(String) -> Option<T>) -> Option<T> {
        let position = self.position.get();
        let text = self.answers.borrow().get(position)?.text.clone();
        let answer = parse(text);
        if answer.is_some() {
            self.position.set(position + 1);
        } else {
            self.answers.borrow_mut().truncate(position);
        }
        answer
    }

    /// Returns the number of answers that this run has repeated or received.
    pub(super) fn position(&self) -> usize {
        self.position.get()
    }

    /// Repeats the answers after the first `count` in another attempt of the same run.
    pub(super) fn repeat_after(&self, count: usize) {
        self.position.set(count);
    }

    /// Returns whether this run repeats an answer that the next question received in an earlier run.
    pub(super) fn is_repeating(&self) -> bool {
        self.position.get() < self.answers.borrow().len()
    }

    /// Returns whether a line has to be shown. It is already on the screen if this run repeats answers, or if
    /// the user went back to the question after it.
    pub(super) fn is_new(&self, line: &str) -> bool {
        if self.is_repeating() {
            return false;
        }
        let line = (self.position.get(), line.to_owned());
        let mut lines = self.lines.borrow_mut();
        if self.went_back.get() && lines.contains(&line) {
            return false;
        }
        lines.push(line);
        true
    }

    pub(super) fn add(&self, question: &str, answer: &str, default: &str) {
        self.answers.borrow_mut().push(Answer {
            question: question.to_owned(),
            text: answer.to_owned(),
        });
        self.position.update(|position| position + 1);
        self.went_back.set(false);
        let is_before = |(position, _): &(usize, String)| *position < self.position.get();
        self.lines.borrow_mut().retain(is_before);
        let mut typed = self.typed.borrow_mut();
        if answer == default {
            typed.remove(question);
        } else {
            let (answer, default) = (answer.to_owned(), default.to_owned());
            typed.insert(question.to_owned(), Typed { answer, default });
        }
    }

    /// Returns the answer to a question before the user went back. Another default, for example the Region of
    /// another start URL, takes precedence.
    pub(super) fn typed(&self, question: &str, default: &str) -> Option<String> {
        let typed = self.typed.borrow();
        let typed = typed.get(question)?;
        (typed.default == default).then(|| typed.answer.clone())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.answers.borrow().is_empty()
    }

    /// Returns the questions that the user has answered.
    pub(super) fn questions(&self) -> Vec<String> {
        let answers = self.answers.borrow();
        answers.iter().map(|it| it.question.clone()).collect()
    }

    /// Removes the last answer, and returns the error that ends this run.
    pub(super) fn go_back(&self) -> Failure {
        let count = self.answers.borrow().len();
        self.go_back_to(count.saturating_sub(1))
    }

    /// Removes all answers but the first `count`, and returns the error that ends this run.
    pub(super) fn go_back_to(&self, count: usize) -> Failure {
        self.answers.borrow_mut().truncate(count);
        self.goes_back.set(true);
        Failure::other(anyhow::anyhow!("back"))
    }

    pub(super) fn goes_back(&self) -> bool {
        self.goes_back.get()
    }

    /// Prepares the next run if the user went back. Otherwise the result of this run is final.
    pub(super) fn starts_again(&self) -> bool {
        self.position.set(0);
        self.went_back.set(self.goes_back.get());
        self.goes_back.take()
    }
}
