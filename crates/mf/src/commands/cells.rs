//! `mf cells`: the single cells of long stages, to compute them on many machines.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use mf_pipeline::{ListedCell, RunOptions, Selection, duration};

use super::Outcome;
use super::progress::Progress;
use super::run::Resources;
use crate::terminal::{Align, TextTable, note, say, show};
use crate::{interrupt, names, project};

/// Arguments of `mf cells`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the cells: key, stage, label, time, memory, and whether the result is kept
    List(List),
    /// Compute cells by their keys, at the same time as other runs; kept cells are not computed again
    Run(Run),
    /// Copy the cells of another folder, such as .mf/cells of another machine
    Import(Import),
}

const HELP: &str = "\
A stage that trains networks has cells, one for each network. A finished cell is one file,
.mf/cells/KIND/KEY.json; KEY is a hash of everything that its result depends on. Many machines may compute
cells at the same time, in one shared folder or each in its own:
  mf cells list --pending --json         the cells to compute
  mf cells run 0313ee30b1c2 ...          on any machine
  mf cells import /mnt/other/.mf/cells   the cells of another folder
Then `mf reproduce` computes the tables from them.";

#[derive(Debug, Args)]
struct List {
    /// List only the cells of these stages [default: all]
    #[arg(value_name = "STAGE", add = ArgValueCandidates::new(names::stages))]
    stages: Vec<String>,
    /// List only the cells that are not kept
    #[arg(long)]
    pending: bool,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON, with whole keys
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Run {
    /// Keys of cells, or first digits of keys that name one cell each
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    #[command(flatten)]
    resources: Resources,
    /// Go on with the other cells when one fails
    #[arg(short, long)]
    keep_going: bool,
    /// Print only failures and the result
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Import {
    /// The folder with cells
    folder: PathBuf,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Does what is asked for; the outcome is bad if cells could not be imported.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        match &self.action {
            Action::List(list) => list.run(),
            Action::Run(run) => run.run(),
            Action::Import(import) => import.run(),
        }
    }
}

impl List {
    fn run(&self) -> anyhow::Result<Outcome> {
        let selection = Selection {
            only: self.stages.clone(),
            ..Selection::default()
        };
        let mut cells = self.project.load()?.cells(&selection)?;
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
    fn run(&self) -> anyhow::Result<Outcome> {
        let progress = Progress::new(self.quiet);
        let bars = progress.bars();
        let options = RunOptions {
            keep_going: self.keep_going,
            cancel: interrupt::watch(move || drop(bars.clear()))?,
            ..self.resources.options()
        };
        let done = self
            .project
            .load()?
            .compute_cells(&self.keys, &options, &progress);
        if options.cancel.is_cancelled() {
            note(interrupt::STOPPED);
            return Ok(Outcome::Stopped);
        }
        let done = done?;
        show(self.json, &done, || {
            format!(
                "cells: {} computed, {} kept before",
                done.computed, done.kept
            )
        })?;
        Ok(Outcome::Good)
    }
}

impl Import {
    fn run(&self) -> anyhow::Result<Outcome> {
        if !self.folder.is_dir() {
            let folder = self.folder.display();
            anyhow::bail!(
                "there is no folder {folder}: name .mf/cells of another machine, or a copy of it"
            );
        }
        let imported = self.project.load()?.import_cells(&self.folder)?;
        let good = imported.other.is_empty() && imported.damaged.is_empty();
        if self.json {
            say(serde_json::to_string_pretty(&imported)?);
            return Ok(Outcome::from(good));
        }
        for path in &imported.other {
            note(format!(
                "not deterministic: the cell {} has a different result here, which was kept. Both files name the code \
                 and the machine that made them",
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
            (imported.other.len(), "with a different result"),
            (imported.of_other_code, "of other code, left out"),
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
