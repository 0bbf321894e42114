//! The verdicts on the paper's numbers as text: for the terminal, and as Markdown for the paper's results page.

use mf_pipeline::{ClaimReport, RowReport, Verdict, Verification};

use crate::terminal::{Align, TextTable};

/// The table of claims, then why what differs differs, then the count.
pub(crate) fn text(verification: &Verification) -> String {
    let mut parts = vec![table(verification).render()];
    parts.extend(
        remarks(verification)
            .into_iter()
            .map(|(name, remark)| format!("{name}: {remark}")),
    );
    parts.push(summary(verification));
    parts.join("\n\n")
}

/// The same as Markdown.
pub(crate) fn markdown(verification: &Verification) -> String {
    let mut parts = vec![table(verification).markdown()];
    let remarks = remarks(verification);
    let items: Vec<String> = remarks
        .iter()
        .map(|(name, remark)| format!("- `{name}`: {remark}"))
        .collect();
    if !items.is_empty() {
        parts.push(items.join("\n") + "\n");
    }
    parts.push(summary(verification) + "\n");
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
    let tolerance = if claim.relative {
        format!("{} rel.", claim.tolerance)
    } else {
        claim.tolerance.to_string()
    };
    let verdict = claim.verdict.to_string();
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
    let decimals = decimals(claim, row);
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |x| format!("{x:.decimals$}"));
    let difference = row
        .difference
        .map_or("-".to_owned(), |x| format!("{x:+.decimals$}"));
    [
        label(claim, row),
        number(Some(row.paper)),
        number(row.ours),
        difference,
        tolerance,
        verdict,
    ]
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

/// What there is to say about claims that do not simply hold, by name.
fn remarks(verification: &Verification) -> Vec<(String, String)> {
    let remark = |claim: &ClaimReport| match (claim.verdict, &claim.explanation, &claim.message) {
        (Verdict::Holds, ..) => None,
        (Verdict::DiffersExplained, Some((within, reason)), _) => {
            Some(format!("differs, explained within {within}: {reason}."))
        }
        (_, _, Some(message)) => Some(format!("{message} (pipeline.toml, line {})", claim.line)),
        _ => Some(format!(
            "{} is outside the tolerance, {} (pipeline.toml, line {})",
            claim.of, claim.reason, claim.line
        )),
    };
    verification
        .claims
        .iter()
        .filter_map(|claim| Some((claim.name.clone(), remark(claim)?)))
        .collect()
}
