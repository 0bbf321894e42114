//! Where a result comes from: the chain down to files with their hashes, and who uses it.

use std::fmt;

use serde::Serialize;

use crate::ask::judge::verify;
use crate::ask::names::find;
use crate::kinds::verdict::ClaimReport;
use crate::plan::contents::{chain, recipe};
use crate::plan::link::Link;
use crate::plan::survey::Survey;
use crate::project::Project;
use crate::project::node::Node;
use crate::store::cache::{Cache, Record};
use crate::words::error::PipelineError;
use crate::words::outputs::Number;

/// Where a figure, stage, document, table, number or claim comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The name asked for.
    pub name: String,
    /// `figure`, `stage`, `document`, `table`, `number`, `claim` or `published file`.
    pub what: &'static str,
    /// The number, if it is one and there is a result.
    pub number: Option<Number>,
    /// The verdict, if it is a claim.
    pub claim: Option<ClaimReport>,
    /// The stage, figure or document that makes it.
    pub made_by: Link,
    /// Everything that it needs, in running order.
    pub upstream: Vec<Link>,
    /// Stages, figures, documents and claims (`claim NAME`) that read from the stage that makes it.
    pub used_by: Vec<String>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.what, self.name)?;
        if let Some(number) = &self.number {
            writeln!(
                f,
                "  value       {} ({}; unit {})",
                number.value, number.about, number.unit
            )?;
        }
        if let Some(claim) = &self.claim {
            writeln!(
                f,
                "  verdict     {} (pipeline.toml, line {})",
                claim.verdict, claim.line
            )?;
            writeln!(f, "  reference   {}", claim.cited())?;
        }
        for line in chain(&self.made_by, &self.upstream) {
            writeln!(f, "{line}")?;
        }
        let users = match self.used_by.as_slice() {
            [] => "nothing".to_owned(),
            users => users.join(", "),
        };
        write!(f, "used by       {users}")
    }
}

pub(crate) fn explain(
    project: &Project,
    cache: &Cache,
    name: &str,
) -> Result<Explanation, PipelineError> {
    let (node, what, output) = find(project, name)?;
    let survey = Survey::of(project, cache, [node.name.as_str()])?;
    let mut links = Vec::new();
    for (planned, index) in survey.plan.nodes.iter().zip(&survey.index) {
        if let Some(node) = project.nodes.get(*index) {
            let recipe = recipe(project, node, &survey.records, &survey.files);
            let last = match survey.records.get(&node.name) {
                Some(record) => Some(record.clone()),
                None => last_record(cache, node)?,
            };
            let state = planned.state.clone();
            let link = Link::new(project, node, state, recipe, last.as_ref());
            links.push(link.with_places(project, node));
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
        .filter(|claim| claim.stages().any(|stage| stage == name))
        .map(|claim| format!("claim {}", claim.name));
    nodes.chain(claims).collect()
}
