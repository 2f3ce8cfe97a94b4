use sso_types::{AccessToken, ClientSecret, RefreshToken, Secret};

#[test]
fn debug_never_shows_the_text() {
    let shown = format!(
        "{:?} {:?} {:?} {:#?}",
        Secret::from("hunter2"),
        AccessToken::from("hunter2"),
        RefreshToken::from("hunter2"),
        ClientSecret::from("hunter2"),
    );
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(shown.matches("[redacted]").count(), 4, "{shown}");
}

#[test]
fn secrets_are_equal_only_if_their_text_is_equal() {
    assert_eq!(Secret::from("hunter2"), Secret::from("hunter2"));
    for other in ["hunter3", "Hunter2", "hunter", "hunter22", ""] {
        assert_ne!(Secret::from("hunter2"), Secret::from(other));
    }
}

#[test]
fn expose_returns_the_text() {
    assert_eq!(Secret::from("hunter2").expose(), "hunter2");
    let from_json: AccessToken = serde_json::from_str(r#""hunter2""#).unwrap();
    assert_eq!(from_json.expose(), "hunter2");
}

#[test]
fn serialize_exposed_serializes_the_text_of_a_field() {
    #[derive(serde::Serialize)]
    struct Body {
        #[serde(serialize_with = "AccessToken::serialize_exposed")]
        token: AccessToken,
    }
    let body = Body {
        token: "hunter2".into(),
    };
    assert_eq!(
        serde_json::to_string(&body).unwrap(),
        r#"{"token":"hunter2"}"#
    );
}
