use std::collections::BTreeSet;

use aws_console::{Destination, Partition, Service};

#[test]
fn services_have_unique_names_in_order() {
    let services = Service::all();
    assert!(services.len() >= 80);
    assert!(services.is_sorted_by_key(|service| service.name));
    let mut names = BTreeSet::new();
    for service in services {
        for name in service.names() {
            let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.chars().all(is_valid), "{name}");
            assert!(names.insert(name), "{name}");
            assert_eq!(Service::named(&name.to_uppercase()), Some(service));
        }
    }
    assert_eq!(Service::named("mars"), None);
}

#[test]
fn pages_of_all_services_are_valid_destinations() {
    let region = "eu-west-1".parse().unwrap();
    let partition = Partition::of(&region);
    let mut pages = BTreeSet::new();
    for service in Service::all() {
        for region in [None, Some(&region)] {
            let page = Destination::of_service(service, partition, region).unwrap();
            assert_eq!(Destination::parse(page.as_str(), partition), Ok(page));
        }
        assert!(!service.path.starts_with('/') && !service.path.contains('?'));
        let is_overview = service.name == "billing";
        assert!(
            pages.insert(service.path) || is_overview,
            "{}",
            service.path
        );
    }
}
