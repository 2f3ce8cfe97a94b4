//! The pages that a person sees: plain HTML, nothing from outside, every foreign text escaped.

use super::answer::Answer;
use super::settings::Account;

/// Asks whether the client may do what `scopes` name; `user_code` is there to compare where the
/// request came from a device.
pub(crate) fn consent(
    request: &str,
    client: &str,
    scopes: &[String],
    user_code: Option<&str>,
) -> Answer {
    let compare = user_code.map_or_else(String::new, code_to_compare);
    let client = escape(client);
    let wishes = wishes(scopes);
    let request = escape(request);
    page(
        200,
        "Allow access?",
        &format!(
            "\
        <h1>Allow <em>{client}</em> to act for you?</h1>\n\
        {compare}\n\
        <p>It asks to:</p>\n\
        <ul>{wishes}</ul>\n\
        <p class=\"quiet small\">Allow only what you started yourself a moment ago.</p>\n\
        <form method=\"post\" action=\"/consent\" class=\"buttons\">\n\
        <input type=\"hidden\" name=\"request\" value=\"{request}\">\n\
        <button name=\"decision\" value=\"deny\">Deny</button>\n\
        <button name=\"decision\" value=\"allow\" class=\"primary\">Allow access</button>\n\
        </form>"
        ),
    )
}

fn code_to_compare(user_code: &str) -> String {
    let code = escape(user_code);
    format!(
        "<p>Go on only if this code is the one that you were shown:</p>\
        <span class=\"code\">{code}</span>"
    )
}

fn wishes(scopes: &[String]) -> String {
    if scopes.is_empty() {
        return wish("sso:account:access");
    }
    scopes.iter().map(|scope| wish(scope)).collect()
}

fn wish(scope: &str) -> String {
    let words = match scope {
        "sso:account:access" => "see your AWS accounts and obtain credentials for your roles",
        "codewhisperer:completions" => "suggest code to you",
        "codewhisperer:conversations" => "talk with you about code",
        _ => "use an application that your organization has connected",
    };
    let scope = escape(scope);
    format!("<li>{words} <span class=\"quiet small\"><code>{scope}</code></span></li>")
}

/// Asks for the user code; `refused` is one that nobody knows.
pub(crate) fn user_code(refused: Option<&str>) -> Answer {
    let (status, trouble) = match refused {
        None => (200, String::new()),
        Some(code) => (
            404,
            format!("<p>Nobody knows the code <b>{}</b>.</p>", escape(code)),
        ),
    };
    page(
        status,
        "Enter the code",
        &format!(
            "\
        <h1>Sign in on another device</h1>\n\
        {trouble}\n\
        <form method=\"get\" action=\"/device\">\n\
        <label for=\"user_code\">The code that the program shows</label>\n\
        <input type=\"text\" id=\"user_code\" name=\"user_code\" placeholder=\"XXXX-XXXX\" \
        autocomplete=\"off\" spellcheck=\"false\" autofocus required>\n\
        <div class=\"buttons\"><button class=\"primary\">Next</button></div>\n\
        </form>"
        ),
    )
}

/// Thanks for a decision about a device.
pub(crate) fn decided(approved: bool) -> Answer {
    let (mark, title, text) = if approved {
        (
            "✓",
            "Request approved",
            "The program goes on by itself. You can close this page.",
        )
    } else {
        (
            "✕",
            "Request denied",
            "The program was told. You can close this page.",
        )
    };
    result(200, mark, title, text)
}

/// Says why a request leads nowhere, where it cannot be said to the program.
pub(crate) fn failure(title: &str, text: &str) -> Answer {
    result(400, "!", title, text)
}

fn result(status: u16, mark: &str, title: &str, text: &str) -> Answer {
    let (heading, text) = (escape(title), escape(text));
    let mark = format!("<div class=\"mark\" aria-hidden=\"true\">{mark}</div>");
    page(
        status,
        title,
        &format!("{mark}\n<h1>{heading}</h1>\n<p>{text}</p>"),
    )
}

/// Says what this address is, and whose accounts there are.
pub(crate) fn welcome(accounts: &[Account]) -> Answer {
    let rows: String = accounts.iter().take(20).map(account).collect();
    let count = accounts.len();
    page(
        200,
        "AWS access portal",
        &format!(
            "\
        <h1>A local IAM Identity Center</h1>\n\
        <p>It signs in anybody, to {count} made-up accounts:</p>\n\
        <ul>{rows}</ul>\n\
        <p class=\"quiet small\">Programs reach it through <code>AWS_ENDPOINT_URL</code>.</p>"
        ),
    )
}

fn account(account: &Account) -> String {
    let name = escape(account.name.as_deref().unwrap_or("(no name)"));
    let roles = escape(&account.roles.join(", "));
    format!(
        "<li>{name} <code>{}</code><br><span class=\"quiet small\">{roles}</span></li>",
        escape(&account.id)
    )
}

fn page(status: u16, title: &str, main: &str) -> Answer {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n\
        <html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <title>{title} – emulator</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
        <header><b>Emulator</b> – a stand-in for IAM Identity Center on this machine</header>\n\
        <main>\n{main}\n</main>\n\
        <footer>This is not AWS. No account, password or secret of yours is involved.</footer>\n\
        </body>\n</html>\n"
    );
    Answer::html(status, html)
}

const STYLE: &str = include_str!("pages/style.css");

/// Makes foreign text harmless within HTML and within a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
