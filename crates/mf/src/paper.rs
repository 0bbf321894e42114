//! The manuscript: its sources, the published figures and the verdicts put together and set.

use std::path::Path;

use anyhow::Context;
use mf_data::files;
use mf_paper::{Manuscript, Pdf};
use mf_pipeline::{ClaimReport, Pipeline, Verification};
use serde_json::{Map, Value, json};

use crate::{documents, verdicts};

/// The main file of the manuscript, beside pipeline.toml.
const SOURCE: &str = "paper/paper.typ";

/// The manuscript as it is read.
pub(crate) const PDF: &str = "paper/paper.pdf";

/// Folders whose files the manuscript may use, and the endings of those.
const FOLDERS: [(&str, &[&str]); 2] = [("paper", &["typ", "bib"]), ("figures", &["svg"])];

/// Whether the project has a manuscript.
///
/// # Errors
/// It can't be looked at.
pub(crate) fn is_there(pipeline: &Pipeline) -> anyhow::Result<bool> {
    Ok(files::file_type(&source(pipeline.root()))?.is_some())
}

/// Sets the manuscript and writes it.
///
/// # Errors
/// A slip in the manuscript, or a number that it asks for and that no claim checks; a file that can't be read or written.
pub(crate) fn write(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<Pdf> {
    let pdf = set(pipeline, verification)?;
    documents::write(&pipeline.root().join(PDF), &pdf.bytes)?;
    Ok(pdf)
}

/// The same, unless nothing that it is made of has changed.
///
/// # Errors
/// As [`write()`].
pub(crate) fn keep(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<()> {
    let manuscript = manuscript(pipeline, verification)?;
    let parts = manuscript.files();
    let parts = parts.flat_map(|(path, bytes)| [path.as_bytes(), bytes]);
    documents::keep(pipeline, PDF, parts, || {
        Ok(compile(pipeline, &manuscript)?.bytes)
    })
}

/// Sets the manuscript.
///
/// # Errors
/// As [`write()`].
pub(crate) fn set(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<Pdf> {
    compile(pipeline, &manuscript(pipeline, verification)?)
}

fn compile(pipeline: &Pipeline, manuscript: &Manuscript) -> anyhow::Result<Pdf> {
    let compiled = manuscript.compile();
    compiled.with_context(|| format!("{} can't be set", source(pipeline.root()).display()))
}

fn manuscript(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<Manuscript> {
    let root = pipeline.root();
    let mut manuscript = Manuscript::new(SOURCE);
    for (folder, endings) in FOLDERS {
        for path in files::list(&root.join(folder))? {
            let ending = path.extension().and_then(|ending| ending.to_str());
            let name = path.file_name().and_then(|name| name.to_str());
            if let (Some(ending), Some(name)) = (ending, name)
                && endings.contains(&ending)
            {
                manuscript.add(format!("{folder}/{name}"), files::read(&path)?);
            }
        }
    }
    let claims: Map<String, Value> = verification
        .claims
        .iter()
        .map(|claim| (claim.name.clone(), quoted(claim)))
        .collect();
    let fresh = pipeline.fresh()?;
    let numbers: Map<String, Value> = fresh
        .numbers
        .iter()
        .map(|(name, number)| (name.clone(), number.value.into()))
        .collect();
    let tables: Vec<&String> = fresh.tables.keys().collect();
    let results = json!({
        "profile": verification.profile, "claims": claims, "numbers": numbers, "tables": tables,
    });
    manuscript.add("results.json", serde_json::to_vec(&results)?);
    for (name, csv) in fresh.tables {
        manuscript.add(format!("tables/{name}.csv"), csv);
    }
    manuscript.add("pipeline.toml", files::read(pipeline.file())?);
    Ok(manuscript)
}

/// What the manuscript may say of a claim; `shown` as `mf verify` shows it.
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

/// The path of the manuscript's source in a project, for messages.
pub(crate) fn source(root: &Path) -> std::path::PathBuf {
    root.join(SOURCE)
}
