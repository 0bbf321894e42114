//! One result of a chain: what it was made from, when, and where it is published.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::kinds::job::QuantizerDefinition;
use crate::plan::State;
use crate::plan::publish::published;
use crate::project::Project;
use crate::project::node::{Node, NodeRole};
use crate::spec::tree::{Entry, Node as Toml};
use crate::store::cache::Record;
use crate::store::provenance::Provenance;
use crate::store::recipe::{InputHash, Recipe};
use crate::words::hash::Hash;
use crate::words::text::shortened;

/// One stage, figure or document of a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// Whether it is a stage, a figure or a document.
    pub role: NodeRole,
    /// Its kind.
    pub kind: String,
    /// The hash of the code that computes it.
    pub code: Hash,
    /// Its sentence in `pipeline.toml`.
    pub about: String,
    /// Its line in `pipeline.toml`; a document has none.
    pub line: Option<usize>,
    /// Whether its result is up to date.
    #[serde(flatten)]
    pub state: State,
    /// The key of its result.
    pub key: Option<Hash>,
    /// Its parameters, defaults filled in.
    pub params: Value,
    /// Where parameters are written that are not in its own item, by their keys: `@few, pipeline.toml line 5`.
    pub written: BTreeMap<String, String>,
    /// Its quantizers.
    pub quantizers: Vec<QuantizerDefinition>,
    /// Its seed, if it is random.
    pub seed: Option<u64>,
    /// Its inputs, with the hashes of their contents.
    pub inputs: Vec<LinkInput>,
    /// When and by which program its (last) result was made.
    pub made: Option<Provenance>,
    /// Its published files, with the hashes of their contents.
    pub published: Vec<(PathBuf, Hash)>,
}

/// An input of a link.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkInput {
    /// Its role.
    pub role: String,
    /// `stage.table`, `stage.number` or `file:path`.
    pub reference: String,
    /// The hash of its content; `None` while it has yet to be made.
    pub hash: Option<Hash>,
}

impl Link {
    /// The link of a node with this recipe and, if there is one, its (last) result.
    pub(crate) fn new(
        project: &Project,
        node: &Node,
        state: State,
        recipe: Recipe,
        last: Option<&Record>,
    ) -> Self {
        let input = |(role, input): (&String, &InputHash)| LinkInput {
            role: role.clone(),
            reference: input.reference.clone(),
            hash: input.hash.clone(),
        };
        Self {
            name: node.name.clone(),
            role: node.role,
            kind: node.kind.clone(),
            code: recipe.code(),
            about: node.about.clone(),
            line: node.line,
            state,
            key: recipe.key(),
            inputs: recipe.inputs.iter().map(input).collect(),
            params: recipe.params,
            written: BTreeMap::new(),
            quantizers: recipe.quantizers,
            seed: recipe.seed,
            published: last
                .map(|record| published(project, node, record))
                .unwrap_or_default(),
            made: last.map(|record| record.provenance.clone()),
        }
    }

    /// The link, with the places of its parameters.
    pub(crate) fn with_places(mut self, project: &Project, node: &Node) -> Self {
        let entries = node.params_item().map_or(&[][..], Toml::entries).iter();
        let place = |entry: &Entry| Some((entry.key.clone(), project.written.origin(&entry.node)?));
        self.written = entries.filter_map(place).collect();
        self
    }

    /// For a person, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = self.line.map(|line| format!(", pipeline.toml line {line}"));
        let stale = (self.state != State::Fresh).then_some(", not up to date");
        let mut lines = vec![format!(
            "  {} `{}`: {} (code {}){}{}",
            self.role,
            self.name,
            self.kind,
            self.code.short(),
            line.unwrap_or_default(),
            stale.unwrap_or_default(),
        )];
        let mut say = |what: &str, text: String| lines.push(format!("      {what:<10} {text}"));
        if !self.about.is_empty() {
            say("about", self.about.clone());
        }
        if let Value::Object(params) = &self.params {
            for (key, value) in params {
                let place = self.written.get(key);
                let place = place.map_or(String::new(), |place| format!("  ({place})"));
                let value = shortened(&value.to_string());
                say("with", format!("{key} = {value}{place}"));
            }
        }
        for input in &self.inputs {
            let hash = input.hash.as_ref().map_or("not made yet", Hash::short);
            let LinkInput {
                role, reference, ..
            } = input;
            let name = match role == reference {
                true => role.clone(),
                false => format!("{role} = {reference}"),
            };
            say("input", format!("{name}  {hash}"));
        }
        if !self.quantizers.is_empty() {
            let names = self.quantizers.iter().map(|quantizer| &*quantizer.name);
            say("quantizers", names.collect::<Vec<_>>().join(", "));
        }
        if let Some(seed) = self.seed {
            say("seed", seed.to_string());
        }
        if let Some(made) = &self.made {
            say(
                "made",
                format!(
                    "{} in {:.3} s by mf {}",
                    made.started, made.seconds, made.mf_version
                ),
            );
        }
        let of_others = self.made.as_ref().map_or(0, |made| made.not_reproduced);
        if of_others > 0 {
            say(
                "cells",
                format!(
                    "{of_others} of the project's cells were made by other code, and not reproduced by this code"
                ),
            );
        }
        for (path, hash) in &self.published {
            say("published", format!("{}  {}", path.display(), hash.short()));
        }
        lines
    }
}
