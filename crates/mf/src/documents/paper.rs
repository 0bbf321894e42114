//! The manuscript, `paper.pdf`: typeset from its sources, the figures, the results and the verdicts.

use mf_paper::Manuscript;
use mf_pipeline::{BoxError, ClaimReport, Input, Job, Outputs, Reads, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::verdicts;

/// The main file of the manuscript, beside pipeline.toml.
pub(crate) const SOURCE: &str = "paper/paper.typ";

/// The manuscript under a profile.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Paper {
    profile: String,
    /// Files that the manuscript reads beside its own: results that other profiles have published, as paths from the folder of
    /// `pipeline.toml`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    published: Vec<String>,
}

impl TypedStage for Paper {
    const KIND: &'static str = "paper";
    const ABOUT: &'static str = "The manuscript, with the numbers and figures that it quotes.";

    fn reads(&self) -> Vec<Reads> {
        let mut reads = vec![
            Reads::File(SOURCE),
            Reads::Files {
                folder: "paper",
                endings: &["typ", "bib"],
            },
            Reads::Verdicts,
            Reads::Numbers,
            Reads::Tables,
            Reads::Settings,
            Reads::Figures(&["svg"]),
        ];
        reads.extend(self.published.iter().cloned().map(Reads::Named));
        reads
    }

    fn files(&self) -> Vec<String> {
        vec!["pdf".to_owned()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let pdf = self.manuscript(job)?.compile()?;
        for warning in &pdf.warnings {
            job.note(&format!("warning: {warning}"));
        }
        job.note(&format!("{} pages", pdf.pages));
        Ok(Outputs::new().file("pdf", pdf.bytes))
    }
}

impl Paper {
    /// The files that the manuscript can read: its sources, `results.json`, `tables/STAGE.TABLE.csv`, `figures/NAME.svg` and those
    /// of `published`.
    fn manuscript(&self, job: &Job<'_>) -> Result<Manuscript, BoxError> {
        let mut manuscript = Manuscript::new(SOURCE);
        let (mut tables, mut numbers) = (Vec::new(), Map::new());
        for (role, input) in job.inputs() {
            match input {
                Input::Table(table) => {
                    tables.push(role);
                    manuscript.add(format!("tables/{role}.csv"), table.to_csv()?);
                }
                Input::Numbers(found) => {
                    let stage = role.strip_suffix(".numbers").unwrap_or(role);
                    let found = found.iter();
                    numbers.extend(found.map(|n| (format!("{stage}.{}", n.name), n.value.into())));
                }
                Input::File { bytes, .. } => {
                    let own = role.strip_prefix("file:").map(str::to_owned);
                    let path = own.unwrap_or_else(|| format!("figures/{role}"));
                    manuscript.add(path, bytes.clone());
                }
                _ => {}
            }
        }
        let claims = job.verdicts()?.claims.iter();
        let claims: Map<String, Value> = claims
            .map(|claim| (claim.name.clone(), quoted(claim)))
            .collect();
        let results = json!({
            "profile": self.profile, "claims": claims, "numbers": numbers, "tables": tables,
            "settings": job.settings()?,
        });
        manuscript.add("results.json", serde_json::to_vec(&results)?);
        Ok(manuscript)
    }
}

/// The values of a claim that the manuscript can quote; those in `shown` are texts with the digits that `mf verify` prints.
fn quoted(claim: &ClaimReport) -> Value {
    let row = claim.worst_row();
    let [reference, ours, _] =
        row.map_or_else(Default::default, |row| verdicts::numbers(claim, row));
    json!({
        "source": claim.source,
        "reference": row.map(|row| row.reference),
        "digits": row.and_then(|row| row.digits.clone()),
        "ours": row.and_then(|row| row.ours),
        "rows": claim.rows.len(),
        "verdict": claim.verdict.to_string(),
        "shown": { "reference": reference, "ours": ours, "tolerance": verdicts::tolerance(claim) },
    })
}
