//! The results as one HTML file, `report.html`: the answer, the explorer of number formats, claims and figures.

use mf_core::quantizer::find;
use mf_core::{StepActivation, depth_scale};
use mf_fit::FormatOptimum;
use mf_pipeline::{BoxError, ClaimReport, Input, Job, Origin, Outputs, Reads, TypedStage};
use mf_report::{Block, Claim, Figure, Format, Formats, Link, Opening, Report, Row};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stages::subjects::Subject;
use crate::verdicts;

/// Bits of the scale of a block: E8M0 and E4M3 have eight.
const SCALE_BITS: f64 = 8.0;

/// The report of a project.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct HtmlReport {
    title: String,
    profile: String,
    /// The answer that the report opens with. Without it, it opens with the number of claims that hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opening: Option<Answer>,
    /// The table of block-scaled formats that the explorer offers: `"stage.table"` of a stage of kind `block-formats`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    block_formats: Option<String>,
}

/// The answer that the report opens with.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Answer {
    /// The question, in a sentence.
    question: String,
    /// What to know beside the verdicts, in a sentence or two.
    #[serde(default)]
    text: String,
    /// The names of the claims that answer it: the first in large, the others in a list.
    #[schemars(length(min = 1))]
    claims: Vec<String>,
    /// The name of the figure that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
}

impl TypedStage for HtmlReport {
    const KIND: &'static str = "report";
    const ABOUT: &'static str = "The results for the screen, in one file.";

    fn reads(&self) -> Vec<Reads> {
        let mut reads = vec![
            Reads::Verdicts,
            Reads::Figures(&["svg", "json"]),
            Reads::Origins,
        ];
        reads.extend(self.block_formats.iter().cloned().map(Reads::Output));
        if let Some(opening) = &self.opening {
            reads.extend(opening.claims.iter().cloned().map(Reads::Claim));
            reads.extend(opening.figure.iter().cloned().map(Reads::Figure));
        }
        reads
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
        let mut figures: Vec<Figure> = origins
            .map(|origin| figure(job, origin))
            .collect::<Result<_, _>>()?;
        // By name: the names of inputs would put figure-1-difference before figure-1.
        figures.sort_by(|a, b| a.name.cmp(&b.name));
        let report = Report {
            title: self.title.clone(),
            made: format!(
                "Made by mf {} under profile `{}`.",
                env!("CARGO_PKG_VERSION"),
                self.profile
            ),
            summary: verdicts::summary(verification),
            opening: self.opening.as_ref().map(|answer| Opening {
                question: answer.question.clone(),
                text: answer.text.clone(),
                claims: answer.claims.clone(),
                figure: answer.figure.clone(),
            }),
            formats: Formats {
                formats: formats()?,
                blocks: self.blocks(job)?,
            },
            claims: verification.claims.iter().map(claim).collect(),
            figures,
        };
        Ok(Outputs::new().file("html", report.html()?.into_bytes()))
    }
}

impl HtmlReport {
    /// The block-scaled formats, if the project has a table of them.
    fn blocks(&self, job: &Job<'_>) -> Result<Vec<Block>, BoxError> {
        let Some(reference) = &self.block_formats else {
            return Ok(Vec::new());
        };
        let table = job.table(reference)?;
        let (names, elements, sizes) = (
            table.text("format")?,
            table.text("element")?,
            table.u64("block")?,
        );
        let number = |column: &str| table.f64(column);
        let (depth, ideal, worst) = (
            number("depth_scale")?,
            number("ideal_depth_scale")?,
            number("worst_one_minus_chi")?,
        );
        let (deviation, sigma_w) = (number("best_deviation")?, number("sigma_w")?);
        let numbers = depth
            .iter()
            .zip(&ideal)
            .zip(&worst)
            .zip(&deviation)
            .zip(&sigma_w);
        let rows = names.iter().zip(&elements).zip(&sizes).zip(numbers);
        rows.map(
            |(((name, element), block), ((((depth, ideal), worst), deviation), sigma_w))| {
                Ok(Block {
                    name: name.clone(),
                    element: element.clone(),
                    block: *block,
                    bits: f64::from(find(element)?.bits) + SCALE_BITS / *block as f64,
                    depth_scale: *depth,
                    ideal_depth_scale: *ideal,
                    worst_depth_scale: depth_scale(*worst),
                    deviation: *deviation,
                    sigma_w: *sigma_w,
                })
            },
        )
        .collect()
    }
}

fn claim(claim: &ClaimReport) -> Claim {
    let mut reasons = vec![format!("tolerance: {}", claim.reason)];
    if let Some(explained) = &claim.explanation {
        let set = if explained.computed {
            "the tolerance and the computed effect"
        } else {
            "a bound set after"
        };
        let (bound, reason) = (verdicts::bound(explained), &explained.reason);
        reasons.push(format!("explained within {bound}, {set}: {reason}"));
        let left = explained.unexplained.iter();
        reasons.extend(left.map(|left| format!("not explained: {left}")));
    }
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
        worst: claim.worst,
        rows: claim
            .rows
            .iter()
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
        Ok::<_, BoxError>(String::from_utf8(bytes.to_vec())?)
    };
    let svg = file("svg")?;
    Ok(Figure {
        name: origin.figure.clone(),
        about: origin.about.clone(),
        description: mf_plot::description(&svg),
        svg,
        readings: file("json")?,
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
    let format = |optimum: FormatOptimum| {
        let (subject, best) = (Subject::from(&optimum), &optimum.best);
        let phi = &optimum.quantizer.activation;
        let halfway = StepActivation::halfway(phi.levels().to_vec())?;
        let own = phi.thresholds() != halfway.thresholds();
        Ok(Format {
            name: optimum.format.name.to_owned(),
            bits: optimum.format.bits,
            levels: phi.levels().to_vec(),
            thresholds: own.then(|| phi.thresholds().to_vec()),
            one_minus_slope: best.propagation.one_minus_slope,
            depth_scale: optimum.depth_scale(),
            correlation: best.propagation.correlation,
            reach: best.scale,
            sigma_w: best.sigma_w,
            slope: subject
                .surrogate(best.sigma_w, best.propagation.variance)?
                .height(),
        })
    };
    FormatOptimum::all()?.into_iter().map(format).collect()
}
