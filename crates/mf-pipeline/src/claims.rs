//! Claims: printed values against ours.

use std::collections::{BTreeMap, BTreeSet};

use mf_data::Table;
use serde::Serialize;
use serde_json::Value;

use crate::error::PipelineError;
use crate::execute::numbers;
use crate::job::file_table;
use crate::outputs::any_f64;
use crate::pipeline::Pipeline;
use crate::plan::{State, Survey};
use crate::selection::Selection;
use crate::spec::{DiffersSpec, PaperTableSpec};
use crate::text::{did_you_mean, list};

/// A claim whose reference has been resolved.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) line: usize,
    pub(crate) stage: String,
    pub(crate) output: String,
    pub(crate) ours: Ours,
    pub(crate) source: String,
    pub(crate) tolerance: f64,
    pub(crate) relative: bool,
    pub(crate) reason: String,
    pub(crate) differs: Option<DiffersSpec>,
}

/// Which of our values, against which printed ones.
#[derive(Debug, Clone)]
pub(crate) enum Ours {
    /// A number of the stage.
    Number { paper: f64 },
    /// One cell of a table.
    Cell {
        column: String,
        row: BTreeMap<String, Value>,
        paper: f64,
    },
    /// A column, row by row.
    Column {
        column: String,
        key: String,
        paper: PaperTableSpec,
    },
}

impl Claim {
    /// The file of the printed values, if they are in one.
    pub(crate) fn paper_file(&self) -> Option<&str> {
        match &self.ours {
            Ours::Column { paper, .. } => Some(&paper.file),
            _ => None,
        }
    }
}

/// The verdict on a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The difference is within the tolerance.
    Holds,
    /// The difference is beyond the tolerance, and within what the claim explains.
    DiffersExplained,
    /// The difference is beyond what is explained, or ours is not a number.
    Fails,
    /// There is no value of ours that is up to date.
    Missing,
}

impl Verdict {
    /// Whether the claim passes.
    #[must_use]
    pub fn passes(self) -> bool {
        matches!(self, Verdict::Holds | Verdict::DiffersExplained)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Verdict::Holds => "holds",
            Verdict::DiffersExplained => "differs, explained",
            Verdict::Fails => "fails",
            Verdict::Missing => "missing",
        })
    }
}

/// The verdict on one printed value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowReport {
    /// The key of the row; empty for a claim of one value.
    pub key: String,
    /// The printed value.
    #[serde(with = "any_f64")]
    pub paper: f64,
    /// Ours, if there is one.
    pub ours: Option<f64>,
    /// Ours minus the paper's.
    pub difference: Option<f64>,
    /// The size of the difference in the measure of the tolerance (absolute or relative).
    pub measure: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
}

/// The verdict on a claim, with everything needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimReport {
    /// Its name.
    pub name: String,
    /// What is claimed.
    pub about: String,
    /// Its line in `pipeline.toml`.
    pub line: usize,
    /// Which of our results.
    pub of: String,
    /// Where the paper's value is printed.
    pub source: String,
    /// The verdict: the worst of its rows.
    pub verdict: Verdict,
    /// The tolerance.
    pub tolerance: f64,
    /// Whether the tolerance is relative to the paper's value.
    pub relative: bool,
    /// Why this tolerance.
    pub reason: String,
    /// Why the printed value does not hold, and how far the explanation reaches.
    pub explanation: Option<(f64, String)>,
    /// One row per printed value.
    pub rows: Vec<RowReport>,
    /// The row to show: the worst one.
    pub worst: Option<usize>,
    /// What is missing or wrong, if there is something to say.
    pub message: Option<String>,
}

impl ClaimReport {
    /// The worst row: for a claim of one value, that one.
    #[must_use]
    pub fn worst_row(&self) -> Option<&RowReport> {
        self.rows.get(self.worst?)
    }
}

/// The verdicts on all claims.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// The profile.
    pub profile: String,
    /// The claims, in the order of the file.
    pub claims: Vec<ClaimReport>,
}

impl Verification {
    /// Whether every claim passes.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.claims.iter().all(|claim| claim.verdict.passes())
    }

    /// How many claims have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.claims
            .iter()
            .filter(|claim| claim.verdict == verdict)
            .count()
    }
}

/// Judges every claim against the fresh results.
pub(crate) fn verify(pipeline: &Pipeline) -> Result<Verification, PipelineError> {
    let stages: BTreeSet<&str> = pipeline
        .claims
        .iter()
        .map(|claim| claim.stage.as_str())
        .collect();
    let only = stages.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let claims = if only.is_empty() {
        Vec::new()
    } else {
        let survey = Survey::new(
            pipeline,
            &Selection {
                only,
                ..Selection::default()
            },
        )?;
        pipeline
            .claims
            .iter()
            .map(|claim| judge(&survey, claim))
            .collect::<Result<_, _>>()?
    };
    Ok(Verification {
        profile: pipeline.profile.clone(),
        claims,
    })
}

/// A printed value and ours; the message says why there is none.
struct Pair {
    key: String,
    paper: f64,
    ours: Result<f64, String>,
}

fn judge(survey: &Survey<'_>, claim: &Claim) -> Result<ClaimReport, PipelineError> {
    let pairs = match stale(survey, &claim.stage) {
        Some(message) => Err(message),
        None => pairs(survey, claim)?,
    };
    Ok(report(claim, pairs))
}

/// Why the stage has no result that is up to date.
fn stale(survey: &Survey<'_>, stage: &str) -> Option<String> {
    let node = survey.plan.nodes.iter().find(|node| node.name == stage)?;
    match &node.state {
        State::Fresh => None,
        State::Pending { on } => Some(format!(
            "`{stage}` waits for {}: run `mf run` first",
            list(on)
        )),
        State::Stale { reasons } => {
            let reasons = list(reasons.iter().map(ToString::to_string));
            Some(format!(
                "`{stage}` is not up to date ({reasons}): run `mf run` first"
            ))
        }
    }
}

/// The printed values with ours, or why there are none.
fn pairs(survey: &Survey<'_>, claim: &Claim) -> Result<Result<Vec<Pair>, String>, PipelineError> {
    let Some(record) = survey.records.get(&claim.stage) else {
        return Ok(Err(format!(
            "`{}` has no result: run `mf run` first",
            claim.stage
        )));
    };
    let of = format!("{}.{}", claim.stage, claim.output);
    if let Ours::Number { paper } = claim.ours {
        let numbers = numbers(survey.pipeline, record)?;
        let ours = numbers
            .iter()
            .find(|number| number.name == claim.output)
            .map(|number| number.value);
        let ours = ours.ok_or_else(|| format!("there is no number `{of}`"));
        return Ok(Ok(vec![Pair {
            key: String::new(),
            paper,
            ours,
        }]));
    }
    let Some(objects) = record.tables.get(&claim.output) else {
        return Ok(Err(format!("there is no table `{of}`")));
    };
    let table = Table::from_parquet(&survey.pipeline.cache.bytes(&objects.parquet)?, &of)?;
    Ok(match &claim.ours {
        Ours::Column { column, key, paper } => {
            let path = survey.pipeline.root.join(&paper.file);
            let printed = mf_data::files::read(&path).and_then(|bytes| file_table(&path, &bytes));
            printed
                .map_err(|error| error.to_string())
                .and_then(|printed| rows(&table, column, key, &printed, paper))
        }
        Ours::Cell { column, row, paper } => cell(&table, &of, column, row).map(|ours| {
            vec![Pair {
                key: String::new(),
                paper: *paper,
                ours: Ok(ours),
            }]
        }),
        Ours::Number { .. } => Ok(Vec::new()),
    })
}

/// The one cell of a row that is named by the values of other columns.
fn cell(
    table: &Table,
    of: &str,
    column: &str,
    row: &BTreeMap<String, Value>,
) -> Result<f64, String> {
    let mut fits = vec![true; table.rows()];
    for (name, wanted) in row {
        known_column(table, of, name)?;
        let found = table.text(name).map_err(|error| error.to_string())?;
        let wanted = wanted
            .as_str()
            .map_or_else(|| wanted.to_string(), str::to_owned);
        for (fit, found) in fits.iter_mut().zip(&found) {
            *fit &= same_key(found, &wanted);
        }
    }
    let count = fits.iter().filter(|fit| **fit).count();
    if count != 1 {
        return Err(format!("`row` names {count} rows of `{of}`, not one"));
    }
    let values = values(table, of, column)?;
    values
        .into_iter()
        .zip(fits)
        .find(|(_, fit)| *fit)
        .map(|(value, _)| value)
        .ok_or_else(|| format!("`{of}` is empty"))
}

/// Every row of the printed table with ours of the same key.
fn rows(
    table: &Table,
    column: &str,
    key: &str,
    printed: &Table,
    paper: &PaperTableSpec,
) -> Result<Vec<Pair>, String> {
    let text = |table: &Table, of: &str, name: &str| {
        known_column(table, of, name)?;
        table.text(name).map_err(|error| error.to_string())
    };
    let (our_keys, ours) = (
        text(table, "our table", key)?,
        values(table, "our table", column)?,
    );
    let (keys, printed) = (
        text(printed, &paper.file, &paper.key)?,
        values(printed, &paper.file, &paper.column)?,
    );
    if keys.is_empty() {
        return Err(format!("{} has no rows", paper.file));
    }
    let pair = |(wanted, paper): (String, f64)| {
        let mut found = our_keys
            .iter()
            .zip(&ours)
            .filter(|(found, _)| same_key(found, &wanted))
            .map(|(_, value)| *value);
        let ours = match (found.next(), found.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(format!("we have no row with `{key}` = {wanted}")),
            (Some(_), Some(_)) => Err(format!("we have several rows with `{key}` = {wanted}")),
        };
        Pair {
            key: wanted,
            paper,
            ours,
        }
    };
    Ok(keys.into_iter().zip(printed).map(pair).collect())
}

fn known_column(table: &Table, of: &str, name: &str) -> Result<(), String> {
    let names: Vec<&str> = table
        .fields()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    if names.contains(&name) {
        return Ok(());
    }
    let hint = did_you_mean(name, names.iter().copied())
        .map(|hint| format!("; {hint}"))
        .unwrap_or_default();
    Err(format!(
        "`{of}` has no column `{name}`; it has {}{hint}",
        list(names)
    ))
}

fn values(table: &Table, of: &str, column: &str) -> Result<Vec<f64>, String> {
    known_column(table, of, column)?;
    table.f64(column).map_err(|error| error.to_string())
}

/// Keys are equal as numbers if both are numbers, and as text otherwise.
fn same_key(a: &str, b: &str) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn report(claim: &Claim, pairs: Result<Vec<Pair>, String>) -> ClaimReport {
    let mut message = None;
    let mut rows = Vec::new();
    match pairs {
        Err(text) => message = Some(text),
        Ok(pairs) => {
            for pair in pairs {
                let (row, text) = row(claim, pair);
                message = message.or(text);
                rows.push(row);
            }
        }
    }
    let rank = |row: &RowReport| {
        (
            badness(row.verdict),
            row.measure.map_or(
                f64::INFINITY,
                |m| if m.is_nan() { f64::INFINITY } else { m },
            ),
        )
    };
    let worst = (0..rows.len()).reduce(|worst, index| {
        let is_worse = rows.get(index).map(rank) > rows.get(worst).map(rank);
        if is_worse { index } else { worst }
    });
    let verdict = worst
        .and_then(|worst| rows.get(worst))
        .map_or(Verdict::Missing, |row| row.verdict);
    ClaimReport {
        name: claim.name.clone(),
        about: claim.about.clone(),
        line: claim.line,
        of: format!("{}.{}", claim.stage, claim.output),
        source: claim.source.clone(),
        verdict,
        tolerance: claim.tolerance,
        relative: claim.relative,
        reason: claim.reason.clone(),
        explanation: claim
            .differs
            .as_ref()
            .map(|differs| (differs.within, differs.reason.clone())),
        rows,
        worst,
        message,
    }
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Holds => 0,
        Verdict::DiffersExplained => 1,
        Verdict::Missing => 2,
        Verdict::Fails => 3,
    }
}

fn row(claim: &Claim, pair: Pair) -> (RowReport, Option<String>) {
    let Pair { key, paper, ours } = pair;
    match ours {
        Err(message) => {
            let verdict = Verdict::Missing;
            (
                RowReport {
                    key,
                    paper,
                    ours: None,
                    difference: None,
                    measure: None,
                    verdict,
                },
                Some(message),
            )
        }
        Ok(ours) => {
            let difference = ours - paper;
            let measure = if claim.relative {
                difference.abs() / paper.abs()
            } else {
                difference.abs()
            };
            let within = claim
                .differs
                .as_ref()
                .map_or(claim.tolerance, |differs| differs.within);
            // Comparisons with NaN are false: what is not a number fails.
            let verdict = if measure <= claim.tolerance || (difference == 0.0) {
                Verdict::Holds
            } else if measure <= within {
                Verdict::DiffersExplained
            } else {
                Verdict::Fails
            };
            let message = ours
                .is_nan()
                .then(|| "our value is not a number".to_owned());
            let (ours, difference, measure) = (Some(ours), Some(difference), Some(measure));
            (
                RowReport {
                    key,
                    paper,
                    ours,
                    difference,
                    measure,
                    verdict,
                },
                message,
            )
        }
    }
}
