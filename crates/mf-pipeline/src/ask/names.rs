//! The meaning of a name on the command line.

use std::path::Path;

use crate::plan::publish;
use crate::project::Project;
use crate::project::claim::Claim;
use crate::project::node::{Node, NodeRole, Source};
use crate::words::error::PipelineError;
use crate::words::text::{list, nearest};

/// The node of a name, the kind of the name, and the output it names.
pub(crate) fn find<'a>(
    project: &'a Project,
    name: &'a str,
) -> Result<(&'a Node, &'static str, Option<&'a str>), PipelineError> {
    let node = |name: &str| project.nodes.iter().find(|node| node.name == name);
    if let Some(node) = node(name) {
        return Ok((node, node.role.name(), None));
    }
    if let Some((stage, output)) = name.split_once('.')
        && let Some(node) = node(stage)
    {
        if node.stage.tables().iter().any(|table| table == output) {
            return Ok((node, "table", Some(output)));
        }
        if node.stage.numbers().iter().any(|number| number == output) {
            return Ok((node, "number", Some(output)));
        }
    }
    let claim = project.claims.iter().find(|claim| claim.name == name);
    if let Some((claim, node)) = claim.and_then(|claim| Some((claim, node(&claim.stage)?))) {
        return Ok((node, "claim", Some(&claim.output)));
    }
    let published = |node: &&Node| {
        let path = project.root.join(name);
        publish::paths(project, node)
            .iter()
            .any(|own| *own == path || own.as_path() == Path::new(name))
    };
    if let Some(node) = project.nodes.iter().find(published) {
        return Ok((node, "published file", None));
    }
    let known = everything(project);
    Err(PipelineError::Unknown {
        what: "figure, stage, document, table, number, claim, quantizer, file or parameter (stage.key)",
        name: name.to_owned(),
        near: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
        known: list(&known),
    })
}

/// Every name that can be explained.
pub(crate) fn everything(project: &Project) -> Vec<String> {
    let outputs = |node: &Node| {
        let outputs = node.stage.tables().into_iter().chain(node.stage.numbers());
        outputs
            .map(|output| format!("{}.{output}", node.name))
            .collect::<Vec<_>>()
    };
    let nodes = project
        .nodes
        .iter()
        .flat_map(|node| [vec![node.name.clone()], outputs(node)].concat());
    nodes
        .chain(project.claims.iter().map(|claim| claim.name.clone()))
        .chain(known(project))
        .collect()
}

/// The names of what is not a result: quantizers, files and parameters.
fn known(project: &Project) -> Vec<String> {
    let quantizers = project.quantizers.iter().map(|q| q.name.clone());
    let references = project.claims.iter().filter_map(Claim::reference_file);
    let files = project.nodes.iter().flat_map(files).chain(references);
    let files = files.map(str::to_owned);
    let parameters = project
        .nodes
        .iter()
        .filter(|node| node.role == NodeRole::Stage);
    let parameters = parameters.flat_map(|node| {
        let keys = node.params.as_object().into_iter().flat_map(|o| o.keys());
        keys.map(|key| format!("{}.{key}", node.name))
    });
    quantizers.chain(files).chain(parameters).collect()
}

/// The files from outside that a node reads.
pub(crate) fn files(node: &Node) -> impl Iterator<Item = &str> {
    node.inputs.values().filter_map(|source| match source {
        Source::File(file) => Some(file.as_str()),
        _ => None,
    })
}
