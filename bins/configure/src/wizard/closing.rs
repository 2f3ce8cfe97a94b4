//! The closing message: how to use the profile or session.

use cli_ux::{Arguments, CommandLine, Ui};
use sso_types::SessionName;

use super::write::NewProfile;

pub(super) fn say_for_profile(ui: &Ui, profile: &NewProfile) {
    let name = profile.name.as_str();
    let is_default = name == "default";
    let option = if is_default {
        Arguments::new()
    } else {
        Arguments::new().option("--profile", name)
    };
    let command = |command| CommandLine::new(command, option.clone());
    if profile.assignment.is_none() {
        let export = CommandLine::new("export-credentials", option.clone().flag("--bearer-token"));
        say_commands(
            ui,
            "To sign in and get the bearer token of this profile:",
            &[command("sso-login"), export],
        );
        return;
    }
    let introduction = if is_default {
        "This profile is used if no other profile is specified:"
    } else {
        "To use this profile, specify the profile name using --profile, as shown:"
    };
    let commands = [
        command("aws sts get-caller-identity"),
        command("export-credentials").in_eval(),
    ];
    say_commands(ui, introduction, &commands);
    if !is_default {
        let export = Arguments::new().assignment("AWS_PROFILE", name);
        say_commands(
            ui,
            "To use it with SDKs and other tools, set AWS_PROFILE:",
            &[CommandLine::new("export", export)],
        );
    }
}

pub(super) fn say_for_session(ui: &Ui, name: &SessionName) {
    let option = Arguments::new().option("--sso-session", name.as_str());
    let commands = ["sso-login", "sso-configure"];
    say_commands(
        ui,
        "To sign in to this session and set up a profile that uses it:",
        &commands.map(|command| CommandLine::new(command, option.clone())),
    );
}

fn say_commands(ui: &Ui, introduction: &str, commands: &[CommandLine]) {
    ui.say("");
    ui.say_sentence(introduction);
    ui.say("");
    for command in commands {
        ui.say(format_args!("    {command}"));
    }
}
