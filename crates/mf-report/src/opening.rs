//! The first screenful: the question, the verdict on it, and the figure that shows it.

use crate::claims::{shown, sign};
use crate::escape::{powers, text};
use crate::figures::image;
use crate::report::{Claim, Opening, Report, ReportError};

/// The opening; empty if the report declares none.
///
/// # Errors
/// [`ReportError::Unknown`] if it names a claim or a figure that the report does not have.
pub(crate) fn section(report: &Report) -> Result<String, ReportError> {
    let Some(opening) = &report.opening else {
        return Ok(String::new());
    };
    let claims = opening
        .claims
        .iter()
        .map(|name| named("claim", name, &report.claims, |claim| &claim.name))
        .collect::<Result<Vec<_>, _>>()?;
    let (first, others) = claims
        .split_first()
        .map_or((None, &[][..]), |(first, others)| (Some(first), others));
    let answer = first.map_or_else(String::new, |claim| answer(claim));
    let others: String = others.iter().map(|claim| beside(claim)).collect();
    let others = if others.is_empty() {
        others
    } else {
        format!("<ul class=\"beside\">\n{others}</ul>\n")
    };
    Ok(format!(
        "<section class=\"opening\" id=\"page-opening\" aria-labelledby=\"page-question\">\n<div>\n\
         <h2 id=\"page-question\">{question}</h2>\n{answer}<p>{about}</p>\n{others}</div>\n{figure}</section>\n",
        question = powers(&opening.question),
        about = powers(&opening.text),
        figure = figure(opening, report)?,
    ))
}

/// The claim or figure of a name; `name_of` gives the names.
fn named<'r, T>(
    what: &'static str,
    name: &str,
    all: &'r [T],
    name_of: impl Fn(&T) -> &String,
) -> Result<&'r T, ReportError> {
    let found = all.iter().find(|one| name_of(one) == name);
    found.ok_or_else(|| ReportError::Unknown {
        what,
        name: name.to_owned(),
        allowed: all.iter().map(|one| name_of(one).clone()).collect(),
    })
}

/// The first claim: its verdict, our value, the reference.
fn answer(claim: &Claim) -> String {
    let (class, sign) = sign(claim);
    let ours = shown(claim).map_or_else(String::new, |row| {
        format!(
            "<p class=\"value\">{}</p>\n<p>{source}: {reference} · difference {difference} · tolerance {tolerance} · \
             <a href=\"#claim-{name}\">the claim</a></p>\n",
            text(&row.ours),
            source = text(&claim.source),
            reference = text(&row.reference),
            difference = text(&row.difference),
            tolerance = text(&claim.tolerance),
            name = text(&claim.name),
        )
    });
    format!(
        "<div class=\"answer {class}\"><p class=\"verdict {class}\"><span aria-hidden=\"true\">{sign}</span> {}</p>\n{ours}</div>\n",
        text(&claim.verdict)
    )
}

/// A further claim in a line.
fn beside(claim: &Claim) -> String {
    let (class, sign) = sign(claim);
    let values = shown(claim).map_or_else(String::new, |row| {
        format!(
            "ours {}, {} {}: ",
            text(&row.ours),
            text(&claim.source),
            text(&row.reference)
        )
    });
    format!(
        "<li>{about}<br>{values}<span class=\"verdict {class}\"><span aria-hidden=\"true\">{sign}</span> {verdict}</span> \
         <a class=\"anchor\" href=\"#claim-{name}\" aria-label=\"The claim {name}\">#</a></li>\n",
        about = powers(&claim.about),
        verdict = text(&claim.verdict),
        name = text(&claim.name),
    )
}

fn figure(opening: &Opening, report: &Report) -> Result<String, ReportError> {
    let Some(name) = &opening.figure else {
        return Ok(String::new());
    };
    let figure = named("figure", name, &report.figures, |figure| &figure.name)?;
    Ok(format!(
        "<figure><div class=\"picture\">{}</div><figcaption>{} <a href=\"#figure-{name}\">Its values and where it comes from</a></figcaption></figure>\n",
        image(figure),
        powers(&figure.about),
        name = text(name),
    ))
}
