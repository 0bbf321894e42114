//! The names that a shell completes. A project that cannot be read has none.

use clap_complete::CompletionCandidate;
use mf_core::block::BLOCK_FORMATS;
use mf_core::quantizer::FORMATS;
use mf_pipeline::{NodeRole, Pipeline};

use crate::project::File;

/// Stages, figures and documents.
pub(crate) fn nodes() -> Vec<CompletionCandidate> {
    of_project(|project| project.names().map(|(name, _)| name.to_owned()).collect())
}

/// Stages.
pub(crate) fn stages() -> Vec<CompletionCandidate> {
    of_project(|project| {
        let names = project.names();
        let stages = names.filter(|(_, role)| *role == NodeRole::Stage);
        stages.map(|(name, _)| name.to_owned()).collect()
    })
}

/// Everything that `mf explain` knows.
pub(crate) fn explainable() -> Vec<CompletionCandidate> {
    of_project(Pipeline::explainable)
}

/// Profiles.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    of_project(|project| project.profiles().to_vec())
}

/// Quantizers of the project.
pub(crate) fn quantizers() -> Vec<CompletionCandidate> {
    of_project(|project| {
        project
            .quantizers()
            .iter()
            .map(|q| q.name.clone())
            .collect()
    })
}

/// Number formats, block-scaled ones too.
pub(crate) fn formats() -> Vec<CompletionCandidate> {
    let formats = FORMATS.iter().map(|format| format.name);
    let blocks = BLOCK_FORMATS.iter().map(|block| block.name);
    formats
        .chain(blocks)
        .map(CompletionCandidate::new)
        .collect()
}

/// Number formats and quantizers.
pub(crate) fn activations() -> Vec<CompletionCandidate> {
    let mut names = formats();
    names.extend(quantizers());
    names.sort();
    names.dedup();
    names
}

fn of_project(names: impl Fn(&Pipeline) -> Vec<String>) -> Vec<CompletionCandidate> {
    let project = File::default().load();
    let names = project.map(|project| names(&project)).unwrap_or_default();
    names.into_iter().map(CompletionCandidate::new).collect()
}
