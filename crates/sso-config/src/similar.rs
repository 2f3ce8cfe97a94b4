//! Names that are spelled similarly.

use strsim::osa_distance;

/// Maximum length of a name that is compared with others. The time of a comparison is quadratic.
const MAX_COMPARED_CHARS: usize = 256;

/// Returns the names that differ least from `name`, ignoring case, in at most `limit` characters.
/// Adjacent characters in the wrong order count as one.
///
/// ```
/// use sso_config::similar::closest;
///
/// let keys = ["sso_role_name", "sso_region"];
/// assert_eq!(closest("sso_role_nmae", keys, 2), ["sso_role_name"]);
/// assert!(closest("output", keys, 2).is_empty());
/// ```
#[must_use]
pub fn closest<T: AsRef<str>>(
    name: &str,
    names: impl IntoIterator<Item = T>,
    limit: usize,
) -> Vec<T> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    if length > MAX_COMPARED_CHARS {
        return Vec::new();
    }
    let compared = names.into_iter().filter_map(|other| {
        if other.as_ref().chars().count().abs_diff(length) > limit {
            return None;
        }
        let distance = osa_distance(&name, &other.as_ref().to_lowercase());
        (distance <= limit).then_some((distance, other))
    });
    let compared: Vec<_> = compared.collect();
    let least = compared.iter().map(|(distance, _)| *distance).min();
    let closest = compared
        .into_iter()
        .filter(|(distance, _)| Some(*distance) == least);
    closest.map(|(_, other)| other).collect()
}
