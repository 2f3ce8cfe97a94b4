//! Generators of text that resembles a config file and often violates the grammar.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_oneof, sample};

/// Generates files of headers, properties, comments, blank lines and invalid lines, with all kinds
/// of line ends, white space and indents.
pub(crate) fn config_shaped() -> impl Strategy<Value = String> {
    vec((indent(), line(), white(), line_end()), 0..24).prop_map(|lines| {
        let line = |(indent, text, white, end)| format!("{indent}{text}{white}{end}");
        lines.into_iter().map(line).collect()
    })
}

/// Generates files without duplicate headers and keys, most of which the CLI accepts.
pub(crate) fn readable() -> impl Strategy<Value = String> {
    let names = sample::subsequence(HEADERS.to_vec(), 0..=HEADERS.len()).prop_shuffle();
    let end = sample::select(vec!["\n", "\n", "\r\n", "\r"]);
    (names, vec(body(), HEADERS.len()), end, any::<bool>()).prop_map(
        |(names, bodies, end, open)| {
            let sections = names.into_iter().zip(bodies);
            let sections = sections.map(|(name, body)| {
                format!(
                    "[{name}]
{body}"
                )
            });
            let text = sections.collect::<Vec<_>>().concat().replace('\n', end);
            let is_open = open && text.ends_with(end);
            text[..text.len() - if is_open { end.len() } else { 0 }].to_owned()
        },
    )
}

const HEADERS: [&str; 9] = [
    "profile a",
    "profile \"a\"",
    "default",
    "profile b c",
    "sso-session s",
    "services x",
    "plugins",
    "DEFAULT",
    "profile 'd e'",
];

const KEYS: [&str; 7] = ["region", "Output", "s3", "k", "ü", "a.b", "s3x"];

fn body() -> impl Strategy<Value = String> {
    let keys = sample::subsequence(KEYS.to_vec(), 0..=4).prop_shuffle();
    let indent = sample::select(vec!["", "", "  ", "\t"]);
    (
        keys,
        indent,
        vec((delimiter(), readable_value(), filler()), 4),
        filler(),
    )
        .prop_map(|(keys, indent, rest, top)| {
            let line = |(key, (delimiter, value, filler)): (&str, (&str, String, &str))| {
                let delimiter = if delimiter.is_empty() { "=" } else { delimiter };
                let value = value.replace('\n', &format!("\n{indent}  "));
                format!("{indent}{key} {delimiter}{value}\n{filler}")
            };
            let lines = keys.into_iter().zip(rest).map(line);
            lines.fold(top.to_owned(), |body, line| body + &line)
        })
}

fn readable_value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => value().prop_map(|value| format!(" {value}")),
        1 => (value(), value()).prop_map(|(first, second)| format!("{first}.\n{second}")),
        2 => vec((key(), value()), 1..4).prop_map(|pairs| {
            let line = |(key, value)| format!("\n{key} = {value}");
            pairs.into_iter().map(line).collect()
        }),
    ]
}

fn filler() -> impl Strategy<Value = &'static str> {
    sample::select(vec![
        "",
        "",
        "",
        "\n",
        "\n\n",
        "# note\n",
        "    ; deep\n",
        "\n# note\n\n",
    ])
}

/// Generates bytes, most of them almost UTF-8.
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

pub(crate) fn key() -> impl Strategy<Value = String> {
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

pub(crate) fn value() -> impl Strategy<Value = &'static str> {
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
        "x\u{b}#b = 2",
        "x\u{2028} ;b = 2",
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
