//! Prompts for a line of text.

mod line;
mod plain;

use std::io;

use anstyle::Style;

use crate::failure::Failure;
use crate::printable::printable_line;
use crate::progress;
use crate::terminal;
use crate::terminal::dumb::is_dumb;
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, lay_out, wrap};
use crate::terminal::screen::Screen;
use crate::ui::Ui;
pub(crate) use line::Line;
#[cfg(feature = "sign-in")]
pub(crate) use plain::BACK;
pub(crate) use plain::Back;

const MAX_NOTE_ROWS: usize = 6;

/// Help below a prompt from which the user can go back.
const BACK_HELP: &str = "Esc to go back";

const HELP: Style = Style::new().dimmed();

/// Prompt for a line of text.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    text: &'a str,
    subject: &'a str,
    flag: &'a str,
    default: &'a str,
    initial: &'a str,
    completions: &'a [String],
    check: &'a dyn Fn(&str) -> Result<(), String>,
}

impl<'a> Question<'a> {
    /// Creates a question. `text` is the complete prompt, such as `SSO region [None]: `. `flag` is
    /// the option that replaces the prompt, for the hint if there is no terminal.
    #[must_use]
    pub fn new(text: &'a str, flag: &'a str) -> Self {
        Self {
            text,
            subject: subject_of(text),
            flag,
            default: "",
            initial: "",
            completions: &[],
            check: &|_| Ok(()),
        }
    }

    /// Sets the name of the question in an error, which is otherwise the text before the default.
    #[must_use]
    pub fn subject(self, subject: &'a str) -> Self {
        Self { subject, ..self }
    }

    /// Sets the answer for an empty line.
    #[must_use]
    pub fn default(self, default: &'a str) -> Self {
        Self { default, ..self }
    }

    /// Sets the text that is already typed when the prompt appears.
    #[must_use]
    pub fn initial(self, initial: &'a str) -> Self {
        Self { initial, ..self }
    }

    /// Sets the candidates for completion with the Tab key.
    #[must_use]
    pub fn completions(self, completions: &'a [String]) -> Self {
        Self {
            completions,
            ..self
        }
    }

    /// Sets the validation of the answer. If it fails, the error is shown and the user can edit the
    /// answer.
    #[must_use]
    pub fn check(self, check: &'a dyn Fn(&str) -> Result<(), String>) -> Self {
        Self { check, ..self }
    }
}

impl Ui {
    /// Prompts at the terminal and returns the trimmed answer, also with `--quiet`.
    ///
    /// # Errors
    ///
    /// Of kind [`Usage`](crate::FailureKind::Usage), with the flag in a hint, if there is no
    /// terminal. Of kind [`Interrupted`](crate::FailureKind::Interrupted) after Ctrl-C, or after
    /// Ctrl-D on an empty line.
    pub fn ask_line(&self, question: &Question<'_>) -> Result<String, Failure> {
        let answer = if is_dumb() {
            self.ask_plainly(question, Back::Unavailable)?
        } else {
            self.ask_in(QuestionView::new(question))?
        };
        answer.ok_or_else(Failure::interrupted)
    }

    /// Prompts like [`ask_line`](Self::ask_line). Returns `None` if the user presses Escape to go back to
    /// the previous prompt; then this prompt is removed from the screen. A line of help names the key.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn ask_line_or_back(&self, question: &Question<'_>) -> Result<Option<String>, Failure> {
        if is_dumb() {
            return self.ask_plainly(question, Back::Available);
        }
        self.ask_in(QuestionView {
            goes_back: true,
            has_styles: self.has_styles(),
            ..QuestionView::new(question)
        })
    }

    fn ask_in(&self, mut view: QuestionView<'_>) -> Result<Option<String>, Failure> {
        let keys = self.open_keys(view.question.subject, view.question.flag)?;
        let end = view.run(&keys).map_err(Failure::terminal)?;
        view.leave(&end).map_err(Failure::terminal)?;
        end.answer()
    }

    /// Asks a yes/no question. Returns `true` for `y` and `yes`, ignoring case, and `false` for any
    /// other answer. `flag` is the option that replaces the prompt.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn confirm(&self, question: &str, flag: &str) -> Result<bool, Failure> {
        let text = yes_or_no(question);
        Ok(is_yes(&self.ask_line(&Question::new(&text, flag))?))
    }

    /// Asks like [`confirm`](Self::confirm). Returns `None` if the user goes back, as in
    /// [`ask_line_or_back`](Self::ask_line_or_back).
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn confirm_or_back(&self, question: &str, flag: &str) -> Result<Option<bool>, Failure> {
        let text = yes_or_no(question);
        let answer = self.ask_line_or_back(&Question::new(&text, flag))?;
        Ok(answer.map(|answer| is_yes(&answer)))
    }

    /// Sets the terminal to raw mode for a prompt, until a key or a signal ends the prompt. Keys that were
    /// typed earlier have no effect, except Ctrl-C. Fails with the flag in a hint if there is no terminal.
    pub(crate) fn open_keys(&self, subject: &str, flag: &str) -> Result<Keys, Failure> {
        self.prepare_prompt(subject, flag)?;
        let keys = Keys::open().map_err(Failure::terminal)?;
        if keys.discard_earlier().map_err(Failure::terminal)? {
            return Err(Failure::interrupted());
        }
        Ok(keys)
    }

    /// Makes Ctrl-Z at each prompt have no effect. Call this first in a program that a command substitution
    /// runs: the shell could not continue it.
    pub fn ignore_stops(&self) {
        terminal::ignore_stops();
    }

    /// Removes the progress line and handles signals. Fails with the flag in a hint if there is no terminal.
    pub(crate) fn prepare_prompt(&self, subject: &str, flag: &str) -> Result<(), Failure> {
        if !terminal::is_interactive() {
            let error = anyhow::anyhow!("cannot prompt for \"{subject}\": no terminal");
            return Err(Failure::usage(error).with_hint(format!("use {flag}")));
        }
        self.exit_on_interrupt();
        terminal::handle_stops();
        progress::clear();
        // A busy program has turned off the echo.
        terminal::restore();
        Ok(())
    }
}

fn subject_of(text: &str) -> &str {
    let subject = text.split(" [").next().unwrap_or(text);
    subject.trim_end().trim_end_matches(':')
}

fn yes_or_no(question: &str) -> String {
    format!("{question} [y/N]: ")
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes")
}

/// End of a prompt.
pub(crate) enum End<T> {
    Answered(T),
    /// The user goes back to the previous prompt.
    Back,
    /// By Ctrl-C or Ctrl-D.
    Interrupted,
}

impl<T> End<T> {
    /// Returns `None` if the user goes back.
    pub(crate) fn answer(self) -> Result<Option<T>, Failure> {
        match self {
            Self::Answered(answer) => Ok(Some(answer)),
            Self::Back => Ok(None),
            Self::Interrupted => Err(Failure::interrupted()),
        }
    }
}

/// Note after a paste.
const JOINED: &str = "several lines were pasted; they are joined";

struct QuestionView<'a> {
    question: &'a Question<'a>,
    /// Set if the Escape key leads back.
    goes_back: bool,
    has_styles: bool,
    line: Line,
    /// Text below the line until the next key press.
    note: String,
    screen: Screen,
}

impl<'a> QuestionView<'a> {
    fn new(question: &'a Question<'a>) -> Self {
        Self {
            question,
            goes_back: false,
            has_styles: false,
            line: Line::from(question.initial),
            note: String::new(),
            screen: Screen::default(),
        }
    }

    /// Returns the end, also after Ctrl-D on an empty line.
    fn run(&mut self, keys: &Keys) -> io::Result<End<String>> {
        loop {
            if !keys.has_next()? {
                self.screen.draw(self.frame())?;
            }
            let key = keys.next()?;
            if key != Key::Resized {
                self.note.clear();
            }
            match key {
                Key::Interrupt => return Ok(End::Interrupted),
                Key::EndOfInput if self.line.is_empty() => return Ok(End::Interrupted),
                Key::Escape if self.goes_back => return Ok(End::Back),
                Key::Tab => self.complete(),
                Key::Enter => match (self.question.check)(self.answer()) {
                    Ok(()) => return Ok(End::Answered(self.answer().to_owned())),
                    Err(reason) => self.note = reason,
                },
                key => {
                    if matches!(key, Key::JoinedLines(_)) {
                        JOINED.clone_into(&mut self.note);
                    }
                    self.line.press(key);
                }
            }
        }
    }

    fn answer(&self) -> &str {
        match self.line.text().trim() {
            "" => self.question.default,
            typed => typed,
        }
    }

    /// Completes to the common prefix of the candidates, or shows the candidates if the prefix is
    /// already typed.
    fn complete(&mut self) {
        let typed = self.line.text();
        let candidates = self.question.completions.iter();
        let candidates: Vec<&str> = candidates
            .map(String::as_str)
            .filter(|candidate| candidate.starts_with(typed))
            .collect();
        let common = common_prefix(&candidates);
        if common.len() > typed.len() {
            self.line = Line::from(common);
        } else if candidates.len() > 1 {
            self.note = candidates.join(" ");
        }
    }

    fn frame(&self) -> Frame {
        let (columns, _) = Screen::size();
        let text = self.full_text();
        let cursor = self.prompt().len() + self.line.cursor();
        let mut frame = lay_out(&text, cursor, columns);
        if !self.note.is_empty() {
            let note = wrap(&printable_line(&self.note), columns);
            frame.rows.extend(note.into_iter().take(MAX_NOTE_ROWS));
        } else if self.goes_back {
            if self.has_styles {
                frame
                    .styles
                    .push((frame.rows.len(), 0..BACK_HELP.len(), HELP));
            }
            frame.rows.push(BACK_HELP.to_owned());
        }
        frame
    }

    /// Keeps the prompt on the screen, except if the user goes back.
    fn leave(self, end: &End<String>) -> io::Result<()> {
        if matches!(end, End::Back) {
            return self.screen.leave(&[]);
        }
        let (columns, _) = Screen::size();
        let text = self.full_text();
        self.screen.leave(&lay_out(&text, 0, columns).rows)
    }

    fn full_text(&self) -> String {
        format!("{}{}", self.prompt(), self.line.text())
    }

    fn prompt(&self) -> String {
        printable_line(self.question.text)
    }
}

fn common_prefix<'a>(texts: &[&'a str]) -> &'a str {
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
