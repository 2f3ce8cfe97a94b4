/// Allows only the inline style of the page.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TEMPLATE: &str = include_str!("page.html");

/// Page that the browser shows after the redirect.
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
            text: "You can close this window and return to the terminal.",
            detail: "",
        }
    }

    /// `detail` is untrusted text.
    pub(crate) fn failed(detail: &'a str) -> Self {
        Self {
            tone: "bad",
            title: "Sign-in failed",
            text: "Nothing was changed. Return to the terminal for the next step.",
            detail,
        }
    }

    pub(super) fn not_found() -> Self {
        Self {
            tone: "bad",
            title: "Page not found",
            text: "This server only receives the redirect of a sign-in from the terminal.",
            detail: "",
        }
    }

    pub(super) fn malformed() -> Self {
        Self {
            title: "Invalid request",
            text: "The request is not the redirect of a sign-in.",
            ..Self::not_found()
        }
    }

    pub(super) fn to_html(&self) -> String {
        TEMPLATE
            .replace("{tone}", self.tone)
            .replace("{title}", &escaped(self.title))
            .replace("{text}", &escaped(self.text))
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
