use sso_types::Region;

#[test]
fn regions_that_are_valid_host_labels_are_accepted_unchanged() {
    for text in [
        "us-east-1",
        "EU-central-1",
        "mars-north-99",
        "a",
        "1a",
        &"x".repeat(63),
    ] {
        assert_eq!(text.parse::<Region>().unwrap().as_str(), text);
    }
}

#[test]
fn text_that_is_not_a_host_label_is_rejected() {
    let invalid = [
        "",
        " ",
        "us east 1",
        "us-east-1.",
        "evil.example.com",
        "x/y",
        "x@y",
        "x:1",
        "x?",
        "x#",
        "-us",
        "us-",
        "12345",
        "größe",
        "us-east-1\n",
        &"x".repeat(64),
    ];
    for text in invalid {
        assert!(text.parse::<Region>().is_err(), "{text:?} was accepted");
    }
}

#[test]
fn deserialization_validates_a_region() {
    assert!(serde_json::from_str::<Region>(r#""evil.example.com""#).is_err());
    assert_eq!(
        serde_json::to_string(&"eu-west-1".parse::<Region>().unwrap()).unwrap(),
        r#""eu-west-1""#
    );
}
