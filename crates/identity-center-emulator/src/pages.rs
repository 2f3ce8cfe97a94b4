//! Sign-in pages: HTML without scripts or external resources, with all untrusted text escaped.

use crate::response::Response;
use crate::settings::Account;

/// Returns the consent page. For a device authorization, it shows the user code for comparison.
pub(crate) fn consent(
    request: &str,
    client: &str,
    scopes: &[String],
    user_code: Option<&str>,
) -> Response {
    let compare = user_code.map_or_else(String::new, code_to_compare);
    let client = escape(client);
    let permissions = permissions(scopes);
    let request = escape(request);
    page(
        200,
        "Allow access?",
        &format!(
            "\
        <h1>Allow <em>{client}</em> to access your data?</h1>\n\
        {compare}\n\
        <p>The application requests permission to:</p>\n\
        <ul>{permissions}</ul>\n\
        <p class=\"quiet small\">Allow access only if you started this sign-in.</p>\n\
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
        "<p>Confirm that this code matches the code on your device:</p>\
        <span class=\"code\">{code}</span>"
    )
}

fn permissions(scopes: &[String]) -> String {
    if scopes.is_empty() {
        return permission("sso:account:access");
    }
    scopes.iter().map(|scope| permission(scope)).collect()
}

fn permission(scope: &str) -> String {
    let words = match scope {
        "sso:account:access" => "view your AWS accounts and get credentials for your roles",
        "codewhisperer:completions" => "generate code suggestions",
        "codewhisperer:conversations" => "chat about your code",
        _ => "access an application that your organization has connected",
    };
    let scope = escape(scope);
    format!("<li>{words} <span class=\"quiet small\"><code>{scope}</code></span></li>")
}

pub(crate) fn user_code(rejected_code: Option<&str>) -> Response {
    let (status, error) = match rejected_code {
        None => (200, String::new()),
        Some(code) => (
            404,
            format!(
                "<p>The code <b>{}</b> is not valid. Check the code and try again.</p>",
                escape(code)
            ),
        ),
    };
    page(
        status,
        "Enter the code",
        &format!(
            "\
        <h1>Enter your code</h1>\n\
        {error}\n\
        <form method=\"get\" action=\"/device\">\n\
        <label for=\"user_code\">Code shown on your device</label>\n\
        <input type=\"text\" id=\"user_code\" name=\"user_code\" placeholder=\"XXXX-XXXX\" \
        autocomplete=\"off\" spellcheck=\"false\" autofocus required>\n\
        <div class=\"buttons\"><button class=\"primary\">Continue</button></div>\n\
        </form>"
        ),
    )
}

pub(crate) fn decided(approved: bool) -> Response {
    let (mark, title, text) = if approved {
        (
            "✓",
            "Request approved",
            "You can close this window and return to the application.",
        )
    } else {
        (
            "✕",
            "Request denied",
            "The application did not get access. You can close this window.",
        )
    };
    message_page(200, mark, title, text)
}

/// Returns the page for an error that cannot be reported to the client.
pub(crate) fn failure(title: &str, text: &str) -> Response {
    message_page(400, "!", title, text)
}

fn message_page(status: u16, mark: &str, title: &str, text: &str) -> Response {
    let (heading, text) = (escape(title), escape(text));
    let mark = format!("<div class=\"mark\" aria-hidden=\"true\">{mark}</div>");
    page(
        status,
        title,
        &format!("{mark}\n<h1>{heading}</h1>\n<p>{text}</p>"),
    )
}

pub(crate) fn welcome(accounts: &[Account]) -> Response {
    let rows: String = accounts.iter().take(20).map(account).collect();
    let count = accounts.len();
    page(
        200,
        "AWS access portal",
        &format!(
            "\
        <h1>A local IAM Identity Center</h1>\n\
        <p>Every sign-in succeeds and gives access to {count} test accounts:</p>\n\
        <ul>{rows}</ul>\n\
        <p class=\"quiet small\">To use it, set the environment variable <code>AWS_ENDPOINT_URL</code> to this URL.</p>"
        ),
    )
}

/// Returns the start page of the access portal. Its script shows the role and the destination of a
/// shortcut link, which are in the fragment of the URL.
pub(crate) fn portal(accounts: &[Account]) -> Response {
    let welcome = welcome(accounts).text();
    let page = welcome.replacen(
        "</main>",
        &format!(
            "<section id=\"shortcut\" hidden></section>\n<script>{SHORTCUT}</script>\n</main>"
        ),
        1,
    );
    Response::html_with_script(200, page, SHORTCUT)
}

const SHORTCUT: &str = include_str!("pages/shortcut.js");

/// Returns the page in place of the console.
pub(crate) fn console(destination: &str) -> Response {
    page(
        200,
        "Signed in to the console",
        &format!(
            "<div class=\"mark\" aria-hidden=\"true\">✓</div>\n\
             <h1>Signed in to the console</h1>\n<p id=\"destination\">{}</p>",
            escape(destination)
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

fn page(status: u16, title: &str, main: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n\
        <html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <title>{title} – emulator</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
        <header><b>Emulator</b> – a local IAM Identity Center for tests</header>\n\
        <main>\n{main}\n</main>\n\
        <footer>This is not AWS. It has no access to your accounts, passwords, or credentials.</footer>\n\
        </body>\n</html>\n"
    );
    Response::html(status, html)
}

const STYLE: &str = include_str!("pages/style.css");

/// Escapes text for HTML and for a quoted attribute.
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
