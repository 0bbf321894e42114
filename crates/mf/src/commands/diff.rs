//! `mf diff`: two runs or revisions of the results, number by number.

use clap::Args;
use mf_pipeline::{ChangedTable, Difference, diff};

use super::Outcome;
use super::number::positive_or_zero;
use crate::project;
use crate::terminal::show;

/// Arguments of `mf diff`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The results before: a git revision, or the folder of a project
    old: String,
    /// The results after: a git revision or a folder
    #[arg(default_value = ".")]
    new: String,
    /// Relative changes up to this size are not printed; whole numbers and texts have no tolerance
    #[arg(long, default_value = "1e-12", allow_negative_numbers = true, value_parser = positive_or_zero)]
    tolerance: f64,
    /// Print every change, not only the five largest of a table
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  mf diff HEAD                  the last commit and this folder
  mf diff v1.0 v1.1             two revisions
  mf diff ../other-run .        two folders
  mf diff HEAD --tolerance 0.01 only what changed by more than 1 %
  mf diff HEAD --profile quick  what is below runs/quick

Columns are matched by name, rows by position. Exit status: 0 nothing changed by
more than the tolerance, 1 something did.";

/// Changes of a table that are printed without --all.
const MOST: usize = 5;

impl Arguments {
    /// Prints what changed; the outcome is bad if anything did.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let places = (self.old.as_str(), self.new.as_str());
        let difference = diff(
            &self.project.file()?,
            self.project.profile(),
            places,
            self.tolerance,
        )?;
        let most = if self.all { usize::MAX } else { MOST };
        show(self.json, &difference, || text(&difference, most))?;
        Ok(Outcome::from(difference.is_empty()))
    }
}

/// A table that changed, in lines.
fn changes(table: &ChangedTable, most: usize) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: {} of {} cells changed",
        table.name,
        table.changes.len(),
        table.cells
    )];
    if table.rows.0 != table.rows.1 {
        lines.push(format!("  rows: {} -> {}", table.rows.0, table.rows.1));
    }
    for (what, names) in [
        ("new", &table.columns_added),
        ("gone", &table.columns_removed),
    ] {
        if !names.is_empty() {
            lines.push(format!("  {what}: {}", names.join(", ")));
        }
    }
    for change in table.changes.iter().take(most) {
        let size = change.relative.map_or(String::new(), |relative| {
            format!("  ({relative:.1e} relative)")
        });
        lines.push(format!(
            "  {}: {} -> {}{size}",
            change.place, change.old, change.new
        ));
    }
    if table.changes.len() > most {
        lines.push(format!("  and {} more (--all)", table.changes.len() - most));
    }
    lines
}

fn text(difference: &Difference, most: usize) -> String {
    let mut lines = Vec::new();
    for verdict in &difference.verdicts {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "no claim".to_owned());
        lines.push(format!(
            "claim {}: {} -> {}",
            verdict.claim,
            side(&verdict.old),
            side(&verdict.new)
        ));
    }
    let changed = difference.changed.iter();
    lines.extend(changed.flat_map(|table| changes(table, most)));
    lines.extend(difference.added.iter().map(|path| format!("new: {path}")));
    lines.extend(
        difference
            .removed
            .iter()
            .map(|path| format!("gone: {path}")),
    );
    let count = difference.changed.iter().map(|table| table.changes.len());
    lines.push(format!(
        "{} -> {}: {} of {} numbers in {} tables changed by more than {:e}; {} verdicts changed",
        difference.old,
        difference.new,
        count.sum::<usize>(),
        difference.cells,
        difference.tables,
        difference.tolerance,
        difference.verdicts.len()
    ));
    lines.join("\n")
}
