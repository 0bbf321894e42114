//! One stage: gets its inputs, runs, its outputs are checked and stored.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicUsize;
use std::time::{Instant, SystemTime};

use mf_data::DataError;

use crate::ask::judge::judge;
use crate::kinds::job::Input;
use crate::kinds::keeper::CellsError;
use crate::kinds::registry::ParamError;
use crate::plan::cells::{behaviour, folder};
use crate::plan::contents::recipe;
use crate::plan::inputs::Inputs;
use crate::plan::publish::publish;
use crate::plan::reasons::Reason;
use crate::plan::survey::{Found, Survey, found};
use crate::plan::{PlannedNode, State};
use crate::project::Project;
use crate::project::node::{Node, Source};
use crate::run::cells::CellKeeper;
use crate::run::observer::Observer;
use crate::run::options::{Cancel, RunOptions};
use crate::run::report::Outcome;
use crate::store::cache::{Cache, Record, TableObjects};
use crate::store::provenance::{Place, Provenance};
use crate::store::recipe::{Recipe, number_hash};
use crate::words::budget::Budget;
use crate::words::diagnostic::Diagnostic;
use crate::words::error::{BoxError, PipelineError, chain, panic_message};
use crate::words::hash::Hash;
use crate::words::listener::{Advance, Listener};
use crate::words::outputs::{Number, Outputs};

/// A failure of one stage.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Stage(#[source] BoxError),
    /// A parameter that does not fit the inputs, at its place.
    #[error("{0}")]
    Parameter(Box<Diagnostic>),
    #[error("it panicked: {0}; this is a fault of its code")]
    Panic(String),
    #[error("kind `{kind}` names {what} `{name}`, but the run did not make it; correct the kind")]
    NotMade {
        what: &'static str,
        name: String,
        kind: String,
    },
    #[error("the run made {what} `{name}`, which kind `{kind}` does not name; correct the kind")]
    NotPromised {
        what: &'static str,
        name: String,
        kind: String,
    },
    #[error("the run made {what} `{name}` twice; correct kind `{kind}`")]
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

impl Failure {
    /// The failure of a node. A parameter that is refused, or names a column that is not there, is shown at its place.
    fn of(project: &Project, node: &Node, error: BoxError) -> Self {
        let Some(params) = node.params_item() else {
            return Self::Stage(error);
        };
        let (mut path, problem) = match (error.downcast_ref(), error.downcast_ref()) {
            (
                Some(ParamError {
                    path,
                    message,
                    allowed,
                }),
                _,
            ) => {
                let mut problem = Diagnostic::new(message);
                problem.allowed.clone_from(allowed);
                (path.clone(), problem)
            }
            (_, Some(DataError::MissingColumn { name, .. })) => {
                match params.find_text(&|text| text == name) {
                    Some((path, _)) => (path, Diagnostic::new(error.to_string())),
                    None => return Self::Stage(error),
                }
            }
            _ => return Self::Stage(error),
        };
        let problem = project.written.problem(problem, params, &path);
        path.insert(0, node.params_path());
        Self::Parameter(problem.key(path.join(".")).into())
    }
}

/// Passes on what a stage reports to the observer of the run.
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
    pub(crate) place: Place,
}

impl<'a> Shared<'a> {
    /// What stages share in a run of what was surveyed.
    pub(crate) fn new(
        survey: &'a Survey<'a>,
        options: &'a RunOptions,
        observer: &'a dyn Observer,
    ) -> Self {
        let (project, cache) = (survey.project, survey.cache);
        Self {
            project,
            cache,
            options,
            observer,
            survey,
            budget: options.budget(),
            place: Place::of(&project.root),
        }
    }

    /// The inputs of stages, from these results.
    pub(crate) fn inputs<'i>(&'i self, records: &'i BTreeMap<String, Record>) -> Inputs<'i> {
        Inputs {
            records,
            ..self.survey.inputs()
        }
    }

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
        // A shard leaves publishing to the run without one.
        if is_there || !self.options.publish || self.options.shard.is_some() {
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
        let inputs = self.inputs(inputs);
        let forced = matches!(state, State::Stale { reasons } if reasons.contains(&Reason::Forced));
        let keeper = self.keeper(node, &inputs, recipe.code(), forced)?;
        let listener = self.listener(node);
        let mut job = inputs.job(node)?;
        job = job.with_listener(&listener).with_budget(&self.budget);
        for (role, source) in &node.inputs {
            if *source == Source::Claims {
                let none = |stage: &str| format!("`{stage}` has no result");
                let verdicts = judge(self.project, self.cache, inputs.records, none)?;
                job = job.with_input(role, Input::Verdicts(verdicts));
            }
        }
        if let Some(keeper) = &keeper {
            job = job.with_keeper(keeper);
        }
        let (started, clock) = (SystemTime::now(), Instant::now());
        let run = catch_unwind(AssertUnwindSafe(|| node.stage.run(&job)));
        let outputs = run
            .map_err(|panic| Failure::Panic(panic_message(&*panic)))?
            .map_err(|error| Failure::of(self.project, node, error))?;
        promised(node, &outputs)?;
        let mut provenance =
            Provenance::new(&node.name, &self.project.profile, started, clock.elapsed());
        let of_others = keeper.map(|keeper| keeper.not_reproduced.into_inner());
        provenance.not_reproduced = of_others.unwrap_or_default();
        let record = self.record(recipe, key, outputs, provenance)?;
        self.cache.store(&record)?;
        Ok(record)
    }

    /// The keeper of a node's cells, if it consists of cells.
    pub(crate) fn keeper<'s>(
        &'s self,
        node: &'s Node,
        inputs: &Inputs<'_>,
        code: Hash,
        forced: bool,
    ) -> Result<Option<CellKeeper<'s>>, Failure> {
        let known = behaviour(self.cache, node, &code);
        let Some(behaviour) = known.map_err(|error| Failure::Stage(error.into()))? else {
            return Ok(None);
        };
        // This only saves time: if the folder cannot be written, keeping a cell reports it.
        let _ = self.cache.keep_behaviour(&node.kind, &code, &behaviour);
        Ok(Some(CellKeeper {
            cache: self.cache,
            kind: &node.kind,
            code,
            behaviour,
            place: &self.place,
            budget: &self.budget,
            folder: folder(inputs, node)?,
            forced,
            shard: self.options.shard,
            keep_going: self.options.keep_going,
            not_reproduced: AtomicUsize::new(0),
        }))
    }

    /// Passes on what a node reports to the observer of the run.
    pub(crate) fn listener<'s>(&'s self, node: &'s Node) -> impl Listener + 's {
        StageListener {
            stage: &node.name,
            observer: self.observer,
            cancel: &self.options.cancel,
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

/// The outcome of a stage without a result. A stage that was asked to stop has not failed.
pub(crate) fn ended(failure: &Failure, cancel: &Cancel) -> Outcome {
    let mut error: Option<&(dyn std::error::Error + 'static)> = Some(failure);
    while let Some(found) = error {
        match found.downcast_ref() {
            Some(&CellsError::Partial { done, missing }) => {
                return Outcome::Partial { done, missing };
            }
            Some(&CellsError::Cancelled { done, total }) => {
                return Outcome::Stopped { done, total };
            }
            _ => error = found.source(),
        }
    }
    match failure {
        Failure::Stage(_) if cancel.is_cancelled() => Outcome::Stopped { done: 0, total: 0 },
        _ => failed(failure),
    }
}

fn failed(failure: &Failure) -> Outcome {
    let mut causes = chain(failure);
    let error = causes.remove(0);
    Outcome::Failed { error, causes }
}

/// Checks that the outputs are those that the stage names.
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
