use sso_types::Region;

#[test]
fn regions_that_may_stand_in_a_host_name_are_taken_as_they_are() {
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
fn anything_else_is_refused() {
    let hostile = [
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
    for text in hostile {
        assert!(text.parse::<Region>().is_err(), "{text:?} was taken");
    }
}

#[test]
fn a_region_in_a_json_file_is_judged_too() {
    assert!(serde_json::from_str::<Region>(r#""evil.example.com""#).is_err());
    assert_eq!(
        serde_json::to_string(&"eu-west-1".parse::<Region>().unwrap()).unwrap(),
        r#""eu-west-1""#
    );
}
