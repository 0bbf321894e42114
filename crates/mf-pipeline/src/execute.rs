//! Runs a plan: independent stages side by side, each result stored as soon as it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use mf_data::Table;
use serde::Serialize;

use crate::budget::Budget;
use crate::cache::{Record, TableObjects};
use crate::cells::{CellsError, Keeper};
use crate::error::PipelineError;
use crate::job::{Input, Job};
use crate::key::{Hash, Recipe, number_hash};
use crate::lock::Lock;
use crate::outputs::{Number, Outputs};
use crate::pipeline::{Node, Pipeline, Role, Source};
use crate::plan::{Found, Plan, PlannedNode, Reason, State, Survey, found, recipe};
use crate::provenance::Provenance;
use crate::publish::publish;
use crate::registry::BoxError;
use crate::selection::{Selection, downstream};
use crate::shard::Shard;
use crate::text::list;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What to run.
    pub selection: Selection,
    /// How many stages may run side by side, at least 1.
    pub jobs: usize,
    /// How many cells ([`Job::cells`]) may run side by side, of all stages together, at least 1.
    pub threads: usize,
    /// Computes only the cells of this shard; stages without cells run as usual.
    pub shard: Option<Shard>,
    /// Whether to go on with what does not depend on a failed stage.
    pub keep_going: bool,
    /// Whether to wait for another run; otherwise it is an error.
    pub wait: bool,
    /// Asks the run to stop.
    pub cancel: Cancel,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            jobs: 1,
            threads: cores(),
            shard: None,
            keep_going: false,
            wait: true,
            cancel: Cancel::default(),
        }
    }
}

/// The number of processors we may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A flag that asks a run to stop: no stage is begun any more, and stages that look at [`Job::cancelled`] end.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the run to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Is told what a run does, from several threads.
pub trait Observer: Sync {
    /// Another run holds the lock; we wait for it.
    fn waiting(&self, _holder: &str) {}
    /// The plan that is now run.
    fn planned(&self, _plan: &Plan) {}
    /// A stage starts to run (not called for what is fresh, unchanged or skipped).
    fn started(&self, _name: &str) {}
    /// A stage tells how far it is.
    fn progress(&self, _name: &str, _advance: &Advance) {}
    /// A stage says something that is worth a line.
    fn note(&self, _name: &str, _text: &str) {}
    /// A stage is settled, in whatever way.
    fn finished(&self, _report: &NodeReport) {}
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Advance {
    /// The parts that are done.
    pub done: u64,
    /// All parts.
    pub total: u64,
    /// The time left in seconds, if the stage knows better than by counting parts.
    pub seconds_left: Option<f64>,
}

/// An observer that does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}

/// What became of a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Its result was there; nothing was to do.
    Fresh,
    /// Its result was there; published files were written again from the cache.
    Restored {
        /// The files.
        files: Vec<PathBuf>,
    },
    /// It waited for a stage before it, whose result was known after all: so was its own.
    Unchanged,
    /// It ran.
    Ran,
    /// It failed.
    Failed {
        /// The error.
        error: String,
        /// The errors behind it, outermost first.
        causes: Vec<String>,
    },
    /// Its cells of this shard are kept; those of other shards are not (all) there, so there is no result yet.
    Partial {
        /// The cells that are kept.
        done: usize,
        /// The cells that other shards have yet to compute.
        missing: usize,
    },
    /// It did not run, because something before it failed or is partial, or the run was stopped.
    Skipped {
        /// Why.
        because: String,
    },
}

/// What became of a stage, and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeReport {
    /// Its name.
    pub name: String,
    /// Whether it computes or draws.
    pub role: Role,
    /// Its line in `pipeline.toml`.
    pub line: usize,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The wall time it took, in seconds.
    pub seconds: f64,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunReport {
    /// The plan that was run.
    pub plan: Plan,
    /// Every planned node, in the order of the plan.
    pub nodes: Vec<NodeReport>,
    /// The name of the stage that failed first, if one did.
    pub first_failure: Option<String>,
    /// Whether the run was asked to stop.
    pub cancelled: bool,
    /// The wall time of the run, in seconds.
    pub seconds: f64,
}

impl RunReport {
    /// Whether everything planned is now up to date.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.nodes.iter().all(|node| {
            !matches!(
                node.outcome,
                Outcome::Failed { .. } | Outcome::Partial { .. } | Outcome::Skipped { .. }
            )
        })
    }

    /// Whether a stage failed, or the run was asked to stop.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.first_failure.is_some() || self.cancelled
    }

    /// Whether a stage waits for cells of other shards.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let partial = |node: &NodeReport| matches!(node.outcome, Outcome::Partial { .. });
        self.nodes.iter().any(partial)
    }

    /// The first real error: what to show last.
    #[must_use]
    pub fn first_error(&self) -> Option<&NodeReport> {
        let name = self.first_failure.as_ref()?;
        self.nodes.iter().find(|node| node.name == *name)
    }
}

/// A failure of one stage.
#[derive(Debug, thiserror::Error)]
enum Failure {
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

/// Runs what the plan says, under the lock.
pub(crate) fn run(
    pipeline: &Pipeline,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<RunReport, PipelineError> {
    let start = Instant::now();
    let lock = pipeline.cache.root().join("lock");
    let _lock = Lock::take(&lock, options.wait, |holder| observer.waiting(holder))?;
    let survey = Survey::new(pipeline, &options.selection)?;
    observer.planned(&survey.plan);
    let run = Run {
        pipeline,
        options,
        observer,
        progress: Mutex::new(Progress::new(&survey)),
        budget: Budget::new(options.threads),
        wake: Condvar::new(),
        survey,
    };
    std::thread::scope(|scope| {
        for _ in 1..options.jobs.max(1) {
            scope.spawn(|| run.work());
        }
        run.work();
    });
    Ok(run.into_report(start.elapsed()))
}

struct Run<'a> {
    pipeline: &'a Pipeline,
    options: &'a RunOptions,
    observer: &'a dyn Observer,
    survey: Survey<'a>,
    budget: Budget,
    progress: Mutex<Progress>,
    wake: Condvar,
}

/// How far the run is; positions are those of the plan.
struct Progress {
    status: Vec<Status>,
    /// Results by name, for the stages that read them.
    records: BTreeMap<String, Record>,
    reports: Vec<Option<NodeReport>>,
    first_failure: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Waiting,
    Running,
    Settled,
}

impl Progress {
    fn new(survey: &Survey<'_>) -> Self {
        let count = survey.plan.nodes.len();
        Self {
            status: vec![Status::Waiting; count],
            records: survey.records.clone(),
            reports: vec![None; count],
            first_failure: None,
        }
    }
}

impl Run<'_> {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        // A panic of a stage is caught before it could poison the lock; what is behind it stays consistent.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node(&self, position: usize) -> Option<&Node> {
        self.pipeline.nodes.get(*self.survey.index.get(position)?)
    }

    /// One worker: takes what is ready until nothing is left.
    fn work(&self) {
        let mut progress = self.progress();
        loop {
            if self.stopped(&progress) {
                self.skip_waiting(&mut progress);
            }
            if let Some(position) = self.ready(&progress) {
                set(&mut progress.status, position, Status::Running);
                let inputs = progress.records.clone();
                drop(progress);
                let settled = self.settle(position, &inputs);
                progress = self.progress();
                self.note(&mut progress, position, settled);
                self.wake.notify_all();
            } else if progress
                .status
                .iter()
                .all(|status| *status == Status::Settled)
            {
                return;
            } else {
                progress = self
                    .wake
                    .wait(progress)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn stopped(&self, progress: &Progress) -> bool {
        self.options.cancel.is_cancelled()
            || (progress.first_failure.is_some() && !self.options.keep_going)
    }

    /// The first waiting node whose inputs are all there. A forced node waits for planned nodes before it, too.
    fn ready(&self, progress: &Progress) -> Option<usize> {
        (0..progress.status.len()).find(|position| {
            progress.status.get(*position) == Some(&Status::Waiting)
                && self.node(*position).is_some_and(|node| {
                    node.upstream()
                        .into_iter()
                        .all(|name| self.settled(progress, name))
                })
        })
    }

    fn settled(&self, progress: &Progress, name: &str) -> bool {
        let position = self
            .survey
            .plan
            .nodes
            .iter()
            .position(|node| node.name == name);
        position.is_some_and(|position| progress.status.get(position) == Some(&Status::Settled))
    }

    fn settle(
        &self,
        position: usize,
        inputs: &BTreeMap<String, Record>,
    ) -> (Outcome, Option<Record>, Duration) {
        let start = Instant::now();
        let settled = match (self.node(position), self.survey.plan.nodes.get(position)) {
            (Some(node), Some(planned)) => self.node_result(node, planned, inputs),
            _ => Err(
                PipelineError::Internal("a planned stage is not in the pipeline".to_owned()).into(),
            ),
        };
        match settled {
            Ok((outcome, record)) => (outcome, Some(record), start.elapsed()),
            Err(failure) => (ended(&failure), None, start.elapsed()),
        }
    }

    fn node_result(
        &self,
        node: &Node,
        planned: &PlannedNode,
        inputs: &BTreeMap<String, Record>,
    ) -> Result<(Outcome, Record), Failure> {
        let PlannedNode { state, restore, .. } = planned;
        let recipe = recipe(node, inputs, &self.survey.files);
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
        self.pipeline.cache.set_last(&node.name, &record)?;
        if outcome == Outcome::Fresh && restore.is_empty() {
            return Ok((outcome, record));
        }
        let files = publish(self.pipeline, node, &record)?;
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
        let found = found(&self.pipeline.cache, recipe, key, &mut damages)?;
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
        let keeper = Keeper {
            cache: &self.pipeline.cache,
            kind: &node.kind,
            version: node.version,
            forced: matches!(state, State::Stale { reasons } if reasons.contains(&Reason::Forced)),
            shard: self.options.shard,
            budget: &self.budget,
        };
        let mut job = Job::new(&node.name)
            .with_quantizers(node.quantizers.clone())
            .with_seed(node.seed)
            .with_observer(self.observer)
            .with_keeper(keeper)
            .with_cancel(&self.options.cancel.0);
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
            Provenance::new(&node.name, &self.pipeline.profile, started, clock.elapsed());
        let record = self.record(recipe, key, outputs, provenance)?;
        self.pipeline.cache.store(&record)?;
        Ok(record)
    }

    fn input(&self, source: &Source, inputs: &BTreeMap<String, Record>) -> Result<Input, Failure> {
        let cache = &self.pipeline.cache;
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
            Source::Numbers { stage } => {
                Ok(Input::Numbers(numbers(self.pipeline, record(stage)?)?))
            }
            Source::Number { stage, number } => {
                let numbers = numbers(self.pipeline, record(stage)?)?;
                let found = numbers.into_iter().find(|found| found.name == *number);
                Ok(Input::Number(found.ok_or_else(gone)?))
            }
        }
    }

    /// A file from outside, if it is still the one that was planned with.
    fn file(&self, relative: &str) -> Result<Input, PipelineError> {
        let path = self.pipeline.root.join(relative);
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
        let cache = &self.pipeline.cache;
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

    fn note(
        &self,
        progress: &mut Progress,
        position: usize,
        settled: (Outcome, Option<Record>, Duration),
    ) {
        let (outcome, record, duration) = settled;
        let Some(node) = self.node(position) else {
            return;
        };
        let is_failed = matches!(outcome, Outcome::Failed { .. });
        let blocks = match &outcome {
            Outcome::Failed { .. } => Some(format!("`{}` failed", node.name)),
            Outcome::Partial { .. } => {
                Some(format!("`{}` waits for cells of other shards", node.name))
            }
            _ => None,
        };
        if let Some(record) = record {
            progress.records.insert(node.name.clone(), record);
        }
        self.report(progress, position, outcome, duration);
        if is_failed {
            progress
                .first_failure
                .get_or_insert_with(|| node.name.clone());
        }
        if let Some(because) = blocks {
            let below = downstream(self.pipeline, [node.name.as_str()].into());
            for (position, _) in self
                .survey
                .index
                .iter()
                .enumerate()
                .filter(|(_, index)| below.contains(index))
            {
                self.skip(progress, position, because.clone());
            }
        }
    }

    fn skip_waiting(&self, progress: &mut Progress) {
        let because = match &progress.first_failure {
            Some(name) => format!("the run stopped after `{name}` failed"),
            None => "the run was stopped".to_owned(),
        };
        for position in 0..progress.status.len() {
            self.skip(progress, position, because.clone());
        }
    }

    fn skip(&self, progress: &mut Progress, position: usize, because: String) {
        if progress.status.get(position) == Some(&Status::Waiting) {
            self.report(
                progress,
                position,
                Outcome::Skipped { because },
                Duration::ZERO,
            );
        }
    }

    fn report(
        &self,
        progress: &mut Progress,
        position: usize,
        outcome: Outcome,
        duration: Duration,
    ) {
        let Some(node) = self.node(position) else {
            return;
        };
        let (name, role, line) = (node.name.clone(), node.role, node.line);
        let report = NodeReport {
            name,
            role,
            line,
            outcome,
            seconds: duration.as_secs_f64(),
        };
        self.observer.finished(&report);
        set(&mut progress.status, position, Status::Settled);
        set(&mut progress.reports, position, Some(report));
    }

    fn into_report(self, elapsed: Duration) -> RunReport {
        let progress = self
            .progress
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        RunReport {
            plan: self.survey.plan,
            nodes: progress.reports.into_iter().flatten().collect(),
            first_failure: progress.first_failure,
            cancelled: self.options.cancel.is_cancelled(),
            seconds: elapsed.as_secs_f64(),
        }
    }
}

fn set<T>(items: &mut [T], position: usize, value: T) {
    if let Some(item) = items.get_mut(position) {
        *item = value;
    }
}

/// What became of a stage without a result.
fn ended(failure: &Failure) -> Outcome {
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

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
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

/// The numbers of a result.
pub(crate) fn numbers(pipeline: &Pipeline, record: &Record) -> Result<Vec<Number>, PipelineError> {
    let Some(hash) = &record.numbers else {
        return Ok(Vec::new());
    };
    let bytes = pipeline.cache.bytes(hash)?;
    let known = list(record.number_hashes.keys());
    serde_json::from_slice(&bytes).map_err(|error| {
        PipelineError::Internal(format!("the numbers {known} cannot be read back: {error}"))
    })
}
