use aws_config_parse::{Document, FileKind};
use proptest::collection::vec;
use proptest::prelude::*;
use sso_config::edit::Diff;

fn config(text: &str) -> Document {
    Document::parse(FileKind::Config, text)
}

#[track_caller]
fn check(before: &str, after: &str, expected: &str) {
    let (before, after) = (config(before), config(after));
    let diff = Diff::new("config", &before, &after);
    assert_eq!(diff.to_string(), expected);
    assert_eq!(diff.is_empty(), expected.is_empty());
}

#[test]
fn equal_states_have_an_empty_diff() {
    check("", "", "");
    check("[a]\n", "[a]\n", "");
}

#[test]
fn a_change_is_shown_with_its_context() {
    check(
        "[a]\nb = 1\n",
        "[a]\nb = 2\n",
        "--- config\n+++ config\n@@ -1,2 +1,2 @@\n [a]\n-b = 1\n+b = 2\n",
    );
    check("", "[a]\n", "--- config\n+++ config\n@@ -0,0 +1 @@\n+[a]\n");
    check("[a]\n", "", "--- config\n+++ config\n@@ -1 +0,0 @@\n-[a]\n");
    check(
        "[a]",
        "[a]\nb = 1",
        "--- config\n+++ config\n@@ -1 +1,2 @@\n-[a]\n\\ No newline at end of file\n+[a]\n+b = 1\n\
         \\ No newline at end of file\n",
    );
    check(
        "[a]\r\n",
        "[a]\n",
        "--- config\n+++ config\n@@ -1 +1 @@\n-[a]\r\n+[a]\n",
    );
}

#[test]
fn distant_changes_have_separate_hunks() {
    let file = |values: [i32; 3]| {
        let [a, b, c] = values;
        format!("a={a}\n1\n2\n3\n4\n5\n6\nb={b}\n1\n2\n3\n4\n5\n6\n7\nc={c}\n1\n2\n3\n4\n")
    };
    let expected = "--- config\n+++ config\n\
                    @@ -1,11 +1,11 @@\n-a=0\n+a=1\n 1\n 2\n 3\n 4\n 5\n 6\n-b=0\n+b=1\n 1\n 2\n 3\n\
                    @@ -13,7 +13,7 @@\n 5\n 6\n 7\n-c=0\n+c=1\n 1\n 2\n 3\n";
    check(&file([0, 0, 0]), &file([1, 1, 1]), expected);
}

#[test]
fn debug_shows_no_values() {
    let (before, after) = (config("[a]\nb = hunter2\n"), config("[a]\n"));
    let diff = Diff::new("config", &before, &after);
    assert!(!format!("{diff:?}").contains("hunter"));
}

fn is_shown(key: &str) -> bool {
    key == "region" || key.starts_with("sso_")
}

#[test]
fn a_masked_diff_shows_only_accepted_values() {
    let before = "\
[profile a] hunter2 # hunter2
region = eu-west-1
Key = hunter2
# a comment, and one that was a key:
#key = hunter2
; REGION = here
credential_process = hunter2 --x
  hunter2 # hunter2
  # hunter2
hunter2
sso_region=a
";
    let after = before.replace("Key = hunter2", "Key = hunter3");
    let (before, after) = (config(before), config(&after));
    let shown = Diff::new("config", &before, &after)
        .masked(is_shown)
        .to_string();
    assert_eq!(
        shown,
        "--- config\n+++ config\n@@ -1,6 +1,6 @@\n [profile a] ****\n region = eu-west-1\n\
         -Key = **** (old value)\n+Key = **** (new value)\n # a comment, and one that was a key:\n #key = ****\n \
         ; REGION = here\n"
    );
}

#[test]
fn a_masked_diff_has_the_lines_of_the_file() {
    let check = |text: &str, expected: &str| {
        let (before, after) = (config(text), config(&format!("{text}\n[new]\n")));
        let shown = Diff::new("x", &before, &after).masked(is_shown).to_string();
        let hunk = shown.splitn(4, '\n').last().unwrap_or_default();
        assert_eq!(hunk.replace('\n', "|"), expected);
    };
    check(
        "[p]\r\n  a = 1\r\n   2\n",
        " [p]\r|   a = ****\r|    ****|+|+[new]|",
    );
    check(
        "[p]\nsso_a = https://u:p@h/\nsso_b = https://h/?x\nsso_c = https://h/\n# sso_d = https://u@h\n",
        " sso_b = https://h/?****| sso_c = https://h/| # sso_d = https://****@h|+|+[new]|",
    );
    check("before\n[p]\nx\n", " ****| [p]| ****|+|+[new]|");
    // The password and the query of a URL may be secrets.
    check(
        "[p]\nregion = https://u:p@h/\n#region = https://h?q\n",
        " [p]| region = https://****@h/| #region = https://h?****|+|+[new]|",
    );
    check("[p]\nblock =\n  a = 1\n\n", " block =|   ****| |+|+[new]|");
}

#[test]
fn a_masked_diff_distinguishes_the_changed_lines() {
    let check = |before: &str, after: &str, expected: &str| {
        let (before, after) = (format!("[p]\n{before}\n"), format!("[p]\n{after}\n"));
        let (before, after) = (config(&before), config(&after));
        let shown = Diff::new("x", &before, &after).masked(is_shown).to_string();
        let hunk = shown.splitn(5, '\n').last().unwrap_or_default();
        assert_eq!(hunk.replace('\n', "|"), expected);
    };
    check(
        "k = hunter2",
        "k = hunter3",
        "-k = **** (old value)|+k = **** (new value)|",
    );
    check("k = \"hunter2\"", "k = hunter2", "-k = \"****\"|+k = ****|");
    check(
        "k = hunter2 \"",
        "k = '",
        "-k = **** (old value)|+k = **** (new value)|",
    );
    check(
        "sso_x = \"https://u:p@h/a?b\"",
        "sso_x = \"https://v:p@h/a?c\"",
        "-sso_x = \"https://****@h/a?****\" (old value)|+sso_x = \"https://****@h/a?****\" (new value)|",
    );
    // A renamed key.
    check(
        "sso_role_nmae = ReadOnly",
        "sso_role_name = ReadOnly",
        "-sso_role_nmae = ReadOnly|+sso_role_name = ReadOnly|",
    );
    check(
        "sso_role_name = a\nk = a",
        "sso_role_name = a\nk = b",
        " sso_role_name = a|-k = **** (old value)|+k = **** (new value)|",
    );
    // A value is not a comment.
    check(
        "k = #hunter2",
        "k = ;hunter2",
        "-k = **** (old value)|+k = **** (new value)|",
    );
}

#[test]
fn replacements_turn_one_file_into_the_other() {
    let before = config("[a]\nb = 1\nc = 2\n\nd = 3");
    let after = config("# new\n[a]\nb = 1\nc = 4\n\nd = 3\ne = 5\n");
    let mut text = after.to_string();
    let replacements = Diff::new("x", &before, &after).replacements();
    assert_eq!(replacements.len(), 3);
    for (old, new) in replacements.into_iter().rev() {
        text.replace_range(new, &before.to_string()[old]);
    }
    assert_eq!(text, before.to_string());
}

#[test]
fn texts_without_a_common_line_are_one_change() {
    let text = |of: &str| -> String {
        (0..5_000)
            .map(|n| of.to_owned() + &n.to_string() + "\n")
            .collect()
    };
    let (before, after) = (text("a"), text("b"));
    let shown = Diff::new("x", &config(&before), &config(&after)).to_string();
    assert_eq!(shown.matches("@@ -").count(), 1);
    assert_eq!(patched(&before, &shown), after);
}

#[test]
fn thousands_of_changes_have_separate_hunks() {
    let text = |role: &str| -> String {
        let section =
            |n| format!("[profile p{n}]\nregion = r{n}\nx = {n}\nsso_role_name = {role}\n");
        (0..2_000).map(section).collect()
    };
    let (before, after) = (text("a"), text("b"));
    let shown = Diff::new("x", &config(&before), &config(&after)).to_string();
    let changed = |line: &&str| line.starts_with(['-', '+']);
    assert_eq!(shown.lines().skip(2).filter(changed).count(), 4_000);
    assert_eq!(patched(&before, &shown), after);
}

proptest! {
    #[test]
    fn a_masked_diff_shows_no_secret(before in config_lines(), after in config_lines()) {
        let shown = Diff::new("x", &config(&before), &config(&after)).masked(is_shown).to_string();
        prop_assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_diff_can_be_applied(before in lines(), after in lines()) {
        let shown = Diff::new("x", &config(&before), &config(&after)).to_string();
        prop_assert_eq!(patched(&before, &shown), after);
    }

    #[test]
    fn a_diff_is_minimal(before in lines(), after in lines()) {
        let shown = Diff::new("x", &config(&before), &config(&after)).to_string();
        let changed = |line: &&str| line.starts_with(['-', '+']);
        let count = shown.lines().skip(2).filter(changed).count();
        prop_assert_eq!(count, distance(&before, &after));
    }
}

fn config_lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "[profile a]",
        "[b] hunter2",
        "region = eu-west-1",
        "key = hunter2",
        "key : hunter2",
        "block =",
        "key = #hunter2",
        "hunter2",
        "= hunter2",
        "# key = hunter2",
        "[c",
        "",
    ]);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    let line = ("[ \t]{0,2}", line, end).prop_map(|(indent, line, end)| indent + line + end);
    vec(line, 0..20).prop_map(|lines| lines.concat())
}

fn lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec!["a\n", "b\n", "c\n", "d\n", "e\r\n"]);
    (vec(line, 0..40), prop::sample::select(vec!["", "", "a"]))
        .prop_map(|(lines, last)| lines.concat() + last)
}

fn patched(before: &str, diff: &str) -> String {
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let mut after = String::new();
    let mut at = 0;
    let diff = diff.replace("\n\\ No newline at end of file\n", "\u{0}");
    for line in diff.split_inclusive(['\n', '\0']).skip(2) {
        let text = line[1..].trim_end_matches('\0');
        match &line[..1] {
            "@" => {
                let old = line
                    .split(['-', ',', ' '])
                    .nth(2)
                    .expect("a hunk has a start");
                let old: usize = old.parse().expect("the start is a number");
                let is_empty = line
                    .split(' ')
                    .nth(1)
                    .is_some_and(|range| range.ends_with(",0"));
                let start = if is_empty { old } else { old - 1 };
                after.extend(before[at..start].iter().copied());
                at = start;
            }
            " " => {
                assert_eq!(before[at], text);
                after.push_str(text);
                at += 1;
            }
            "-" => {
                assert_eq!(before[at], text);
                at += 1;
            }
            _ => after.push_str(text),
        }
    }
    after.extend(before[at..].iter().copied());
    after
}

/// Counts the lines that are in only one of two texts, from their longest common subsequence.
fn distance(before: &str, after: &str) -> usize {
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let after: Vec<&str> = after.split_inclusive('\n').collect();
    let mut common = vec![0; after.len() + 1];
    for old in &before {
        let mut above_left = 0;
        for (at, new) in after.iter().enumerate() {
            let above = common[at + 1];
            common[at + 1] = if old == new {
                above_left + 1
            } else {
                above.max(common[at])
            };
            above_left = above;
        }
    }
    before.len() + after.len() - 2 * common[after.len()]
}
