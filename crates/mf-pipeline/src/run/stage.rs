//! One stage: given its inputs, run, held to its promises, stored.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use mf_data::Table;

use crate::ask::judge::judge;
use crate::kinds::cells::CellsError;
use crate::kinds::job::{Input, Job};
use crate::plan::inputs::{origin, recipe, settings};
use crate::plan::publish::publish;
use crate::plan::reasons::Reason;
use crate::plan::survey::{Found, Survey, found};
use crate::plan::{PlannedNode, State};
use crate::project::Project;
use crate::project::node::{Node, Source};
use crate::run::cells::{CellKeeper, behaviour};
use crate::run::observer::Observer;
use crate::run::options::{Cancel, RunOptions};
use crate::run::report::Outcome;
use crate::store::cache::{Cache, Record, TableObjects};
use crate::store::provenance::Provenance;
use crate::store::recipe::{Recipe, number_hash};
use crate::words::budget::Budget;
use crate::words::error::{BoxError, PipelineError, panic_message};
use crate::words::hash::Hash;
use crate::words::listener::{Advance, Listener};
use crate::words::outputs::{Number, Outputs};

/// A failure of one stage.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Stage(#[source] BoxError),
    #[error("it panicked: {0}; this is a fault of its code")]
    Panic(String),
    #[error(
        "its kind promises {what} `{name}`, but the run did not make it; correct the kind `{kind}`"
    )]
    NotMade {
        what: &'static str,
        name: String,
        kind: String,
    },
    #[error(
        "the run made {what} `{name}`, which its kind does not name; correct the kind `{kind}`"
    )]
    NotPromised {
        what: &'static str,
        name: String,
        kind: String,
    },
    #[error("the run made {what} `{name}` twice; correct the kind `{kind}`")]
    MadeTwice {
        what: &'static str,
        name: String,
        kind: String,
    },
    #[error(transparent)]
    Engine(#[from] PipelineError),
    #[error(transparent)]
    Data(#[from] mf_data::DataError),
}

/// Tells the run's observer what one stage says.
struct StageListener<'a> {
    stage: &'a str,
    observer: &'a dyn Observer,
    cancel: &'a Cancel,
}

impl Listener for StageListener<'_> {
    fn progress(&self, advance: &Advance) {
        self.observer.progress(self.stage, advance);
    }

    fn note(&self, text: &str) {
        self.observer.note(self.stage, text);
    }

    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

/// What the stages of a run share.
pub(crate) struct Shared<'a> {
    pub(crate) project: &'a Project,
    pub(crate) cache: &'a Cache,
    pub(crate) options: &'a RunOptions,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) survey: &'a Survey<'a>,
    pub(crate) budget: Budget,
}

impl Shared<'_> {
    /// Brings a planned node up to date and publishes its result.
    pub(crate) fn settle(
        &self,
        node: &Node,
        planned: &PlannedNode,
        inputs: &BTreeMap<String, Record>,
    ) -> Result<(Outcome, Record), Failure> {
        let PlannedNode { state, restore, .. } = planned;
        let recipe = recipe(self.project, node, inputs, &self.survey.files);
        let key = recipe.key().ok_or_else(|| {
            PipelineError::Internal(format!(
                "an input of `{}` has no content after it was made",
                node.name
            ))
        })?;
        let (outcome, record) = match (state, self.survey.records.get(&node.name)) {
            (State::Fresh, Some(record)) => (Outcome::Fresh, record.clone()),
            (State::Pending { .. }, _) => match self.stored(&recipe, &key)? {
                Some(record) => (Outcome::Unchanged, record),
                None => (Outcome::Ran, self.make(node, state, recipe, key, inputs)?),
            },
            _ => (Outcome::Ran, self.make(node, state, recipe, key, inputs)?),
        };
        self.cache.set_last(&node.name, &record)?;
        let is_there = outcome == Outcome::Fresh && restore.is_empty();
        if is_there || !self.options.publish {
            return Ok((outcome, record));
        }
        let files = publish(self.project, self.cache, node, &record)?;
        let restored = outcome == Outcome::Fresh;
        Ok((
            if restored {
                Outcome::Restored { files }
            } else {
                outcome
            },
            record,
        ))
    }

    fn stored(&self, recipe: &Recipe, key: &Hash) -> Result<Option<Record>, PipelineError> {
        let mut damages = Vec::new();
        let found = found(self.cache, recipe, key, &mut damages)?;
        match found {
            _ if !damages.is_empty() => Err(PipelineError::Damaged(damages)),
            Found::Whole(record) => Ok(Some(*record)),
            Found::Nothing => Ok(None),
        }
    }

    /// Runs the stage and stores its result.
    fn make(
        &self,
        node: &Node,
        state: &State,
        recipe: Recipe,
        key: Hash,
        inputs: &BTreeMap<String, Record>,
    ) -> Result<Record, Failure> {
        self.observer.started(&node.name);
        let computes = node.behaviour;
        let behaviour = behaviour(self.cache, &node.kind, recipe.code(), computes)
            .map_err(|error| Failure::Stage(error.into()))?;
        let keeper = CellKeeper {
            cache: self.cache,
            kind: &node.kind,
            behaviour,
            forced: matches!(state, State::Stale { reasons } if reasons.contains(&Reason::Forced)),
            shard: self.options.shard,
            budget: &self.budget,
        };
        let listener = StageListener {
            stage: &node.name,
            observer: self.observer,
            cancel: &self.options.cancel,
        };
        let mut job = Job::new(&node.name)
            .with_quantizers(node.quantizers.clone())
            .with_seed(node.seed)
            .with_listener(&listener)
            .with_keeper(&keeper);
        for (role, source) in &node.inputs {
            job = job.with_input(role, self.input(source, inputs)?);
        }
        let (started, clock) = (SystemTime::now(), Instant::now());
        let run = catch_unwind(AssertUnwindSafe(|| node.stage.run(&job)));
        let outputs = run
            .map_err(|panic| Failure::Panic(panic_message(&*panic)))?
            .map_err(Failure::Stage)?;
        promised(node, &outputs)?;
        let provenance =
            Provenance::new(&node.name, &self.project.profile, started, clock.elapsed());
        let record = self.record(recipe, key, outputs, provenance)?;
        self.cache.store(&record)?;
        Ok(record)
    }

    fn input(&self, source: &Source, inputs: &BTreeMap<String, Record>) -> Result<Input, Failure> {
        let cache = self.cache;
        let gone = || PipelineError::Internal(format!("input `{source}` is gone"));
        let record = |stage: &str| inputs.get(stage).ok_or_else(gone);
        match source {
            Source::File(path) => Ok(self.file(path)?),
            Source::Table { stage, table } => {
                let objects = record(stage)?.tables.get(table).ok_or_else(gone)?;
                let bytes = cache.bytes(&objects.parquet)?;
                Ok(Input::Table(Table::from_parquet(
                    &bytes,
                    &source.to_string(),
                )?))
            }
            Source::Numbers { stage } => Ok(Input::Numbers(cache.numbers(record(stage)?)?)),
            Source::Number { stage, number } => {
                let numbers = cache.numbers(record(stage)?)?;
                let found = numbers.into_iter().find(|found| found.name == *number);
                Ok(Input::Number(found.ok_or_else(gone)?))
            }
            Source::Drawing { figure, ending } => {
                let hash = record(figure)?.files.get(ending).ok_or_else(gone)?;
                // As the cache has it: what lies in the folder of figures may have been edited.
                Ok(Input::File {
                    path: PathBuf::from(source.to_string()),
                    bytes: cache.bytes(hash)?,
                })
            }
            Source::Origin { figure } => {
                let origin = origin(self.project, figure, inputs, &self.survey.files);
                Ok(Input::Origin(origin.ok_or_else(gone)?))
            }
            Source::Claims => {
                let none = |stage: &str| format!("`{stage}` has no result");
                Ok(Input::Verdicts(judge(self.project, cache, inputs, none)?))
            }
            Source::Settings => Ok(Input::Settings(settings(self.project))),
        }
    }

    /// A file from outside, if it is still the one that was planned with.
    fn file(&self, relative: &str) -> Result<Input, PipelineError> {
        let path = self.project.root.join(relative);
        let bytes = mf_data::files::read(&path)?;
        let found = Hash::of(&bytes);
        match self.survey.files.get(relative) {
            Some(expected) if *expected == found => Ok(Input::File { path, bytes }),
            expected => Err(PipelineError::InputChanged {
                path,
                expected: expected.map_or_else(|| "unknown".to_owned(), Hash::to_string),
                found: found.to_string(),
            }),
        }
    }

    fn record(
        &self,
        recipe: Recipe,
        key: Hash,
        outputs: Outputs,
        provenance: Provenance,
    ) -> Result<Record, Failure> {
        let cache = self.cache;
        let mut tables = BTreeMap::new();
        for (name, table) in outputs.tables {
            let objects = TableObjects {
                csv: cache.put(&table.to_csv()?)?,
                parquet: cache.put(&table.to_parquet()?)?,
                json: cache.put(table.schema_json().as_bytes())?,
            };
            tables.insert(name, objects);
        }
        let number_hashes = outputs
            .numbers
            .iter()
            .map(|number| (number.name.clone(), number_hash(number)))
            .collect();
        let numbers = match outputs.numbers.as_slice() {
            [] => None,
            numbers => Some(cache.put(&numbers_json(numbers)?)?),
        };
        let mut files = BTreeMap::new();
        for (ending, bytes) in outputs.files {
            files.insert(ending, cache.put(&bytes)?);
        }
        Ok(Record {
            key,
            recipe,
            tables,
            numbers,
            number_hashes,
            files,
            provenance,
        })
    }
}

/// What became of a stage without a result.
pub(crate) fn ended(failure: &Failure) -> Outcome {
    let mut error: Option<&(dyn std::error::Error + 'static)> = Some(failure);
    while let Some(found) = error {
        if let Some(CellsError::Partial { done, missing }) = found.downcast_ref() {
            let (done, missing) = (*done, *missing);
            return Outcome::Partial { done, missing };
        }
        error = found.source();
    }
    failed(failure)
}

fn failed(failure: &Failure) -> Outcome {
    let mut causes = Vec::new();
    let error = failure.to_string();
    let mut source = std::error::Error::source(failure);
    while let Some(cause) = source {
        let text = cause.to_string();
        if text != error && causes.last() != Some(&text) {
            causes.push(text);
        }
        source = cause.source();
    }
    Outcome::Failed { error, causes }
}

/// The outputs are exactly those that the stage names.
fn promised(node: &Node, outputs: &Outputs) -> Result<(), Failure> {
    let tables = outputs
        .tables
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let numbers = outputs
        .numbers
        .iter()
        .map(|number| number.name.clone())
        .collect();
    let files = outputs.files.iter().map(|(name, _)| name.clone()).collect();
    same(node, "the table", &node.stage.tables(), tables)?;
    same(node, "the number", &node.stage.numbers(), numbers)?;
    same(node, "a file with the ending", &node.stage.files(), files)
}

fn same(
    node: &Node,
    what: &'static str,
    promised: &[String],
    made: Vec<String>,
) -> Result<(), Failure> {
    let kind = || node.kind.clone();
    if let Some(name) = promised.iter().find(|name| !made.contains(name)) {
        let name = name.clone();
        return Err(Failure::NotMade {
            what,
            name,
            kind: kind(),
        });
    }
    let mut names = BTreeSet::new();
    for name in made {
        if !promised.contains(&name) {
            return Err(Failure::NotPromised {
                what,
                name,
                kind: kind(),
            });
        }
        if !names.insert(name.clone()) {
            return Err(Failure::MadeTwice {
                what,
                name,
                kind: kind(),
            });
        }
    }
    Ok(())
}

fn numbers_json(numbers: &[Number]) -> Result<Vec<u8>, PipelineError> {
    let json = serde_json::to_vec_pretty(numbers)
        .map_err(|error| PipelineError::Internal(error.to_string()))?;
    Ok([json.as_slice(), b"\n"].concat())
}
