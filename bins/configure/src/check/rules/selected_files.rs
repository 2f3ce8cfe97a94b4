//! Paths of the config file, the credentials file and the caches.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use sso_config::AwsEnv;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&DANGLING_LINK, &SAME_FILE, &MISSING_FILE, &AMBIGUOUS_PATH],
    finder: Finder::Files(find),
};

static DANGLING_LINK: Rule = Rule {
    code: "dangling-link",
    severity: Severity::Error,
    summary: "Symbolic link to a missing file or directory",
    explanation: "Programs find no profiles if it is the config file, and cannot save tokens if it is a \
                  directory of `.aws`. Restore the target, or remove the link.",
    fix: None,
};

static SAME_FILE: Rule = Rule {
    code: "same-file",
    severity: Severity::Advice,
    summary: "One file for `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`",
    explanation: "The two files have different headers: a section `[profile dev]` defines the profile `dev` \
                  in the config file, and a profile with the name `profile dev` in the credentials file. \
                  An edit of one file changes the other. Use two files.",
    fix: None,
};

static MISSING_FILE: Rule = Rule {
    code: "missing-file",
    severity: Severity::Advice,
    summary: "`AWS_CONFIG_FILE` or `AWS_SHARED_CREDENTIALS_FILE` with a missing file",
    explanation: "Programs treat the file as empty, and do not read the one in `~/.aws`. Correct the path, or \
                  unset the variable.",
    fix: None,
};

static AMBIGUOUS_PATH: Rule = Rule {
    code: "ambiguous-path",
    severity: Severity::Advice,
    summary: "Variable with a path that is relative or contains `~` or `$`",
    explanation: "A relative path names different files in different directories. The AWS CLI, boto3 and \
                  these programs expand `~` and variables in `AWS_CONFIG_FILE` and \
                  `AWS_SHARED_CREDENTIALS_FILE`; other SDKs do not. Set the variable to a full path.",
    fix: None,
};

const CONFIG: &str = "AWS_CONFIG_FILE";
const CREDENTIALS: &str = "AWS_SHARED_CREDENTIALS_FILE";

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let (env, files) = (scope.aws.env(), scope.aws.files());
    let configured = [
        (CONFIG, files.config_path()),
        (CREDENTIALS, files.credentials_path()),
    ];
    let missing = configured.iter().filter_map(|it| missing(env, *it));
    let ambiguous = [CONFIG, CREDENTIALS, "HOME"];
    let ambiguous = ambiguous
        .iter()
        .filter_map(|name| ambiguous_path(env, name));
    let found = dangling(scope).into_iter().chain(same_file(scope));
    found.chain(missing).chain(ambiguous).collect()
}

fn dangling(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let paths = [files.config_path(), files.credentials_path()].map(PathBuf::from);
    let paths = paths.iter().chain(&scope.cache_files.directories);
    let dangling = paths.filter(|path| is_dangling(path));
    let findings = dangling.map(|path| {
        let target = path.read_link().unwrap_or_default();
        let message = format!("the target {} of the link does not exist", target.display());
        let hint = "restore the target, or remove the link";
        Finding::new(&DANGLING_LINK, &message)
            .at(path.display())
            .with_hint(hint)
    });
    findings.collect()
}

fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && path.try_exists().is_ok_and(|exists| !exists)
}

fn same_file(scope: &Scope<'_>) -> Option<Finding> {
    let files = scope.aws.files();
    let resolved = |path: &Path| path.canonicalize().ok().filter(|it| it.is_file());
    let config = resolved(files.config_path())?;
    let credentials = resolved(files.credentials_path())?;
    (config == credentials).then(|| {
        let message = "it is both the config file and the credentials file";
        let hint = format!("set {CREDENTIALS} to another file, or unset it");
        Finding::new(&SAME_FILE, message)
            .at(files.config_path().display())
            .with_hint(&hint)
    })
}

fn missing(env: &AwsEnv, (name, path): (&str, &Path)) -> Option<Finding> {
    env.get_os(name)?;
    let is_missing = !path.is_symlink() && path.try_exists().is_ok_and(|exists| !exists);
    is_missing.then(|| {
        let message = format!("the file in {name} does not exist");
        let hint = format!("correct {name}, or unset it");
        Finding::new(&MISSING_FILE, &message)
            .at(path.display())
            .with_hint(&hint)
    })
}

fn ambiguous_path(env: &AwsEnv, name: &str) -> Option<Finding> {
    let path = env.get_os(name)?;
    let reason = if is_expanded(path) && name != "HOME" {
        "only some programs expand ~ and $ in the path"
    } else if Path::new(path).is_relative() {
        "the path is relative to the current directory"
    } else {
        return None;
    };
    let finding = Finding::new(&AMBIGUOUS_PATH, &format!("{name}: {reason}"));
    Some(finding.with_hint(&format!("set {name} to a full path")))
}

fn is_expanded(path: &OsStr) -> bool {
    let bytes = path.as_encoded_bytes();
    bytes.starts_with(b"~") || bytes.contains(&b'$')
}
