//! The closing message: how to use the profile or session.

use cli_ux::Ui;
use shell_words::quote;
use sso_types::{SessionName, sanitize};

use super::write::NewProfile;
use crate::context::Context;
use crate::precedence::before_sso;

pub(super) fn warn_if_shadowed(context: Context<'_>, profile: &NewProfile) {
    let files = context.files().ok();
    let files = files.filter(|_| profile.assignment.is_some());
    let found = files.and_then(|files| before_sso(&files, &profile.name));
    if let Some((location, message)) = found {
        context.ui.warn(format_args!("{location}: {message}"));
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
        ui.say_lines([
            "",
            "To sign in and get the bearer token of this profile:",
            "",
            &format!("    sso-login{option}"),
            &format!("    export-credentials{option} --bearer-token"),
        ]);
        return;
    }
    let introduction = if is_default {
        "This profile is used if no other profile is specified:"
    } else {
        "To use this profile, specify the profile name using --profile, as shown:"
    };
    ui.say_lines([
        "",
        introduction,
        "",
        &format!("    aws sts get-caller-identity{option}"),
        &format!("    eval \"$(export-credentials{option})\""),
    ]);
    if !is_default {
        ui.say_lines([
            "",
            "To use it with SDKs and other tools, set AWS_PROFILE:",
            "",
            &format!("    export AWS_PROFILE={name}"),
        ]);
    }
}

pub(super) fn say_for_session(ui: &Ui, name: &SessionName) {
    let name = sanitize(&quote(name.as_str()));
    ui.say_lines([
        "",
        "To sign in to this session and set up a profile that uses it:",
        "",
        &format!("    sso-login --sso-session {name}"),
        &format!("    sso-configure --sso-session {name}"),
    ]);
}
