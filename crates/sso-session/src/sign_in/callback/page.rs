use std::borrow::Cow;

/// Allows only the inline style of the page.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TEMPLATE: &str = include_str!("page.html");

/// Page that the browser shows after the redirect.
pub(crate) struct Page<'a> {
    tone: &'static str,
    title: &'a str,
    text: Cow<'a, str>,
    detail: &'a str,
}

impl<'a> Page<'a> {
    pub(crate) fn signed_in() -> Self {
        Self {
            tone: "good",
            title: "You are signed in",
            text: "You can close this window and return to the terminal.".into(),
            detail: "",
        }
    }

    /// `detail` is untrusted text. `next_step` is a sentence in lower case and without a period.
    pub(crate) fn failed(detail: &'a str, next_step: Option<&str>) -> Self {
        let next_step = next_step.map_or_else(
            || "Return to the terminal for the next step".to_owned(),
            |step| format!("To try again, return to the terminal: {step}"),
        );
        Self {
            tone: "bad",
            title: "Sign-in failed",
            text: format!("Nothing was changed. {next_step}.").into(),
            detail,
        }
    }

    /// Page of a sign-in that failed and is started again. `detail` is untrusted text.
    pub(crate) fn started_again(detail: &'a str) -> Self {
        Self {
            text: "Nothing was changed. Return to the terminal: it starts the sign-in again, with a new client \
                   registration."
                .into(),
            ..Self::failed(detail, None)
        }
    }

    pub(super) fn not_found() -> Self {
        Self {
            tone: "bad",
            title: "Page not found",
            text: "The URL belongs to no sign-in, or to an earlier one. Open the URL that the terminal shows, or \
                   run the command there again."
                .into(),
            detail: "",
        }
    }

    pub(super) fn malformed() -> Self {
        Self {
            title: "Invalid request",
            text: "The request is not the redirect of a sign-in. Open the URL that the terminal shows, or run \
                   the command there again."
                .into(),
            ..Self::not_found()
        }
    }

    pub(super) fn to_html(&self) -> String {
        TEMPLATE
            .replace("{tone}", self.tone)
            .replace("{title}", &escaped(self.title))
            .replace("{text}", &escaped(&self.text))
            // Replaced last, so that placeholders in the detail are not replaced.
            .replace("{detail}", &escaped(self.detail))
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}
