//! Profiles merged from both files. The tests in `oracle` compare their values with botocore.

use aws_config_parse::{FileKind, merged_profile, merged_profiles};

use crate::{config, credentials};

#[test]
fn a_merged_property_reports_its_file() {
    let config = config("[profile a]\nregion = c\noutput = c\n");
    let credentials = credentials("[DEFAULT]\noutput = d\n[a]\nREGION = k\n");
    let profile = merged_profile(&config, &credentials, "a").unwrap();
    let region = profile.get("Region").unwrap();
    assert_eq!((region.file(), region.line()), (FileKind::Credentials, 4));
    assert_eq!(profile.get("output").unwrap().file(), FileKind::Credentials);
    assert!(profile.get("missing").is_none());
    assert_eq!(profile.properties().count(), 2);
    assert_eq!(profile.config().unwrap().line(), 1);
    assert_eq!(profile.credentials().unwrap().line(), 3);
}

#[test]
fn profiles_of_either_file_are_listed_once() {
    let config = config("[profile b]\n[profile a]\n[sso-session s]\n");
    let credentials = credentials("[c]\n[a]\n");
    let profiles = merged_profiles(&config, &credentials);
    let names: Vec<_> = profiles
        .map(|profile| profile.name().as_str().to_owned())
        .collect();
    assert_eq!(names, ["b", "a", "c"]);
    assert!(merged_profile(&config, &credentials, "s").is_none());
}

#[test]
fn a_replaced_profile_keeps_the_position_of_its_first_section() {
    let config = config(
        "[default]\nx = 1\n[profile b]\n[profile default]\ny = 1\n[profile a]\n[profile 'b']\n",
    );
    let credentials = credentials("[a]\n");
    let profiles: Vec<_> = merged_profiles(&config, &credentials).collect();
    let lines = profiles.iter().map(|profile| {
        let line = profile.config().unwrap().line();
        (profile.name().as_str(), line)
    });
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [("default", 4), ("b", 7), ("a", 6)]
    );
    assert!(profiles[0].get("x").is_none());
}
