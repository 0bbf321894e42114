//! `mf plan`: what would run, and why.

use clap::Args;
use clap_complete::ArgValueCandidates;
use mf_pipeline::{Pipeline, Plan, PlannedNode, Selection, State};

use super::Outcome;
use crate::names;
use crate::project::Checked;
use crate::terminal::{Align, TextTable, say};

/// Arguments of `mf plan`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    select: Select,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which stages, figures and documents.
#[derive(Debug, Args)]
pub(crate) struct Select {
    /// Stages, figures and documents, with what they need [default: all]
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(names::nodes))]
    names: Vec<String>,
    /// This stage and everything that depends on it (may be repeated)
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(names::nodes))]
    from: Vec<String>,
    /// Run the selection even if it is fresh
    #[arg(long)]
    force: bool,
    /// Try a value without editing the file (may be repeated): trainability.width=512. VALUE is TOML; a bare word is a
    /// string. It overrides the profile. Tables and figures are written below runs/trial; those of the project stay
    #[arg(long, value_name = "STAGE.KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    project: Checked,
}

impl Select {
    /// Reads the pipeline with the values of `--set`.
    ///
    /// # Errors
    /// All problems of the file and of the values.
    pub(crate) fn open(&self) -> anyhow::Result<Pipeline> {
        self.project.open(&self.set)
    }

    /// The selection that these arguments mean.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            only: self.names.clone(),
            from: self.from.clone(),
            force: self.force,
        }
    }
}

impl Arguments {
    /// Prints the plan.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let plan = self.select.open()?.plan(&self.select.selection())?;
        if self.json {
            say(serde_json::to_string_pretty(&plan)?);
        } else {
            say(table(&plan).render());
            say(format!("\n{}", summary(&plan)));
        }
        Ok(Outcome::Good)
    }
}

fn table(plan: &Plan) -> TextTable {
    let left = |name| (name, Align::Left);
    let mut table = TextTable::new(&[left("name"), left("kind"), left("verdict"), left("why")]);
    for node in &plan.nodes {
        let (verdict, why) = verdict(node);
        table.row([
            node.name.clone(),
            node.kind.clone(),
            verdict.to_owned(),
            why,
        ]);
    }
    table
}

/// One word for what a run does with a stage, figure or document, and the reason.
pub(crate) fn verdict(node: &PlannedNode) -> (&'static str, String) {
    match &node.state {
        State::Stale { reasons } => {
            let reasons = first_few(3, reasons.iter().map(ToString::to_string));
            let cells = node.cells.as_ref().map(ToString::to_string);
            let parts: Vec<String> = std::iter::once(reasons).chain(cells).collect();
            ("run", parts.join("; "))
        }
        State::Pending { on } => (
            "wait",
            format!("runs if the result of {} changes", on.join(", ")),
        ),
        State::Fresh if node.restore.is_empty() => ("fresh", String::new()),
        State::Fresh => {
            let files = node.restore.iter().map(|file| {
                let what = if file.edited { "differs" } else { "is missing" };
                format!("{} {what}", file.path.display())
            });
            ("restore", first_few(1, files))
        }
    }
}

/// The first `most` of several reasons, and the number of the others; `--json` has all.
fn first_few(most: usize, reasons: impl Iterator<Item = String>) -> String {
    let mut reasons: Vec<String> = reasons.collect();
    if reasons.len() > most + 1 {
        let more = reasons.len() - most;
        reasons.truncate(most);
        reasons.push(format!("and {more} more"));
    }
    reasons.join("; ")
}

/// The plan in one line.
pub(crate) fn summary(plan: &Plan) -> String {
    let count = |word: &str| {
        plan.nodes
            .iter()
            .filter(|node| verdict(node).0 == word)
            .count()
    };
    let parts = [
        ("run", "to run"),
        ("wait", "waiting for others"),
        ("restore", "to restore"),
        ("fresh", "fresh"),
    ];
    let counted = parts
        .iter()
        .map(|(word, text)| (count(word), text))
        .filter(|(count, _)| *count > 0);
    let text: Vec<String> = counted
        .map(|(count, text)| format!("{count} {text}"))
        .collect();
    format!("profile {}: {}", plan.profile, text.join(", "))
}
