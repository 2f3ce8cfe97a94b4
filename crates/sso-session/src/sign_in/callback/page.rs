//! Page that the browser shows at the end of the sign-in.

/// Forbids everything except the inline style of the page.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TEMPLATE: &str = include_str!("page.html");

/// Page with a title, a text and a detail.
pub(crate) struct Page<'a> {
    tone: &'static str,
    title: &'a str,
    text: &'a str,
    detail: &'a str,
}

impl<'a> Page<'a> {
    pub(crate) fn signed_in() -> Self {
        Self {
            tone: "good",
            title: "You are signed in",
            text: "You can close this window and go back to the terminal.",
            detail: "",
        }
    }

    /// Returns the page for a failure. `detail` is untrusted text.
    pub(crate) fn failed(detail: &'a str) -> Self {
        Self {
            tone: "bad",
            title: "The sign-in failed",
            text: "Nothing was changed. Go back to the terminal to see what to do next.",
            detail,
        }
    }

    pub(super) fn not_found() -> Self {
        Self {
            tone: "bad",
            title: "Nothing here",
            text: "This address only takes the answer of a sign-in that was started in the terminal.",
            detail: "",
        }
    }

    pub(super) fn malformed() -> Self {
        Self {
            text: "This was no answer of a sign-in.",
            ..Self::not_found()
        }
    }

    /// Returns the page with escaped text.
    pub(super) fn to_html(&self) -> String {
        TEMPLATE
            .replace("{tone}", self.tone)
            .replace("{title}", &escaped(self.title))
            .replace("{text}", &escaped(self.text))
            // Replaced last, so that placeholders in the detail stay text.
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
