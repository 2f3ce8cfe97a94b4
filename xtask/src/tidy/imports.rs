//! Import cycles between the modules of a crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Tree, dir_of, text_of};

/// Modules that may import each other, by crate. They count as one module, named like the first.
const UNITS: [(&str, &[&str]); 1] = [
    // A document and the views that borrow it.
    ("aws-config-parse", &["document", "section", "property"]),
];

/// Top-level modules of a crate, with the modules that they import from.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// Finds import cycles between the top-level modules of a shipped crate, and imports through the
/// crate root. Without cycles, a crate can be read from the bottom up.
pub(super) fn cycles_of_modules(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for package in tree.shipped() {
        let src = dir_of(package).join("src");
        let mut imports = Imports::new();
        for path in tree.rust_files().filter(|path| path.starts_with(&src)) {
            let Some(module) = module_of(path, &src) else {
                continue;
            };
            let module = unit_of(&package.name, module);
            for name in imports_of(&text_of(path)?, &root_prefixes(path, &src)) {
                if !is_module(&name, tree, &src) {
                    found.push(format!(
                        "{}: imports {name} through the crate root; name the module that defines it",
                        path.display()
                    ));
                    continue;
                }
                let name = unit_of(&package.name, name);
                if name != module {
                    imports.entry(module.clone()).or_default().insert(name);
                }
            }
        }
        let cycle = cycle_in(&imports);
        found.extend(cycle.map(|modules| format!("{}: {}", src.display(), modules.join(" ─▶ "))));
    }
    Ok(found)
}

/// Returns the top-level module that contains the file; `None` for the crate root.
fn module_of(path: &Path, src: &PathBuf) -> Option<String> {
    let inner = path.strip_prefix(src).ok()?;
    let first = inner.iter().next()?.to_str()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&module)).then(|| module.to_owned())
}

/// Returns the prefixes of paths that begin at the crate root: `crate::`, and `super::` repeated for
/// the depth of the module.
fn root_prefixes(path: &Path, src: &Path) -> [String; 2] {
    let depth = path
        .strip_prefix(src)
        .map_or(0, |inner| inner.iter().count());
    ["crate::".to_owned(), "super::".repeat(depth)]
}

fn is_module(name: &str, tree: &Tree, src: &Path) -> bool {
    let (file, directory) = (src.join(format!("{name}.rs")), src.join(name));
    tree.rust_files()
        .any(|path| path == file || path.starts_with(&directory))
}

/// Returns the first name of the module's entry in [`UNITS`], or its own name.
fn unit_of(package: &str, module: String) -> String {
    let mut units = UNITS.iter().filter(|(name, _)| *name == package);
    let parts = units.find(|(_, parts)| parts.contains(&module.as_str()));
    parts.map_or(module, |(_, parts)| parts[0].to_owned())
}

/// Returns the first name after each of the prefixes, outside comments and unit tests.
fn imports_of(text: &str, prefixes: &[String]) -> BTreeSet<String> {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let lines: Vec<_> = text.lines().filter(code).collect();
    let text = lines.join("\n");
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let uses = prefixes.iter().flat_map(|prefix| {
        let uses = text.match_indices(prefix.as_str());
        let whole = uses.filter(|(at, _)| !text[..*at].ends_with(is_part_of_path));
        whole.map(|(at, _)| &text[at + prefix.len()..])
    });
    uses.filter(|after| !after.starts_with("super::"))
        .flat_map(|after| match after.strip_prefix('{') {
            Some(list) => names_in_list(list),
            None => vec![first_name(after)],
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn is_part_of_path(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == ':'
}

/// Returns the first name of each item in an import list, up to the closing brace.
fn names_in_list(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut item = String::new();
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(first_name(&item));
                item.clear();
                continue;
            }
            _ => {}
        }
        item.push(c);
    }
    names.push(first_name(&item));
    names
}

fn first_name(path: &str) -> String {
    let name = path.trim_start().chars();
    name.take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Returns the modules of a cycle, if there is one. The first module is repeated at the end.
fn cycle_in(imports: &Imports) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    let mut path = Vec::new();
    let mut starts = imports.keys();
    starts.find_map(|start| walk(start, imports, &mut path, &mut done))
}

fn walk(
    module: &str,
    imports: &Imports,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|before| before == module) {
        let mut cycle = path[start..].to_vec();
        cycle.push(module.to_owned());
        return Some(cycle);
    }
    if !done.insert(module.to_owned()) {
        return None;
    }
    path.push(module.to_owned());
    let mut next = imports.get(module).into_iter().flatten();
    let cycle = next.find_map(|to| walk(to, imports, path, done));
    path.pop();
    cycle
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Imports, cycle_in, imports_of, module_of, root_prefixes};

    #[test]
    fn imports_are_the_first_names_after_crate() {
        let text = "use crate::a::{B, c};\nuse crate::{\n    d::{E, F},\n    g,\n};\n\
                    // crate::comment\nfn f() { crate::h::i(); crate::J }\n";
        let names: Vec<_> = imports_of(text, &["crate::".to_owned()])
            .into_iter()
            .collect();
        assert_eq!(names, ["J", "a", "d", "g", "h"]);
    }

    #[test]
    fn super_paths_resolve_to_the_crate_root() {
        let src = PathBuf::from("crates/x/src");
        let check = |path: &str, text: &str, expected: &[&str]| {
            let names = imports_of(text, &root_prefixes(Path::new(path), &src));
            assert_eq!(names.into_iter().collect::<Vec<_>>(), expected, "{text}");
        };
        check("crates/x/src/a.rs", "use super::{B, c};", &["B", "c"]);
        check("crates/x/src/a/b.rs", "use super::c;", &[]);
        check("crates/x/src/a/b.rs", "use super::super::c;", &["c"]);
        check("crates/x/src/a.rs", "use mysuper::c;", &[]);
        let tests = "#[cfg(test)]\nmod tests {\n    use super::c;\n}";
        check("crates/x/src/a.rs", tests, &[]);
    }

    #[test]
    fn files_belong_to_top_level_modules() {
        let src = PathBuf::from("crates/x/src");
        let check = |path: &str, module: Option<&str>| {
            assert_eq!(module_of(Path::new(path), &src).as_deref(), module);
        };
        check("crates/x/src/lib.rs", None);
        check("crates/x/src/a.rs", Some("a"));
        check("crates/x/src/a/b/c.rs", Some("a"));
    }

    #[test]
    fn cycles_are_found_from_any_start() {
        let imports = |pairs: &[(&str, &str)]| {
            let mut imports = Imports::new();
            for (from, to) in pairs {
                let from = imports.entry((*from).to_owned()).or_default();
                from.insert((*to).to_owned());
            }
            imports
        };
        let acyclic = imports(&[("a", "b"), ("a", "c"), ("b", "c")]);
        assert_eq!(cycle_in(&acyclic), None);
        let cycle = imports(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]);
        assert_eq!(cycle_in(&cycle).unwrap(), ["b", "c", "d", "b"]);
    }
}
