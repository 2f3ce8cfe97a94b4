//! Questions that are answered with a line.

mod line;

use std::io;

use crate::failure::Failure;
use crate::terminal;
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, lay_out, wrap};
use crate::terminal::screen::Screen;
use crate::ui::Ui;
pub(crate) use line::Line;

/// Rows of candidates for a completion that are shown.
const MAX_CANDIDATE_ROWS: usize = 6;

/// A question that is answered with a line.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    text: &'a str,
    flag: &'a str,
    default: &'a str,
    completions: &'a [String],
    check: &'a dyn Fn(&str) -> Result<(), String>,
}

impl<'a> Question<'a> {
    /// Creates a question. `text` ends where the answer begins, as in `SSO region [None]: `. `flag`
    /// is the option that answers it, for a hint if there is no terminal.
    #[must_use]
    pub fn new(text: &'a str, flag: &'a str) -> Self {
        Self {
            text,
            flag,
            default: "",
            completions: &[],
            check: &|_| Ok(()),
        }
    }

    /// Sets the answer of Enter alone.
    #[must_use]
    pub fn default(self, default: &'a str) -> Self {
        Self { default, ..self }
    }

    /// Sets the texts to which the Tab key completes.
    #[must_use]
    pub fn completions(self, completions: &'a [String]) -> Self {
        Self {
            completions,
            ..self
        }
    }

    /// Sets the check of answers. Its error is shown, and the user can change the answer.
    #[must_use]
    pub fn check(self, check: &'a dyn Fn(&str) -> Result<(), String>) -> Self {
        Self { check, ..self }
    }
}

impl Ui {
    /// Asks at the terminal and returns the trimmed answer, also with `--quiet`.
    ///
    /// # Errors
    ///
    /// Of kind [`Usage`](crate::FailureKind::Usage), with the flag as a hint, if there is no
    /// terminal; of kind [`Interrupted`](crate::FailureKind::Interrupted) after Ctrl-C.
    pub fn ask_line(&self, question: &Question<'_>) -> Result<String, Failure> {
        let keys = take_keys(question.text, question.flag)?;
        let mut view = QuestionView::new(question);
        let ending = view.until_answered(&keys).map_err(Failure::terminal)?;
        view.leave().map_err(Failure::terminal)?;
        ending.ok_or_else(Failure::interrupted)
    }

    /// Asks a question to which `y` and `yes` agree, whatever their case, and any other answer does
    /// not. `flag` is the option that answers it.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn confirm(&self, question: &str, flag: &str) -> Result<bool, Failure> {
        let text = format!("{question} [y/N]: ");
        let answer = self.ask_line(&Question::new(&text, flag))?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}

/// Takes the keys for a question, or fails with the flag that would have answered it.
pub(crate) fn take_keys(question: &str, flag: &str) -> Result<Keys, Failure> {
    if !terminal::is_interactive() {
        let subject = question.split(" [").next().unwrap_or(question);
        let subject = subject.trim_end().trim_end_matches(':');
        let error = anyhow::anyhow!("there is no terminal to ask for: {subject}");
        return Err(Failure::usage(error).with_hint(format!("answer with {flag}")));
    }
    Keys::take().map_err(Failure::terminal)
}

/// A question while it is asked.
struct QuestionView<'a> {
    question: &'a Question<'a>,
    line: Line,
    /// Text below the line, until the next key.
    note: String,
    screen: Screen,
}

impl<'a> QuestionView<'a> {
    fn new(question: &'a Question<'a>) -> Self {
        Self {
            question,
            line: Line::default(),
            note: String::new(),
            screen: Screen::default(),
        }
    }

    /// Returns the answer, `None` after Ctrl-C.
    fn until_answered(&mut self, keys: &Keys) -> io::Result<Option<String>> {
        loop {
            if !keys.has_next()? {
                self.screen.draw(self.frame())?;
            }
            let key = keys.next()?;
            if key != Key::Resized {
                self.note.clear();
            }
            match key {
                Key::Interrupt => return Ok(None),
                Key::EndOfInput if self.line.is_empty() => return Ok(None),
                Key::Tab => self.complete(),
                Key::Enter => match (self.question.check)(self.answer()) {
                    Ok(()) => return Ok(Some(self.answer().to_owned())),
                    Err(reason) => self.note = reason,
                },
                key => self.line.press(key),
            }
        }
    }

    fn answer(&self) -> &str {
        match self.line.text().trim() {
            "" => self.question.default,
            typed => typed,
        }
    }

    /// Completes as far as all candidates agree, and shows them where that is no farther.
    fn complete(&mut self) {
        let typed = self.line.text();
        let candidates = self.question.completions.iter();
        let candidates: Vec<&str> = candidates
            .map(String::as_str)
            .filter(|candidate| candidate.starts_with(typed))
            .collect();
        let common = common_start(&candidates);
        if common.len() > typed.len() {
            self.line = Line::from(common);
        } else if candidates.len() > 1 {
            self.note = candidates.join(" ");
        }
    }

    fn frame(&self) -> Frame {
        let (columns, _) = Screen::size();
        let text = self.text_so_far();
        let cursor = self.question.text.len() + self.line.cursor();
        let mut frame = lay_out(&text, cursor, columns);
        if !self.note.is_empty() {
            let note = wrap(&self.note, columns);
            frame.rows.extend(note.into_iter().take(MAX_CANDIDATE_ROWS));
        }
        frame
    }

    fn leave(self) -> io::Result<()> {
        let (columns, _) = Screen::size();
        let text = self.text_so_far();
        self.screen.leave(&lay_out(&text, 0, columns).rows)
    }

    fn text_so_far(&self) -> String {
        format!("{}{}", self.question.text, self.line.text())
    }
}

fn common_start<'a>(texts: &[&'a str]) -> &'a str {
    let Some((first, others)) = texts.split_first() else {
        return "";
    };
    let is_common = |end: &usize| {
        let start = &first[..*end];
        others.iter().all(|text| text.starts_with(start))
    };
    let ends = first.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.take_while(is_common).last().unwrap_or_default();
    &first[..end]
}
