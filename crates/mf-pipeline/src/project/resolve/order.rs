//! Running order: cycles, and stages that are not used.

use std::collections::BTreeSet;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Resolver;
use crate::project::claim::Claim;
use crate::project::node::{Node, NodeRole};
use crate::words::diagnostic::Diagnostic;
use crate::words::text::list;

impl Resolver<'_> {
    pub(super) fn cycles(&mut self, nodes: &[Node]) {
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        let graph = dependencies(nodes);
        for component in tarjan_scc(&graph) {
            let Some(start) = component.iter().copied().min() else {
                continue;
            };
            if component.len() == 1 && graph.find_edge(start, start).is_none() {
                continue;
            }
            let walk = loop_from(&graph, &component, start);
            let text: Vec<&str> = walk
                .iter()
                .filter_map(|index| names.get(index.index()).copied())
                .collect();
            let Some(first) = text.first() else { continue };
            let place = self
                .items("stage")
                .into_iter()
                .find(|(_, item)| item.text("name") == Some(first));
            let mut problem =
                Diagnostic::new(format!("the stages form a cycle: {}", text.join(" -> ")))
                    .help(Some("remove one of these inputs".to_owned()));
            if let Some((path, item)) = place {
                let node = item.get("inputs").unwrap_or(item);
                problem = problem
                    .at(node.span.clone())
                    .key(path.join(".") + ".inputs");
            }
            self.problems.push(problem);
        }
    }

    /// Stages whose outputs are not used: a figure or a claim was forgotten, or the stage is for exploration.
    pub(super) fn unused(&self, nodes: &[Node], claims: &[Claim]) -> Vec<Diagnostic> {
        let judged = claims.iter().flat_map(Claim::stages);
        let mut used: BTreeSet<String> = judged.map(str::to_owned).collect();
        used.extend(nodes.iter().flat_map(Node::upstream).map(str::to_owned));
        let documents = self.tree.get("document");
        let in_documents = |name: &str| {
            let names = |text: &str| text.split_once('.').is_some_and(|(stage, _)| stage == name);
            documents.is_some_and(|documents| documents.find_text(&names).is_some())
        };
        let mut problems = Vec::new();
        for node in nodes.iter().filter(|node| {
            node.role == NodeRole::Stage && !used.contains(&node.name) && !in_documents(&node.name)
        }) {
            let items = self.items("stage");
            let Some((path, item)) = items
                .iter()
                .find(|(_, item)| item.text("name") == Some(&node.name))
            else {
                continue;
            };
            let place = item.get("name").unwrap_or(item);
            let outputs = node.stage.tables().into_iter().chain(node.stage.numbers());
            problems.push(
                Diagnostic::new(format!(
                    "stage `{}` is not used by any stage, figure, claim or document",
                    node.name
                ))
                .at(place.span.clone())
                .key(path.join("."))
                .help(Some(format!(
                    "remove it, or use one of its outputs: {}",
                    list(outputs.map(|output| format!("{}.{output}", node.name)))
                ))),
            );
        }
        problems
    }
}

/// Who feeds whom; the vertices are the positions of the nodes.
fn dependencies(nodes: &[Node]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    let vertices: Vec<NodeIndex> = nodes.iter().map(|_| graph.add_node(())).collect();
    for (node, to) in nodes.iter().zip(&vertices) {
        for name in node.upstream() {
            let from = nodes
                .iter()
                .zip(&vertices)
                .find(|(node, _)| node.name == name);
            if let Some((_, from)) = from {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    graph
}

/// A loop in a strongly connected component: from `start` along edges inside it until a vertex comes again.
fn loop_from(graph: &DiGraph<(), ()>, component: &[NodeIndex], start: NodeIndex) -> Vec<NodeIndex> {
    let mut walk = vec![start];
    let mut at = start;
    while let Some(next) = graph.neighbors(at).find(|next| component.contains(next)) {
        if let Some(position) = walk.iter().position(|seen| *seen == next) {
            walk.push(next);
            return walk.split_off(position);
        }
        walk.push(next);
        at = next;
    }
    walk
}

/// The nodes in running order: each after what it needs, otherwise in the order of the file. There must be no cycle.
pub(super) fn in_running_order(mut nodes: Vec<Node>) -> Vec<Node> {
    let mut ordered: Vec<Node> = Vec::with_capacity(nodes.len());
    let ready = |node: &Node, ordered: &[Node]| {
        node.upstream()
            .iter()
            .all(|name| ordered.iter().any(|done| done.name == **name))
    };
    while let Some(position) = nodes.iter().position(|node| ready(node, &ordered)) {
        ordered.push(nodes.remove(position));
    }
    ordered
}
