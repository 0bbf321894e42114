//! Claims: our values, the references, the tolerances.

use super::{Known, Resolver};
use crate::project::claim::{Claim, Ours, Reference, Tolerance};
use crate::project::node::Source;
use crate::spec::tree::Node as Toml;
use crate::spec::types::{ClaimSpec, ToleranceSpec, WithinSpec};
use crate::spec::validate::below;
use crate::words::diagnostic::Diagnostic;

/// Why a tolerance `"printed"` is what it is.
const PRINTED: &str = "half a unit of its last printed digit";

impl Resolver<'_> {
    pub(super) fn claims(&mut self, known: &Known<'_>) -> Vec<Claim> {
        let (mut claims, mut problems) = (Vec::new(), Vec::new());
        for (path, item) in self.items("claim") {
            if let Some(spec) = self.item::<ClaimSpec>("claim", item, &path, &mut problems) {
                claims.extend(self.claim(spec, &path, item, known, &mut problems));
            }
        }
        self.problems.extend(problems);
        claims
    }

    fn claim(
        &self,
        spec: ClaimSpec,
        path: &[String],
        item: &Toml,
        known: &Known<'_>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Claim> {
        let before = problems.len();
        let mut problem = |key: &str, problem: Diagnostic| {
            let place = item.get(key).unwrap_or(item);
            problems.push(
                problem
                    .at(place.span.clone())
                    .key(below(path, key).join(".")),
            );
        };
        let source = match self.reference(&spec.of, known) {
            Ok(source) => source,
            Err(error) => {
                problem("of", error.value(&spec.of));
                None
            }
        };
        let ours = source
            .as_ref()
            .and_then(|source| ours(&spec, source, &mut problem));
        let digits = || {
            let span = item.get("reference")?.span.clone();
            Some(self.source.get(span)?.trim().replace('_', ""))
        };
        let digits = digits();
        let reference = reference(&spec, digits.as_deref(), &mut problem);
        if let Some(Reference::File(table)) = &reference
            && let Err(error) = self.file(&table.file)
        {
            problem("reference-table", error.value(&table.file));
        }
        let tolerance = tolerance(&spec, digits.as_deref(), &mut problem);
        let reason = reason(&spec, &mut problem);
        // What a claim on a number compares with and measures by are numbers of the same stage.
        if let Some(Source::Number { stage, .. }) = &source {
            let measured = match &tolerance {
                Some(Tolerance::Measured(measured)) => Some(&measured.of),
                _ => None,
            };
            for (key, name) in [("against", spec.against.as_ref()), ("tolerance", measured)] {
                let Some(name) = name else { continue };
                match self.reference(&format!("{stage}.{name}"), known) {
                    Ok(None | Some(Source::Number { .. })) => {}
                    Ok(Some(_)) => {
                        let message = format!("`{stage}.{name}` is not a number");
                        problem(
                            key,
                            Diagnostic::new(message).allowed("a number of the stage"),
                        );
                    }
                    Err(error) => problem(key, error.value(name)),
                }
            }
        }
        let differs = spec.differs.as_ref();
        if differs.is_some_and(|d| d.within.is_none() && d.unexplained.is_none()) {
            let neither = Diagnostic::new("`differs` has neither `within` nor `unexplained`");
            let help = "say how far the reason reaches, or that it does not explain the difference";
            problem("differs", neither.help(Some(help.to_owned())));
        }
        if let Some(WithinSpec::Computed(effect)) = differs.and_then(|d| d.within.as_ref()) {
            if spec.relative_tolerance.is_some() {
                let message = "an effect is added to an absolute tolerance";
                let help = "write `tolerance` instead of `relative-tolerance`";
                problem(
                    "relative-tolerance",
                    Diagnostic::new(message).help(Some(help.to_owned())),
                );
            }
            match self.reference(&effect.of, known) {
                Ok(None | Some(Source::Number { .. })) => {}
                Ok(Some(_)) => {
                    let message = format!("`{}` is not a number of a stage", effect.of);
                    let problem_here = Diagnostic::new(message).allowed("\"stage.number\"");
                    problem("differs", problem_here);
                }
                Err(error) => problem("differs", error.value(&effect.of)),
            }
        }
        let (stage, output) = spec.of.split_once('.')?;
        let claim = Claim {
            stage: stage.to_owned(),
            output: output.to_owned(),
            line: self.line(item),
            item: item.clone(),
            ours: ours?,
            reference: reference?,
            tolerance: tolerance?,
            name: spec.name,
            about: spec.about,
            source: spec.source.by,
            place: spec.source.place,
            reason: reason?,
            differs: spec.differs,
        };
        (problems.len() == before).then_some(claim)
    }
}

/// What the claim is held against.
fn reference(
    spec: &ClaimSpec,
    digits: Option<&str>,
    problem: &mut dyn FnMut(&str, Diagnostic),
) -> Option<Reference> {
    match (spec.reference, &spec.reference_table, &spec.against) {
        (Some(value), None, None) => Some(Reference::Value {
            value,
            digits: digits.map_or_else(|| value.to_string(), str::to_owned),
        }),
        (None, Some(table), None) => Some(Reference::File(table.clone())),
        (None, None, Some(name)) => Some(Reference::Theory(name.clone())),
        (None, None, None) => {
            let missing = Diagnostic::new("the claim has no reference")
                .allowed("`reference`, `reference-table` or `against`")
                .help(Some("add `reference = ...`".to_owned()));
            problem("reference", missing);
            None
        }
        _ => {
            let message = "the claim has several references";
            let several = Diagnostic::new(message)
                .allowed("one of `reference`, `reference-table` and `against`")
                .help(Some("remove the others".to_owned()));
            problem("reference", several);
            None
        }
    }
}

/// How far ours may be off.
fn tolerance(
    spec: &ClaimSpec,
    digits: Option<&str>,
    problem: &mut dyn FnMut(&str, Diagnostic),
) -> Option<Tolerance> {
    let tolerance = match (&spec.tolerance, spec.relative_tolerance) {
        (Some(ToleranceSpec::Absolute(tolerance)), None) => Tolerance::Absolute(*tolerance),
        (Some(ToleranceSpec::Printed(_)), None) => match digits.and_then(half_a_unit) {
            Some(half) => Tolerance::Absolute(half),
            None => {
                let message = "a tolerance \"printed\" is read from the digits of `reference`, which is not given";
                let none =
                    Diagnostic::new(message).allowed("a number, or `reference` in decimal digits");
                problem("tolerance", none);
                return None;
            }
        },
        (Some(ToleranceSpec::Measured(measured)), None) => Tolerance::Measured(measured.clone()),
        (None, Some(tolerance)) => Tolerance::Relative(tolerance),
        (None, None) => {
            let missing = Diagnostic::new("the claim has no tolerance")
                .allowed("`tolerance` or `relative-tolerance`");
            let help = "add `tolerance = \"printed\"`, or a number (absolute)";
            problem("tolerance", missing.help(Some(help.to_owned())));
            return None;
        }
        (Some(_), Some(_)) => {
            let both = Diagnostic::new("the claim has two tolerances")
                .allowed("`tolerance` or `relative-tolerance`");
            let help = "remove one of the two";
            problem("relative-tolerance", both.help(Some(help.to_owned())));
            return None;
        }
    };
    if matches!(tolerance, Tolerance::Relative(_)) && spec.reference == Some(0.0) {
        let message = "a tolerance relative to zero allows nothing";
        let help = Some("use `tolerance`".to_owned());
        problem("relative-tolerance", Diagnostic::new(message).help(help));
    }
    if let (Some(differs), Tolerance::Absolute(t) | Tolerance::Relative(t)) =
        (&spec.differs, &tolerance)
        && let Some(WithinSpec::Typed(within)) = differs.within
        && within <= *t
    {
        let message = format!("`within` is {within}, not above the tolerance {t}");
        let help = Some("raise it, or remove `differs`".to_owned());
        problem("differs", Diagnostic::new(message).help(help));
    }
    Some(tolerance)
}

/// Half a unit of the last digit of a number as it is written: 0.00005 for `0.7100`, 5e-7 for `1.23e-4`, 0.5 for `100`.
/// None if the number is not written in decimal digits.
fn half_a_unit(digits: &str) -> Option<f64> {
    let (number, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let number = number.trim_start_matches(['+', '-']);
    let decimals = number.split_once('.').map_or("", |(_, decimals)| decimals);
    if !number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    let exponent = exponent.parse::<i64>().ok()? - decimals.len() as i64;
    // Read as a number of the file is, so that it is the float nearest to what the digits say.
    format!("5e{}", exponent - 1).parse().ok()
}

/// Why the tolerance is what it is.
fn reason(spec: &ClaimSpec, problem: &mut dyn FnMut(&str, Diagnostic)) -> Option<String> {
    match (&spec.reason, &spec.tolerance) {
        (Some(reason), _) => Some(reason.clone()),
        (None, Some(ToleranceSpec::Printed(_))) => Some(PRINTED.to_owned()),
        _ => {
            let missing = Diagnostic::new("key `reason` is missing: why this tolerance");
            let allowed = "a sentence; none is needed for `tolerance = \"printed\"`";
            let help = Some("add `reason = \"...\"`".to_owned());
            problem("reason", missing.allowed(allowed).help(help));
            None
        }
    }
}

/// Which of our values a claim is about.
fn ours(
    spec: &ClaimSpec,
    source: &Source,
    problem: &mut dyn FnMut(&str, Diagnostic),
) -> Option<Ours> {
    let help = |text: &str| Some(text.to_owned());
    match source {
        Source::Number { .. } => {
            let extra = [
                ("column", spec.column.is_some()),
                ("row", spec.row.is_some()),
                ("key", spec.key.is_some()),
                ("reference-table", spec.reference_table.is_some()),
            ];
            for (key, _) in extra.iter().filter(|(_, given)| *given) {
                let message = format!("`{key}` is for tables, but `{}` is a number", spec.of);
                problem(key, Diagnostic::new(message).help(help("remove it")));
            }
            Some(Ours::Number)
        }
        Source::Table { .. } => {
            if spec.column.is_none() {
                let message = format!("key `column` is missing: `{}` is a table", spec.of);
                let add = help("add `column = \"...\"`");
                problem("column", Diagnostic::new(message).help(add));
            }
            let row = spec.row.clone().unwrap_or_default();
            let column = spec.column.clone();
            match (
                &spec.key,
                spec.reference.is_some(),
                spec.reference_table.is_some(),
            ) {
                (Some(_), true, _) => {
                    let message =
                        "`key` goes with several references, but the claim has one `reference`";
                    let name = help("name the row with `row = { column = value }`");
                    problem("key", Diagnostic::new(message).help(name));
                    None
                }
                (Some(key), false, _) => Some(Ours::Column {
                    column: column?,
                    key: key.clone(),
                    row,
                }),
                (None, _, true) => {
                    let message = "key `key` is missing: our column that matches the key of `reference-table`";
                    problem(
                        "key",
                        Diagnostic::new(message).help(help("add `key = \"...\"`")),
                    );
                    None
                }
                (None, ..) => Some(Ours::Cell {
                    column: column?,
                    row,
                }),
            }
        }
        _ => {
            let message = format!("`{}` is not one value or table of a stage", spec.of);
            problem(
                "of",
                Diagnostic::new(message).allowed("\"stage.number\" or \"stage.table\""),
            );
            None
        }
    }
}
