//! Links from document to document.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Tree, text_of};
use crate::workspace::root;

/// Finds links to files that are not there, and to headings that a document does not have.
pub(super) fn dead_links(tree: &Tree) -> Result<Vec<String>> {
    let mut documents = BTreeMap::new();
    for path in tree.files_ending("md") {
        documents.insert(path.to_owned(), Document::read(&text_of(path)?));
    }
    let mut found = Vec::new();
    for (path, document) in &documents {
        let dead = document
            .links
            .iter()
            .filter(|link| !leads_on(path, link, &documents));
        found.extend(dead.map(|link| format!("{}: {link}", path.display())));
    }
    Ok(found)
}

fn leads_on(from: &Path, link: &str, documents: &BTreeMap<PathBuf, Document>) -> bool {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => from.to_owned(),
        file => normal(&from.with_file_name("").join(file)),
    };
    match documents.get(&target) {
        Some(document) => heading.is_empty() || document.anchors.iter().any(|it| it == heading),
        None => heading.is_empty() && root().join(target).exists(),
    }
}

/// Takes `..` out of a path.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// What a document links to, and what can be linked to in it.
struct Document {
    /// Those that lead to no other host.
    links: Vec<String>,
    anchors: Vec<String>,
}

impl Document {
    fn read(text: &str) -> Self {
        let (mut links, mut anchors) = (Vec::new(), Vec::new());
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    anchors.extend(heading.take().as_deref().map(anchor));
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                    if !dest_url.contains(':') =>
                {
                    links.push(dest_url.into_string());
                }
                _ => {}
            }
        }
        Self { links, anchors }
    }
}

/// Returns what GitHub and mdBook make of a heading.
fn anchor(heading: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let kept = heading.chars().filter(is_kept);
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{Document, leads_on};

    #[test]
    fn links_lead_to_files_and_headings() {
        let page = Document::read("# What `it` is, then\n[a](b.md#c) [d](https://e)\n");
        assert_eq!(page.links, ["b.md#c"]);
        let documents = BTreeMap::from([(Path::new("docs/page.md").to_owned(), page)]);
        let check = |link, leads| {
            assert_eq!(
                leads_on(Path::new("docs/from.md"), link, &documents),
                leads,
                "{link}"
            );
        };
        check("page.md", true);
        check("../docs/page.md#what-it-is-then", true);
        check("page.md#what", false);
        check("other.md", false);
        check("../Cargo.toml", true);
        check("../Cargo.toml#x", false);
    }
}
