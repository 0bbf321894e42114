//! What depends on a file, a parameter or a quantizer: the way down, to figures and claims.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::ask::names::{files, find};
use crate::project::Project;
use crate::project::claim::Claim;
use crate::project::node::Node;
use crate::words::error::PipelineError;
use crate::words::hash::Hash;
use crate::words::text::shortened;

/// What depends on a file, a parameter or a quantizer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dependents {
    /// The name asked for.
    pub name: String,
    /// `file`, `parameter` or `quantizer`.
    pub what: &'static str,
    /// The hash of a file's content.
    pub hash: Option<Hash>,
    /// The value of a parameter; the format or the parameters of a quantizer.
    pub value: Option<Value>,
    /// Stages, figures and claims that read it themselves.
    pub direct: Vec<Dependent>,
    /// Stages, figures and claims that depend on it through those, in the order in which they run.
    pub indirect: Vec<Dependent>,
}

/// A stage, figure, document or claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependent {
    /// `stage`, `figure`, `document` or `claim`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// Its line in `pipeline.toml`; a document has none.
    pub line: Option<usize>,
}

impl fmt::Display for Dependents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.name)?;
        if let Some(hash) = &self.hash {
            write!(f, "\n  content     {hash}")?;
        }
        if let Some(value) = &self.value {
            write!(f, "\n  value       {}", shortened(&value.to_string()))?;
        }
        if self.direct.is_empty() {
            return write!(f, "\nnot used");
        }
        write!(f, "\nread by")?;
        self.direct.iter().try_for_each(|found| found.line_of(f))?;
        if !self.indirect.is_empty() {
            write!(f, "\nand through those by")?;
            self.indirect
                .iter()
                .try_for_each(|found| found.line_of(f))?;
        }
        Ok(())
    }
}

impl Dependent {
    /// Prints one line.
    fn line_of(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n  {:<8} {}", self.what, self.name)?;
        match self.line {
            Some(line) => write!(f, "  (pipeline.toml, line {line})"),
            None => Ok(()),
        }
    }
}

/// What depends on `name`; none if it is the name of a result, or unknown.
pub(crate) fn dependents(
    project: &Project,
    name: &str,
) -> Result<Option<Dependents>, PipelineError> {
    if find(project, name).is_ok() {
        return Ok(None);
    }
    let found = |what, hash, value, nodes: Vec<&Node>, claims: Vec<&Claim>| {
        let claims = claims.into_iter().map(of_claim);
        let direct: Vec<Dependent> = nodes
            .iter()
            .map(|node| dependent(node))
            .chain(claims)
            .collect();
        (!direct.is_empty() || what == "quantizer").then(|| Dependents {
            name: name.to_owned(),
            what,
            hash,
            value,
            indirect: below(project, &nodes),
            direct,
        })
    };
    let users = |uses: &dyn Fn(&Node) -> bool| -> Vec<&Node> {
        project.nodes.iter().filter(|node| uses(node)).collect()
    };
    if let Some(quantizer) = project.quantizers.iter().find(|q| q.name == name) {
        let nodes = users(&|node| node.quantizers.iter().any(|q| q.name == name));
        let value = match &quantizer.format {
            Some(format) => serde_json::json!({ "format": format }),
            None => quantizer.params.clone(),
        };
        return Ok(found("quantizer", None, Some(value), nodes, Vec::new()));
    }
    let path = relative(project, name);
    let nodes = users(&|node| files(node).any(|file| is_or_holds(&path, file)));
    let held = |claim: &&Claim| {
        claim
            .reference_file()
            .is_some_and(|file| is_or_holds(&path, file))
    };
    let claims: Vec<&Claim> = project.claims.iter().filter(held).collect();
    if !nodes.is_empty() || !claims.is_empty() {
        let file = project.root.join(&path);
        let hash = match mf_data::files::file_type(&file)? {
            Some(found) if found.is_file() => Some(Hash::of(&project.read(&path)?)),
            _ => None,
        };
        return Ok(found("file", hash, None, nodes, claims));
    }
    Ok(parameter(project, name)
        .and_then(|(node, value)| found("parameter", None, value.cloned(), vec![node], Vec::new())))
}

/// A path as `pipeline.toml` writes it: from its folder, with `/`.
fn relative(project: &Project, name: &str) -> String {
    let path = Path::new(name);
    let path = path.strip_prefix(&project.root).unwrap_or(path);
    let parts = path
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir));
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Whether `path` is the file, or a folder that holds it.
fn is_or_holds(path: &str, file: &str) -> bool {
    let rest = file.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The stage and value of `stage.key` or `profile.NAME.stage.key`, where a key may have keys of its own. The value is that
/// of the profile at hand, and is not known for another profile.
fn parameter<'a>(project: &'a Project, name: &str) -> Option<(&'a Node, Option<&'a Value>)> {
    let (profile, name) = match name.strip_prefix("profile.") {
        Some(rest) => rest.split_once('.')?,
        None => (project.profile.as_str(), name),
    };
    let (stage, path) = name.split_once('.')?;
    let node = project.nodes.iter().find(|node| node.name == stage)?;
    let step = |value: &'a Value, key: &str| match value {
        Value::Array(all) => all.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    };
    let value = path.split('.').try_fold(&node.params, step)?;
    Some((node, Some(value).filter(|_| profile == project.profile)))
}

fn dependent(node: &Node) -> Dependent {
    Dependent {
        what: node.role.name(),
        name: node.name.clone(),
        line: node.line,
    }
}

fn of_claim(claim: &Claim) -> Dependent {
    Dependent {
        what: "claim",
        name: claim.name.clone(),
        line: Some(claim.line),
    }
}

/// Everything below these nodes but themselves; claims last.
fn below(project: &Project, from: &[&Node]) -> Vec<Dependent> {
    let mut reached: Vec<&str> = from.iter().map(|node| node.name.as_str()).collect();
    let mut all = Vec::new();
    // Nodes are in running order: one pass finds everything.
    for node in &project.nodes {
        let known = reached.contains(&node.name.as_str());
        if !known && node.upstream().iter().any(|name| reached.contains(name)) {
            reached.push(&node.name);
            all.push(dependent(node));
        }
    }
    let claims = project
        .claims
        .iter()
        .filter(|claim| claim.stages().any(|stage| reached.contains(&stage)));
    all.extend(claims.map(of_claim));
    all
}
