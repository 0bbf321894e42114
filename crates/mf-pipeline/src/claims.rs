//! Claims: our values against references.

use std::collections::{BTreeMap, BTreeSet};

use mf_data::Table;
use serde::Serialize;
use serde_json::Value;

use crate::error::PipelineError;
use crate::execute::numbers;
use crate::job::file_table;
use crate::outputs::{Number, any_f64};
use crate::pipeline::Pipeline;
use crate::plan::{State, Survey};
use crate::selection::Selection;
use crate::spec::{DiffersSpec, MeasuredSpec, ReferenceTableSpec};
use crate::text::{did_you_mean, list};

/// A claim whose references have been resolved.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) line: usize,
    pub(crate) stage: String,
    pub(crate) output: String,
    pub(crate) ours: Ours,
    pub(crate) reference: Reference,
    pub(crate) source: String,
    pub(crate) place: String,
    pub(crate) tolerance: Tolerance,
    pub(crate) reason: String,
    pub(crate) differs: Option<DiffersSpec>,
}

/// Which of our values.
#[derive(Debug, Clone)]
pub(crate) enum Ours {
    /// A number of the stage.
    Number,
    /// One cell of a table.
    Cell {
        column: String,
        row: BTreeMap<String, Value>,
    },
    /// A column, row by row, of the rows that fit.
    Column {
        column: String,
        key: String,
        row: BTreeMap<String, Value>,
    },
}

/// What they are held against.
#[derive(Debug, Clone)]
pub(crate) enum Reference {
    /// One value, with its digits as they are written.
    Value { value: f64, digits: String },
    /// The values of a file.
    File(ReferenceTableSpec),
    /// A number or column of the same stage, which follows from theory.
    Theory(String),
}

/// How far ours may be off.
#[derive(Debug, Clone)]
pub(crate) enum Tolerance {
    Absolute(f64),
    Relative(f64),
    /// So many standard errors, a number or column of the same stage.
    Measured(MeasuredSpec),
}

impl Claim {
    /// The file of the reference values, if they are in one.
    pub(crate) fn reference_file(&self) -> Option<&str> {
        match &self.reference {
            Reference::File(table) => Some(&table.file),
            _ => None,
        }
    }

    /// The name of a standard error of the stage that the tolerance counts.
    fn error(&self) -> Option<&str> {
        match &self.tolerance {
            Tolerance::Measured(measured) => Some(&measured.of),
            _ => None,
        }
    }

    /// The tolerance for this standard error, which counts only where the claim measures it.
    fn tolerance_at(&self, error: f64) -> f64 {
        match &self.tolerance {
            Tolerance::Absolute(tolerance) | Tolerance::Relative(tolerance) => *tolerance,
            Tolerance::Measured(measured) => measured.standard_errors * error,
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

/// The verdict on one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowReport {
    /// The key of the row; empty for a claim of one value.
    pub key: String,
    /// The reference value.
    #[serde(with = "any_f64")]
    pub reference: f64,
    /// Its digits as its source gives them, if it is not computed.
    pub digits: Option<String>,
    /// Ours, if there is one.
    pub ours: Option<f64>,
    /// Ours minus the reference.
    pub difference: Option<f64>,
    /// The size of the difference in the measure of the tolerance (absolute or relative).
    pub measure: Option<f64>,
    /// The tolerance; NaN if it is measured and there is no measurement.
    #[serde(with = "any_f64")]
    pub tolerance: f64,
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
    /// Who gives the reference, in a word or two.
    pub source: String,
    /// Where it is given there; may be empty.
    pub place: String,
    /// The verdict: the worst of its rows.
    pub verdict: Verdict,
    /// The tolerance of the worst row; NaN if it is measured and there is no measurement.
    #[serde(with = "any_f64")]
    pub tolerance: f64,
    /// Whether the tolerance is relative to the reference.
    pub relative: bool,
    /// How many standard errors the tolerance is, if it is measured.
    pub standard_errors: Option<f64>,
    /// Why this tolerance.
    pub reason: String,
    /// Why the reference does not hold, and how far the explanation reaches.
    pub explanation: Option<(f64, String)>,
    /// One row per value.
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

/// A reference and ours; the message says why there is none.
struct Pair {
    key: String,
    reference: f64,
    digits: Option<String>,
    ours: Result<f64, String>,
    tolerance: f64,
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

/// The references with ours, or why there are none.
fn pairs(survey: &Survey<'_>, claim: &Claim) -> Result<Result<Vec<Pair>, String>, PipelineError> {
    let Some(record) = survey.records.get(&claim.stage) else {
        return Ok(Err(format!(
            "`{}` has no result: run `mf run` first",
            claim.stage
        )));
    };
    let of = format!("{}.{}", claim.stage, claim.output);
    if matches!(claim.ours, Ours::Number) {
        return Ok(number(claim, &numbers(survey.pipeline, record)?).map(|pair| vec![pair]));
    }
    let Some(objects) = record.tables.get(&claim.output) else {
        return Ok(Err(format!("there is no table `{of}`")));
    };
    let table = Table::from_parquet(&survey.pipeline.cache.bytes(&objects.parquet)?, &of)?;
    Ok(match &claim.ours {
        Ours::Column { column, key, row } => rows(survey, claim, &table, (column, key, row)),
        Ours::Cell { column, row } => cell(claim, &table, column, row).map(|pair| vec![pair]),
        Ours::Number => Ok(Vec::new()),
    })
}

/// The claim on a number.
fn number(claim: &Claim, numbers: &[Number]) -> Result<Pair, String> {
    let find = |name: &str| {
        let found = numbers.iter().find(|number| number.name == name);
        let missing = || format!("there is no number `{}.{name}`", claim.stage);
        found.map(|number| number.value).ok_or_else(missing)
    };
    let (reference, digits) = match &claim.reference {
        Reference::Theory(name) => (find(name)?, None),
        reference => written(reference),
    };
    let error = claim.error().map_or(Ok(f64::NAN), find)?;
    Ok(Pair {
        key: String::new(),
        reference,
        digits,
        ours: Ok(find(&claim.output)?),
        tolerance: claim.tolerance_at(error),
    })
}

/// A reference that is one written value.
fn written(reference: &Reference) -> (f64, Option<String>) {
    match reference {
        Reference::Value { value, digits } => (*value, Some(digits.clone())),
        _ => (f64::NAN, None),
    }
}

/// The claim on the one cell of a row that is named by the values of other columns.
fn cell(
    claim: &Claim,
    table: &Table,
    column: &str,
    row: &BTreeMap<String, Value>,
) -> Result<Pair, String> {
    let of = format!("{}.{}", claim.stage, claim.output);
    let fitting = fitting(table, &of, row)?;
    let [at] = fitting.as_slice() else {
        return Err(format!(
            "`row` names {} rows of `{of}`, not one",
            fitting.len()
        ));
    };
    let value = |column: &str| -> Result<f64, String> {
        let found = values(table, &of, column)?;
        Ok(found.get(*at).copied().unwrap_or(f64::NAN))
    };
    let (reference, digits) = match &claim.reference {
        Reference::Theory(column) => (value(column)?, None),
        reference => written(reference),
    };
    let error = claim.error().map_or(Ok(f64::NAN), value)?;
    Ok(Pair {
        key: String::new(),
        reference,
        digits,
        ours: Ok(value(column)?),
        tolerance: claim.tolerance_at(error),
    })
}

/// The rows of a table in which columns have these values.
fn fitting(table: &Table, of: &str, row: &BTreeMap<String, Value>) -> Result<Vec<usize>, String> {
    let mut fits = vec![true; table.rows()];
    for (name, wanted) in row {
        let found = texts(table, of, name)?;
        let wanted = wanted
            .as_str()
            .map_or_else(|| wanted.to_string(), str::to_owned);
        for (fit, found) in fits.iter_mut().zip(&found) {
            *fit &= same_key(found, &wanted);
        }
    }
    let places = fits.into_iter().enumerate();
    Ok(places.filter(|(_, fit)| *fit).map(|(at, _)| at).collect())
}

/// The claim on a column: every row of the file of references with ours of the same key, or every row of ours with its
/// own reference.
fn rows(
    survey: &Survey<'_>,
    claim: &Claim,
    table: &Table,
    (column, key, row): (&str, &str, &BTreeMap<String, Value>),
) -> Result<Vec<Pair>, String> {
    let of = format!("{}.{}", claim.stage, claim.output);
    let keys = texts(table, &of, key)?;
    let ours = values(table, &of, column)?;
    let errors = claim
        .error()
        .map(|error| values(table, &of, error))
        .transpose()?;
    let here = fitting(table, &of, row)?;
    let text = |at: usize| keys.get(at).map(String::as_str).unwrap_or_default();
    let value = |values: &[f64], at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    let tolerance = |at: usize| {
        claim.tolerance_at(errors.as_ref().map_or(f64::NAN, |errors| value(errors, at)))
    };
    match &claim.reference {
        Reference::Theory(theory) => {
            let theory = values(table, &of, theory)?;
            if here.is_empty() {
                return Err(format!("`row` names no row of `{of}`"));
            }
            let pair = |at: usize| Pair {
                key: text(at).to_owned(),
                reference: value(&theory, at),
                digits: None,
                ours: Ok(value(&ours, at)),
                tolerance: tolerance(at),
            };
            Ok(here.into_iter().map(pair).collect())
        }
        Reference::File(file) => {
            let path = survey.pipeline.root.join(&file.file);
            let printed = mf_data::files::read(&path).and_then(|bytes| file_table(&path, &bytes));
            let printed = printed.map_err(|error| error.to_string())?;
            let wanted = texts(&printed, &file.file, &file.key)?;
            let digits = texts(&printed, &file.file, &file.column)?;
            let references = values(&printed, &file.file, &file.column)?;
            if wanted.is_empty() {
                return Err(format!("{} has no rows", file.file));
            }
            let pair = |((wanted, digits), reference): ((String, String), f64)| {
                let mut found = here.iter().filter(|at| same_key(text(**at), &wanted));
                let (at, more) = (found.next(), found.next());
                let ours = match (at, more) {
                    (Some(at), None) => Ok(value(&ours, *at)),
                    (None, _) => Err(format!("we have no row with `{key}` = {wanted}")),
                    (Some(_), Some(_)) => {
                        Err(format!("we have several rows with `{key}` = {wanted}"))
                    }
                };
                Pair {
                    key: wanted,
                    reference,
                    digits: Some(digits),
                    ours,
                    tolerance: at.map_or(f64::NAN, |at| tolerance(*at)),
                }
            };
            Ok(wanted
                .into_iter()
                .zip(digits)
                .zip(references)
                .map(pair)
                .collect())
        }
        Reference::Value { .. } => Ok(Vec::new()),
    }
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

fn texts(table: &Table, of: &str, column: &str) -> Result<Vec<String>, String> {
    known_column(table, of, column)?;
    table.text(column).map_err(|error| error.to_string())
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
        place: claim.place.clone(),
        verdict,
        tolerance: worst
            .and_then(|worst| rows.get(worst))
            .map_or_else(|| claim.tolerance_at(f64::NAN), |row| row.tolerance),
        relative: matches!(claim.tolerance, Tolerance::Relative(_)),
        standard_errors: match &claim.tolerance {
            Tolerance::Measured(measured) => Some(measured.standard_errors),
            _ => None,
        },
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
    let mut row = RowReport {
        key: pair.key,
        reference: pair.reference,
        digits: pair.digits,
        ours: None,
        difference: None,
        measure: None,
        tolerance: pair.tolerance,
        verdict: Verdict::Missing,
    };
    let ours = match pair.ours {
        Ok(ours) => ours,
        Err(message) => return (row, Some(message)),
    };
    let difference = ours - row.reference;
    let measure = match claim.tolerance {
        Tolerance::Relative(_) => difference.abs() / row.reference.abs(),
        Tolerance::Absolute(_) | Tolerance::Measured(_) => difference.abs(),
    };
    let within = claim
        .differs
        .as_ref()
        .map_or(row.tolerance, |differs| differs.within);
    // Comparisons with NaN are false: what is not a number fails.
    row.verdict = if measure <= row.tolerance || difference == 0.0 {
        Verdict::Holds
    } else if measure <= within {
        Verdict::DiffersExplained
    } else {
        Verdict::Fails
    };
    (row.ours, row.difference, row.measure) = (Some(ours), Some(difference), Some(measure));
    let message = if ours.is_nan() {
        Some("our value is not a number".to_owned())
    } else if row.tolerance.is_nan() && row.verdict == Verdict::Fails {
        Some("its standard error is not a number: too little was measured".to_owned())
    } else {
        None
    };
    (row, message)
}
