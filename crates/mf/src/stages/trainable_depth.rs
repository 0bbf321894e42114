//! `trainable-depth`: the depth at which the accuracy of trained networks falls below a level, beside xi.

use std::collections::{BTreeMap, BTreeSet};

use libm::log;
use mf_data::{DataError, Rows, Table};
use mf_fit::GeometricMean;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};

/// Parameters of `trainable-depth`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrainableDepth {
    /// The accuracy that a trainable network reaches, between 0 and 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    accuracy: f64,
    /// The number of steps of training after which the accuracy is read; by default each number of steps of the runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
    /// The width of the networks; by default each width of the runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    width: Option<usize>,
    /// Columns of the runs, of texts, that tell networks apart: `["network", "weights"]` of a `block-grid`. By default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    by: Vec<String>,
}

/// Networks that differ in their depth and seed only, after a number of steps.
struct Row {
    quantizer: String,
    /// The values of the columns `by`.
    by: Vec<String>,
    states: u64,
    depth_scale: f64,
    width: u64,
    rates: String,
    step: u64,
    /// The learning time; NaN if it differs between the depths.
    time: f64,
    /// By seed: the trainable depth in layers; NaN if it is beyond the depths of the grid.
    seeds: BTreeMap<u64, f64>,
    /// The geometric mean over the seeds whose depth is within the grid.
    depth: GeometricMean,
}

impl Row {
    /// The trainable depth in units of xi.
    fn ratio(&self) -> f64 {
        self.depth.value() / self.depth_scale
    }

    /// The row with each seed and its depth.
    fn by_seed(&self) -> impl Iterator<Item = (&Self, u64, f64)> {
        let seeds = self.seeds.iter();
        seeds.map(move |(seed, depth)| (self, *seed, *depth))
    }
}

impl TypedStage for TrainableDepth {
    const KIND: &'static str = "trainable-depth";
    const ABOUT: &'static str =
        "Depth at which the accuracy of trained networks falls below a level, and its ratio to xi.";

    fn check(&self) -> Result<(), ParamError> {
        if self.accuracy > 0.0 && self.accuracy < 1.0 {
            return Ok(());
        }
        let message = format!("the accuracy is {}", self.accuracy);
        Err(ParamError::at("accuracy", message).allowed("a number between 0 and 1"))
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required(
            "runs",
            "the table `runs` of a block-grid, or of a training-grid with one initialization and one gain",
        )]
    }

    fn tables(&self) -> Vec<String> {
        ["depths", "seeds"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let rows = self.rows(&job.table("runs")?)?;
        let measured = rows.iter().filter(|row| row.depth.logs().count() > 0);
        let ratios: Vec<f64> = measured.map(Row::ratio).collect();
        let found = Found {
            beyond: rows.len() - ratios.len(),
            ratios,
        };
        let outputs = Outputs::new()
            .table("depths", depths(&rows, &self.by)?)
            .table("seeds", seeds(&rows, &self.by)?);
        Ok(numbers::of(&found, NUMBERS, outputs))
    }
}

/// Trainable depths beside xi.
struct Found {
    /// Trainable depths in units of xi.
    ratios: Vec<f64>,
    /// Number of rows whose trainable depth is beyond the grid.
    beyond: usize,
}

impl Found {
    fn ratio(&self) -> GeometricMean {
        GeometricMean::of_logs(self.ratios.iter().copied().map(log))
    }
}

const NUMBERS: &Numbers<Found> = &[
    (
        "ratio",
        "xi",
        "trainable depth in units of xi, geometric mean over the rows",
        |f| f.ratio().value(),
    ),
    (
        "ratio-spread",
        "1",
        "factor by which the ratio varies between the rows (one standard deviation)",
        |f| f.ratio().spread(),
    ),
    ("ratio-least", "xi", "smallest ratio of a row", |f| {
        f.ratios.iter().copied().fold(f64::INFINITY, f64::min)
    }),
    ("ratio-most", "xi", "largest ratio of a row", |f| {
        f.ratios.iter().copied().fold(0.0, f64::max)
    }),
    (
        "beyond",
        "1",
        "number of rows whose trainable depth is beyond the depths of the grid for every seed",
        |f| f.beyond as f64,
    ),
];

impl TrainableDepth {
    /// A row for each quantizer, width, choice of rates and number of steps, in the order of the runs.
    fn rows(&self, runs: &Table) -> Result<Vec<Row>, BoxError> {
        let gains = ["start", "gain"];
        if runs.column("gain").is_ok() && runs.groups(&gains)?.len() > 1 {
            return Err(
                "the runs have several initializations or gains: this stage needs the runs of a training-grid with one of each".into(),
            );
        }
        let (quantizer, states) = (runs.text("quantizer")?, runs.u64("states")?);
        let (width, rates) = (runs.u64("width")?, runs.text("rates")?);
        let (layers, seed) = (runs.u64("layers")?, runs.u64("seed")?);
        let by: Vec<Vec<String>> = (self.by.iter())
            .map(|name| runs.text(name))
            .collect::<Result<_, _>>()?;
        let (step, time) = (runs.u64("step")?, runs.f64("time")?);
        let (accuracy, depth_scale) = (runs.f64("accuracy")?, runs.f64("depth_scale")?);
        let (wanted_step, wanted_width) = (self.step.map(u64::from), self.width.map(|w| w as u64));
        known("step", wanted_step, &step)?;
        known("width", wanted_width, &width)?;
        let mut rows = Vec::new();
        let own = ["quantizer", "width", "rates", "step"].map(str::to_owned);
        for runs in runs.groups(&[&own[..], &self.by].concat())? {
            let first = runs[0];
            let wanted = |wanted: Option<u64>, found| wanted.is_none_or(|wanted| wanted == found);
            if !(wanted(wanted_step, step[first]) && wanted(wanted_width, width[first])) {
                continue;
            }
            let same_time = runs.iter().all(|run| time[*run] == time[first]);
            // By seed: the accuracy by depth.
            let mut curves: BTreeMap<u64, BTreeMap<u64, f64>> = BTreeMap::new();
            for run in runs {
                let curve = curves.entry(seed[run]).or_default();
                curve.insert(layers[run], accuracy[run]);
            }
            let seeds = curves
                .iter()
                .map(|(seed, curve)| Ok((*seed, self.crossing(curve)?)))
                .collect::<Result<BTreeMap<u64, f64>, BoxError>>()?;
            let within = seeds.values().copied().filter(|depth| depth.is_finite());
            rows.push(Row {
                quantizer: quantizer[first].clone(),
                by: by.iter().map(|column| column[first].clone()).collect(),
                states: states[first],
                depth_scale: depth_scale[first],
                width: width[first],
                rates: rates[first].clone(),
                step: step[first],
                time: if same_time { time[first] } else { f64::NAN },
                depth: GeometricMean::of_logs(within.map(log)),
                seeds,
            });
        }
        Ok(rows)
    }

    /// The depth at which a curve of accuracy falls through the level, interpolated in the logarithm of the depth; NaN if it
    /// does not.
    fn crossing(&self, curve: &BTreeMap<u64, f64>) -> Result<f64, BoxError> {
        let depth: Vec<f64> = curve.keys().map(|layers| log(*layers as f64)).collect();
        let accuracy: Vec<f64> = curve.values().copied().collect();
        let found = mf_fit::last_crossing(&depth, &accuracy, self.accuracy)?;
        Ok(found.map_or(f64::NAN, libm::exp))
    }
}

/// An error if the runs do not have the wanted value of a parameter.
fn known(key: &str, wanted: Option<u64>, found: &[u64]) -> Result<(), BoxError> {
    match wanted.filter(|wanted| !found.contains(wanted)) {
        None => Ok(()),
        Some(wanted) => {
            let found = Vec::from_iter(BTreeSet::from_iter(found));
            Err(
                format!("`{key}` is {wanted}, but the runs have {found:?}: choose one of these")
                    .into(),
            )
        }
    }
}

/// The columns that say what was trained, and for how long.
fn described<'a, T>(
    mut rows: Rows<'a, T>,
    by: &[String],
    of: impl Fn(&'a T) -> &'a Row,
) -> Rows<'a, T> {
    rows = rows.text("quantizer", "name in pipeline.toml, or uniform-N", |t| {
        &of(t).quantizer
    });
    for (index, name) in by.iter().enumerate() {
        rows = rows.text(name, "as in the runs", |t| {
            of(t).by.get(index).map_or("", String::as_str)
        });
    }
    rows.u64("states", "1", "number of states N", |t| of(t).states)
    .u64(
        "states_plus_one",
        "1",
        "N + 1, the paper's regressor",
        |t| of(t).states + 1,
    )
    .f64("depth_scale", "layers", "xi at the best gain; of a network of blocks its own, NaN without one", |t| {
        of(t).depth_scale
    })
    .u64("width", "units", "units of a hidden layer", |t| of(t).width)
    .text(
        "rates",
        "learning rates: by depth, or the speed that all depths have",
        |t| &of(t).rates,
    )
    .u64("step", "steps", "steps of training", |t| of(t).step)
    .f64(
        "time",
        "1",
        "learning time: rate times width times layers times steps; NaN if it differs between the depths",
        |t| of(t).time,
    )
}

fn depths(rows: &[Row], by: &[String]) -> Result<Table, DataError> {
    described(Table::of(rows), by, |r| r)
        .f64(
            "depth",
            "layers",
            "trainable depth, geometric mean over the seeds; NaN if beyond the grid",
            |r| r.depth.value(),
        )
        .f64(
            "low",
            "layers",
            "trainable depth, one standard error of its logarithm below",
            |r| r.depth.range().0,
        )
        .f64(
            "high",
            "layers",
            "trainable depth, one standard error of its logarithm above",
            |r| r.depth.range().1,
        )
        .f64(
            "error",
            "layers",
            "standard error of the trainable depth over the seeds",
            |r| r.depth.standard_error(),
        )
        .f64("ratio", "xi", "trainable depth in units of xi", Row::ratio)
        .f64(
            "ratio_error",
            "xi",
            "standard error of the ratio over the seeds",
            |r| r.depth.standard_error() / r.depth_scale,
        )
        .u64(
            "seeds",
            "1",
            "number of seeds whose trainable depth is within the grid",
            |r| r.depth.logs().count(),
        )
        .build()
}

/// A row for each seed, for fits.
fn seeds(rows: &[Row], by: &[String]) -> Result<Table, DataError> {
    let seeds: Vec<(&Row, u64, f64)> = rows.iter().flat_map(Row::by_seed).collect();
    described(Table::of(&seeds), by, |(row, ..)| row)
        .u64("seed", "1", "number of the seed, from 0", |(_, seed, _)| {
            *seed
        })
        .f64(
            "depth",
            "layers",
            "trainable depth; NaN if beyond the grid",
            |(.., depth)| *depth,
        )
        .f64(
            "ratio",
            "xi",
            "trainable depth in units of xi",
            |(row, _, depth)| depth / row.depth_scale,
        )
        .build()
}
