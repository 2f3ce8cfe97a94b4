use aws_config_parse::{Document, FileKind, Lint};

use crate::{config, credentials};

#[track_caller]
fn check(document: &Document, expected: &[(&str, usize, usize)]) {
    let location = |lint: &Lint| (lint.divergence().id(), lint.line(), lint.column());
    let found: Vec<_> = document.lints().iter().map(location).collect();
    assert_eq!(found, expected, "{document}");
}

#[test]
fn a_plain_file_has_no_lints() {
    let text = "# top\r\n[default]\r\nregion = eu-west-1\r\nurl = http://x/#y;z\r\n\r\n\
                [profile a-b_c.d/e%f@g+h:i] # note\r\ns3 =\r\n  pace = slow\r\n\r\n  b = 1\r\n\
                [sso-session s]\t; note\r\n[services s]\r\nsso =\r\n\ta = 1\r\n[plugins]\r\n";
    check(&config(text), &[]);
    check(
        &credentials("[default]\naws_access_key_id = x\n[a.b]\n"),
        &[],
    );
}

#[test]
fn every_divergence_is_reported() {
    #[track_caller]
    fn on(text: &str, expected: &[(&str, usize, usize)]) {
        check(&config(text), expected);
    }
    on(
        "[profile a]\nb = c # d\ne = f#g\nh = #i\n",
        &[("D01", 2, 1), ("D01", 4, 1)],
    );
    on("[profile a]\ns3 =\n  b = c ; d\n", &[("D01", 3, 3)]);
    on(
        "[profile a]\nb=1\nb=2\n[profile a]\n",
        &[("D02", 3, 1), ("D02", 4, 1)],
    );
    on(
        "[services  x]\ny =\n z=1\n[services x]\ny =\n z=1\n",
        &[("D09", 1, 1), ("D03", 4, 1)],
    );
    on(
        "[profile a]\n[profile 'a']\n",
        &[("D03", 2, 1), ("D07", 2, 1)],
    );
    on("[profile default]\n[default]\n", &[("D04", 2, 1)]);
    on("[default]\n[profile default]\n", &[]);
    on("[profile \"default\"]\n", &[("D07", 1, 1)]);
    on("[DEFAULT]\nx = 1\n", &[("D05", 1, 1)]);
    on("[profile a]\nb: c\n", &[("D06", 2, 1)]);
    on(
        "[profile \"a\"]\n[profile ü]\n[profile a\\,b]\n",
        &[("D07", 1, 1), ("D07", 2, 1), ("D07", 3, 1)],
    );
    on(
        "[profiles a]\n[sso-session-x b]\n[services x]\ny =\n z=1\n",
        &[("D08", 1, 1), ("D08", 2, 1)],
    );
    on(
        "[ profile a ]\n[default ]\n[profile  b]\n[profile c ]\n",
        &[("D09", 1, 1), ("D09", 2, 1), ("D09", 3, 1), ("D09", 4, 1)],
    );
    on("[ plugins ]\n[profile\ta]\n", &[]);
    on(
        "[profile a]x\n[profile b]#y\n[profile c] #y\n",
        &[("D10", 1, 1), ("D10", 2, 1)],
    );
    on("[foo] # [bar]\n", &[("D10", 1, 1)]);
    on(
        "[profile a]\n  b = 1\n [profile c]\n",
        &[("D11", 2, 3), ("D11", 3, 2)],
    );
    on("[profile a]\n [profile c]\n", &[("D11", 2, 2)]);
    on(
        "[profile a]\n  # b\nc = 1\n  # d\n",
        &[("D12", 2, 3), ("D12", 4, 3)],
    );
    on("[profile a]\nb = c\n  # d\n\n  e\n", &[("D13", 2, 1)]);
    on(
        "[profile a]\ns3 =\n  # b\n# c\n  d = 1\n  = 2\n# e\n",
        &[("D14", 3, 3), ("D14", 4, 1), ("D14", 6, 3)],
    );
    on(
        "[profile a]\ns3 = # b\n  c = 1\n",
        &[("D01", 2, 1), ("D13", 2, 1), ("D14", 2, 1)],
    );
    on(
        "[profile a]\nRegion = x\na!b = 1\ns3 =\n  Pace = 1\n",
        &[("D15", 2, 1), ("D15", 3, 1)],
    );
    on(
        "[profile a]\u{a0}\nb\u{a0}= 1\nc = 1\u{c}\nd = e\u{a0}f\n",
        &[("D16", 1, 1), ("D16", 2, 1), ("D16", 3, 1)],
    );
    on(
        "[profile a]\ns3 =\n  b = 1\u{2028}c = 2\n",
        &[("D16", 3, 3)],
    );
    on(
        "[profile a]\rb = 1\r\n\r\r\n",
        &[("D17", 1, 1), ("D17", 3, 1)],
    );
    on(
        "[services a]\nb = 1\nc =\n  d = 1\n[services e]\n",
        &[("D19", 2, 1), ("D19", 5, 1)],
    );
    on(
        "[profile __proto__]\ntoString = 1\n[profile.a]\n[constructor]\n",
        &[
            ("D20", 1, 1),
            ("D15", 2, 1),
            ("D20", 2, 1),
            ("D20", 3, 1),
            ("D20", 4, 1),
        ],
    );
    on("[a]\n []\n[] = 1\n", &[("D21", 2, 2), ("D23", 3, 1)]);
    on("[a]\n[b = 1\n", &[("D23", 2, 1)]);
}

#[test]
fn special_names_in_the_credentials_file_are_reported() {
    let text = "[\"a\"]\n[profile a]\n[a b]\n[größe]\n[DEFAULT]\n";
    check(
        &credentials(text),
        &[
            ("D22", 1, 1),
            ("D22", 2, 1),
            ("D22", 3, 1),
            ("D22", 4, 1),
            ("D05", 5, 1),
        ],
    );
}

#[test]
fn bytes_that_are_not_utf8_are_reported() {
    check(
        &Document::parse(FileKind::Config, &b"[a]\n\xff"[..]),
        &[("D18", 2, 1)],
    );
}

#[test]
fn a_lint_shows_its_location_and_a_fix() {
    let document = config("[profile a]\nb: hunter2\n");
    let shown = document.lints()[0].to_string();
    assert_eq!(
        shown,
        "line 2, column 1: D06: SDKs do not accept `:` as a delimiter; use `=`"
    );
}

#[test]
fn sdk_value_ends_at_the_comment() {
    fn check(value: &str, expected: Option<&str>) {
        let document = config(&format!("[profile a]\nb = {value}\n"));
        let property = document.profile("a").unwrap().get("b").unwrap();
        assert_eq!(property.sdk_value(), expected, "{value}");
    }
    check("c", None);
    check("c#d;e", None);
    check("c # d", Some("c"));
    check("c\t;d # e", Some("c"));
    check("# d", Some(""));
    check("c # d\n  e", None);
}
