//! The results as one HTML file: put together from verdicts, figures with their provenance, and the number formats.

use std::path::{Path, PathBuf};

use anyhow::Context;
use mf_data::files;
use mf_pipeline::{ClaimReport, Explanation, NodeRole, Pipeline, Verification};
use mf_report::{Claim, Figure, Format, Link, Report, Row};

use crate::commands::explain;
use crate::documents;
use crate::formats::FormatFacts;
use crate::verdicts;

/// The report, beside pipeline.toml.
pub(crate) const PAGE: &str = "paper/report.html";

/// Factors on the best scale in the explorer: two octaves to either side.
const OCTAVES: f64 = 2.0;
const FACTORS: u32 = 33;

/// Writes the report.
///
/// # Errors
/// A figure that has not been published; a file that can't be read or written.
pub(crate) fn write(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<PathBuf> {
    let mut report = report(pipeline, verification)?;
    report.formats = formats()?;
    let path = pipeline.root().join(PAGE);
    documents::write(&path, report.html()?.as_bytes())?;
    Ok(path)
}

/// The same, unless nothing that it is made of has changed.
///
/// # Errors
/// As [`write()`].
pub(crate) fn keep(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<()> {
    let mut report = report(pipeline, verification)?;
    // Formats take a second, and follow from the code alone.
    let without = report.html()?;
    documents::keep(pipeline, PAGE, [without.as_bytes()], || {
        report.formats = formats()?;
        Ok(report.html()?.into_bytes())
    })
}

/// The report without formats.
fn report(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<Report> {
    let names = pipeline.names();
    let figures = names.filter(|(_, role)| *role == NodeRole::Figure);
    let figures: Vec<&str> = figures.map(|(name, _)| name).collect();
    Ok(Report {
        title: pipeline.title().to_owned(),
        made: format!(
            "Made by mf {} under profile `{}` from {}.",
            env!("CARGO_PKG_VERSION"),
            pipeline.profile(),
            pipeline.file().file_name().unwrap_or_default().display(),
        ),
        summary: verdicts::summary(verification),
        claims: verification.claims.iter().map(claim).collect(),
        figures: figures
            .into_iter()
            .map(|name| figure(pipeline, name))
            .collect::<anyhow::Result<_>>()?,
        formats: Vec::new(),
    })
}

fn claim(claim: &ClaimReport) -> Claim {
    let mut rows: Vec<&mf_pipeline::RowReport> = claim.worst_row().into_iter().collect();
    let others = claim.rows.iter().enumerate();
    rows.extend(
        others
            .filter(|(i, _)| Some(*i) != claim.worst)
            .map(|(_, row)| row),
    );
    let explanation = claim
        .explanation
        .iter()
        .map(|(within, reason)| format!("explained within {within}, a bound set after: {reason}"));
    let mut reasons = vec![format!("tolerance, set before: {}", claim.reason)];
    reasons.extend(explanation);
    reasons.extend(claim.message.clone());
    Claim {
        name: claim.name.clone(),
        about: claim.about.clone(),
        of: format!("{}, pipeline.toml line {}", claim.of, claim.line),
        source: claim.source.clone(),
        place: verdicts::source(claim),
        tolerance: verdicts::tolerance(claim),
        reasons,
        verdict: claim.verdict.to_string(),
        rows: rows
            .into_iter()
            .map(|row| {
                let [reference, ours, difference] = verdicts::numbers(claim, row);
                Row {
                    key: row.key.clone(),
                    reference,
                    ours,
                    difference,
                }
            })
            .collect(),
    }
}

fn figure(pipeline: &Pipeline, name: &str) -> anyhow::Result<Figure> {
    let explanation = pipeline.explain(name)?;
    let made_by = &explanation.made_by;
    let file = |wanted: &str| {
        let mut paths = made_by.published.iter().map(|(path, _)| path);
        let path = paths
            .find(|path| path.extension().is_some_and(|ending| ending == wanted))
            .with_context(|| format!("figure `{name}` has not been drawn: run `mf run`"))?;
        anyhow::Ok(files::read(path)?)
    };
    Ok(Figure {
        name: name.to_owned(),
        about: made_by.about.clone(),
        svg: file("svg")?,
        readings: String::from_utf8(file("json")?)?,
        links: links(pipeline.root(), &explanation),
        provenance: explain::text(&explanation),
    })
}

/// The figure's own files, then the tables that it is drawn from.
fn links(root: &Path, explanation: &Explanation) -> Vec<Link> {
    let made_by = &explanation.made_by;
    let read = |stage: &str| {
        let mut inputs = made_by.inputs.iter();
        inputs.any(|input| {
            input
                .reference
                .split_once('.')
                .is_some_and(|(name, _)| name == stage)
        })
    };
    let stages = explanation.upstream.iter().filter(|link| read(&link.name));
    let tables = stages.flat_map(|link| &link.published).filter(|(path, _)| {
        path.extension()
            .is_some_and(|ending| ending == "csv" || ending == "parquet")
    });
    made_by
        .published
        .iter()
        .chain(tables)
        .map(|(path, _)| {
            let path = path.strip_prefix(root).unwrap_or(path);
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            let text = parts
                .iter()
                .rev()
                .take(2)
                .rev()
                .cloned()
                .collect::<Vec<_>>();
            Link {
                path: format!("../{}", parts.join("/")),
                text: text.join("/"),
            }
        })
        .collect()
}

fn formats() -> anyhow::Result<Vec<Format>> {
    let mut formats = Vec::new();
    for facts in FormatFacts::all()? {
        let best = &facts.subject.best;
        let mut off = Vec::new();
        for step in 0..FACTORS {
            let octaves = OCTAVES * (2.0 * f64::from(step) / f64::from(FACTORS - 1) - 1.0);
            let factor = libm::exp2(octaves);
            off.push((factor, facts.depth_scale_at(factor)?));
        }
        formats.push(Format {
            name: facts.format.name.to_owned(),
            bits: facts.format.bits,
            states: facts.subject.states(),
            depth_scale: facts.depth_scale(),
            reach: best.scale,
            sigma_w: best.sigma_w,
            slope: facts
                .subject
                .even_slope(best.sigma_w, best.propagation.variance),
            off,
        });
    }
    Ok(formats)
}
