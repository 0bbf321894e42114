//! Where a result comes from: the chain down to files with their hashes, and who uses it.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::ask::judge::verify;
use crate::ask::names::find;
use crate::ask::verdict::ClaimReport;
use crate::kinds::job::QuantizerDefinition;
use crate::plan::State;
use crate::plan::publish::published;
use crate::plan::selection::Selection;
use crate::plan::survey::{Survey, recipe};
use crate::project::Project;
use crate::project::node::{Node, NodeRole};
use crate::store::cache::{Cache, Record};
use crate::store::provenance::Provenance;
use crate::words::error::PipelineError;
use crate::words::hash::Hash;
use crate::words::outputs::Number;

/// Where a figure, stage, table, number or claim comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The name asked for.
    pub name: String,
    /// `figure`, `stage`, `table`, `number` or `claim`.
    pub what: &'static str,
    /// The number, if it is one and there is a result.
    pub number: Option<Number>,
    /// The verdict, if it is a claim.
    pub claim: Option<ClaimReport>,
    /// The stage or figure that makes it.
    pub made_by: Link,
    /// Everything that one needs, nearest last: the order in which it runs.
    pub upstream: Vec<Link>,
    /// Stages, figures and claims (`claim NAME`) that read from the stage that makes it.
    pub used_by: Vec<String>,
}

/// One stage or figure of a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// Whether it computes or draws.
    pub role: NodeRole,
    /// Its kind.
    pub kind: String,
    /// The hash of the code that computes it.
    pub code: Hash,
    /// Its sentence in `pipeline.toml`.
    pub about: String,
    /// Its line in `pipeline.toml`.
    pub line: usize,
    /// Whether its result is up to date.
    #[serde(flatten)]
    pub state: State,
    /// The key of its result.
    pub key: Option<Hash>,
    /// Its parameters, defaults filled in.
    pub params: Value,
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

pub(crate) fn explain(
    project: &Project,
    cache: &Cache,
    name: &str,
) -> Result<Explanation, PipelineError> {
    let (node, what, output) = find(project, name)?;
    let only = vec![node.name.clone()];
    let survey = Survey::new(
        project,
        cache,
        &Selection {
            only,
            ..Selection::default()
        },
    )?;
    let mut links = Vec::new();
    for (planned, index) in survey.plan.nodes.iter().zip(&survey.index) {
        if let Some(node) = project.nodes.get(*index) {
            links.push(link(&survey, node, planned.state.clone())?);
        }
    }
    let made_by = links
        .pop()
        .ok_or_else(|| PipelineError::Internal(format!("`{name}` is not in its own plan")))?;
    let number = match (what, survey.records.get(&node.name)) {
        ("number", Some(record)) => cache
            .numbers(record)?
            .into_iter()
            .find(|number| Some(number.name.as_str()) == output),
        _ => None,
    };
    let claim = match what {
        "claim" => verify(project, cache)?
            .claims
            .into_iter()
            .find(|claim| claim.name == name),
        _ => None,
    };
    let used_by = users(project, &node.name);
    Ok(Explanation {
        name: name.to_owned(),
        what,
        number,
        claim,
        made_by,
        upstream: links,
        used_by,
    })
}

fn link(survey: &Survey<'_>, node: &Node, state: State) -> Result<Link, PipelineError> {
    let (project, cache) = (survey.project, survey.cache);
    let recipe = recipe(node, &survey.records, &survey.files);
    let last = match survey.records.get(&node.name) {
        Some(record) => Some(record.clone()),
        None => last_record(cache, node)?,
    };
    let input = |(role, input): (&String, &crate::store::recipe::InputHash)| LinkInput {
        role: role.clone(),
        reference: input.reference.clone(),
        hash: input.hash.clone(),
    };
    Ok(Link {
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
        quantizers: recipe.quantizers,
        seed: recipe.seed,
        published: last
            .as_ref()
            .map(|record| published(project, node, record))
            .unwrap_or_default(),
        made: last.map(|record| record.provenance),
    })
}

fn last_record(cache: &Cache, node: &Node) -> Result<Option<Record>, PipelineError> {
    let Ok(Some(last)) = cache.last(&node.name)? else {
        return Ok(None);
    };
    Ok(cache.record(&last.recipe.own(), &last.key)?.ok().flatten())
}

fn users(project: &Project, name: &str) -> Vec<String> {
    let nodes = project
        .nodes
        .iter()
        .filter(|node| node.upstream().contains(name))
        .map(|node| node.name.clone());
    let claims = project
        .claims
        .iter()
        .filter(|claim| claim.stage == name)
        .map(|claim| format!("claim {}", claim.name));
    nodes.chain(claims).collect()
}
