//! Filters of accounts and roles.

use wildmatch::WildMatch;

/// Patterns that include and exclude accounts or roles. In a pattern, `*` matches any text and `?`
/// matches any character, ignoring case.
#[derive(Debug)]
pub(super) struct Patterns {
    names: FilterNames,
    /// `None` includes everything.
    included: Option<Vec<Pattern>>,
    excluded: Vec<Pattern>,
}

/// Names of the filters in messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilterNames {
    pub(super) include: &'static str,
    pub(super) exclude: &'static str,
    /// Object of the patterns.
    pub(super) object: &'static str,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    matcher: WildMatch,
}

impl Patterns {
    pub(super) fn new(
        names: FilterNames,
        included: Option<&[String]>,
        excluded: &[String],
    ) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        Self {
            names,
            included: included.map(patterns),
            excluded: patterns(excluded),
        }
    }

    /// Returns whether at least one text is included and none is excluded.
    pub(super) fn match_any(&self, texts: &[&str]) -> bool {
        let has = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches_any(texts));
        self.included.as_deref().is_none_or(has) && !has(&self.excluded)
    }

    /// Returns a message for each pattern that matches none of `objects`, which have several texts
    /// each.
    pub(super) fn unmatched(&self, objects: &[Vec<&str>]) -> Vec<String> {
        let FilterNames {
            include,
            exclude,
            object,
        } = self.names;
        let included = self.included.iter().flatten();
        let included = included.map(|pattern| (include, pattern));
        let excluded = self.excluded.iter().map(|pattern| (exclude, pattern));
        let all = included.chain(excluded);
        all.filter(|(_, pattern)| !objects.iter().any(|texts| pattern.matches_any(texts)))
            .map(|(filter, pattern)| format!("{filter} {:?} matches no {object}", pattern.text))
            .collect()
    }
}

impl Pattern {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            matcher: WildMatch::new_case_insensitive(text),
        }
    }

    fn matches_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.matcher.matches(text))
    }
}
