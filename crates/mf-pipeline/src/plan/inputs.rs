//! The inputs of a stage, read from the cache and from the project's folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mf_data::Table;

use crate::kinds::job::{Input, Job};
use crate::plan::contents::{origin, settings};
use crate::project::Project;
use crate::project::node::{Node, Source};
use crate::store::cache::{Cache, Record};
use crate::words::error::PipelineError;
use crate::words::hash::Hash;

/// Where inputs come from.
pub(crate) struct Inputs<'a> {
    pub(crate) project: &'a Project,
    pub(crate) cache: &'a Cache,
    /// Results by the names of their nodes.
    pub(crate) records: &'a BTreeMap<String, Record>,
    /// Hashes of the files that were planned with.
    pub(crate) files: &'a BTreeMap<String, Hash>,
}

impl Inputs<'_> {
    /// A job with all inputs of a node, its quantizers and its seed.
    ///
    /// # Errors
    /// An input that is damaged, or a file that changed since it was planned with.
    pub(crate) fn job<'j>(&self, node: &Node) -> Result<Job<'j>, PipelineError> {
        let mut job = Job::new(&node.name)
            .with_quantizers(node.quantizers.clone())
            .with_seed(node.seed);
        for (role, source) in &node.inputs {
            if let Some(input) = self.input(source)? {
                job = job.with_input(role, input);
            }
        }
        Ok(job)
    }

    fn input(&self, source: &Source) -> Result<Option<Input>, PipelineError> {
        let cache = self.cache;
        let gone = || PipelineError::Internal(format!("input `{source}` is gone"));
        let record = |stage: &str| self.records.get(stage).ok_or_else(gone);
        Ok(Some(match source {
            Source::File(path) => self.file(path)?,
            Source::Table { stage, table } => {
                let objects = record(stage)?.tables.get(table).ok_or_else(gone)?;
                let bytes = cache.bytes(&objects.parquet)?;
                Input::Table(Table::from_parquet(&bytes, &source.to_string())?)
            }
            Source::Numbers { stage } => Input::Numbers(cache.numbers(record(stage)?)?),
            Source::Number { stage, number } => {
                let numbers = cache.numbers(record(stage)?)?;
                let found = numbers.into_iter().find(|found| found.name == *number);
                Input::Number(found.ok_or_else(gone)?)
            }
            Source::Drawing { figure, ending } => {
                let hash = record(figure)?.files.get(ending).ok_or_else(gone)?;
                // From the cache: files in the folder of figures may have been edited.
                Input::File {
                    path: PathBuf::from(source.to_string()),
                    bytes: cache.bytes(hash)?,
                }
            }
            Source::Origin { figure } => {
                let origin = origin(self.project, figure, self.records, self.files);
                Input::Origin(origin.ok_or_else(gone)?)
            }
            Source::Settings => Input::Settings(settings(self.project)),
            // The engine itself looks into a folder of cells, and a run judges the claims.
            Source::Cells(_) | Source::Claims => return Ok(None),
        }))
    }

    /// A file from outside, if it is still the one that was planned with.
    fn file(&self, relative: &str) -> Result<Input, PipelineError> {
        let path = self.project.root.join(relative);
        let bytes = self.project.read(relative)?;
        let found = Hash::of(&bytes);
        match self.files.get(relative) {
            Some(expected) if *expected == found => Ok(Input::File { path, bytes }),
            expected => Err(PipelineError::InputChanged {
                path,
                expected: expected.map_or_else(|| "unknown".to_owned(), Hash::to_string),
                found: found.to_string(),
            }),
        }
    }
}
