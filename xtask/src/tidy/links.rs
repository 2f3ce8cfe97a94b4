//! Links between documents.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Tree, text_of};
use crate::workspace::root;

/// Directory of the mdBook sources, and their table of contents.
const BOOK: &str = "docs";
const CONTENTS: &str = "docs/SUMMARY.md";

/// Finds links to missing files and headings. Also checks GitHub URLs of files of this repository,
/// which the book uses for files outside of it.
pub(super) fn dead_links(tree: &Tree) -> Result<Vec<String>> {
    let mut documents = BTreeMap::new();
    for path in tree.files_ending("md") {
        documents.insert(path.to_owned(), Document::read(&text_of(path)?));
    }
    let mut found = Vec::new();
    for (path, document) in &documents {
        let is_dead = |link: &&String| match in_repository(link) {
            Some(path) => !root().join(path).exists(),
            None if link.contains(':') => false,
            None => !resolves(path, link, &documents),
        };
        let dead = document.links.iter().filter(is_dead);
        found.extend(dead.map(|link| format!("{}: {link}", path.display())));
    }
    Ok(found)
}

/// Finds pages in the book's directory that are missing from its table of contents.
pub(super) fn pages_outside_the_book(tree: &Tree) -> Result<Vec<String>> {
    let contents = Document::read(&text_of(Path::new(CONTENTS))?).links;
    let is_outside = |path: &&Path| {
        let in_book = path.strip_prefix(BOOK).ok();
        in_book.is_some_and(|page| !contents.iter().any(|link| Path::new(link) == page))
    };
    let pages = tree
        .files_ending("md")
        .filter(|path| *path != Path::new(CONTENTS));
    let outside = pages.filter(is_outside);
    Ok(outside.map(|path| path.display().to_string()).collect())
}

/// Returns the path in this repository that a URL refers to.
fn in_repository(link: &str) -> Option<&str> {
    let path = link.strip_prefix(env!("CARGO_PKG_REPOSITORY"))?;
    path.strip_prefix("/tree/main/")
        .or(path.strip_prefix("/blob/main/"))
}

fn resolves(from: &Path, link: &str, documents: &BTreeMap<PathBuf, Document>) -> bool {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => from.to_owned(),
        file => normalized(&from.with_file_name("").join(file)),
    };
    if from.starts_with(BOOK) && !target.starts_with(BOOK) {
        return false;
    }
    match documents.get(&target) {
        Some(document) => heading.is_empty() || document.anchors.iter().any(|it| it == heading),
        None => heading.is_empty() && root().join(&target).exists(),
    }
}

/// Resolves `..` in a path.
fn normalized(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normalized.pop();
            }
            part => normalized.push(part),
        }
    }
    normalized
}

struct Document {
    links: Vec<String>,
    /// Anchors of the headings.
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
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    links.push(dest_url.into_string());
                }
                _ => {}
            }
        }
        Self { links, anchors }
    }
}

/// Returns the anchor that GitHub and mdBook generate for a heading.
fn anchor(heading: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let kept = heading.chars().filter(is_kept);
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{Document, resolves};

    #[test]
    fn links_resolve_to_files_and_headings() {
        let page = Document::read("# The `it` command, then\n[a](b.md#c) [d](https://e)\n");
        assert_eq!(page.links, ["b.md#c", "https://e"]);
        let documents = BTreeMap::from([(Path::new("docs/page.md").to_owned(), page)]);
        let check = |link, expected| {
            assert_eq!(
                resolves(Path::new("docs/from.md"), link, &documents),
                expected,
                "{link}"
            );
        };
        check("page.md", true);
        check("../docs/page.md#the-it-command-then", true);
        check("page.md#the", false);
        check("other.md", false);
        check("scale.md", true);
        check("../Cargo.toml", false);
    }
}
