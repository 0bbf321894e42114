//! The graph in both languages.

use crate::toys::Project;
use mf_pipeline::GraphFormat;

#[test]
fn mermaid_names_nodes_edges_and_claims() {
    let text = Project::new().load().graph(GraphFormat::Mermaid);
    assert!(text.starts_with("flowchart LR\n"));
    for line in [
        "n_some[\"some\"]",
        "n_drawing([\"drawing\"])",
        "n_some -->|squares| n_sum",
        "n_sum -->|total| claim_n_sum",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[test]
fn dot_is_closed() {
    let text = Project::new().load().graph(GraphFormat::Dot);
    assert!(text.starts_with("digraph pipeline {") && text.ends_with("}\n"));
    assert!(
        text.contains("n_some -> n_drawing [label = \"squares\"];"),
        "{text}"
    );
}
