//! How to use what was written.

use cli_ux::Ui;
use shell_words::quote;
use sso_credentials::{ConfigFiles, SsoSession, sanitize};

use super::write::NewProfile;
use crate::command::Surroundings;
use crate::precedence::before_sso;

/// Says it where something else in the profile, as it is written now, counts before.
pub(super) fn warn_if_overruled(here: Surroundings<'_>, profile: &NewProfile) {
    let files = ConfigFiles::load(here.env).ok();
    let files = files.filter(|_| profile.assignment.is_some());
    let found = files.and_then(|files| before_sso(&files, &profile.name));
    if let Some((place, sentence)) = found {
        here.ui.warn(format_args!("{place}: {sentence}"));
    }
}

pub(super) fn say_for_profile(ui: &Ui, profile: &NewProfile) {
    let name = sanitize(&quote(profile.name.as_str()));
    let is_default = name == "default";
    let option = if is_default {
        String::new()
    } else {
        format!(" --profile {name}")
    };
    if profile.assignment.is_none() {
        ui.say(format_args!(
            "\nTo sign in, and to have the token of this profile:\n\n    \
             sso-login{option}\n    export-credentials{option} --bearer-token"
        ));
        return;
    }
    ui.say(if is_default {
        "\nThis profile is used where no other is named:\n"
    } else {
        "\nTo use this profile, specify the profile name using --profile, as shown:\n"
    });
    ui.say(format_args!(
        "    aws sts get-caller-identity{option}\n    eval \"$(export-credentials{option})\""
    ));
    if !is_default {
        ui.say(format_args!(
            "\nThe SDKs take it from AWS_PROFILE:\n\n    export AWS_PROFILE={name}"
        ));
    }
}

pub(super) fn say_for_session(ui: &Ui, session: &SsoSession) {
    let name = session.name.as_ref().map_or("", |name| name.as_str());
    let name = sanitize(&quote(name));
    ui.say(format_args!(
        "\nTo sign in to this session, and to set up a profile that uses it:\n\n    \
         sso-login --sso-session {name}\n    sso-configure --sso-session {name}"
    ));
}
