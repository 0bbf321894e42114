//! Which file of a crate's `src` names which other: for the test of each crate that its modules import downward only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The files of `src` by their modules: `plan::survey`, and `plan` for `plan/mod.rs`.
pub(crate) fn modules() -> BTreeMap<String, String> {
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

/// The paths behind `crate::` in a file, without comments: `words::hash::Hash`, `plan::{Plan, State}` as two.
pub(crate) fn names(text: &str) -> BTreeSet<String> {
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

fn rank(order: &[&str], module: &str) -> Option<usize> {
    let name = module.split("::").next()?;
    order.iter().position(|other| *other == name)
}

/// Imports that do not go downward. `order` lists the modules, the lowest first.
pub(crate) fn upward(order: &[&str]) -> Vec<String> {
    let modules = modules();
    let mut upward = Vec::new();
    for (module, text) in &modules {
        let Some(own) = rank(order, module) else {
            continue;
        };
        for name in names(text) {
            // A name at the root of the crate would hide where it comes from.
            if rank(order, &name).is_none_or(|other| other > own) {
                upward.push(format!("{module} names crate::{name}"));
            }
        }
    }
    upward
}

/// The files that use themselves, by way of others.
pub(crate) fn circles() -> Vec<String> {
    let modules = modules();
    let uses = |module: &str| -> Vec<&str> {
        let text = modules.get(module).map_or("", String::as_str);
        let homes: BTreeSet<&str> = names(text)
            .iter()
            .filter_map(|name| home(&modules, name))
            .collect();
        homes.into_iter().filter(|other| *other != module).collect()
    };
    let circular = |start: &&String| {
        let (mut reached, mut next) = (BTreeSet::new(), uses(start));
        while let Some(module) = next.pop() {
            if module == start.as_str() {
                return true;
            }
            if reached.insert(module) {
                next.extend(uses(module));
            }
        }
        false
    };
    modules.keys().filter(circular).cloned().collect()
}
