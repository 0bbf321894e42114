//! The locked versions of registry packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::{Table, Value};

use crate::error::CodeError;
use crate::workspace::read;

/// A package of `Cargo.lock`, by name and version.
type Id = (String, String);

/// `Cargo.lock`, and the versions and features that the workspace asks for.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Each package: its checksum (none for a crate of the workspace) and what it depends on.
    packages: BTreeMap<Id, (Option<String>, Vec<Id>)>,
    declared: BTreeMap<String, String>,
}

impl Lock {
    pub(crate) fn read(
        root: &Path,
        declared: &BTreeMap<String, String>,
    ) -> Result<Self, CodeError> {
        let path = root.join("Cargo.lock");
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| CodeError::Manifest {
                path: path.clone(),
                message: error.message().to_owned(),
            })?;
        let text = |package: &Value, key: &str| {
            package.get(key).and_then(Value::as_str).map(str::to_owned)
        };
        let list = table.get("package").and_then(Value::as_array);
        let list: Vec<&Value> = list.into_iter().flatten().collect();
        let ids: Vec<Id> = list
            .iter()
            .filter_map(|package| Some((text(package, "name")?, text(package, "version")?)))
            .collect();
        // `name` where there is one version of it, `name version` where there are several.
        let find = |reference: &str| {
            let mut words = reference.split(' ');
            let (name, version) = (words.next()?, words.next());
            let fits = |id: &&Id| id.0 == name && version.is_none_or(|version| id.1 == version);
            ids.iter().find(fits).cloned()
        };
        let mut packages = BTreeMap::new();
        for (package, id) in list.iter().zip(&ids) {
            let depends = package.get("dependencies").and_then(Value::as_array);
            let depends = depends.into_iter().flatten().filter_map(Value::as_str);
            let depends = depends.filter_map(find).collect();
            packages.insert(id.clone(), (text(package, "checksum"), depends));
        }
        Ok(Self {
            packages,
            declared: declared.clone(),
        })
    }

    /// The hash of the packages with these names, the versions and features asked for, and all that they depend on. Unknown
    /// names and crates of the workspace do not count.
    pub(crate) fn hash(&self, names: &BTreeSet<String>) -> String {
        let mut reached: BTreeSet<&Id> = BTreeSet::new();
        let named = |id: &&Id| names.contains(&id.0) || names.contains(&id.0.replace('_', "-"));
        let mut next: Vec<&Id> = self.packages.keys().filter(named).collect();
        while let Some(id) = next.pop() {
            let Some((checksum, depends)) = self.packages.get(id) else {
                continue;
            };
            if checksum.is_some() && reached.insert(id) {
                next.extend(depends);
            }
        }
        let mut hasher = blake3::Hasher::new();
        for (name, version) in &reached {
            let id = (name.clone(), version.clone());
            let checksum = self
                .packages
                .get(&id)
                .and_then(|(checksum, _)| checksum.as_deref());
            let asked = self.declared.get(name).map_or("", String::as_str);
            hasher.update(
                format!("{name} {version} {} {asked}\n", checksum.unwrap_or("")).as_bytes(),
            );
        }
        hasher.finalize().to_hex().to_string()
    }
}
