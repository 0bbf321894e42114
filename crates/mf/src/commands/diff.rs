//! `mf diff`: two runs or revisions of the results, number by number.

use std::collections::BTreeMap;

use anyhow::Context;
use clap::Args;
use mf_data::compare::relative_change;
use mf_data::{Table, compare};
use mf_pipeline::Number;
use serde::Serialize;

use super::Outcome;
use super::number::positive_or_zero;
use crate::results::{self, Place};
use crate::terminal::show;

/// Arguments of `mf diff`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The results before: a git revision, or a folder that holds data/tables
    old: String,
    /// The results after; by default what lies in this folder
    #[arg(default_value = ".")]
    new: String,
    /// How much a fraction may change, relative to its size, without being told
    #[arg(long, default_value = "1e-12", allow_negative_numbers = true, value_parser = positive_or_zero)]
    tolerance: f64,
    /// Tell every change, not the largest five of a table
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  mf diff HEAD                  what this folder's results change
  mf diff v1.0 v1.1             two revisions
  mf diff ../other-run .        two folders
  mf diff HEAD --tolerance 0.01 only what changed by more than a hundredth

Columns are matched by their names and rows by their places; whole numbers and
texts have no tolerance. Exit status: 0 nothing changed beyond it, 1 something did.";

/// Changes of a table that are told without --all.
const TOLD: usize = 5;

/// What `mf diff` prints.
#[derive(Debug, Serialize)]
struct Difference {
    old: String,
    new: String,
    tolerance: f64,
    tables: usize,
    cells: u64,
    /// Only those that changed.
    changed: Vec<Changed>,
    /// Verdicts that are not the same.
    verdicts: Vec<Verdict>,
    added: Vec<String>,
    removed: Vec<String>,
}

/// A table or a set of numbers that changed.
#[derive(Debug, Serialize)]
struct Changed {
    name: String,
    cells: u64,
    columns_added: Vec<String>,
    columns_removed: Vec<String>,
    rows: (usize, usize),
    changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
struct Change {
    place: String,
    old: String,
    new: String,
    /// None where it is no number, as for texts.
    relative: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Verdict {
    claim: String,
    old: Option<String>,
    new: Option<String>,
}

impl Arguments {
    /// Prints what changed; the outcome is bad if anything did.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let difference = self.difference()?;
        let most = if self.all { usize::MAX } else { TOLD };
        show(self.json, &difference, || difference.text(most))?;
        Ok(Outcome::from(difference.is_empty()))
    }

    fn difference(&self) -> anyhow::Result<Difference> {
        let (old_place, new_place) = (Place::of(&self.old)?, Place::of(&self.new)?);
        let (mut old, mut new) = (old_place.files()?, new_place.files()?);
        if matches!(
            (&old_place, &new_place),
            (Place::Revision(_), _) | (_, Place::Revision(_))
        ) {
            let ignored = results::ignored();
            old.retain(|path, _| !ignored.contains(path));
            new.retain(|path, _| !ignored.contains(path));
        }
        let mut difference = Difference {
            old: old_place.to_string(),
            new: new_place.to_string(),
            tolerance: self.tolerance,
            tables: 0,
            cells: 0,
            changed: Vec::new(),
            verdicts: Vec::new(),
            added: only_in(&new, &old),
            removed: only_in(&old, &new),
        };
        for (path, after) in &new {
            let Some(before) = old.get(path) else {
                continue;
            };
            if path.ends_with(".md") {
                difference.verdicts = verdicts(before, after);
                continue;
            }
            let changed = if path.ends_with(".json") {
                self.numbers(path, before, after)?
            } else {
                self.table(path, before, after)?
            };
            difference.tables += 1;
            difference.cells += changed.cells;
            if !changed.is_empty() {
                difference.changed.push(changed);
            }
        }
        Ok(difference)
    }

    fn table(&self, path: &str, old: &[u8], new: &[u8]) -> anyhow::Result<Changed> {
        let (old, new) = (
            Table::from_parquet(old, &format!("{}:{path}", self.old))?,
            Table::from_parquet(new, &format!("{}:{path}", self.new))?,
        );
        let found = compare(&old, &new, self.tolerance)?;
        let changes = found.changed.into_iter().map(|change| Change {
            place: format!("{}, row {} ({})", change.column, change.row, change.label),
            old: change.old,
            new: change.new,
            relative: Some(change.relative).filter(|x| x.is_finite()),
        });
        Ok(Changed {
            name: path.to_owned(),
            cells: found.cells,
            columns_added: found.added,
            columns_removed: found.removed,
            rows: found.rows,
            changes: changes.collect(),
        })
    }

    /// The numbers of a stage.
    fn numbers(&self, path: &str, old: &[u8], new: &[u8]) -> anyhow::Result<Changed> {
        let read = |bytes: &[u8]| -> anyhow::Result<BTreeMap<String, f64>> {
            let numbers: Vec<Number> = serde_json::from_slice(bytes).with_context(|| {
                format!("{path} does not hold numbers as mf writes them: run `mf reproduce`")
            })?;
            Ok(numbers.into_iter().map(|n| (n.name, n.value)).collect())
        };
        let (old, new) = (read(old)?, read(new)?);
        let mut changes = Vec::new();
        for (name, after) in &new {
            let Some(before) = old.get(name) else {
                continue;
            };
            let relative = relative_change(*before, *after);
            if relative > self.tolerance {
                changes.push(Change {
                    place: name.clone(),
                    old: before.to_string(),
                    new: after.to_string(),
                    relative: Some(relative).filter(|x| x.is_finite()),
                });
            }
        }
        Ok(Changed {
            name: path.to_owned(),
            cells: new.len() as u64,
            columns_added: only_in(&new, &old),
            columns_removed: only_in(&old, &new),
            rows: (1, 1),
            changes,
        })
    }
}

fn only_in<T>(here: &BTreeMap<String, T>, there: &BTreeMap<String, T>) -> Vec<String> {
    let missing = here.keys().filter(|name| !there.contains_key(*name));
    missing.cloned().collect()
}

/// Claims whose verdict changed, from the pages of results.
fn verdicts(old: &[u8], new: &[u8]) -> Vec<Verdict> {
    let read = |page: &[u8]| -> BTreeMap<String, String> {
        let page = String::from_utf8_lossy(page).into_owned();
        let rows = page
            .lines()
            .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
        rows.filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let name = cells.first()?.split(' ').next()?;
            Some((name.to_owned(), (*cells.last()?).to_owned()))
        })
        .collect()
    };
    let (old, new) = (read(old), read(new));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let changed = names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name));
    changed
        .map(|name| Verdict {
            claim: name.clone(),
            old: old.get(name).cloned(),
            new: new.get(name).cloned(),
        })
        .collect()
}

impl Changed {
    fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.columns_added.is_empty()
            && self.columns_removed.is_empty()
            && self.rows.0 == self.rows.1
    }

    fn lines(&self, most: usize) -> Vec<String> {
        let mut lines = vec![format!(
            "{}: {} of {} cells changed",
            self.name,
            self.changes.len(),
            self.cells
        )];
        if self.rows.0 != self.rows.1 {
            lines.push(format!("  rows: {} -> {}", self.rows.0, self.rows.1));
        }
        for (what, names) in [
            ("new", &self.columns_added),
            ("gone", &self.columns_removed),
        ] {
            if !names.is_empty() {
                lines.push(format!("  {what}: {}", names.join(", ")));
            }
        }
        for change in self.changes.iter().take(most) {
            let size = change.relative.map_or(String::new(), |relative| {
                format!("  ({relative:.1e} relative)")
            });
            lines.push(format!(
                "  {}: {} -> {}{size}",
                change.place, change.old, change.new
            ));
        }
        if self.changes.len() > most {
            lines.push(format!("  and {} more (--all)", self.changes.len() - most));
        }
        lines
    }
}

impl Difference {
    fn is_empty(&self) -> bool {
        self.changed.is_empty()
            && self.verdicts.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
    }

    fn text(&self, most: usize) -> String {
        let mut lines = Vec::new();
        for verdict in &self.verdicts {
            let side =
                |text: &Option<String>| text.clone().unwrap_or_else(|| "no claim".to_owned());
            lines.push(format!(
                "claim {}: {} -> {}",
                verdict.claim,
                side(&verdict.old),
                side(&verdict.new)
            ));
        }
        lines.extend(self.changed.iter().flat_map(|changed| changed.lines(most)));
        lines.extend(self.added.iter().map(|path| format!("new: {path}")));
        lines.extend(self.removed.iter().map(|path| format!("gone: {path}")));
        let changes: usize = self
            .changed
            .iter()
            .map(|changed| changed.changes.len())
            .sum();
        lines.push(format!(
            "{} -> {}: {changes} of {} numbers in {} tables changed by more than {:e}; {} verdicts changed",
            self.old,
            self.new,
            self.cells,
            self.tables,
            self.tolerance,
            self.verdicts.len()
        ));
        lines.join("\n")
    }
}
