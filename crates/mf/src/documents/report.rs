//! The results as one HTML file, `report.html`: verdicts, figures with where they come from, and the number formats.

use mf_fit::FormatOptimum;
use mf_pipeline::{
    BoxError, ClaimReport, Input, Job, Origin, Outputs, Reads, RowReport, TypedStage,
};
use mf_report::{Claim, Figure, Format, Link, Report, Row};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stages::subjects::Subject;
use crate::verdicts;

/// Factors on the best scale in the explorer: two octaves to either side.
const OCTAVES: f64 = 2.0;
const FACTORS: u32 = 33;

/// The report of a project.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct HtmlReport {
    title: String,
    profile: String,
}

impl TypedStage for HtmlReport {
    const KIND: &'static str = "report";
    const ABOUT: &'static str = "The results for the screen, in one file.";

    fn reads(&self) -> Vec<Reads> {
        vec![
            Reads::Verdicts,
            Reads::Figures(&["svg", "json"]),
            Reads::Origins,
        ]
    }

    fn files(&self) -> Vec<String> {
        vec!["html".to_owned()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let verification = job.verdicts()?;
        let origins = job.inputs().filter_map(|(_, input)| match input {
            Input::Origin(origin) => Some(origin),
            _ => None,
        });
        let report = Report {
            title: self.title.clone(),
            made: format!(
                "Made by mf {} under profile `{}`.",
                env!("CARGO_PKG_VERSION"),
                self.profile
            ),
            summary: verdicts::summary(verification),
            claims: verification.claims.iter().map(claim).collect(),
            figures: origins
                .map(|origin| figure(job, origin))
                .collect::<Result<_, _>>()?,
            formats: formats()?,
        };
        Ok(Outputs::new().file("html", report.html()?.into_bytes()))
    }
}

fn claim(claim: &ClaimReport) -> Claim {
    let mut rows: Vec<&RowReport> = claim.worst_row().into_iter().collect();
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
    let mut reasons = vec![format!("tolerance: {}", claim.reason)];
    reasons.extend(explanation);
    reasons.extend(claim.message.clone());
    Claim {
        name: claim.name.clone(),
        about: claim.about.clone(),
        of: claim.of.clone(),
        source: claim.source.clone(),
        place: claim.cited(),
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

fn figure(job: &Job<'_>, origin: &Origin) -> Result<Figure, BoxError> {
    let file = |ending: &str| {
        let (_, bytes) = job.file(&format!("{}.{ending}", origin.figure))?;
        Ok::<_, BoxError>(bytes.to_vec())
    };
    let svg = file("svg")?;
    Ok(Figure {
        name: origin.figure.clone(),
        about: origin.about.clone(),
        description: mf_plot::description(&String::from_utf8_lossy(&svg)),
        svg,
        readings: String::from_utf8(file("json")?)?,
        links: origin.files.iter().map(|path| link(path)).collect(),
        provenance: origin.text.clone(),
    })
}

/// A link to a published file, named by the last two parts of its path.
fn link(path: &str) -> Link {
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.get(parts.len().saturating_sub(2)..);
    Link {
        path: path.to_owned(),
        text: last.unwrap_or_default().join("/"),
    }
}

fn formats() -> Result<Vec<Format>, BoxError> {
    let mut formats = Vec::new();
    for optimum in FormatOptimum::all()? {
        let (subject, best) = (Subject::from(&optimum), &optimum.best);
        let mut off = Vec::new();
        for step in 0..FACTORS {
            let octaves = OCTAVES * (2.0 * f64::from(step) / f64::from(FACTORS - 1) - 1.0);
            let factor = libm::exp2(octaves);
            off.push((factor, optimum.depth_scale_at(factor)?));
        }
        formats.push(Format {
            name: optimum.format.name.to_owned(),
            bits: optimum.format.bits,
            states: subject.states(),
            depth_scale: optimum.depth_scale(),
            reach: best.scale,
            sigma_w: best.sigma_w,
            slope: subject
                .surrogate(best.sigma_w, best.propagation.variance)?
                .height(),
            off,
        });
    }
    Ok(formats)
}
