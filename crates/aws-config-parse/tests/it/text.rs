//! Text that looks like a config file, and is at odds with the grammar often enough.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_oneof, sample};

/// Whole files: headers, properties, comments, blank lines and rubbish, with all kinds of line
/// ends, white space and indents.
pub(crate) fn config_shaped() -> impl Strategy<Value = String> {
    vec((indent(), line(), white(), line_end()), 0..24).prop_map(|lines| {
        let line = |(indent, text, white, end)| format!("{indent}{text}{white}{end}");
        lines.into_iter().map(line).collect()
    })
}

/// Bytes of all kinds, mostly near UTF-8.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        ".{0,200}".prop_map(String::into_bytes),
        (config_shaped(), vec(any::<u8>(), 0..3))
            .prop_map(|(text, odd)| { [text.as_bytes(), &odd, text.as_bytes()].concat() }),
    ]
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => header(),
        6 => (key(), white(), delimiter(), white(), value())
            .prop_map(|(key, before, delimiter, after, value)| {
                format!("{key}{before}{delimiter}{after}{value}")
            }),
        1 => value().prop_map(String::from),
        1 => value().prop_map(|text| format!("# {text}")),
        1 => Just(String::new()),
    ]
}

fn header() -> impl Strategy<Value = String> {
    (kind(), white(), name(), white(), after()).prop_map(|(kind, before, name, within, after)| {
        format!("[{kind}{before}{name}{within}]{after}")
    })
}

fn kind() -> impl Strategy<Value = &'static str> {
    sample::select(vec![
        "profile",
        "profile ",
        "profile ",
        "profile ",
        "profiles ",
        "sso-session ",
        "services ",
        "default",
        "DEFAULT",
        "",
        " profile ",
    ])
}

fn name() -> impl Strategy<Value = &'static str> {
    sample::select(vec![
        "a", "b", "c", "\"a\"", "'b'", "\"a b\"", "a\\ b", "default", "ü", "\"", "x]", "", "a b",
    ])
}

fn after() -> impl Strategy<Value = &'static str> {
    sample::select(vec!["", "", "", " # note", " [x]", "junk"])
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => sample::select(vec!["region", "Region", "s3", "output", "k", "Ü", "ü", "a.b"])
            .prop_map(String::from),
        4 => "[a-z]{1,2}",
        1 => Just(String::new()),
    ]
}

fn delimiter() -> impl Strategy<Value = &'static str> {
    sample::select(vec!["=", "=", "=", "=", ":", "==", ""])
}

fn value() -> impl Strategy<Value = &'static str> {
    sample::select(vec![
        "",
        "",
        "x",
        "us-east-1",
        "a = b",
        "a:b",
        "v # note",
        "#v",
        "[x]",
        "\"q\"",
        "日本",
        "a\u{b}b",
        "a=1\u{2028}b=2",
        "\u{feff}",
    ])
}

fn indent() -> impl Strategy<Value = &'static str> {
    sample::select(vec![
        "",
        "",
        "",
        "",
        " ",
        "  ",
        "\t",
        "    ",
        "\u{a0}\u{3000}",
    ])
}

fn white() -> impl Strategy<Value = &'static str> {
    sample::select(vec!["", "", "", " ", " ", "\t", "\u{1f}", "\u{85}"])
}

fn line_end() -> impl Strategy<Value = &'static str> {
    sample::select(vec!["\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", ""])
}
