//! The files and folders of `src` are floors: what stands on one uses only what stands on it or below, and no two files
//! use each other in a circle. One file alone draws on the sheet.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the ground up.
const FLOORS: [&str; 13] = [
    "error", "geometry", "spec", "theme", "text", "axis", "colors", "table", "canvas", "place",
    "parts", "charts", "page",
];

/// The only module that draws on the sheet; the page makes it and takes it home.
const DOOR: &str = "canvas::backend";

/// The files of `src` by their modules: `plan::survey`, and `plan` for `plan/mod.rs`.
fn modules() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut modules = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let module = module(path.strip_prefix(&root).unwrap());
                modules.insert(module, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    modules
}

fn module(path: &Path) -> String {
    let path: PathBuf = if path.ends_with("mod.rs") {
        path.parent().unwrap().to_owned()
    } else {
        path.with_extension("")
    };
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("::")
}

/// What a file names behind `crate::`, without comments: `words::hash::Hash`, `plan::{Plan, State}` as two.
fn names(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let head: String = rest.chars().take_while(|c| path(*c)).collect();
        let after = &rest[head.len()..];
        match after.strip_prefix('{') {
            Some(group) if head.ends_with("::") => {
                let group = group.split('}').next().unwrap();
                let inside = group
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty());
                names.extend(inside.map(|name| format!("{head}{name}")));
            }
            _ => drop(names.insert(head)),
        }
    }
    names
}

/// The module that a name is in: the longest beginning that is one.
fn home<'a>(modules: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let inside = |module: &&String| {
        let rest = name.strip_prefix(module.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let found = modules
        .keys()
        .filter(inside)
        .max_by_key(|module| module.len());
    found.map(String::as_str)
}

fn floor(module: &str) -> Option<usize> {
    let name = module.split("::").next()?;
    FLOORS.iter().position(|floor| *floor == name)
}

#[test]
fn every_floor_uses_only_what_is_below() {
    let modules = modules();
    let mut upward = Vec::new();
    for (module, text) in modules.iter().filter(|(module, _)| floor(module).is_some()) {
        for name in names(text) {
            // What is named at the root of the crate goes around the floors.
            let below = floor(&name).is_some_and(|other| Some(other) <= floor(module));
            if !below {
                upward.push(format!("{module} names crate::{name}"));
            }
        }
    }
    assert!(upward.is_empty(), "{}", upward.join("\n"));
    assert!(modules.len() > 25, "only {} files were read", modules.len());
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let modules = modules();
    let uses = |module: &str| -> Vec<&str> {
        let text = modules.get(module).map_or("", String::as_str);
        let homes: BTreeSet<&str> = names(text)
            .iter()
            .filter_map(|name| home(&modules, name))
            .collect();
        homes.into_iter().filter(|other| *other != module).collect()
    };
    for start in modules.keys() {
        let (mut reached, mut next) = (BTreeSet::new(), uses(start));
        while let Some(module) = next.pop() {
            assert_ne!(module, start, "{start} uses itself, by way of others");
            if reached.insert(module) {
                next.extend(uses(module));
            }
        }
    }
}

#[test]
fn the_backend_is_the_only_way_to_the_sheet() {
    let modules = modules();
    let draws = |text: &String| text.contains(".sheet\n") || text.contains("self.sheet.");
    let found: Vec<&String> = modules
        .iter()
        .filter(|(_, text)| draws(text))
        .map(|(module, _)| module)
        .collect();
    assert_eq!(found, [DOOR]);
}

#[test]
fn names_are_found_where_they_are_used() {
    let text = "// crate::comment::X\nuse crate::text::{Block, set};\nlet a = crate::axis::ticks::number(b);\n";
    let found: Vec<String> = names(text).into_iter().collect();
    assert_eq!(found, ["axis::ticks::number", "text::Block", "text::set"]);
}
