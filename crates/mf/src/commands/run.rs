//! `mf run`: runs what is not up to date.

use clap::Args;
use mf_pipeline::{
    NodeReport, Outcome as NodeOutcome, Pipeline, RunOptions, RunReport, Selection, Shard,
};

use super::Outcome;
use super::plan::Select;
use super::progress::Progress;
use crate::project;
use crate::terminal::{note, say};

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
    /// Cells of stages to compute side by side, of all stages together [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Compute only this part of the cells of stages: 3/16 is the third of sixteen, on the third of sixteen machines
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Go on with what does not depend on a failed stage
    #[arg(short, long)]
    keep_going: bool,
    /// Do not wait if another run is at work, but say so and stop
    #[arg(long)]
    no_wait: bool,
    /// Only failures and the result
    #[arg(short, long)]
    quiet: bool,
}

impl How {
    /// What these arguments mean for a run of this selection.
    pub(crate) fn options(&self, selection: Selection) -> RunOptions {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        RunOptions {
            selection,
            jobs: self.jobs.map_or(cores, usize::from),
            threads: self.threads.map_or(cores, usize::from),
            shard: self.shard,
            keep_going: self.keep_going,
            wait: !self.no_wait,
            ..RunOptions::default()
        }
    }

    /// Runs, showing progress; the first real error stands at the end.
    pub(crate) fn run(
        &self,
        pipeline: &Pipeline,
        options: &RunOptions,
    ) -> anyhow::Result<RunReport> {
        let report = pipeline.run(options, &Progress::new(self.quiet))?;
        if let Some(failed) = report.first_error() {
            note(failure(failed));
        }
        Ok(report)
    }
}

impl Arguments {
    /// Runs, and says what was done.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let report = self
            .how
            .run(&project.load()?, &self.how.options(self.select.selection()))?;
        if self.json {
            say(serde_json::to_string_pretty(&report)?);
        } else {
            say(summary(&report));
        }
        if report.is_partial() {
            note(MERGE);
        }
        Ok(Outcome::from(!report.has_failed()))
    }
}

/// What to do after a run of one shard.
pub(crate) const MERGE: &str = "\
Cells of other shards are not here yet. When the other machines are done, copy their cells beside these,
  rsync -a HOST:PROJECT/.mf/cells/ .mf/cells/
and run again without --shard: no cell is computed twice.";

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
            count(|o| matches!(o, NodeOutcome::Skipped { .. })),
            "skipped",
        ),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!(
        "profile {}: {} in {:.2} s",
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
