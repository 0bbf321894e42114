//! The modules of a crate: the modules that one of them uses, and the paths in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::TokenStream;

use crate::error::CodeError;
use crate::tokens::{canonical, paths, tokens};
use crate::workspace::read;

/// A module: its tokens, and the bytes of the files that it includes.
#[derive(Debug)]
struct Module {
    tokens: TokenStream,
    included: Vec<(String, Vec<u8>)>,
}

/// The modules of a crate by their paths; `` is the root.
#[derive(Debug)]
pub(crate) struct Modules(BTreeMap<String, Module>);

impl Modules {
    /// Reads the sources in a folder `src`.
    pub(crate) fn read(src: &Path) -> Result<Self, CodeError> {
        let mut modules = BTreeMap::new();
        let mut folders = vec![src.to_owned()];
        while let Some(folder) = folders.pop() {
            for path in crate::workspace::entries(&folder)? {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let name = name(path.strip_prefix(src).unwrap_or(&path));
                    modules.insert(name, Module::read(&path)?);
                }
            }
        }
        Ok(Self(modules))
    }

    /// The module itself, those it names, and those that they name.
    pub(crate) fn reached(&self, module: &str) -> Result<BTreeSet<String>, CodeError> {
        if !self.0.contains_key(module) {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            return Err(CodeError::Module {
                name: module.to_owned(),
                known: known.join(", "),
            });
        }
        let mut reached = BTreeSet::new();
        let mut next = vec![module.to_owned()];
        while let Some(module) = next.pop() {
            if reached.insert(module.clone()) {
                next.extend(self.neighbours(&module));
            }
        }
        Ok(reached)
    }

    /// The modules of this crate that a module names, and those that it declares.
    fn neighbours(&self, module: &str) -> Vec<String> {
        let mut found = Vec::new();
        let above = module.rsplit_once("::").map_or("", |(above, _)| above);
        for path in self.paths(module) {
            let (from, rest) = match path.split_first() {
                Some((first, rest)) if first == "crate" => ("", rest),
                Some((first, rest)) if first == "super" => (above, rest),
                Some((first, rest)) if first == "self" => (module, rest),
                // `mod name;` declares a module below, which belongs to this one.
                _ => (module, path.as_slice()),
            };
            // `pub(super)` and the like name nothing.
            if !rest.is_empty() {
                found.extend(self.home(from, rest));
            }
        }
        found
    }

    /// The module of a path: as far down as there are modules, from where it starts.
    fn home(&self, from: &str, rest: &[String]) -> Option<String> {
        let mut here = from.to_owned();
        for part in rest {
            let below = if here.is_empty() {
                part.clone()
            } else if part == "super" {
                here.rsplit_once("::")
                    .map_or(String::new(), |(above, _)| above.to_owned())
            } else {
                format!("{here}::{part}")
            };
            if part != "super" && !self.0.contains_key(&below) {
                break;
            }
            here = below;
        }
        // An item of the module itself is not another module.
        (!here.is_empty() && self.0.contains_key(&here)).then_some(here)
    }

    fn paths(&self, module: &str) -> Vec<Vec<String>> {
        self.0
            .get(module)
            .map_or(Vec::new(), |module| paths(&module.tokens))
    }

    /// The first names of the paths in these modules: crates among them.
    pub(crate) fn named(&self, modules: &BTreeSet<String>) -> BTreeSet<String> {
        let all = modules.iter().flat_map(|module| self.paths(module));
        all.filter(|path| path.len() > 1)
            .filter_map(|path| path.into_iter().next())
            .map(|name| name.replace('_', "-"))
            .collect()
    }

    /// The hash of these modules.
    pub(crate) fn hash(&self, modules: &BTreeSet<String>) -> String {
        let mut hasher = blake3::Hasher::new();
        for (name, module) in self.0.iter().filter(|(name, _)| modules.contains(*name)) {
            let mut add = |text: &[u8]| {
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text);
            };
            add(name.as_bytes());
            add(canonical(&module.tokens).as_bytes());
            for (file, bytes) in &module.included {
                add(file.as_bytes());
                add(bytes);
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The hash of all modules.
    pub(crate) fn hash_all(&self) -> String {
        self.hash(&self.0.keys().cloned().collect())
    }
}

impl Module {
    fn read(path: &Path) -> Result<Self, CodeError> {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        let tokens = tokens(&text).map_err(|message| CodeError::Rust {
            path: path.to_owned(),
            message,
        })?;
        let text = canonical(&tokens);
        let mut included = Vec::new();
        for macro_name in [
            "include_bytes ! ( \"",
            "include_str ! ( \"",
            "include ! ( \"",
        ] {
            for rest in text.split(macro_name).skip(1) {
                let file = rest.split('"').next().unwrap_or_default().to_owned();
                let place = path.parent().unwrap_or(path).join(&file);
                included.push((file, read(&place)?));
            }
        }
        Ok(Self { tokens, included })
    }
}

/// `stages/manifold.rs` as `stages::manifold`; `lib.rs` and `main.rs` are the root.
fn name(path: &Path) -> String {
    let path = if path.ends_with("mod.rs") {
        path.parent().unwrap_or(path).to_owned()
    } else {
        path.with_extension("")
    };
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    match parts.join("::").as_str() {
        "lib" | "main" => String::new(),
        name => name.to_owned(),
    }
}
