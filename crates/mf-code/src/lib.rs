//! Fingerprints of code: hashes that change when what a module computes may have changed, and not otherwise.
//!
//! The fingerprint of a module of a crate has these parts:
//!
//! - the tokens of the module and of the modules of its crate that it names, and of those that they name ([`mod@tokens`]: no
//!   comments, documentation or tests; line ends do not count);
//! - the tokens of each crate of the workspace that these name, and that those depend on, with the files that they include;
//! - the locked versions and the declared features of the registry packages that all of these depend on.
//!
//! So a comment changes no fingerprint, and a formula changes the fingerprints of all code that links it. There is no version number to raise.

mod error;
mod lock;
mod modules;
pub mod tokens;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use error::CodeError;

use crate::lock::Lock;
use crate::modules::Modules;
use crate::workspace::Workspace;

/// The name of the part of a fingerprint with the packages of registries.
pub const LOCKED: &str = "locked versions";

/// The code of a workspace, as it is on the disk.
#[derive(Debug)]
pub struct Code {
    workspace: Workspace,
    lock: Lock,
    /// The modules of each crate, and the hash of all of them.
    crates: BTreeMap<String, (Modules, String)>,
    /// Crates of the workspace that are left out, as they compute nothing.
    without: BTreeSet<String>,
}

impl Code {
    /// Reads the workspace at `root`; `without` names crates that are left out of all fingerprints.
    ///
    /// # Errors
    /// [`CodeError`]: a file that cannot be read or is not what it should be.
    pub fn read(root: &Path, without: &[&str]) -> Result<Self, CodeError> {
        let workspace = Workspace::read(root)?;
        let lock = Lock::read(root, workspace.declared())?;
        let mut crates = BTreeMap::new();
        for (name, folder) in workspace.sources() {
            let modules = Modules::read(&folder)?;
            let hash = modules.hash_all();
            crates.insert(name.to_owned(), (modules, hash));
        }
        Ok(Self {
            workspace,
            lock,
            crates,
            without: without.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// The fingerprint of a module (`stages::manifold`) of a crate (`mf`), part by part.
    ///
    /// # Errors
    /// [`CodeError`]: no such crate or module, or a file that is not Rust.
    pub fn of(&self, name: &str, module: &str) -> Result<BTreeMap<String, String>, CodeError> {
        let Some((modules, _)) = self.crates.get(name) else {
            let known: Vec<&str> = self.crates.keys().map(String::as_str).collect();
            return Err(CodeError::Crate {
                name: name.to_owned(),
                known: known.join(", "),
            });
        };
        let reached = modules.reached(module)?;
        let mut packages = modules.named(&reached);
        let linked = self.workspace.reached(packages.iter().map(String::as_str));
        let mut parts = BTreeMap::new();
        parts.insert(name.to_owned(), modules.hash(&reached));
        for linked in linked.iter().filter(|linked| *linked != name) {
            if let Some((_, hash)) = self.crates.get(linked)
                && !self.without.contains(linked)
            {
                parts.insert(linked.clone(), hash.clone());
                packages.extend(self.workspace.packages(linked));
            }
        }
        parts.insert(LOCKED.to_owned(), self.lock.hash(&packages));
        Ok(parts)
    }

    /// Every file and folder that fingerprints depend on.
    #[must_use]
    pub fn watched(&self) -> Vec<PathBuf> {
        self.workspace.watched()
    }
}
