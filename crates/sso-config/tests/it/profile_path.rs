use sso_config::ProfilePath;
use sso_types::ProfileName;

fn path(names: &[&str]) -> ProfilePath {
    let names: Vec<ProfileName> = names.iter().map(|name| (*name).into()).collect();
    names.as_slice().into()
}

#[test]
fn a_path_has_the_order_of_its_profiles() {
    for names in [&[][..], &["a"], &["a", "b", "c"]] {
        let path = path(names);
        let found: Vec<_> = path.iter().map(ProfileName::as_str).collect();
        assert_eq!(found, names);
    }
    assert_eq!(path(&["a", "b"]), path(&["a", "b"]));
    assert_ne!(path(&["a", "b"]), path(&["b", "a"]));
    assert_ne!(path(&["a", "b"]), path(&["a"]));
    assert_eq!(format!("{:?}", path(&["a"])), r#"[ProfileName("a")]"#);
}

#[test]
fn a_path_of_a_million_profiles_is_freed_without_recursion() {
    let long = path(&vec!["a"; 1_000_000]);
    let shared = long.clone();
    drop(long);
    assert_eq!(shared.iter().count(), 1_000_000);
}
