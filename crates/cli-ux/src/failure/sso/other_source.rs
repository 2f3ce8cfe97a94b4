//! Hints for profiles that do not use IAM Identity Center.

use sso_config::SourceKind;
use sso_types::ProfileName;

use crate::command_line::{Arguments, CommandLine};
use crate::failure::hint::{Hint, Related};

/// Returns what to do in place of a sign-in. `chain` contains the profiles from the selected one to that
/// with the credential source.
pub(super) fn hints(kind: SourceKind, chain: &[ProfileName]) -> Vec<Hint> {
    let profiles = chain.first().zip(chain.last());
    let own = profiles.map(|(selected, last)| own_hint(kind, selected, last));
    own.into_iter().chain([list_of_profiles()]).collect()
}

pub(super) fn list_of_profiles() -> Hint {
    let list = Arguments::new().flag("list");
    Hint::RelatedStep("to list the profiles:", Related::Configure, list)
}

fn own_hint(kind: SourceKind, selected: &ProfileName, last: &ProfileName) -> Hint {
    let profile = |name: &ProfileName| Arguments::new().option("--profile", name.as_str());
    let by_aws_cli = |introduction, command, name| {
        Hint::Step(introduction, CommandLine::new(command, profile(name)))
    };
    match kind {
        SourceKind::AccessKeys => Hint::RelatedStep(
            "its credentials need no sign-in:",
            Related::Credentials,
            profile(selected),
        ),
        SourceKind::IncompleteKeys => format!(
            "add aws_secret_access_key next to aws_access_key_id of profile {}, or remove \
             aws_access_key_id",
            last.as_str()
        )
        .into(),
        SourceKind::Process => Hint::RelatedStep(
            "to get its credentials:",
            Related::Credentials,
            profile(selected),
        ),
        SourceKind::LoginSession => by_aws_cli("to sign in with the AWS CLI:", "aws login", last),
        SourceKind::Nothing => {
            Hint::RelatedStep("to set up the profile:", Related::Configure, profile(last))
        }
        _ => by_aws_cli(
            "to get its credentials with the AWS CLI:",
            "aws configure export-credentials",
            selected,
        ),
    }
}
