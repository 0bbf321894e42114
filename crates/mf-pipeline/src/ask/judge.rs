//! Judges claims: our values against references.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use mf_data::{DataError, Table};
use serde_json::Value;

use crate::kinds::job::file_table;
use crate::kinds::verdict::{ClaimReport, Explained, RowReport, Verdict, Verification};
use crate::plan::State;
use crate::plan::contents::not_reproduced;
use crate::plan::survey::Survey;
use crate::project::Project;
use crate::project::claim::{Claim, Ours, Reference, Tolerance};
use crate::store::cache::{Cache, Record};
use crate::words::diagnostic::Diagnostic;
use crate::words::error::PipelineError;
use crate::words::hash::Hash;
use crate::words::text::{did_you_mean, list};

/// Judges every claim against the results that are up to date.
pub(crate) fn verify(project: &Project, cache: &Cache) -> Result<Verification, PipelineError> {
    let stages: BTreeSet<&str> = project.claims.iter().flat_map(Claim::stages).collect();
    if stages.is_empty() {
        return judge(project, cache, &BTreeMap::new(), |_| String::new());
    }
    let survey = Survey::of(project, cache, stages)?;
    judge(project, cache, &survey.records, |stage| {
        stale(&survey, stage)
    })
}

/// Judges every claim against these results; `why` says why a stage has none.
pub(crate) fn judge(
    project: &Project,
    cache: &Cache,
    records: &BTreeMap<String, Record>,
    why: impl Fn(&str) -> String,
) -> Result<Verification, PipelineError> {
    let results = Results {
        project,
        cache,
        tables: RefCell::default(),
    };
    let judged = |claim: &Claim| {
        let record = |stage: &str| {
            records
                .get(stage)
                .ok_or_else(|| Box::new(Diagnostic::new(why(stage))))
        };
        let pairs = match record(&claim.stage) {
            Err(missing) => Err(missing),
            Ok(record) => pairs(&results, record, claim)?,
        };
        let effect = match claim.effect() {
            None => Ok(f64::NAN),
            Some((stage, number)) => match record(stage) {
                Err(missing) => Err(missing),
                Ok(record) => {
                    let numbers = cache.numbers(record)?;
                    let found = numbers.iter().find(|found| found.name == number);
                    let message = || format!("there is no number `{stage}.{number}`");
                    let missing = || Diagnostic::new(message()).key("differs").into();
                    found.map(|found| found.value.abs()).ok_or_else(missing)
                }
            },
        };
        let found = effect.and_then(|effect| Ok((pairs?, effect)));
        Ok(report(project, claim, found))
    };
    let claims: Result<_, PipelineError> = project.claims.iter().map(judged).collect();
    Ok(Verification {
        profile: project.profile.clone(),
        claims: claims?,
        not_reproduced: not_reproduced(records),
    })
}

/// What claims are judged by.
struct Results<'a> {
    project: &'a Project,
    cache: &'a Cache,
    /// Tables that were read, by `stage.table`: several claims may be on one.
    tables: RefCell<BTreeMap<String, Table>>,
}

impl Results<'_> {
    fn table(&self, of: &str, hash: &Hash) -> Result<Table, PipelineError> {
        if let Some(table) = self.tables.borrow().get(of) {
            return Ok(table.clone());
        }
        let table = Table::from_parquet(&self.cache.bytes(hash)?, of)?;
        self.tables
            .borrow_mut()
            .insert(of.to_owned(), table.clone());
        Ok(table)
    }
}

/// What claims need, or why it is not there; with a key if a key of the claim is wrong.
type Found<T> = Result<T, Box<Diagnostic>>;

/// A reference and ours; the message says why there is none.
struct Pair {
    key: String,
    reference: f64,
    digits: Option<String>,
    ours: Result<f64, String>,
    tolerance: f64,
}

/// Why the stage has no result that is up to date.
fn stale(survey: &Survey<'_>, stage: &str) -> String {
    let node = survey.plan.nodes.iter().find(|node| node.name == stage);
    match node.map(|node| &node.state) {
        None | Some(State::Fresh) => format!("`{stage}` has no result: run `mf run`"),
        Some(State::Pending { on }) => {
            format!("`{stage}` waits for {}: run `mf run`", list(on))
        }
        Some(State::Stale { reasons }) => {
            let reasons = list(reasons.iter().map(ToString::to_string));
            format!("`{stage}` is not up to date ({reasons}): run `mf run`")
        }
    }
}

/// The references with ours, or why there are none.
fn pairs(
    results: &Results<'_>,
    record: &Record,
    claim: &Claim,
) -> Result<Found<Vec<Pair>>, PipelineError> {
    let of = format!("{}.{}", claim.stage, claim.output);
    if matches!(claim.ours, Ours::Number) {
        let numbers = results.cache.numbers(record)?;
        let number = |name: &str, key: &str| {
            let found = numbers.iter().find(|number| number.name == name);
            let message = || format!("there is no number `{}.{name}`", claim.stage);
            let missing = || Diagnostic::new(message()).key(key).into();
            found.map(|number| number.value).ok_or_else(missing)
        };
        return Ok(one(claim, (&claim.output, "of"), number).map(|pair| vec![pair]));
    }
    let Some(objects) = record.tables.get(&claim.output) else {
        let missing = Diagnostic::new(format!("there is no table `{of}`"));
        return Ok(Err(missing.key("of").into()));
    };
    let table = results.table(&of, &objects.parquet)?;
    Ok(match &claim.ours {
        Ours::Column { column, key, row } => {
            rows(results.project, claim, &table, (column, key, row))
        }
        Ours::Cell { column, row } => cell(claim, &table, column, row).map(|pair| vec![pair]),
        Ours::Number => Ok(Vec::new()),
    })
}

/// The claim on one value. `value` gives that of a number or a column, by its name and by the key of the claim that names it.
fn one(
    claim: &Claim,
    (ours, key): (&str, &str),
    value: impl Fn(&str, &str) -> Found<f64>,
) -> Found<Pair> {
    let (reference, digits) = match &claim.reference {
        Reference::Theory(name) => (value(name, "against")?, None),
        Reference::Value { value, digits } => (*value, Some(digits.clone())),
        Reference::File(_) => (f64::NAN, None),
    };
    let error = claim.error();
    let error = error.map_or(Ok(f64::NAN), |error| value(error, "tolerance"))?;
    Ok(Pair {
        key: String::new(),
        reference,
        digits,
        ours: Ok(value(ours, key)?),
        tolerance: claim.tolerance_at(error),
    })
}

/// The claim on the one cell of a row that is named by the values of other columns.
fn cell(claim: &Claim, table: &Table, column: &str, row: &BTreeMap<String, Value>) -> Found<Pair> {
    let of = format!("{}.{}", claim.stage, claim.output);
    let fitting = fitting(table, &of, row)?;
    let [at] = fitting.as_slice() else {
        let count = match fitting.len() {
            0 => "no row".to_owned(),
            count => format!("{count} rows"),
        };
        let many = Diagnostic::new(format!("{count} of `{of}` has these values of `row`"));
        let help = "name columns and values that only one row has";
        return Err(many.key("row").help(Some(help.to_owned())).into());
    };
    one(claim, (column, "column"), |column, key| {
        let found = values(table, &of, (column, key))?;
        Ok(found.get(*at).copied().unwrap_or(f64::NAN))
    })
}

/// The rows of a table in which columns have these values.
fn fitting(table: &Table, of: &str, row: &BTreeMap<String, Value>) -> Found<Vec<usize>> {
    let mut fits = vec![true; table.rows()];
    for (name, wanted) in row {
        let found = texts(table, of, (name, "row"))?;
        let wanted = wanted
            .as_str()
            .map_or_else(|| wanted.to_string(), str::to_owned);
        if !found.iter().any(|found| same_key(found, &wanted)) {
            let near = did_you_mean(&wanted, found.iter().map(String::as_str));
            let none = Diagnostic::new(format!("no row of `{of}` has `{name}` = {wanted}"));
            let known: BTreeSet<&String> = found.iter().collect();
            return Err(none.key("row").allowed(list(known)).help(near).into());
        }
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
    project: &Project,
    claim: &Claim,
    table: &Table,
    (column, key, row): (&str, &str, &BTreeMap<String, Value>),
) -> Found<Vec<Pair>> {
    let of = format!("{}.{}", claim.stage, claim.output);
    let keys = texts(table, &of, (key, "key"))?;
    let ours = values(table, &of, (column, "column"))?;
    let errors = claim
        .error()
        .map(|error| values(table, &of, (error, "tolerance")))
        .transpose()?;
    let here = fitting(table, &of, row)?;
    let text = |at: usize| keys.get(at).map(String::as_str).unwrap_or_default();
    let value = |values: &[f64], at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    let tolerance = |at: usize| {
        claim.tolerance_at(errors.as_ref().map_or(f64::NAN, |errors| value(errors, at)))
    };
    match &claim.reference {
        Reference::Theory(theory) => {
            let theory = values(table, &of, (theory, "against"))?;
            if here.is_empty() {
                let none = format!("no row of `{of}` has these values of `row`");
                return Err(Diagnostic::new(none).key("row").into());
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
            const KEY: &str = "reference-table";
            let wrong = |message: String| Box::new(Diagnostic::new(message).key(KEY));
            let bytes = project.read(&file.file);
            let bytes = bytes.map_err(|error| wrong(error.to_string()))?;
            let printed = file_table(&project.root.join(&file.file), &bytes);
            let printed = printed.map_err(|error| wrong(error.to_string()))?;
            let wanted = texts(&printed, &file.file, (&file.key, KEY))?;
            let digits = texts(&printed, &file.file, (&file.column, KEY))?;
            let references = values(&printed, &file.file, (&file.column, KEY))?;
            if wanted.is_empty() {
                return Err(wrong(format!("{} has no rows", file.file)));
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

/// Checks that a table has a column, which a key of the claim names.
fn known_column(table: &Table, of: &str, (name, key): (&str, &str)) -> Found<()> {
    let fields = table.fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let missing = Diagnostic::new(format!("`{of}` has no column `{name}`"));
    let near = did_you_mean(name, names.iter().copied());
    Err(missing.key(key).allowed(list(names)).help(near).into())
}

fn texts(table: &Table, of: &str, column: (&str, &str)) -> Found<Vec<String>> {
    known_column(table, of, column)?;
    table
        .text(column.0)
        .map_err(|error| wrong(&error, column.1))
}

fn values(table: &Table, of: &str, column: (&str, &str)) -> Found<Vec<f64>> {
    known_column(table, of, column)?;
    table.f64(column.0).map_err(|error| wrong(&error, column.1))
}

fn wrong(error: &DataError, key: &str) -> Box<Diagnostic> {
    Diagnostic::new(error.to_string()).key(key).into()
}

/// Keys are equal as numbers if both are numbers, and as text otherwise.
fn same_key(a: &str, b: &str) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

/// The report of a claim; with its pairs comes the size of the effect that explains a difference (NaN if it has none).
fn report(project: &Project, claim: &Claim, found: Found<(Vec<Pair>, f64)>) -> ClaimReport {
    let (mut message, mut problem) = (None, None);
    let mut rows = Vec::new();
    let effect = found.as_ref().map_or(f64::NAN, |(_, effect)| *effect);
    match found {
        Err(why) if why.key.is_empty() => message = Some(why.message),
        Err(wrong) => {
            let path = [wrong.key.clone()];
            let key = format!("claim.{}.{}", claim.name, wrong.key);
            message = Some(wrong.message.clone());
            problem = Some(project.written.problem(wrong.key(key), &claim.item, &path));
        }
        Ok((pairs, effect)) => {
            for pair in pairs {
                let (row, text) = row(claim, pair, effect);
                message = message.or(text);
                rows.push(row);
            }
        }
    }
    // In units of the tolerance, which may be another one in each row; what is not a number is the worst.
    let rank = |row: &RowReport| {
        let share = match row.measure {
            Some(0.0) => 0.0,
            Some(measure) => measure / row.tolerance,
            None => f64::NAN,
        };
        let share = if share.is_nan() { f64::INFINITY } else { share };
        (badness(row.verdict), share)
    };
    let worst = (0..rows.len()).reduce(|worst, index| {
        let is_worse = rows.get(index).map(rank) > rows.get(worst).map(rank);
        if is_worse { index } else { worst }
    });
    let verdict = worst
        .and_then(|worst| rows.get(worst))
        .map_or(Verdict::Missing, |row| row.verdict);
    let tolerance = worst
        .and_then(|worst| rows.get(worst))
        .map_or_else(|| claim.tolerance_at(f64::NAN), |row| row.tolerance);
    ClaimReport {
        name: claim.name.clone(),
        about: claim.about.clone(),
        line: claim.line,
        of: format!("{}.{}", claim.stage, claim.output),
        source: claim.source.clone(),
        place: claim.place.clone(),
        verdict,
        tolerance,
        relative: matches!(claim.tolerance, Tolerance::Relative(_)),
        standard_errors: match &claim.tolerance {
            Tolerance::Measured(measured) => Some(measured.standard_errors),
            _ => None,
        },
        reason: claim.reason.clone(),
        explanation: claim.differs.as_ref().map(|differs| Explained {
            within: claim.explained(tolerance, effect),
            computed: claim.effect().is_some(),
            reason: differs.reason.clone(),
            unexplained: differs.unexplained.clone(),
        }),
        rows,
        worst,
        message,
        problem,
    }
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Holds => 0,
        Verdict::DiffersExplained => 1,
        Verdict::DiffersUnexplained => 2,
        Verdict::Missing => 3,
        Verdict::Fails => 4,
    }
}

fn row(claim: &Claim, pair: Pair, effect: f64) -> (RowReport, Option<String>) {
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
    let within = claim.explained(row.tolerance, effect);
    let open = claim
        .differs
        .as_ref()
        .is_some_and(|differs| differs.unexplained.is_some());
    // Comparisons with NaN are false: what is not a number fails.
    row.verdict = if measure <= row.tolerance || difference == 0.0 {
        Verdict::Holds
    } else if measure <= within {
        Verdict::DiffersExplained
    } else if open && measure.is_finite() {
        Verdict::DiffersUnexplained
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
