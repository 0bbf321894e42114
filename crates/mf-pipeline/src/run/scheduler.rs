//! Runs a plan: independent stages side by side, each result stored as soon as it is there.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ask::judge::judge;
use crate::plan::selection::downstream;
use crate::plan::survey::Survey;
use crate::plan::sweep::sweep;
use crate::project::Project;
use crate::project::node::Node;
use crate::run::observer::Observer;
use crate::run::options::RunOptions;
use crate::run::report::{NodeReport, Outcome, RunReport};
use crate::run::single::audit;
use crate::run::stage::{Shared, ended};
use crate::store::cache::{Cache, Record};
use crate::store::lock::{Hold, Lock};
use crate::words::error::PipelineError;

/// Runs what the plan says, under the lock.
pub(crate) fn run(
    project: &Project,
    cache: &Cache,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<RunReport, PipelineError> {
    let start = Instant::now();
    let lock = cache.root().join("lock");
    let hold = match options.shard {
        Some(_) => Hold::Together,
        None => Hold::Alone,
    };
    let _lock = Lock::take(
        &lock,
        hold,
        options.wait,
        |holder| observer.waiting(holder),
        || options.cancel.is_cancelled(),
    )?;
    let mut chosen = options.selection.choose(project)?;
    if options.shard.is_some() {
        chosen = chosen.with_cells(project);
    } else {
        sweep(project, cache)?;
    }
    let survey = Survey::chosen(project, cache, chosen)?;
    observer.planned(&survey.plan);
    let run = Run {
        shared: Shared::new(&survey, options, observer),
        progress: Mutex::new(Progress::new(&survey)),
        wake: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 1..options.jobs.max(1) {
            scope.spawn(|| run.work());
        }
        run.work();
    });
    let Run {
        shared, progress, ..
    } = run;
    let Progress {
        records,
        reports,
        first_failure,
        ..
    } = progress
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let nodes: Vec<NodeReport> = reports.into_iter().flatten().collect();
    let verification = options
        .judge
        .then(|| judge(project, cache, &records, |stage| why(&nodes, stage)));
    let audited = options.audit > 0 && first_failure.is_none() && !options.cancel.is_cancelled();
    let audit = audited.then(|| audit(&shared, &records, options.audit));
    Ok(RunReport {
        audit: audit.transpose()?,
        plan: survey.plan,
        nodes,
        verification: verification.transpose()?,
        first_failure,
        cancelled: options.cancel.is_cancelled(),
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// Why a stage has no result after a run.
fn why(nodes: &[NodeReport], stage: &str) -> String {
    let node = nodes.iter().find(|node| node.name == stage);
    match node.map(|node| &node.outcome) {
        Some(Outcome::Failed { .. }) => format!("`{stage}` failed"),
        Some(Outcome::Partial { .. }) => format!("`{stage}` waits for cells of other shards"),
        Some(Outcome::Skipped { because }) => format!("`{stage}` did not run: {because}"),
        _ => format!("`{stage}` was not part of the run: run `mf run`"),
    }
}

/// A run while it lasts.
struct Run<'a> {
    shared: Shared<'a>,
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
        self.shared
            .project
            .nodes
            .get(*self.shared.survey.index.get(position)?)
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
        self.shared.options.cancel.is_cancelled()
            || (progress.first_failure.is_some() && !self.shared.options.keep_going)
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
            .shared
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
        let settled = match (
            self.node(position),
            self.shared.survey.plan.nodes.get(position),
        ) {
            (Some(node), Some(planned)) => self.shared.settle(node, planned, inputs),
            _ => Err(
                PipelineError::Internal("a planned stage is not in the pipeline".to_owned()).into(),
            ),
        };
        match settled {
            Ok((outcome, record)) => (outcome, Some(record), start.elapsed()),
            Err(failure) => {
                let cancel = &self.shared.options.cancel;
                (ended(&failure, cancel), None, start.elapsed())
            }
        }
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
            let below = downstream(self.shared.project, [node.name.as_str()].into());
            for (position, _) in self
                .shared
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
        self.shared.observer.finished(&report);
        set(&mut progress.status, position, Status::Settled);
        set(&mut progress.reports, position, Some(report));
    }
}

fn set<T>(items: &mut [T], position: usize, value: T) {
    if let Some(item) = items.get_mut(position) {
        *item = value;
    }
}
