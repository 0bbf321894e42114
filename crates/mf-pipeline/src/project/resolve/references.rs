//! References of inputs, figures and claims.

use std::collections::{BTreeMap, BTreeSet};

use mf_data::files::file_type;

use super::{Known, Resolver};
use crate::project::node::{Node, NodeRole, Source};
use crate::spec::tree::Node as Toml;
use crate::spec::validate::below;
use crate::words::diagnostic::Diagnostic;
use crate::words::files;
use crate::words::paths::{inside, problem};
use crate::words::text::{did_you_mean, list};

impl Resolver<'_> {
    /// Resolves the inputs of every node.
    pub(super) fn inputs(&mut self, nodes: &mut [Node], broken: &BTreeSet<String>) {
        let mut resolved = Vec::new();
        let mut problems = Vec::new();
        for node in nodes.iter() {
            let list = if node.role == NodeRole::Stage {
                "stage"
            } else {
                "figure"
            };
            let items = self.items(list);
            let Some((path, item)) = items
                .iter()
                .find(|(_, item)| item.text("name") == Some(&node.name))
            else {
                resolved.push(BTreeMap::new());
                continue;
            };
            resolved.push(self.node_inputs(
                node,
                path,
                item,
                &Known { nodes, broken },
                &mut problems,
            ));
        }
        for (node, inputs) in nodes.iter_mut().zip(resolved) {
            node.inputs = inputs;
        }
        self.problems.extend(problems);
    }

    /// Gives stages that consist of cells the folder of cells of the profile.
    pub(super) fn cells(
        &mut self,
        folders: &BTreeMap<String, String>,
        profiles: &[String],
        nodes: &mut [Node],
    ) {
        let wrong = |profile: &String, folder: &String| {
            if !profiles.contains(profile) {
                let near = did_you_mean(profile, profiles.iter().map(String::as_str));
                let unknown = Diagnostic::new(format!("there is no profile `{profile}`"));
                return Some(unknown.allowed(list(profiles)).help(near));
            }
            match inside(&self.root, folder) {
                Ok(place) if files::cells(&place).is_ok_and(|cells| !cells.is_empty()) => None,
                Ok(place) if place.is_dir() => {
                    let none = Diagnostic::new(format!("the folder `{folder}` holds no cells"));
                    Some(none.allowed("a copy of `.mf/cells`: KIND/KEY.json"))
                }
                Ok(_) => {
                    let help = "copy `.mf/cells` of a machine there, or remove the key";
                    let missing = Diagnostic::new(format!("there is no folder `{folder}`"));
                    Some(missing.help(Some(help.to_owned())))
                }
                Err(error) => Some(problem(error)),
            }
        };
        let mut problems = Vec::new();
        for (profile, folder) in folders {
            let path = ["project", "cells", profile.as_str()];
            let place = self.tree.deepest(&path).span.clone();
            let wrong = wrong(profile, folder);
            problems.extend(wrong.map(|wrong| wrong.at(place).key(path.join("."))));
        }
        self.problems.extend(problems);
        let Some(folder) = folders.get(self.profile) else {
            return;
        };
        for node in nodes.iter_mut().filter(|node| node.behaviour.is_some()) {
            let cells = Source::Cells(folder.clone());
            node.inputs.insert("cells".to_owned(), cells);
        }
    }

    fn node_inputs(
        &self,
        node: &Node,
        path: &[String],
        item: &Toml,
        known: &Known<'_>,
        problems: &mut Vec<Diagnostic>,
    ) -> BTreeMap<String, Source> {
        let mut inputs = BTreeMap::new();
        let roles = node.stage.roles();
        let given = if node.role == NodeRole::Stage {
            item.get("inputs").map(Toml::entries)
        } else {
            None
        };
        for entry in given.unwrap_or_default() {
            let place = below(&below(path, "inputs"), &entry.key);
            if !roles.iter().any(|role| role.name == entry.key) {
                let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
                problems.push(
                    Diagnostic::new(format!("kind `{}` has no input `{}`", node.kind, entry.key))
                        .at(entry.span.clone())
                        .key(place.join("."))
                        .allowed(list(&names))
                        .help(did_you_mean(&entry.key, names).or(Some("remove it".to_owned()))),
                );
                continue;
            }
            let reference = item
                .get("inputs")
                .and_then(|inputs| inputs.text(&entry.key))
                .unwrap_or_default();
            match self.reference(reference, known) {
                Ok(source) => drop(source.map(|source| inputs.insert(entry.key.clone(), source))),
                Err(problem) => problems.push(
                    problem
                        .at(entry.node.span.clone())
                        .key(place.join("."))
                        .value(reference),
                ),
            }
        }
        for role in roles.iter().filter(|role| role.required) {
            if !given
                .unwrap_or_default()
                .iter()
                .any(|entry| entry.key == role.name)
            {
                let place = item.get("inputs").unwrap_or(item);
                problems.push(
                    Diagnostic::new(format!(
                        "input `{}` of kind `{}` is missing",
                        role.name, node.kind
                    ))
                    .at(place.span.clone())
                    .key(below(&below(path, "inputs"), &role.name).join("."))
                    .allowed(role.about.clone())
                    .help(Some(format!(
                        "add `{} = \"stage.table\"` to `inputs`",
                        role.name
                    ))),
                );
            }
        }
        for (role, reference) in node.stage.inputs() {
            let found = item.find_text(&names(&reference));
            let (keys, place) = found.unwrap_or((Vec::new(), item));
            let key = path.iter().cloned().chain(keys).collect::<Vec<_>>();
            match self.reference(&reference, known) {
                Ok(source) => drop(source.map(|source| inputs.insert(role, source))),
                Err(problem) => problems.push(
                    problem
                        .at(place.span.clone())
                        .key(key.join("."))
                        .value(reference),
                ),
            }
        }
        inputs
    }

    /// What a reference means; `None` if it names an item with problems, or may do so.
    pub(super) fn reference(
        &self,
        reference: &str,
        known: &Known<'_>,
    ) -> Result<Option<Source>, Box<Diagnostic>> {
        const FORMS: &str = "\"stage.table\", \"stage.number\", \"stage.numbers\" or \"file:path\"";
        if let Some(path) = reference.strip_prefix("file:") {
            self.file(path)?;
            return Ok(Some(Source::File(path.to_owned())));
        }
        let Some((name, output)) = reference.split_once('.') else {
            return Err(Diagnostic::new(format!("`{reference}` is not a reference"))
                .allowed(FORMS)
                .into());
        };
        if known.broken.contains(name) {
            return Ok(None);
        }
        let Some(node) = known.nodes.iter().find(|node| node.name == name) else {
            if !self.is_named() {
                return Ok(None);
            }
            let names = self.names();
            return Err(Diagnostic::new(format!("there is no stage `{name}`"))
                .allowed(list(&names))
                .help(did_you_mean(name, names.iter().map(String::as_str)))
                .into());
        };
        let (stage, output) = (name.to_owned(), output.to_owned());
        let (tables, numbers) = (node.stage.tables(), node.stage.numbers());
        if tables.contains(&output) {
            return Ok(Some(Source::Table {
                stage,
                table: output,
            }));
        }
        if numbers.contains(&output) {
            return Ok(Some(Source::Number {
                stage,
                number: output,
            }));
        }
        if output == "numbers" && !numbers.is_empty() {
            return Ok(Some(Source::Numbers { stage }));
        }
        let outputs: Vec<String> = tables.into_iter().chain(numbers).collect();
        let help = did_you_mean(&output, outputs.iter().map(String::as_str));
        Err(Diagnostic::new(format!(
            "stage `{stage}` makes no table or number `{output}`"
        ))
        .allowed(list(
            outputs.iter().map(|output| format!("{stage}.{output}")),
        ))
        .help(help)
        .into())
    }

    /// A file from outside is there, below the project's folder.
    pub(super) fn file(&self, path: &str) -> Result<(), Box<Diagnostic>> {
        let full = inside(&self.root, path).map_err(problem)?;
        let found = file_type(&full).map_err(|error| Diagnostic::new(error.to_string()))?;
        let what = match found {
            Some(found) if found.is_file() => return Ok(()),
            Some(found) if found.is_dir() => "is a folder, not a file",
            Some(_) => "is a device or a pipe, not a file",
            None => "does not exist",
        };
        let help = Some("check the path (relative to pipeline.toml), or fetch the file".to_owned());
        Err(Diagnostic::new(format!("input file `{path}` {what}"))
            .help(help)
            .into())
    }
}

/// Whether a text of `pipeline.toml` is where `reference` comes from: the reference itself, the folder of the file that it
/// names, or a text with its number (`${stage.number:.3}`).
fn names(reference: &str) -> impl Fn(&str) -> bool {
    move |text| {
        let file = reference.strip_prefix("file:");
        let folder = file.and_then(|file| Some(file.rsplit_once('/')?.0));
        text == reference
            || folder == Some(text.trim_end_matches('/'))
            || text.contains(&format!("${{{reference}:"))
    }
}
