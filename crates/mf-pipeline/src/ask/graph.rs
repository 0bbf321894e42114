//! The pipeline as a graph in text: files, stages, figures, claims and documents.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use crate::project::Project;
use crate::project::claim::Claim;
use crate::project::node::{Node, NodeRole, Source};

/// A language for graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// Mermaid, which GitHub draws in Markdown.
    Mermaid,
    /// Graphviz.
    Dot,
    /// Two lists for programs: `vertices` with `id`, `label` and `kind`; `edges` with `from`, `to` and `label`.
    Json,
}

/// A vertex and how it is drawn.
struct Vertex {
    id: String,
    label: String,
    shape: Shape,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    File,
    Stage,
    Figure,
    Claim,
    Document,
}

/// From, to, label.
type Edge = (String, String, String);

pub(crate) fn graph(project: &Project, format: GraphFormat) -> String {
    let (vertices, edges) = parts(project);
    match format {
        GraphFormat::Mermaid => mermaid(&vertices, &edges),
        GraphFormat::Dot => dot(&vertices, &edges),
        GraphFormat::Json => json(&vertices, &edges),
    }
}

fn parts(project: &Project) -> (Vec<Vertex>, BTreeSet<Edge>) {
    let (mut files, mut vertices, mut edges) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for node in &project.nodes {
        let shape = match node.role {
            NodeRole::Stage => Shape::Stage,
            NodeRole::Figure => Shape::Figure,
            NodeRole::Document => Shape::Document,
        };
        vertices.push(Vertex {
            id: id(&node.name),
            label: node.name.clone(),
            shape,
        });
        let inputs = node.inputs.values();
        for source in inputs.filter(|source| drawn(project, node, source)) {
            let text = source.to_string();
            let (from, label) = match source.stage() {
                Some(stage) => (
                    id(stage),
                    text.strip_prefix(&format!("{stage}."))
                        .unwrap_or(&text)
                        .to_owned(),
                ),
                None => (
                    file(&mut files, text.trim_start_matches("file:")),
                    String::new(),
                ),
            };
            edges.insert((from, id(&node.name), label));
        }
    }
    for claim in &project.claims {
        let vertex = format!("claim_{}", id(&claim.name));
        edges.insert((id(&claim.stage), vertex.clone(), claim.output.clone()));
        if let Some((stage, number)) = claim.effect() {
            edges.insert((id(stage), vertex.clone(), number.to_owned()));
        }
        let reads = |node: &&Node| node.inputs.values().any(|source| *source == Source::Claims);
        for document in project.nodes.iter().filter(reads) {
            edges.insert((vertex.clone(), id(&document.name), String::new()));
        }
        if let Some(path) = claim.reference_file() {
            edges.insert((file(&mut files, path), vertex.clone(), String::new()));
        }
        vertices.push(Vertex {
            id: vertex,
            label: claim.name.clone(),
            shape: Shape::Claim,
        });
    }
    let files = files.into_iter().map(|path| Vertex {
        id: file_id(&path),
        label: path,
        shape: Shape::File,
    });
    (files.chain(vertices).collect(), edges)
}

/// Whether an input is drawn as an arrow. Documents read every table and number: theirs are figures, claims and texts.
fn drawn(project: &Project, node: &Node, source: &Source) -> bool {
    let is_reference = |path: &str| {
        let mut references = project.claims.iter().filter_map(Claim::reference_file);
        references.any(|reference| reference == path)
    };
    node.role != NodeRole::Document
        || match source {
            Source::Drawing { .. } | Source::Origin { .. } => true,
            Source::File(path) => !is_reference(path),
            _ => false,
        }
}

fn file(files: &mut BTreeSet<String>, path: &str) -> String {
    files.insert(path.to_owned());
    file_id(path)
}

fn file_id(path: &str) -> String {
    format!("file_{}", id(path))
}

/// A name as an identifier of both languages.
fn id(name: &str) -> String {
    let id: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("n_{id}")
}

fn mermaid(vertices: &[Vertex], edges: &BTreeSet<Edge>) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for Vertex { id, label, shape } in vertices {
        let (open, close) = match shape {
            Shape::File => ("[(", ")]"),
            Shape::Stage => ("[", "]"),
            Shape::Figure => ("([", "])"),
            Shape::Claim => ("{{", "}}"),
            Shape::Document => (">", "]"),
        };
        let _ = writeln!(text, "    {id}{open}\"{label}\"{close}");
    }
    for (from, to, label) in edges {
        let arrow = if label.is_empty() {
            "-->".to_owned()
        } else {
            format!("-->|{label}|")
        };
        let _ = writeln!(text, "    {from} {arrow} {to}");
    }
    text
}

fn dot(vertices: &[Vertex], edges: &BTreeSet<Edge>) -> String {
    let mut text = "digraph pipeline {\n    rankdir = LR;\n".to_owned();
    for Vertex { id, label, shape } in vertices {
        let shape = match shape {
            Shape::File => "cylinder",
            Shape::Stage => "box",
            Shape::Figure => "ellipse",
            Shape::Claim => "hexagon",
            Shape::Document => "note",
        };
        let _ = writeln!(text, "    {id} [label = {label:?}, shape = {shape}];");
    }
    for (from, to, label) in edges {
        let _ = writeln!(text, "    {from} -> {to} [label = {label:?}];");
    }
    text + "}\n"
}

fn json(vertices: &[Vertex], edges: &BTreeSet<Edge>) -> String {
    let vertices = vertices
        .iter()
        .map(|v| json!({ "id": v.id, "label": v.label, "kind": v.shape }));
    let edges = edges
        .iter()
        .map(|(from, to, label)| json!({ "from": from, "to": to, "label": label }));
    let graph =
        json!({ "vertices": vertices.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>() });
    format!("{graph:#}\n")
}
