//! The recipe of a node's result, with the contents of its inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::kinds::reads::Origin;
use crate::plan::State;
use crate::plan::link::Link;
use crate::plan::publish::published;
use crate::project::Project;
use crate::project::node::{Node, NodeRole, Source};
use crate::store::cache::Record;
use crate::store::recipe::{InputHash, Recipe};
use crate::words::hash::Hash;
use crate::words::text::path_from;

/// The recipe of a node, with the contents of its inputs as far as they are known.
pub(crate) fn recipe(
    project: &Project,
    node: &Node,
    records: &BTreeMap<String, Record>,
    files: &BTreeMap<String, Hash>,
) -> Recipe {
    let content = |source: &Source| match source {
        Source::File(path) | Source::Cells(path) => files.get(path).cloned(),
        Source::Table { stage, table } => {
            Some(records.get(stage)?.tables.get(table)?.parquet.clone())
        }
        Source::Number { stage, number } => records.get(stage)?.number_hashes.get(number).cloned(),
        Source::Numbers { stage } => records.get(stage)?.numbers.clone(),
        Source::Drawing { figure, ending } => records.get(figure)?.files.get(ending).cloned(),
        Source::Origin { figure } => {
            let origin = origin(project, figure, records, files)?;
            Some(Hash::of_json(&json!(origin)))
        }
        Source::Claims => {
            let judged = json!([project.claims, not_reproduced(records)]);
            Some(Hash::of_json(&judged))
        }
        Source::Settings => Some(Hash::of_json(&settings(project))),
    };
    let input = |source: &Source| InputHash {
        reference: source.to_string(),
        hash: content(source),
    };
    Recipe {
        kind: node.kind.clone(),
        code: node
            .code
            .iter()
            .map(|(part, hash)| ((*part).to_owned(), (*hash).to_owned()))
            .collect(),
        params: node.params.clone(),
        quantizers: node.quantizers.clone(),
        seed: node.seed,
        inputs: node
            .inputs
            .iter()
            .map(|(role, source)| (role.clone(), input(source)))
            .collect(),
    }
}

/// The nodes with cells of the project that this code did not reproduce.
pub(crate) fn not_reproduced(records: &BTreeMap<String, Record>) -> Vec<String> {
    let records = records.iter();
    let others = records.filter(|(_, record)| record.provenance.not_reproduced > 0);
    others.map(|(name, _)| name.clone()).collect()
}

/// The parameters of every stage under the profile, by its name.
pub(crate) fn settings(project: &Project) -> Value {
    let stages = project
        .nodes
        .iter()
        .filter(|node| node.role == NodeRole::Stage);
    stages
        .map(|node| (node.name.clone(), node.params.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Where a figure comes from; none while it, or something that it needs, has no result.
pub(crate) fn origin(
    project: &Project,
    figure: &str,
    records: &BTreeMap<String, Record>,
    files: &BTreeMap<String, Hash>,
) -> Option<Origin> {
    let mut needed = BTreeSet::from([figure]);
    // Nodes are in running order: what a node needs comes before it.
    for node in project.nodes.iter().rev() {
        if needed.contains(node.name.as_str()) {
            needed.extend(node.upstream());
        }
    }
    let needed = |node: &&Node| needed.contains(node.name.as_str());
    let mut links = Vec::new();
    for node in project.nodes.iter().filter(needed) {
        let recipe = recipe(project, node, records, files);
        let record = records.get(&node.name)?;
        let mut link = Link::new(project, node, State::Fresh, recipe, Some(record));
        // Neither lines, which move with comments, nor paths of a machine.
        link.line = None;
        for (path, _) in &mut link.published {
            if let Ok(inside) = path.strip_prefix(&project.root) {
                *path = inside.to_owned();
            }
        }
        links.push(link);
    }
    let drawn = project.nodes.iter().find(|node| node.name == figure)?;
    let made_by = links.pop()?;
    let mut text = vec![format!("{} {figure}", made_by.role)];
    text.extend(chain(&made_by, &links));
    Some(Origin {
        figure: figure.to_owned(),
        about: drawn.about.clone(),
        files: shown(project, drawn, records)?,
        text: text.join("\n"),
    })
}

/// A result, and everything that it needs.
pub(crate) fn chain(made_by: &Link, upstream: &[Link]) -> Vec<String> {
    let mut lines = vec!["made by".to_owned()];
    lines.extend(made_by.lines());
    if !upstream.is_empty() {
        lines.push("which needs".to_owned());
        lines.extend(upstream.iter().flat_map(Link::lines));
    }
    lines
}

/// The files of a figure, then those of the tables that it is drawn from.
fn shown(
    project: &Project,
    figure: &Node,
    records: &BTreeMap<String, Record>,
) -> Option<Vec<String>> {
    let mut paths = Vec::new();
    paths.extend(published(project, figure, records.get(&figure.name)?));
    let upstream = figure.upstream();
    let read = |node: &&Node| upstream.contains(node.name.as_str());
    for node in project.nodes.iter().filter(read) {
        let files = published(project, node, records.get(&node.name)?);
        let table = |path: &Path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            matches!(ending, Some("csv" | "parquet"))
        };
        paths.extend(files.into_iter().filter(|(path, _)| table(path)));
    }
    let shown = paths
        .iter()
        .map(|(path, _)| path_from(&project.documents, path));
    Some(shown.collect())
}
