use cli_ux::shown_json;
use serde_json::json;

#[test]
fn shown_json_masks_the_secrets_in_texts() {
    let document = json!({
        "url": "https://me:secret@host/x",
        "list": ["https://host/?token=secret", 1, true, null],
        "quoted": "cannot read \"https://me:secret@host\"\n",
        "escapes": "\"\\/\u{8}\u{c}\n\r\t\u{1b}ü",
        "in password": "https://me:sec\"\tret@host",
        "empty": [],
    });
    let expected = json!({
        "url": "https://****@host/x",
        "list": ["https://host/?****", 1, true, null],
        "quoted": "cannot read \"https://****@host\"\n",
        "escapes": "\"\\/\u{8}\u{c}\n\r\t\u{1b}ü",
        "in password": "https://****@host",
        "empty": [],
    });
    let text = shown_json(&document);
    assert_eq!(text, format!("{expected:#}\n"));
}
