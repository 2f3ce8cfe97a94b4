//! Failures of the sign-in and of the lists: the user tries again, or changes an answer that may be the cause.

use cli_ux::{Choice, Entry, Failure, FailureKind};

use super::ask::Asker;

/// Repeats `attempt` until it succeeds, or the user goes back or ends the wizard. Without questions, a failure
/// is final. Another attempt repeats the answers of the failed one.
pub(super) fn recovering<T>(
    asker: Asker<'_>,
    attempt: impl Fn() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let position = asker.answered.position();
    loop {
        let outcome = attempt();
        let is_asked = outcome.as_ref().is_err_and(|failure| {
            asker.is_interactive() && !asker.answered.goes_back() && is_recoverable(failure)
        });
        match outcome {
            Err(failure) if is_asked => {
                try_again_after(failure, asker)?;
                asker.answered.repeat_after(position);
            }
            outcome => return outcome,
        }
    }
}

/// Returns whether another attempt or other answers can have another result. Options stay the same.
fn is_recoverable(failure: &Failure) -> bool {
    matches!(
        failure.kind(),
        FailureKind::Configuration | FailureKind::Service | FailureKind::Other
    )
}

/// Shows the failure, and returns if the user tries again.
fn try_again_after(failure: Failure, asker: Asker<'_>) -> Result<(), Failure> {
    let (ui, answered) = (asker.ui, asker.answered);
    ui.report_in_dialog(&failure);
    let questions = answered.questions();
    let mut entries = vec![Entry::new("Try again")];
    entries.extend(
        questions
            .iter()
            .map(|it| Entry::new(format!("Change the {it}"))),
    );
    entries.push(Entry::new("End without writing"));
    let choice = Choice {
        name: "next step",
        flag: "--no-input",
        entries: &entries,
        marked: Some(0),
    };
    let selected = if questions.is_empty() {
        ui.choose(&choice)?
    } else {
        let selected = ui.choose_or_back(&choice)?;
        selected.ok_or_else(|| answered.go_back())?
    };
    match selected.checked_sub(1) {
        None => Ok(()),
        Some(question) if question < questions.len() => Err(answered.go_back_to(question)),
        Some(_) => Err(failure.silent()),
    }
}
