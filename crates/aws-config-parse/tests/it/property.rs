use crate::config;

#[test]
fn values_are_read_like_the_cli() {
    fn check(body: &str, expected: &str) {
        let document = config(&format!("[profile a]\n{body}"));
        let property = document.profile("a").unwrap().get("k").unwrap();
        assert_eq!(property.value(), expected, "{body:?}");
    }
    check("k = v", "v");
    check("k=v # c \r\n", "v # c");
    check("k: \"v\"", "\"v\"");
    check("k =", "");
    check("k = a\n b\n\n c\n# x\n\n", "a\nb\n\nc");
    check("k = # a\r  b\r\n", "# a\nb");
    check("k =\n\n  a = 1\n  ; c\n  b", "\n\na = 1\nb");
    check("  k = a\n  l = 1", "a");
    check("k = a\ninvalid\n  b", "a");
}

#[test]
fn ranges_contain_key_and_value() {
    fn check(body: &str, key: &str, value: &str) {
        let text = format!("[profile ä]\n{body}");
        let document = config(&text);
        let section = document.profile("ä").unwrap();
        let property = section.own_properties().next().unwrap();
        assert_eq!(&text[property.key_range()], key, "{body:?}");
        assert_eq!(&text[property.value_range()], value, "{body:?}");
    }
    check("  Key = v # c \r\n", "Key", "v # c");
    check("k:v", "k", "v");
    check("k = \n", "k", "");
    check("k = a\n # c\n  b \n\n", "k", "a\n # c\n  b");
    check("k =\n  a = 1\n", "k", "\n  a = 1");
}

#[test]
fn pairs_of_a_block_have_locations() {
    let text = "[profile a]\ns3 =\n  # c = 0\n  A = 1\n\n\tB==2\u{b}a = 3\n  A = 4\nx = y\n";
    let document = config(text);
    let block = document.profile("a").unwrap().get("s3").unwrap();
    assert!(block.is_block());
    let pairs: Vec<_> = block
        .pairs()
        .map(|pair| {
            (
                pair.key().into_owned(),
                pair.value().into_owned(),
                pair.line(),
                pair.column(),
            )
        })
        .collect();
    let expected = [
        ("A", "1", 4, 3),
        ("B", "=2", 6, 2),
        ("a", "3", 6, 7),
        ("A", "4", 7, 3),
    ];
    assert_eq!(
        pairs,
        expected.map(|(k, v, line, column)| (k.into(), v.into(), line, column))
    );
    assert_eq!(block.get("A").unwrap().line(), 7);
    assert_eq!(block.get("a").unwrap().value(), "3");
    assert!(block.get("b").is_none());
    assert_eq!(block.get("A").unwrap().section().header(), "profile a");
}

#[test]
fn text_has_no_pairs() {
    let document = config("[profile a]\ns3 = x\n  a = 1\nempty =\n");
    let section = document.profile("a").unwrap();
    for key in ["s3", "empty"] {
        let property = section.get(key).unwrap();
        assert!(!property.is_block());
        assert_eq!(property.pairs().count(), 0);
    }
}

#[test]
fn a_key_has_a_location() {
    let document = config("[profile a]\r\n\r\tx = 1\n\u{3000}  ü = 2");
    let section = document.profile("a").unwrap();
    let location = |key| section.get(key).map(|p| (p.line(), p.column()));
    assert_eq!(location("x"), Some((3, 2)));
    let document = config("[profile a]\n\u{3000}  ü = 2");
    let property = document.profile("a").unwrap().get("Ü").unwrap();
    assert_eq!((property.line(), property.column()), (2, 4));
}
