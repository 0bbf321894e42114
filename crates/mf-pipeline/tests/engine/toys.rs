//! Toy stage kinds, a project in a temporary folder, and the words to work with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mf_data::Table;
use mf_pipeline::{
    BoxError, Clean, Code, Diagnostics, Job, LoadOptions, Outcome, Outputs, ParamError, Pipeline,
    PipelineError, QuantizerFamily, QuantizerFormat, Registry, Role, RunOptions, RunReport,
    Selection, Silent, State, TypedStage,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The squares of whole numbers.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "squares")]
pub(crate) struct Squares {
    /// How many.
    #[schemars(range(min = 1))]
    pub(crate) upto: u64,
    /// Their distance.
    #[serde(default = "one")]
    pub(crate) step: f64,
    /// Which numbers.
    #[serde(default)]
    pub(crate) which: Which,
    /// Fails while this file exists.
    #[serde(default)]
    pub(crate) fails_with: Option<PathBuf>,
}

/// A choice with and without parameters.
#[derive(Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Which {
    /// Every one.
    #[default]
    All,
    /// Only even ones.
    Even,
    /// Those in a range.
    Range(Range),
    /// Multiples of a number.
    Multiples(u64),
}

/// A range.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// The first.
    pub(crate) from: u64,
    /// The last.
    pub(crate) to: u64,
}

fn one() -> f64 {
    1.0
}

impl TypedStage for Squares {
    const KIND: &'static str = "squares";
    const ABOUT: &'static str = "The squares of whole numbers.";

    fn check(&self) -> Result<(), ParamError> {
        if self.step == 0.0 {
            return Err(ParamError::at("step", "the step is zero").allowed("any other number"));
        }
        Ok(())
    }
    fn tables(&self) -> Vec<String> {
        vec!["squares".to_owned()]
    }
    fn numbers(&self) -> Vec<String> {
        vec!["count".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        if let Some(path) = self.fails_with.as_ref().filter(|path| path.exists()) {
            if path.ends_with("panic") {
                panic!("the toy fell over");
            }
            return Err(format!("{} is there", path.display()).into());
        }
        job.progress(1, 2);
        let n: Vec<u64> = (1..=self.upto).collect();
        let square = n
            .iter()
            .map(|n| *n as f64 * *n as f64 * self.step)
            .collect();
        let table = Table::builder()
            .u64("n", "1", "the number", n)
            .f64("square", "1", "its square", square)
            .build()?;
        Ok(Outputs::new().table("squares", table).number(
            "count",
            self.upto as f64,
            "1",
            "how many",
        ))
    }
}

/// The sum of a column.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "total")]
pub(crate) struct Total {
    /// The column.
    #[serde(default = "square")]
    pub(crate) column: String,
    /// Yields NaN instead.
    #[serde(default)]
    pub(crate) spoil: bool,
    /// Rounds the sum down to a multiple of this.
    #[serde(default = "one")]
    pub(crate) to_multiple: f64,
}

fn square() -> String {
    "square".to_owned()
}

impl TypedStage for Total {
    const KIND: &'static str = "total";
    const ABOUT: &'static str = "The sum of a column.";

    fn roles(&self) -> Vec<Role> {
        vec![
            Role::required("rows", "a table"),
            Role::optional("more", "another table"),
        ]
    }
    fn numbers(&self) -> Vec<String> {
        vec!["total".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut total: f64 = job.table("rows")?.f64(&self.column)?.iter().sum();
        if job.has("more") {
            total += job.table("more")?.f64(&self.column)?.iter().sum::<f64>();
        }
        let total = (total / self.to_multiple).floor() * self.to_multiple;
        Ok(Outputs::new().number(
            "total",
            if self.spoil { f64::NAN } else { total },
            "1",
            "the sum",
        ))
    }
}

/// Three measurements with their theory and errors, and a mean with its own.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "measured")]
pub(crate) struct Measured {}

impl TypedStage for Measured {
    const KIND: &'static str = "measured";
    const ABOUT: &'static str = "Measurements beside theory.";

    fn tables(&self) -> Vec<String> {
        vec!["rows".to_owned()]
    }
    fn numbers(&self) -> Vec<String> {
        ["mean", "expected", "mean-error", "no-error"]
            .map(str::to_owned)
            .into()
    }
    fn run(&self, _: &Job<'_>) -> Result<Outputs, BoxError> {
        let table = Table::builder()
            .u64("n", "1", "the row", vec![1, 2, 3])
            .f64("measured", "1", "measured", vec![1.0, 4.0, 9.0])
            .f64("theory", "1", "by theory", vec![3.0, 4.0, 3.0])
            .f64("error", "1", "standard error", vec![1.0, 2.0, 3.0])
            .build()?;
        Ok(Outputs::new()
            .table("rows", table)
            .number("mean", 5.0, "1", "measured")
            .number("expected", 4.0, "1", "by theory")
            .number("mean-error", 0.5, "1", "standard error")
            .number("no-error", f64::NAN, "1", "of one network"))
    }
}

/// The names of the quantizers, and the seed.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "names")]
pub(crate) struct Names {}

impl TypedStage for Names {
    const KIND: &'static str = "names";
    const ABOUT: &'static str = "The names of the quantizers.";

    fn wants_quantizers(&self) -> bool {
        true
    }
    fn random(&self) -> bool {
        true
    }
    fn tables(&self) -> Vec<String> {
        vec!["names".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let names: Vec<String> = job
            .quantizers()
            .iter()
            .map(|quantizer| quantizer.name.clone())
            .collect();
        let seeds = names.iter().map(|name| job.seed(&json!({ "name": name })));
        let seeds = seeds.collect::<Result<_, _>>()?;
        let table = Table::builder()
            .text("name", "the name", names)
            .u64("seed", "1", "the seed", seeds)
            .build()?;
        Ok(Outputs::new().table("names", table))
    }
}

/// A picture of a table, in words.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "picture")]
pub(crate) struct Picture {
    /// The table.
    pub(crate) table: String,
    /// A number for the legend.
    pub(crate) legend: Option<String>,
    /// What is in it.
    #[serde(default)]
    pub(crate) panels: Vec<Panel>,
}

/// A part of a picture.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "chart", rename_all = "kebab-case")]
pub(crate) enum Panel {
    /// Points.
    Points(Points),
    /// A map.
    Map {
        /// Its colours.
        colours: u8,
    },
}

/// Points of some columns.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Points {
    /// Rows by column: one value or several.
    #[serde(rename = "where", default)]
    pub(crate) filter: BTreeMap<String, Filter>,
}

/// One value or several.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Filter {
    /// One.
    One(Item),
    /// Several.
    Several(Vec<Item>),
}

/// A number or a text.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Item {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl TypedStage for Picture {
    const KIND: &'static str = "picture";
    const ABOUT: &'static str = "A picture of a table.";

    fn inputs(&self) -> Vec<(String, String)> {
        let names = [Some(&self.table), self.legend.as_ref()];
        names
            .into_iter()
            .flatten()
            .map(|name| (name.clone(), name.clone()))
            .collect()
    }
    fn files(&self) -> Vec<String> {
        vec!["svg".to_owned(), "png".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let rows = job.table(&self.table)?.rows();
        let legend = match &self.legend {
            Some(name) => job.number(name)?.value,
            None => 0.0,
        };
        let svg = format!("<svg>{rows} rows, {legend}</svg>");
        Ok(Outputs::new()
            .file("svg", svg.into_bytes())
            .file("png", vec![0, 1, 2]))
    }
}

/// Levels, which must increase.
pub(crate) struct Levels;

impl QuantizerFamily for Levels {
    fn name(&self) -> &str {
        "levels"
    }
    fn about(&self) -> &str {
        "Levels one by one."
    }
    fn schema(&self) -> Value {
        let levels = json!({ "type": "array", "items": { "type": "number" }, "minItems": 2 });
        json!({ "type": "object", "properties": { "levels": levels }, "required": ["levels"], "additionalProperties": false })
    }
    fn check(&self, params: &Value) -> Result<(), ParamError> {
        let levels: Vec<f64> = params["levels"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        match levels.windows(2).position(|pair| pair[0] >= pair[1]) {
            None => Ok(()),
            Some(at) => Err(
                ParamError::at(&format!("levels.{}", at + 1), "levels must increase")
                    .allowed("sorted levels"),
            ),
        }
    }
}

pub(crate) fn registry() -> Registry {
    registry_with(CODE)
}

/// The fingerprint of the toys' code.
pub(crate) const CODE: Code = &[("toys", "1"), ("locked versions", "1")];

/// With another fingerprint of the squares.
pub(crate) fn registry_with(code: Code) -> Registry {
    let mut registry = Registry::new();
    registry
        .stage::<Squares>(code)
        .stage::<Total>(CODE)
        .stage::<Measured>(CODE)
        .stage::<Names>(CODE)
        .figure::<Picture>(CODE)
        .family(Arc::new(Levels))
        .format(QuantizerFormat {
            name: "binary".to_owned(),
            about: "-1 and 1".to_owned(),
            family: "levels".to_owned(),
        });
    registry
}

/// Two chains, a figure and two claims.
pub(crate) const PIPELINE: &str = r#"
[project]
title = "Toys"
seed = 7

[profile.quick.some]
upto = 2

[[quantizer]]
name = "three"
family = "levels"
levels = [-1.0, 0, 2.5]

[[stage]]
name = "some"
kind = "squares"
about = "A few squares."
with = { upto = 3 }

[[stage]]
name = "others"
kind = "squares"
with = { upto = 4, step = 2.0 }

[[stage]]
name = "sum"
kind = "total"
inputs = { rows = "some.squares" }

[[stage]]
name = "names"
kind = "names"
quantizers = "all"

[[figure]]
name = "drawing"
about = "Squares, drawn."
table = "some.squares"
legend = "sum.total"
[[figure.panels]]
chart = "points"
where = { n = [1, 2], name = "x" }

[[figure]]
name = "name-drawing"
table = "names.names"

[[claim]]
name = "sum"
of = "sum.total"
reference = 14.0
source = { by = "arithmetic" }
tolerance = 0.0
reason = "whole numbers"

[[claim]]
name = "last"
of = "others.squares"
column = "square"
row = { n = 4 }
reference = 32
source = { by = "arithmetic" }
tolerance = 0.0
reason = "whole numbers"
"#;

/// A project in a folder of its own, gone when dropped.
pub(crate) struct Project {
    pub(crate) folder: TempDir,
    pub(crate) text: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self::of(PIPELINE)
    }

    pub(crate) fn of(text: &str) -> Self {
        let project = Self {
            folder: TempDir::new().unwrap(),
            text: String::new(),
        };
        project.with(text)
    }

    pub(crate) fn with(mut self, text: &str) -> Self {
        self.rewrite(text);
        self
    }

    pub(crate) fn rewrite(&mut self, text: &str) {
        self.text = text.to_owned();
        self.write("pipeline.toml", text);
    }

    /// Replaces one part of pipeline.toml, which must be there.
    pub(crate) fn replace(&mut self, from: &str, to: &str) {
        assert!(self.text.contains(from), "{from} is not in the pipeline");
        self.rewrite(&self.text.replacen(from, to, 1));
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        mf_data::files::create_folder(path.parent().unwrap()).unwrap();
        mf_data::files::write_atomic(&path, text.as_bytes()).unwrap();
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        String::from_utf8(mf_data::files::read(&self.path(relative)).unwrap()).unwrap()
    }

    pub(crate) fn try_load(
        &self,
        registry: &Registry,
        profile: &str,
    ) -> Result<Pipeline, Diagnostics> {
        let profile = profile.to_owned();
        let options = LoadOptions {
            profile,
            ..LoadOptions::default()
        };
        Pipeline::load(&self.path("pipeline.toml"), registry, &options)
    }

    /// With values tried, each as on the command line.
    pub(crate) fn set(&self, settings: &[&str]) -> Result<Pipeline, Diagnostics> {
        let set = settings.iter().map(|text| (*text).to_owned()).collect();
        let options = LoadOptions {
            set,
            ..LoadOptions::default()
        };
        Pipeline::load(&self.path("pipeline.toml"), &registry(), &options)
    }

    pub(crate) fn load(&self) -> Pipeline {
        self.try_load(&registry(), "default")
            .unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The problems of the file, as text.
    pub(crate) fn problems(&self) -> String {
        match self.try_load(&registry(), "default") {
            Ok(_) => panic!("the pipeline is valid"),
            Err(problems) => problems.to_string(),
        }
    }

    pub(crate) fn run(&self) -> RunReport {
        self.run_with(RunOptions::default())
    }

    pub(crate) fn run_with(&self, options: RunOptions) -> RunReport {
        self.load().run(&options, &Silent).unwrap()
    }

    pub(crate) fn clean(&self, what: Clean) -> Result<Vec<PathBuf>, PipelineError> {
        self.load()
            .clean(what, false)
            .map(|cleaned| cleaned.removed)
    }

    /// `name: fresh`, `name: why`, ... in the order of the plan.
    pub(crate) fn plan(&self) -> Vec<String> {
        plan_of(&self.load(), &Selection::default())
    }

    /// The plan of one node.
    pub(crate) fn plan_for(&self, name: &str) -> String {
        let prefix = format!("{name}: ");
        self.plan()
            .into_iter()
            .find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
            .unwrap()
    }
}

pub(crate) fn plan_of(pipeline: &Pipeline, selection: &Selection) -> Vec<String> {
    let plan = pipeline.plan(selection).unwrap();
    let line = |node: &mf_pipeline::PlannedNode| {
        let state = match &node.state {
            State::Fresh if node.restore.is_empty() => "fresh".to_owned(),
            State::Fresh => format!("restore {}", node.restore.len()),
            State::Pending { on } => format!("pending on {}", on.join(", ")),
            State::Stale { reasons } => reasons
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; "),
        };
        format!("{}: {state}", node.name)
    };
    plan.nodes.iter().map(line).collect()
}

/// Every file below a folder of the project, sorted.
pub(crate) fn files(project: &Project, folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![project.path(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.sort();
    found
}

/// The names of the nodes with this outcome.
pub(crate) fn with_outcome(report: &RunReport, wanted: impl Fn(&Outcome) -> bool) -> Vec<&str> {
    report
        .nodes
        .iter()
        .filter(|node| wanted(&node.outcome))
        .map(|node| node.name.as_str())
        .collect()
}

pub(crate) fn ran(report: &RunReport) -> Vec<&str> {
    with_outcome(report, |outcome| *outcome == Outcome::Ran)
}
