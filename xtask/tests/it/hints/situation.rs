//! A situation in which an error occurs, and the way out that its hint describes.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{FileAttribute, TestEnv, Transcript, programs_dir};

use super::page;

/// Another user than root, who need not exist.
pub(super) const OTHER: u32 = 4711;

pub(super) struct Situation {
    /// Removed before the files in the home.
    attributes: Vec<FileAttribute>,
    is_possible: bool,
    is_root: bool,
    pub(super) center: Emulator,
    pub(super) env: TestEnv,
    /// Command line of the error.
    pub(super) command: String,
    hint: &'static str,
    follow: Follow,
}

enum Follow {
    /// The hint, or its end after a colon, is a command.
    Paste,
    /// The hint is a sentence, and this function does what it says.
    Act(fn(&mut Situation)),
    /// The hint is a command that works after this change.
    PasteAfter(fn(&mut Situation)),
}

impl Situation {
    /// Creates a home with the sample config, in which no session is signed in. The browser approves
    /// every sign-in.
    pub(super) fn new(command: &str) -> Self {
        let center = Emulator::start();
        center.configure(|settings| settings.consent = Consent::Approve);
        let mut env = TestEnv::new(&center);
        env.write_config(TestEnv::SAMPLE_CONFIG);
        let browser = "#!/bin/sh\nexec curl --silent --location --output /dev/null \"$1\"\n";
        env.write("browser", browser);
        let path = env.home().join("browser");
        std::process::Command::new("chmod")
            .arg("+x")
            .arg(&path)
            .status()
            .unwrap();
        env.set("BROWSER", path);
        Self {
            attributes: Vec::new(),
            is_possible: true,
            is_root: fs::metadata(env.home()).unwrap().uid() == 0,
            center,
            env,
            command: command.to_owned(),
            hint: "",
            follow: Follow::Paste,
        }
    }

    pub(super) fn signed_in(command: &str) -> Self {
        let situation = Self::new(command);
        let tokens = situation.center.sign_in(&["sso:account:access"]);
        situation.env.plant_my_sso(&tokens);
        situation
    }

    pub(super) fn with_config(self, config: &str) -> Self {
        self.env.write_config(config);
        self
    }

    /// Changes the situation.
    pub(super) fn after(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Sets an attribute of chattr(1), such as `i` for immutable. Skips the row if this user may not.
    pub(super) fn set_attribute(&mut self, name: char, path: &Path) {
        let set = FileAttribute::set(name, path);
        self.is_possible &= set.is_some();
        self.attributes.extend(set);
    }

    /// Gives a file or directory in the home to another user. Skips the row if this user is not root.
    pub(super) fn give(&mut self, path: &Path, user: u32) {
        self.is_possible &= self.is_root;
        if self.is_root {
            chown(path, Some(user), None).unwrap();
        }
    }

    /// Runs the command of the error as [`OTHER`], who owns the home and all directories in it.
    pub(super) fn run_as_other(&mut self) {
        let home = self.env.home().to_owned();
        self.give(&home, OTHER);
        for path in self.env.files() {
            for path in Path::new(&path).ancestors() {
                self.give(&home.join(path), OTHER);
            }
        }
        let programs = programs_dir();
        self.command = format!(
            "setpriv --reuid={OTHER} --clear-groups -- {}/{}",
            programs.display(),
            self.command
        );
    }

    /// Sets the beginning of the hint that is followed. Without it, this is the first hint.
    pub(super) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// Sets the action that the hint describes. Without it, the hint is pasted into a shell.
    pub(super) fn act(self, act: fn(&mut Self)) -> Self {
        let follow = Follow::Act(act);
        Self { follow, ..self }
    }

    /// Sets a change that happens before the hint is pasted into a shell.
    pub(super) fn paste_after(self, change: fn(&mut Self)) -> Self {
        let follow = Follow::PasteAfter(change);
        Self { follow, ..self }
    }

    /// Replaces the command line of the error by one that the hint describes.
    pub(super) fn set_command(&mut self, command: &str) {
        command.clone_into(&mut self.command);
    }

    /// Replaces text in the config file, which must contain it.
    pub(super) fn edit(&mut self, from: &str, to: &str) {
        let config = String::from_utf8(self.env.read(".aws/config")).unwrap();
        assert!(config.contains(from), "{config}");
        self.env.write_config(&config.replace(from, to));
    }

    pub(super) fn append(&mut self, text: &str) {
        let config = String::from_utf8(self.env.read(".aws/config")).unwrap();
        self.env.write_config(&(config + text));
    }

    pub(super) fn run(&self, command: &str) -> Transcript {
        self.env.run(command)
    }

    /// Checks that `message` occurs, and not again after its hint is followed. The error describes
    /// the failure.
    pub(super) fn check(mut self, message: &str) -> Result<(), String> {
        if !self.is_possible {
            #[expect(clippy::print_stderr, reason = "a skipped row should be visible")]
            {
                eprintln!("skipped: {message}");
            }
            return Ok(());
        }
        let first = self.run(&self.command);
        if !page::contains(first.stderr(), message) {
            return Err(format!("{message} does not occur: {first}"));
        }
        let lines = first.stderr().lines();
        let mut hints = lines.filter_map(|line| line.strip_prefix("hint: "));
        let Some(hint) = hints.find(|line| line.starts_with(self.hint)) else {
            return Err(format!("{message} has no hint {}: {first}", self.hint));
        };
        match self.follow {
            Follow::Paste => self.paste(hint)?,
            Follow::Act(act) => act(&mut self),
            Follow::PasteAfter(change) => {
                change(&mut self);
                self.paste(hint)?;
            }
        }
        let again = self.run(&self.command);
        if page::contains(again.stderr(), message) {
            return Err(format!("{message} comes back after {hint}: {again}"));
        }
        Ok(())
    }

    fn paste(&self, hint: &str) -> Result<(), String> {
        let command = hint.rsplit_once(": ").map_or(hint, |(_, command)| command);
        // Only root can do what `sudo` is for, and there may be no `sudo`.
        let sudo = "sudo() { \"$@\"; }";
        let script = [sudo, command].join("\n");
        let followed = self.run(&format!("sh -c {}", shell_words::quote(&script)));
        match followed.code() {
            Some(0) => Ok(()),
            _ => Err(format!("{hint} fails: {followed}")),
        }
    }
}
