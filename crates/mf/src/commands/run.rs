//! `mf run`: runs what is not up to date.

use clap::Args;
use mf_pipeline::{
    NodeReport, Outcome as NodeOutcome, Pipeline, RunOptions, RunReport, Selection, Shard,
};

use super::Outcome;
use super::plan::Select;
use super::progress::Progress;
use crate::terminal::{note, say};
use crate::{interrupt, project};

/// Arguments of `mf run`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    how: How,
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
    /// Compute only this part of the cells of stages: 3/16 is the third of sixteen, on the third of sixteen machines
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Go on with what does not depend on a failed stage, and with the other cells of a stage
    #[arg(short, long)]
    keep_going: bool,
    /// Then compute so many kept cells anew and compare them with what is kept
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = super::number::count)]
    audit: Option<u64>,
    /// Do not wait if another run is at work, but say so and stop
    #[arg(long)]
    no_wait: bool,
    /// Only failures and the result
    #[arg(short, long)]
    quiet: bool,
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
            shard: self.shard,
            keep_going: self.keep_going,
            audit: self
                .audit
                .map_or(0, |count| usize::try_from(count).unwrap_or(usize::MAX)),
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
            note(failure(failed));
        }
        for failure in report.audit.iter().flat_map(|audit| &audit.failures) {
            note(format!("error: {failure}"));
        }
        Ok(report)
    }
}

impl Arguments {
    /// Runs, and says what was done.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = self.select.open(project)?;
        let options = self.how.options(self.select.selection());
        let report = self.how.run(&pipeline, options)?;
        tell(&report, self.json)?;
        if report.cancelled {
            note(interrupt::STOPPED);
            return Ok(Outcome::Stopped);
        }
        if self.how.shard.is_some() {
            note(MERGE);
        }
        if pipeline.results() != pipeline.root() {
            let place = pipeline.results().display();
            note(format!(
                "what it made is in {place}; results beside pipeline.toml are as they were"
            ));
        }
        Ok(Outcome::from(!report.has_failed()))
    }
}

/// Prints what was done.
pub(super) fn tell(report: &RunReport, json: bool) -> anyhow::Result<()> {
    say(if json {
        serde_json::to_string_pretty(report)?
    } else {
        summary(report)
    });
    Ok(())
}

/// What to do after a run of one shard.
pub(crate) const MERGE: &str = "\
A shard computes cells, and what they need; it publishes nothing. When all shards are done, run again without --shard,
in the folder that they share; or bring the cells of other folders there first,
  mf cells import OTHER/.mf/cells
What is kept is not computed again.";

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
        Some(audit) if audit.cells == 0 => "; no kept cell could be computed anew".to_owned(),
        Some(audit) if audit.failures.is_empty() => {
            format!("; {} kept cells computed anew: the same", audit.cells)
        }
        Some(audit) => format!("; of {} kept cells computed anew some differ", audit.cells),
        None => String::new(),
    };
    let told: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!(
        "profile {}: {} in {:.2} s{audited}",
        report.plan.profile,
        told.join(", "),
        report.seconds
    )
}

fn failure(node: &NodeReport) -> String {
    let NodeOutcome::Failed { error, causes } = &node.outcome else {
        return String::new();
    };
    let place = node
        .line
        .map(|line| format!(" (pipeline.toml, line {line})"));
    let mut lines = vec![format!(
        "error: {} `{}` failed{}: {error}",
        node.role,
        node.name,
        place.unwrap_or_default()
    )];
    lines.extend(causes.iter().map(|cause| format!("  because {cause}")));
    lines.push("  results of other stages are kept: mend this and run again".to_owned());
    lines.join("\n")
}
