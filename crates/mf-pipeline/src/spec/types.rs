//! `pipeline.toml` as types. Their doc comments become the descriptions of the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Names are kebab-case: they become file names and parts of `stage.table`.
pub(crate) const NAME_PATTERN: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// What this project computes, draws and claims.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "pipeline")]
#[expect(
    dead_code,
    reason = "describes the file; its items are read one by one, so that all problems are reported"
)]
pub(crate) struct FileSpec {
    /// The project as a whole.
    pub(crate) project: ProjectSpec,
    /// Values with a name: the string `"@name"` is replaced by the value of `name` anywhere in the file. A string that begins
    /// with @ itself is written `"@@..."`.
    #[serde(default)]
    pub(crate) shared: Map<String, Value>,
    /// Parameters by kind, which all stages of the kind have unless they say otherwise, and under `figure` those of all
    /// figures. Tables are laid key by key.
    #[serde(default)]
    pub(crate) defaults: BTreeMap<String, Map<String, Value>>,
    /// Changes of parameters: `[profile.quick.my-stage]` changes parameters of `my-stage` under `--profile quick`. Tables
    /// are laid key by key at any depth, lists replaced; `panels.0.title` is a part of the first of a list.
    #[serde(default)]
    pub(crate) profile: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
    /// Quantizers, by name.
    #[serde(default)]
    pub(crate) quantizer: Vec<QuantizerSpec>,
    /// Stages: what is computed, from which inputs.
    #[serde(default)]
    pub(crate) stage: Vec<StageSpec>,
    /// Figures: what is drawn, from which tables.
    #[serde(default)]
    pub(crate) figure: Vec<FigureSpec>,
    /// Claims: values of ours, each compared with a reference.
    #[serde(default)]
    pub(crate) claim: Vec<ClaimSpec>,
    /// Parameters of documents, by kind: `[document.report]`. Every project has all documents, with an entry or without.
    #[serde(default)]
    pub(crate) document: BTreeMap<String, Map<String, Value>>,
}

/// The project as a whole.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "project")]
pub(crate) struct ProjectSpec {
    /// The title, for people.
    #[schemars(length(min = 1))]
    pub(crate) title: String,
    /// The seed from which all random numbers derive, each network's with what it is.
    pub(crate) seed: u64,
    /// The folder for tables and numbers, relative to this file; under a profile of another name than `default` this and the other
    /// folders are in `runs/NAME`.
    #[serde(default = "tables_folder")]
    pub(crate) tables: String,
    /// The folder for figures, relative to this file.
    #[serde(default = "figures_folder")]
    pub(crate) figures: String,
    /// The folder for documents (results.md, report.html, paper.pdf), relative to this file.
    #[serde(default = "documents_folder")]
    pub(crate) documents: String,
    /// Folders of finished cells that belong to the project, by profile: `cells = { paper = "data/cells/paper" }`. Under
    /// that profile they count as kept, whatever code made them; results say how many of them this code did not reproduce.
    #[serde(default)]
    pub(crate) cells: BTreeMap<String, String>,
}

impl ProjectSpec {
    /// The folders that results are published to, by their keys.
    pub(crate) fn folders(&self) -> [(&'static str, &str); 3] {
        [
            ("tables", &self.tables),
            ("figures", &self.figures),
            ("documents", &self.documents),
        ]
    }
}

pub(crate) fn tables_folder() -> String {
    "data/tables".to_owned()
}

fn figures_folder() -> String {
    "figures".to_owned()
}

pub(crate) fn documents_folder() -> String {
    "paper".to_owned()
}

/// A quantizer: a format, or a family and its parameters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "quantizer")]
pub(crate) struct QuantizerSpec {
    /// Its name, unique among the quantizers; if it is left out, that of the format.
    #[schemars(regex(pattern = NAME_PATTERN))]
    pub(crate) name: String,
    /// The number format, which has no parameters; `family` is left out then.
    pub(crate) format: Option<String>,
    /// The family; the other keys are its parameters.
    pub(crate) family: Option<String>,
    /// The family's parameters.
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) params: Map<String, Value>,
}

/// A stage: a kind of computation with its parameters and inputs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "stage")]
pub(crate) struct StageSpec {
    /// Its name, unique among stages and figures.
    #[schemars(regex(pattern = NAME_PATTERN))]
    pub(crate) name: String,
    /// What it computes: one of the registered kinds.
    pub(crate) kind: String,
    /// A sentence for people; changing it reruns nothing.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(crate) about: String,
    /// What it reads, by role: `"stage.table"`, `"stage.number"`, `"stage.numbers"` or `"file:path"`.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "read from the tree, which knows the place of each"
    )]
    pub(crate) inputs: BTreeMap<String, String>,
    /// The quantizers it works on: a list of names, or `"all"`.
    #[serde(default)]
    pub(crate) quantizers: Option<QuantizerChoice>,
    /// The parameters of its kind.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
}

/// The quantizers a stage works on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "quantizers")]
pub(crate) enum QuantizerChoice {
    /// Every quantizer of the file.
    All(AllQuantizers),
    /// These quantizers, by name.
    Named(Vec<String>),
}

/// Every quantizer of the file.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(crate) enum AllQuantizers {
    /// Every quantizer of the file.
    All,
}

/// A figure: drawn from tables, published as SVG and PNG.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "figure")]
pub(crate) struct FigureSpec {
    /// Its name, unique among stages and figures; the files are named after it.
    #[schemars(regex(pattern = NAME_PATTERN))]
    pub(crate) name: String,
    /// The caption; changing it reruns nothing.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(crate) about: String,
    /// What to draw.
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) params: Map<String, Value>,
}

/// A claim: a value of ours, compared with a reference.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "claim")]
pub(crate) struct ClaimSpec {
    /// Its name, unique among the claims.
    #[schemars(regex(pattern = NAME_PATTERN))]
    pub(crate) name: String,
    /// What is claimed, in a sentence.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(crate) about: String,
    /// Our value: `"stage.number"`, or `"stage.table"` with `column`.
    pub(crate) of: String,
    /// The column of our table.
    pub(crate) column: Option<String>,
    /// The row of our table: `{ column = value }`. Exactly one row must have all these values; with `key`, the rows that have them are used.
    pub(crate) row: Option<BTreeMap<String, Value>>,
    /// Our column that names the rows, where there are several.
    pub(crate) key: Option<String>,
    /// The reference value, with the digits that its source gives.
    pub(crate) reference: Option<f64>,
    /// Reference values in a file: one verdict for each of its rows.
    pub(crate) reference_table: Option<ReferenceTableSpec>,
    /// The reference is a value of the same stage that follows from theory: the name of a number, or of a column.
    pub(crate) against: Option<String>,
    /// Where the reference is from.
    pub(crate) source: SourceSpec,
    /// The largest |ours - reference| at which the claim holds.
    pub(crate) tolerance: Option<ToleranceSpec>,
    /// The largest |ours - reference| / |reference| at which the claim holds.
    #[schemars(range(min = 0.0))]
    pub(crate) relative_tolerance: Option<f64>,
    /// Why this tolerance. It is set before the result is known. May be left out where `tolerance` is `"printed"`.
    #[schemars(length(min = 1))]
    pub(crate) reason: Option<String>,
    /// An explanation, if the reference does not hold.
    pub(crate) differs: Option<DiffersSpec>,
}

/// Where a reference is from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "source")]
pub(crate) struct SourceSpec {
    /// Who gives it, in a word or two: at most 24 characters, as it is the title of a column of the table of claims.
    #[schemars(length(min = 1, max = 24))]
    pub(crate) by: String,
    /// Where it is given there: a section, a table, a formula.
    #[serde(default)]
    pub(crate) place: String,
}

/// The largest difference from the reference.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "tolerance")]
pub(crate) enum ToleranceSpec {
    /// Half a unit of the last digit that `reference` is written with: 0.00005 for 0.7100.
    Printed(Printed),
    /// An absolute difference.
    Absolute(#[schemars(range(min = 0.0))] f64),
    /// A number of standard errors, which the stage measures.
    Measured(MeasuredSpec),
}

/// As the reference is printed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(crate) enum Printed {
    /// Half a unit of the last digit that `reference` is written with: 0.00005 for 0.7100.
    Printed,
}

/// A number of standard errors, which the stage measures.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "measured-tolerance")]
pub(crate) struct MeasuredSpec {
    /// The number of standard errors.
    #[schemars(range(min = 0.0))]
    pub(crate) standard_errors: f64,
    /// The standard error: the name of a number of the same stage, or of a column of the same table.
    pub(crate) of: String,
}

/// Reference values in a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "reference-table")]
pub(crate) struct ReferenceTableSpec {
    /// A CSV or Parquet file, relative to this file.
    pub(crate) file: String,
    /// Its column that names the rows.
    pub(crate) key: String,
    /// Its column with the reference values.
    pub(crate) column: String,
}

/// Why the reference does not hold, and the largest difference that this explains.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "differs")]
pub(crate) struct DiffersSpec {
    /// The largest difference that the reason explains, in the measure of the tolerance (absolute or relative).
    /// Left out if nothing is explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) within: Option<WithinSpec>,
    /// Why the reference does not hold.
    #[schemars(length(min = 1))]
    pub(crate) reason: String,
    /// What is left and why it is not explained, if the difference is known to be beyond `within`. The claim then passes with the
    /// verdict `differs, not explained`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(crate) unexplained: Option<String>,
}

/// The largest difference that a reason explains.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "within")]
pub(crate) enum WithinSpec {
    /// A difference, set after the result is known.
    Typed(#[schemars(range(min = 0.0))] f64),
    /// The tolerance, and the size of an effect that a stage computes.
    Computed(EffectSpec),
}

/// An effect that a stage computes, such as the step of a scan on a slope.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "effect")]
pub(crate) struct EffectSpec {
    /// The number, `"stage.number"`. Its sign does not matter.
    pub(crate) of: String,
}
