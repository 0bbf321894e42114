//! The verdicts as text: for the terminal, and as Markdown for results.md. Each source of references has a table.

use std::path::Path;

use mf_pipeline::{ClaimReport, Explained, RowReport, Verdict, Verification};

use crate::terminal::{Align, TextTable};

/// For the terminal: the tables of claims, the remarks on claims that do not hold, and the summary.
pub(crate) fn text(verification: &Verification, file: &Path) -> String {
    let mut parts = TextTable::render_alike(&tables(verification));
    let remarks = remarks(verification, Some(file)).into_iter();
    parts.extend(remarks.map(|remark| format!("{}:\n  {}", remark.claims.join(", "), remark.text)));
    parts.push(summary(verification));
    parts.join("\n\n")
}

/// The same as Markdown, without line numbers of pipeline.toml: a comment in that file would change them.
pub(crate) fn markdown(verification: &Verification) -> String {
    let mut parts: Vec<String> = tables(verification)
        .iter()
        .map(TextTable::markdown)
        .collect();
    let remarks = remarks(verification, None).into_iter();
    let items = remarks.map(|remark| format!("- {}: {}.\n", remark.claims.join(", "), remark.text));
    parts.push(items.collect::<String>());
    parts.push(summary(verification) + "\n");
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// The summary in one line: how many claims hold, differ, fail or have no result.
pub(crate) fn summary(verification: &Verification) -> String {
    let count = |verdict| verification.count(verdict);
    let claims = verification.claims.len();
    let mut text = format!(
        "{claims} claim{}: {} hold, {} differ and are explained",
        if claims == 1 { "" } else { "s" },
        count(Verdict::Holds),
        count(Verdict::DiffersExplained),
    );
    let unexplained = count(Verdict::DiffersUnexplained);
    if unexplained > 0 {
        let differ = if unexplained == 1 {
            "differs and is"
        } else {
            "differ and are"
        };
        text += &format!(", {unexplained} {differ} not explained");
    }
    text += &format!(", {} fail", count(Verdict::Fails));
    let wrong = verification
        .claims
        .iter()
        .filter(|claim| claim.problem.is_some())
        .count();
    let missing = count(Verdict::Missing) - wrong;
    if missing > 0 {
        text += &format!(", {missing} have no result that is up to date (run `mf run`)");
    }
    if wrong > 0 {
        text += &format!(", {wrong} do not fit the results (correct them in pipeline.toml)");
    }
    if !verification.not_reproduced.is_empty() {
        text += &format!(
            "; not reproduced by this code, but computed from the project's own cells: {}",
            verification.not_reproduced.join(", ")
        );
    }
    text
}

/// A table for each source, in the order of the claims. The column of references has the source's name.
fn tables(verification: &Verification) -> Vec<TextTable> {
    let (left, right) = (Align::Left, Align::Right);
    let mut sources: Vec<&str> = Vec::new();
    for claim in &verification.claims {
        if !sources.contains(&claim.source.as_str()) {
            sources.push(&claim.source);
        }
    }
    let table = |source: &str| {
        let mut table = TextTable::new(&[
            ("claim", left),
            (source, right),
            ("ours", right),
            ("difference", right),
            ("tolerance", right),
            ("verdict", left),
        ]);
        let claims = verification.claims.iter();
        for claim in claims.filter(|claim| claim.source == source) {
            table.row(cells(claim));
        }
        table
    };
    sources.into_iter().map(table).collect()
}

/// The row of a claim; a claim for several rows shows the worst one.
fn cells(claim: &ClaimReport) -> [String; 6] {
    let tolerance = tolerance(claim);
    let verdict = match (claim.verdict, &claim.explanation) {
        (Verdict::DiffersExplained, Some(explained)) => {
            format!("{} within {}", claim.verdict, bound(explained))
        }
        (Verdict::DiffersUnexplained, Some(explained)) => {
            format!("{} beyond {}", claim.verdict, bound(explained))
        }
        _ => claim.verdict.to_string(),
    };
    let Some(row) = claim.worst_row() else {
        return [
            claim.name.clone(),
            String::new(),
            String::new(),
            String::new(),
            tolerance,
            verdict,
        ];
    };
    let [reference, ours, difference] = numbers(claim, row);
    [
        label(claim, row),
        reference,
        ours,
        difference,
        tolerance,
        verdict,
    ]
}

/// The bound of an explanation; one that a stage computed has one digit more than its first.
pub(crate) fn bound(explained: &Explained) -> String {
    if explained.computed {
        let decimals = decimals_of(explained.within);
        format!("{:.decimals$}", explained.within)
    } else {
        explained.within.to_string()
    }
}

/// The tolerance, with the number of standard errors if it is measured; a relative one ends with `rel.`.
pub(crate) fn tolerance(claim: &ClaimReport) -> String {
    match claim.standard_errors {
        Some(count) if claim.tolerance.is_nan() => format!("{count} s.e."),
        Some(count) => {
            let decimals = decimals_of(claim.tolerance);
            format!("{:.decimals$} ({count} s.e.)", claim.tolerance)
        }
        None if claim.relative => format!("{} rel.", claim.tolerance),
        None => claim.tolerance.to_string(),
    }
}

/// The reference, our value and the difference, with one digit more than the tolerance. The reference has no more digits than
/// its source gives.
pub(crate) fn numbers(claim: &ClaimReport, row: &RowReport) -> [String; 3] {
    let absolute = if claim.relative {
        row.tolerance * row.reference.abs()
    } else {
        row.tolerance
    };
    let decimals = decimals_of(absolute);
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |x| format!("{x:.decimals$}"));
    let difference = row
        .difference
        .map_or("-".to_owned(), |x| format!("{x:+.decimals$}"));
    let given = row.digits.as_ref().filter(|digits| {
        let after = digits.split_once('.').map_or("", |(_, after)| after);
        !digits.contains(['e', 'E']) && after.len() <= decimals + 1
    });
    let reference = given
        .cloned()
        .unwrap_or_else(|| number(Some(row.reference)));
    [reference, number(row.ours), difference]
}

fn label(claim: &ClaimReport, row: &RowReport) -> String {
    match claim.rows.len() {
        0 | 1 => claim.name.clone(),
        rows => format!("{} ({rows} rows, worst {})", claim.name, row.key),
    }
}

/// Decimals for values with this tolerance: one more than its first digit, so that a reader sees how close they are.
fn decimals_of(tolerance: f64) -> usize {
    const MOST: f64 = 16.0;
    if tolerance > 0.0 {
        (-libm::log10(tolerance)).ceil().clamp(0.0, MOST - 1.0) as usize + 1
    } else {
        MOST as usize
    }
}

/// The reason why some claims do not hold.
struct Remark {
    claims: Vec<String>,
    text: String,
}

/// Remarks in the order of the claims; claims with the same text share one. With `file` they name its lines.
fn remarks(verification: &Verification, file: Option<&Path>) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    for claim in &verification.claims {
        let Some(text) = remark(claim, file) else {
            continue;
        };
        match remarks.iter_mut().find(|remark| remark.text == text) {
            Some(remark) => remark.claims.push(claim.name.clone()),
            None => remarks.push(Remark {
                claims: vec![claim.name.clone()],
                text,
            }),
        }
    }
    remarks
}

fn remark(claim: &ClaimReport, file: Option<&Path>) -> Option<String> {
    let line = |file: &Path| format!(" ({}, line {})", file.display(), claim.line);
    let place = file.map(line).unwrap_or_default();
    match (claim.verdict, &claim.explanation, &claim.message) {
        (Verdict::Holds, ..) => None,
        (Verdict::DiffersExplained, Some(explained), _) => Some(explained.reason.clone()),
        (
            Verdict::DiffersUnexplained,
            Some(Explained {
                reason,
                unexplained: Some(left),
                ..
            }),
            _,
        ) => Some(format!("{reason}. Not explained: {left}")),
        (_, _, Some(_)) if file.is_some() && claim.problem.is_some() => {
            claim.problem.as_ref().map(ToString::to_string)
        }
        (_, _, Some(message)) => Some(format!("{message}{place}")),
        _ => Some(format!(
            "{} is outside the tolerance: {}{place}",
            claim.of, claim.reason
        )),
    }
}
