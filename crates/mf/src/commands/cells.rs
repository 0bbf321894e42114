//! `mf cells`: the single cells of long stages, for whoever spreads them over machines.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mf_pipeline::{ListedCell, RunOptions, Selection, duration};

use super::Outcome;
use super::progress::Progress;
use super::run::Resources;
use crate::terminal::{Align, TextTable, note, say};
use crate::{interrupt, project};

/// Arguments of `mf cells`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the cells: key, stage, what it is, time and memory, whether it is kept
    List(List),
    /// Compute cells by their keys, without the lock that a run takes; kept ones are not computed again
    Run(Run),
    /// Keep the cells of another folder, such as .mf/cells of another machine
    Import(Import),
}

const HELP: &str = "\
A stage that trains networks is made of cells, one for each network. A finished cell is one file,
.mf/cells/KIND/KEY.json, under a key that says all that its result depends on. Any number of machines may
compute cells, in one shared folder or each in its own:
  mf cells list --pending --json     what is left to do
  mf cells run 0313ee30b1c2 ...      on any machine
  mf cells import /mnt/other/.mf/cells
then `mf reproduce` makes the tables of them.";

#[derive(Debug, Args)]
struct List {
    /// Only the cells of these stages [default: of all]
    stages: Vec<String>,
    /// Only those that are not kept
    #[arg(long)]
    pending: bool,
    /// Print JSON, with whole keys
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Run {
    /// Keys, or so many of their first digits that each names one cell
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    #[command(flatten)]
    resources: Resources,
    /// Go on with the other cells when one fails
    #[arg(short, long)]
    keep_going: bool,
    /// Only failures and the result
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Args)]
struct Import {
    /// The folder with cells
    folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Does what is asked for; the outcome is bad if cells could not be imported.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        match &self.action {
            Action::List(list) => list.run(project),
            Action::Run(run) => run.run(project),
            Action::Import(import) => import.run(project),
        }
    }
}

impl List {
    fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let selection = Selection {
            only: self.stages.clone(),
            ..Selection::default()
        };
        let mut cells = project.load()?.cells(&selection)?;
        let all = cells.len();
        let kept = cells.iter().filter(|cell| cell.kept).count();
        cells.retain(|cell| !(self.pending && cell.kept));
        if self.json {
            say(serde_json::to_string_pretty(&cells)?);
            return Ok(Outcome::Good);
        }
        if !cells.is_empty() {
            say(table(&cells).render());
        }
        let left: Option<f64> = (cells.iter().filter(|cell| !cell.kept))
            .map(|cell| cell.seconds)
            .sum();
        let time = match left {
            Some(seconds) if all > kept => {
                format!(", about {} on one thread", duration(seconds))
            }
            _ => String::new(),
        };
        say(format!(
            "\n{all} cells: {kept} kept, {} to compute{time}",
            all - kept
        ));
        Ok(Outcome::Good)
    }
}

fn table(cells: &[ListedCell]) -> TextTable {
    let (left, right) = (Align::Left, Align::Right);
    let mut table = TextTable::new(&[
        ("key", left),
        ("stage", left),
        ("cell", left),
        ("time", right),
        ("memory", right),
        ("state", left),
    ]);
    for cell in cells {
        table.row([
            cell.key.short().to_owned(),
            cell.stage.clone(),
            cell.label.clone(),
            cell.seconds.map_or("-".to_owned(), duration),
            format!("{} MiB", cell.memory.div_ceil(1 << 20)),
            if cell.kept { "kept" } else { "to compute" }.to_owned(),
        ]);
    }
    table
}

impl Run {
    fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let progress = Progress::new(self.quiet);
        let bars = progress.bars();
        let options = RunOptions {
            keep_going: self.keep_going,
            cancel: interrupt::watch(move || drop(bars.clear()))?,
            ..self.resources.options()
        };
        let done = project
            .load()?
            .compute_cells(&self.keys, &options, &progress);
        if options.cancel.is_cancelled() {
            note(interrupt::STOPPED);
            return Ok(Outcome::Stopped);
        }
        let done = done?;
        say(format!(
            "cells: {} computed, {} kept before",
            done.computed, done.kept
        ));
        Ok(Outcome::Good)
    }
}

impl Import {
    fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        if !self.folder.is_dir() {
            let folder = self.folder.display();
            anyhow::bail!(
                "there is no folder {folder}: name .mf/cells of another machine, or a copy of it"
            );
        }
        let imported = project.load()?.import_cells(&self.folder)?;
        let good = imported.other.is_empty() && imported.damaged.is_empty();
        if self.json {
            say(serde_json::to_string_pretty(&imported)?);
            return Ok(Outcome::from(good));
        }
        for path in &imported.other {
            note(format!(
                "not deterministic: the cell {} has another result here; it was left as it is. Both files say by which \
                 code and on which machine they were made",
                path.display()
            ));
        }
        for damage in &imported.damaged {
            note(format!(
                "damaged, left out: {} (expected {}, found {}); copy it again",
                damage.path.display(),
                damage.expected,
                damage.found
            ));
        }
        let parts = [
            (imported.new, "new"),
            (imported.same, "already here"),
            (imported.other.len(), "with another result"),
            (
                imported.of_other_code,
                "of code that behaves otherwise, left out",
            ),
            (imported.of_other_format, "of another format, left out"),
            (imported.damaged.len(), "damaged, left out"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if parts.is_empty() {
            let folder = self.folder.display();
            anyhow::bail!(
                "there are no cells in {folder}: name .mf/cells of another machine, or a copy of it"
            );
        }
        say(format!("cells: {}", parts.join(", ")));
        Ok(Outcome::from(good))
    }
}
