//! `mf run`: runs what is not up to date.

use clap::Args;
use mf_pipeline::{
    NodeReport, Outcome as NodeOutcome, Pipeline, RunOptions, RunReport, Selection, Shard,
};

use super::Outcome;
use super::plan::Select;
use super::progress::Progress;
use crate::terminal::{note, show};
use crate::{failure, interrupt};

/// Arguments of `mf run`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    cells: Cells,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// How to run.
#[derive(Debug, Args)]
pub(crate) struct How {
    /// Stages to run side by side; results do not depend on it [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    #[command(flatten)]
    resources: Resources,
    /// When a stage or a cell fails, go on with everything that does not depend on it
    #[arg(short, long)]
    keep_going: bool,
    /// Do not wait for another run of this project: stop with an error
    #[arg(long)]
    no_wait: bool,
    /// Print only failures and the result
    #[arg(short, long)]
    quiet: bool,
}

/// What a run does with the cells of stages, one for each trained network.
#[derive(Debug, Args)]
pub(crate) struct Cells {
    /// Compute only a part of the cells: 3/16 is part 3 of 16, for machine 3 of 16
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// After the run, compute this number of kept cells again and compare
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = super::number::count)]
    audit: Option<u64>,
}

impl Cells {
    /// Options of a run with these cells.
    pub(crate) fn options(&self, options: RunOptions) -> RunOptions {
        let audit = self
            .audit
            .map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        RunOptions {
            shard: self.shard,
            audit: audit.unwrap_or(0),
            ..options
        }
    }
}

/// The threads and the memory of a run; results do not depend on them.
#[derive(Debug, Args)]
pub(crate) struct Resources {
    /// Threads for cells and simulations, of all stages together [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Memory for cells and simulations, of all stages together, in GiB [default: what the machine has]
    #[arg(long, value_name = "GIB", allow_negative_numbers = true, value_parser = super::number::positive)]
    memory: Option<f64>,
}

impl Resources {
    /// Options of a run with these resources.
    pub(crate) fn options(&self) -> RunOptions {
        const GIB: f64 = (1_u64 << 30) as f64;
        let default = RunOptions::default();
        RunOptions {
            threads: self.threads.map_or(default.threads, usize::from),
            memory: self.memory.map(|memory| (memory * GIB) as u64),
            ..default
        }
    }
}

impl How {
    /// What these arguments mean for a run of this selection.
    pub(crate) fn options(&self, selection: Selection) -> RunOptions {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        RunOptions {
            selection,
            jobs: self.jobs.map_or(cores, usize::from),
            keep_going: self.keep_going,
            wait: !self.no_wait,
            ..self.resources.options()
        }
    }

    /// Runs, showing progress; the first real error stands at the end. Ctrl-C and SIGTERM stop it.
    pub(crate) fn run(
        &self,
        pipeline: &Pipeline,
        mut options: RunOptions,
    ) -> anyhow::Result<RunReport> {
        let progress = Progress::new(self.quiet);
        let bars = progress.bars();
        options.cancel = interrupt::watch(move || drop(bars.clear()))?;
        let report = pipeline.run(&options, &progress)?;
        if let Some(failed) = report.first_error() {
            note(stage_failed(failed, &pipeline.file().display().to_string()));
        }
        for failure in report.audit.iter().flat_map(|audit| &audit.failures) {
            note(failure::text(failure, []));
        }
        Ok(report)
    }
}

impl Arguments {
    /// Runs, and says what was done.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.select.open()?;
        let options = self
            .cells
            .options(self.how.options(self.select.selection()));
        let report = self.how.run(&pipeline, options)?;
        show(self.json, &report, || summary(&report))?;
        if report.cancelled {
            note(interrupt::STOPPED);
            return Ok(Outcome::Stopped);
        }
        if self.cells.shard.is_some() {
            note(MERGE);
        }
        if pipeline.results() != pipeline.root() {
            let place = pipeline.results().display();
            note(format!(
                "results of this run are below {place}; those beside pipeline.toml did not change"
            ));
        }
        Ok(Outcome::from(!report.has_failed()))
    }
}

/// What to do after a run of one shard.
pub(crate) const MERGE: &str = "\
A shard computes cells, and the stages that they need; it writes no tables or figures. When all shards are done, run
again without --shard in the folder that they share. If each has its own folder, copy the cells first:
  mf cells import OTHER/.mf/cells
Cells that are kept are not computed again.";

/// The run in one line.
pub(crate) fn summary(report: &RunReport) -> String {
    let count = |wanted: fn(&NodeOutcome) -> bool| {
        report
            .nodes
            .iter()
            .filter(|node| wanted(&node.outcome))
            .count()
    };
    let parts = [
        (count(|o| matches!(o, NodeOutcome::Ran)), "ran"),
        (
            count(|o| matches!(o, NodeOutcome::Restored { .. })),
            "restored",
        ),
        (
            count(|o| matches!(o, NodeOutcome::Fresh | NodeOutcome::Unchanged)),
            "already fresh",
        ),
        (count(|o| matches!(o, NodeOutcome::Failed { .. })), "failed"),
        (
            count(|o| matches!(o, NodeOutcome::Partial { .. })),
            "partial",
        ),
        (
            count(|o| matches!(o, NodeOutcome::Stopped { .. })),
            "stopped",
        ),
        (
            count(|o| matches!(o, NodeOutcome::Skipped { .. })),
            "skipped",
        ),
    ];
    let audited = match &report.audit {
        Some(audit) if audit.cells == 0 => "; no kept cell could be computed again".to_owned(),
        Some(audit) if audit.failures.is_empty() => {
            format!(
                "; {} kept cells computed again: the same results",
                audit.cells
            )
        }
        Some(audit) => format!(
            "; {} kept cells computed again: some results differ",
            audit.cells
        ),
        None => String::new(),
    };
    let counted: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!(
        "profile {}: {} in {:.2} s{audited}",
        report.plan.profile,
        counted.join(", "),
        report.seconds
    )
}

fn stage_failed(node: &NodeReport, file: &str) -> String {
    let NodeOutcome::Failed { error, causes } = &node.outcome else {
        return String::new();
    };
    let place = node.line.map(|line| format!(" ({file}, line {line})"));
    // An error at a key of the file has its own place.
    let place = place.filter(|_| !error.starts_with(&format!("{file}:")));
    let place = place.unwrap_or_default();
    let message = format!("{} `{}` failed{place}: {error}", node.role, node.name);
    let error = failure::text(&message, causes.iter().cloned());
    format!("{error}\n  results of other stages are kept: fix this and run again")
}
