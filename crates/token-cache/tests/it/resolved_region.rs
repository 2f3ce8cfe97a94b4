use crate::home::{Home, key};

#[test]
fn a_resolved_region_is_remembered_for_its_start_url() {
    let home = Home::new();
    let region = || {
        home.cache
            .resolved_region(&key(), &"https://sso.example.com".into())
    };
    assert_eq!(region(), None);
    let remember = |start_url: &str, region: &str| {
        let (start_url, region) = (start_url.into(), region.parse().unwrap());
        let cache = &home.cache;
        cache
            .remember_resolved_region(&key(), &start_url, &region)
            .unwrap();
    };
    remember("https://sso.example.com", "eu-west-1");
    assert_eq!(region().unwrap().as_str(), "eu-west-1");
    remember("https://other.example.com", "us-east-1");
    assert_eq!(region(), None);
}
