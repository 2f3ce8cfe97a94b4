//! Headless Chromium, controlled through pipes with the Chrome `DevTools` protocol.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tool;

/// Time after which a test fails, long enough for a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// With `--remote-debugging-pipe`, Chromium reads from file descriptor 3 and writes to 4.
const WITH_PIPES: &str = r#"exec "$0" "$@" 3<"$COMMANDS" 4>"$RESPONSES""#;

/// Headless Chromium with one tab and an empty user profile. Dropping it ends the browser.
///
/// The methods panic if the browser does not respond.
#[derive(Debug)]
pub struct Chromium {
    child: Child,
    commands: File,
    messages: Receiver<Value>,
    last_id: u64,
    session: Option<String>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts the browser; `None` if [`chromium`](crate::chromium) finds none.
    ///
    /// # Panics
    ///
    /// If the browser does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let program = tool::chromium()?;
        let profile =
            TempDir::with_prefix("chromium-").expect("the directory for temporary files exists");
        let [commands, responses] = ["commands", "responses"].map(|name| profile.path().join(name));
        let made = Command::new("mkfifo")
            .args([&commands, &responses])
            .status();
        assert!(
            made.is_ok_and(|status| status.success()),
            "cannot create named pipes"
        );
        let child = Command::new("sh")
            .args(["-c", WITH_PIPES])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args(["--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("COMMANDS", &commands)
            .env("RESPONSES", &responses)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the operating system has a shell");
        let commands = File::options().write(true).open(commands);
        let mut chromium = Self {
            child,
            commands: commands.expect("the browser opens the pipe"),
            messages: read_messages(&responses),
            last_id: 0,
            session: None,
            _profile: profile,
        };
        chromium.open_tab();
        Some(chromium)
    }

    fn open_tab(&mut self) {
        let tab = self.command("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": tab["targetId"], "flatten": true });
        let attached = self.command("Target.attachToTarget", &target);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        self.command("Page.enable", &json!({}));
    }

    /// Opens `url`.
    pub fn open(&mut self, url: &str) {
        self.command("Page.navigate", &json!({ "url": url }));
    }

    /// Waits until the JavaScript expression `script` is `true`, and returns the text of the page.
    ///
    /// # Panics
    ///
    /// If the expression is not `true` within a minute.
    pub fn wait_until(&mut self, script: &str) -> String {
        let deadline = Instant::now() + TIMEOUT;
        while self.evaluate(script) != json!(true) {
            assert!(Instant::now() < deadline, "{script} is not true");
            thread::sleep(Duration::from_millis(50));
        }
        let text = self.evaluate("document.body.innerText");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits for the element that matches `selector`, and clicks it.
    pub fn click(&mut self, selector: &str) {
        let element = format!("document.querySelector({})", json!(selector));
        self.wait_until(&format!("{element} !== null"));
        self.evaluate(&format!("{element}.click()"));
    }

    /// Waits for the field that matches `selector`, and types `text` into it.
    pub fn type_into(&mut self, selector: &str, text: &str) {
        let element = format!("document.querySelector({})", json!(selector));
        self.wait_until(&format!("{element} !== null"));
        self.evaluate(&format!("{element}.focus()"));
        self.command("Input.insertText", &json!({ "text": text }));
    }

    /// Returns the value of a JavaScript expression on the page; `null` if it has no value or the
    /// page is being unloaded.
    pub fn evaluate(&mut self, script: &str) -> Value {
        let expression = json!({ "expression": script, "returnByValue": true });
        self.command("Runtime.evaluate", &expression)["result"]["value"].clone()
    }

    /// Sets the size of the window in pixels, and the colour scheme, `light` or `dark`.
    pub fn show_as(&mut self, width: u32, height: u32, scheme: &str) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.command("Emulation.setEmulatedMedia", &json!({ "features": scheme }));
    }

    /// Sends a command and returns its result; `null` if it fails.
    fn command(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let sent = write!(self.commands, "{command}\0");
        sent.expect("the browser is running");
        loop {
            let message = self.messages.recv_timeout(TIMEOUT);
            let message = message.unwrap_or_else(|error| panic!("{method}: no response: {error}"));
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The browser may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_messages(responses: &Path) -> Receiver<Value> {
    let mut responses = BufReader::new(File::open(responses).expect("the browser opens the pipe"));
    let (sender, messages) = channel();
    thread::spawn(move || {
        let mut message = Vec::new();
        while responses
            .read_until(0, &mut message)
            .is_ok_and(|length| length > 0)
        {
            let text = message.strip_suffix(b"\0").unwrap_or(&message);
            let parsed = serde_json::from_slice(text).unwrap_or_default();
            if sender.send(parsed).is_err() {
                return;
            }
            message.clear();
        }
    });
    messages
}
