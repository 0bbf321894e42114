//! The verdicts on the paper's numbers as text: for the terminal, and as Markdown for the paper's results page.

use mf_pipeline::{ClaimReport, RowReport, Verdict, Verification};

use crate::terminal::{Align, TextTable};

/// The table of claims, then why what differs differs, then the count.
pub(crate) fn text(verification: &Verification) -> String {
    let mut parts = vec![table(verification).render()];
    let remarks = remarks(verification).into_iter();
    parts.extend(remarks.map(|remark| format!("{}:\n  {}", remark.claims.join(", "), remark.text)));
    parts.push(summary(verification));
    parts.join("\n\n")
}

/// The same as Markdown.
pub(crate) fn markdown(verification: &Verification) -> String {
    let mut parts = vec![table(verification).markdown()];
    let remarks = remarks(verification).into_iter();
    let items = remarks.map(|remark| format!("- {}: {}.\n", remark.claims.join(", "), remark.text));
    parts.push(items.collect::<String>());
    parts.push(summary(verification) + "\n");
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// One line: how many claims hold.
pub(crate) fn summary(verification: &Verification) -> String {
    let count = |verdict| verification.count(verdict);
    let mut text = format!(
        "{} claims: {} hold, {} differ and are explained, {} fail",
        verification.claims.len(),
        count(Verdict::Holds),
        count(Verdict::DiffersExplained),
        count(Verdict::Fails),
    );
    if count(Verdict::Missing) > 0 {
        text += &format!(
            ", {} have no result that is up to date (run `mf run`)",
            count(Verdict::Missing)
        );
    }
    text
}

fn table(verification: &Verification) -> TextTable {
    let (left, right) = (Align::Left, Align::Right);
    let head = [
        ("claim", left),
        ("paper", right),
        ("ours", right),
        ("difference", right),
        ("tolerance", right),
        ("verdict", left),
    ];
    let mut table = TextTable::new(&head);
    for claim in &verification.claims {
        table.row(cells(claim));
    }
    table
}

fn cells(claim: &ClaimReport) -> [String; 6] {
    let tolerance = tolerance(claim);
    let verdict = match (claim.verdict, &claim.explanation) {
        (Verdict::DiffersExplained, Some((within, _))) => {
            format!("{} within {within}", claim.verdict)
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
    let [paper, ours, difference] = numbers(claim, row);
    [
        label(claim, row),
        paper,
        ours,
        difference,
        tolerance,
        verdict,
    ]
}

/// The tolerance, and whether it is relative.
pub(crate) fn tolerance(claim: &ClaimReport) -> String {
    let relative = if claim.relative { " rel." } else { "" };
    format!("{}{relative}", claim.tolerance)
}

/// The reference value, ours, and the difference, with the digits that the tolerance needs.
pub(crate) fn numbers(claim: &ClaimReport, row: &RowReport) -> [String; 3] {
    let decimals = decimals(claim, row);
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |x| format!("{x:.decimals$}"));
    let difference = row
        .difference
        .map_or("-".to_owned(), |x| format!("{x:+.decimals$}"));
    [number(Some(row.paper)), number(row.ours), difference]
}

fn label(claim: &ClaimReport, row: &RowReport) -> String {
    match claim.rows.len() {
        0 | 1 => claim.name.clone(),
        rows => format!("{} ({rows} rows, worst {})", claim.name, row.key),
    }
}

/// One digit more than the tolerance needs, so that a reader sees how close it is.
fn decimals(claim: &ClaimReport, row: &RowReport) -> usize {
    const MOST: f64 = 16.0;
    let absolute = if claim.relative {
        claim.tolerance * row.paper.abs()
    } else {
        claim.tolerance
    };
    if absolute > 0.0 {
        (-libm::log10(absolute)).ceil().clamp(0.0, MOST - 1.0) as usize + 1
    } else {
        MOST as usize
    }
}

/// What there is to say about claims that do not simply hold.
struct Remark {
    claims: Vec<String>,
    text: String,
}

/// Remarks in the order of the claims; claims with the same one share it.
fn remarks(verification: &Verification) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    for claim in &verification.claims {
        let Some(text) = remark(claim) else { continue };
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

fn remark(claim: &ClaimReport) -> Option<String> {
    match (claim.verdict, &claim.explanation, &claim.message) {
        (Verdict::Holds, ..) => None,
        (Verdict::DiffersExplained, Some((_, reason)), _) => Some(reason.clone()),
        (_, _, Some(message)) => Some(format!("{message} (pipeline.toml, line {})", claim.line)),
        _ => Some(format!(
            "{} is outside the tolerance, which is {} (pipeline.toml, line {})",
            claim.of, claim.reason, claim.line
        )),
    }
}
