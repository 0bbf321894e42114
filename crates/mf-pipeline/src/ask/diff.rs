//! Two runs or revisions of the results, number by number.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mf_data::compare::relative_change;
use mf_data::{Table, compare};
use serde::Serialize;

use crate::ask::place::{Files, Ours, PAGE, Place, Published};
use crate::words::error::PipelineError;
use crate::words::outputs::Number;

/// What differs between the results of two places.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The place before.
    pub old: String,
    /// The place after.
    pub new: String,
    /// How much a fraction may change, relative to its size.
    pub tolerance: f64,
    /// The tables and sets of numbers that both have.
    pub tables: usize,
    /// Their cells.
    pub cells: u64,
    /// Only those that changed.
    pub changed: Vec<ChangedTable>,
    /// Verdicts that are not the same.
    pub verdicts: Vec<ChangedVerdict>,
    /// Files that only the place after has.
    pub added: Vec<String>,
    /// Files that only the place before has.
    pub removed: Vec<String>,
}

/// A table or a set of numbers that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedTable {
    /// Its file in the place after.
    pub name: String,
    /// The cells that were compared.
    pub cells: u64,
    /// Columns (or numbers) that are new.
    pub columns_added: Vec<String>,
    /// Columns (or numbers) that are gone.
    pub columns_removed: Vec<String>,
    /// The rows before and after.
    pub rows: (usize, usize),
    /// The cells that changed beyond the tolerance, largest first.
    pub changes: Vec<Change>,
}

/// A cell or number that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Its column and row, or its name.
    pub place: String,
    /// The value before.
    pub old: String,
    /// The value after.
    pub new: String,
    /// The relative change; none if it is not a number.
    pub relative: Option<f64>,
}

/// A claim with another verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedVerdict {
    /// The claim.
    pub claim: String,
    /// Its verdict before, if there was such a claim.
    pub old: Option<String>,
    /// Its verdict after, if there is one.
    pub new: Option<String>,
}

impl Difference {
    /// Whether nothing changed beyond the tolerance.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
            && self.verdicts.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
    }
}

impl ChangedTable {
    fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.columns_added.is_empty()
            && self.columns_removed.is_empty()
            && self.rows.0 == self.rows.1
    }
}

/// The differences between the published results of two places, each a folder or a git revision, under a profile. Their folders
/// are read from the `pipeline.toml` of the place, otherwise from that at `file`, otherwise they are the usual ones. Fractions may change by
/// `tolerance` relative to their size; whole numbers and texts may not.
///
/// # Errors
/// [`PipelineError`]: a place that is not there or has no results, or files that cannot be read.
pub fn diff(
    file: &Path,
    profile: &str,
    (old, new): (&str, &str),
    tolerance: f64,
) -> Result<Difference, PipelineError> {
    let ours = Ours::new(file, profile)?;
    let (old_place, new_place) = (Place::of(old), Place::of(new));
    let (mut old, mut new) = (ours.files(&old_place)?, ours.files(&new_place)?);
    let is_revision = |place: &Place| matches!(place, Place::Revision(_));
    if is_revision(&old_place) || is_revision(&new_place) {
        let ignored = ours.ignored();
        old.retain(|holds, _| !ignored.contains(holds));
        new.retain(|holds, _| !ignored.contains(holds));
    }
    let mut difference = Difference {
        old: old_place.to_string(),
        new: new_place.to_string(),
        tolerance,
        tables: 0,
        cells: 0,
        changed: Vec::new(),
        verdicts: Vec::new(),
        added: files_only_in(&new, &old),
        removed: files_only_in(&old, &new),
    };
    for (holds, after) in &new {
        let Some(before) = old.get(holds) else {
            continue;
        };
        if holds == PAGE {
            difference.verdicts = verdicts(&before.bytes, &after.bytes);
            continue;
        }
        let changed = if holds.ends_with(".json") {
            numbers(before, after, tolerance)?
        } else {
            table(before, after, tolerance)?
        };
        difference.tables += 1;
        difference.cells += changed.cells;
        if !changed.is_empty() {
            difference.changed.push(changed);
        }
    }
    Ok(difference)
}

fn table(
    before: &Published,
    after: &Published,
    tolerance: f64,
) -> Result<ChangedTable, PipelineError> {
    let old = Table::from_parquet(&before.bytes, &before.path)?;
    let new = Table::from_parquet(&after.bytes, &after.path)?;
    let found = compare(&old, &new, tolerance)?;
    let changes = found.changed.into_iter().map(|change| Change {
        place: format!("{}, row {} ({})", change.column, change.row, change.label),
        old: change.old,
        new: change.new,
        relative: Some(change.relative).filter(|x| x.is_finite()),
    });
    Ok(ChangedTable {
        name: after.path.clone(),
        cells: found.cells,
        columns_added: found.added,
        columns_removed: found.removed,
        rows: found.rows,
        changes: changes.collect(),
    })
}

/// The numbers of a stage.
fn numbers(
    before: &Published,
    after: &Published,
    tolerance: f64,
) -> Result<ChangedTable, PipelineError> {
    let read = |file: &Published| -> Result<BTreeMap<String, f64>, PipelineError> {
        let numbers: Vec<Number> =
            serde_json::from_slice(&file.bytes).map_err(|error| PipelineError::NotNumbers {
                path: file.path.clone(),
                reason: error.to_string(),
            })?;
        Ok(numbers.into_iter().map(|n| (n.name, n.value)).collect())
    };
    let (old, new) = (read(before)?, read(after)?);
    let mut changes = Vec::new();
    for (name, after) in &new {
        let Some(before) = old.get(name) else {
            continue;
        };
        let relative = relative_change(*before, *after);
        if relative > tolerance {
            changes.push(Change {
                place: name.clone(),
                old: before.to_string(),
                new: after.to_string(),
                relative: Some(relative).filter(|x| x.is_finite()),
            });
        }
    }
    Ok(ChangedTable {
        name: after.path.clone(),
        cells: new.len() as u64,
        columns_added: only_in(&new, &old).cloned().collect(),
        columns_removed: only_in(&old, &new).cloned().collect(),
        rows: (1, 1),
        changes,
    })
}

fn only_in<'a, T>(
    here: &'a BTreeMap<String, T>,
    there: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = &'a String> {
    here.keys().filter(|name| !there.contains_key(*name))
}

fn files_only_in(here: &Files, there: &Files) -> Vec<String> {
    let missing = only_in(here, there).filter_map(|holds| here.get(holds));
    missing.map(|file| file.path.clone()).collect()
}

/// Claims whose verdict changed, from the pages of results.
fn verdicts(old: &[u8], new: &[u8]) -> Vec<ChangedVerdict> {
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
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name));
    changed
        .map(|name| ChangedVerdict {
            claim: name.clone(),
            old: old.get(name).cloned(),
            new: new.get(name).cloned(),
        })
        .collect()
}
