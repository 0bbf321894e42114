//! `trainable-depth`: the depth at which the accuracy of trained networks falls below a level, beside xi, and its power law in N.

use std::collections::{BTreeMap, BTreeSet};

use libm::log;
use mf_data::{DataError, Table};

use mf_fit::{Bend, FitError, GeometricMean, Line, SeededLine};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};
use super::window::{self, Window};

/// Parameters of `trainable-depth`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrainableDepth {
    /// The accuracy that a trainable network reaches, between 0 and 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    accuracy: f64,
    /// The number of steps of training after which the accuracy is read; one of the steps in the runs.
    step: u32,
    /// The numbers of states N to which the power law is fitted; by default all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

/// The trainable depth of a quantizer.
struct Row {
    quantizer: String,
    states: u64,
    depth_scale: f64,
    /// `ln(depth)` of each seed, in the order of the seeds; `None` if it is beyond the depths of the grid.
    seeds: Vec<Option<f64>>,
    /// The trainable depth in layers, geometric mean over the seeds.
    depth: GeometricMean,
}

impl Row {
    /// N + 1, the paper's regressor.
    fn plus_one(&self) -> f64 {
        (self.states + 1) as f64
    }

    /// The trainable depth in units of xi.
    fn ratio(&self) -> f64 {
        self.depth.value() / self.depth_scale
    }

    /// `ln(depth)` of each seed, if there are seeds and none is beyond the grid.
    fn whole(&self) -> Option<Vec<f64>> {
        let logs = self.seeds.iter().copied().collect::<Option<Vec<f64>>>();
        logs.filter(|logs| !logs.is_empty())
    }
}

/// The power law, and how the trainable depth compares with xi.
struct Found {
    fit: SeededLine,
    /// None for three points: a parabola goes through all of them, so the bend has no error.
    bend: Option<Bend>,
    /// The power law of xi in N + 1.
    xi: Line,
    /// Trainable depths in units of xi.
    ratios: Vec<f64>,
    ratio: GeometricMean,
    /// Number of quantizers whose trainable depth is beyond the grid.
    beyond: usize,
}

impl TypedStage for TrainableDepth {
    const KIND: &'static str = "trainable-depth";
    const ABOUT: &'static str = "Depth at which the accuracy of trained networks falls below a level, its ratio to xi, and its power law in N + 1.";

    fn check(&self) -> Result<(), ParamError> {
        if !(self.accuracy > 0.0 && self.accuracy < 1.0) {
            let message = format!("the accuracy is {}", self.accuracy);
            return Err(ParamError::at("accuracy", message).allowed("a number between 0 and 1"));
        }
        self.window.as_ref().map_or(Ok(()), Window::check)
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required(
            "runs",
            "the table `runs` of a training-grid with one initialization and one gain",
        )]
    }

    fn tables(&self) -> Vec<String> {
        ["depths", "line"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let rows = self.rows(&job.table("runs")?)?;
        let inside = |row: &&Row| {
            let states = row.states as f64;
            self.window
                .as_ref()
                .is_none_or(|window| window.holds(states))
        };
        let fitted = rows.iter().filter(inside);
        let (points, logs): (Vec<&Row>, Vec<Vec<f64>>) =
            fitted.filter_map(|row| Some((row, row.whole()?))).unzip();
        let x: Vec<f64> = points.iter().map(|row| row.plus_one()).collect();
        let few = |error: FitError| {
            format!(
                "too few quantizers have a trainable depth within the depths of the grid: add depths to the grid, or widen `window` ({error})"
            )
        };
        let values = |y: fn(&Row) -> f64| points.iter().map(|row| y(row)).collect::<Vec<f64>>();
        let fit = mf_fit::power_law_over_seeds(&x, &logs).map_err(few)?;
        let measured = rows.iter().filter(|row| row.depth.logs().count() > 0);
        let ratios: Vec<f64> = measured.map(Row::ratio).collect();
        let found = Found {
            fit,
            bend: mf_fit::bend(&x, &values(|row| row.depth.value())).ok(),
            xi: mf_fit::power_law(&x, &values(|row| row.depth_scale)).map_err(few)?,
            ratio: GeometricMean::of_logs(ratios.iter().copied().map(log)),
            beyond: rows.len() - ratios.len(),
            ratios,
        };
        let outputs = Outputs::new()
            .table("depths", table(&rows, &fit.line)?)
            .table("line", line_table(&x, &fit.line)?);
        Ok(numbers::of(&found, NUMBERS, outputs))
    }
}

const NUMBERS: &Numbers<Found> = &[
    (
        "exponent",
        "1",
        "slope of ln(trainable depth) on ln(N + 1), mean over the seeds",
        |f| f.fit.line.slope,
    ),
    (
        "exponent-error",
        "1",
        "standard error of the exponent: the larger of exponent-error-residuals and exponent-error-seeds",
        |f| f.fit.slope_error(),
    ),
    (
        "exponent-error-residuals",
        "1",
        "standard error of the exponent from the residuals of the line",
        |f| f.fit.line.slope_error,
    ),
    (
        "exponent-error-seeds",
        "1",
        "standard error of the exponent over the seeds; NaN for one seed",
        |f| f.fit.slopes.standard_error(),
    ),
    (
        "bend",
        "1",
        "coefficient of ln(N + 1)^2 in a parabola: 0 for a power law; NaN for three points",
        |f| f.bend.map_or(f64::NAN, |bend| bend.bend),
    ),
    (
        "bend-error",
        "1",
        "standard error of the bend, from the residuals of the parabola",
        |f| f.bend.map_or(f64::NAN, |bend| bend.error),
    ),
    (
        "intercept",
        "1",
        "ln(trainable depth) at ln(N + 1) = 0",
        |f| f.fit.line.intercept,
    ),
    (
        "xi-exponent",
        "1",
        "slope of ln(xi) on ln(N + 1), for the same N",
        |f| f.xi.slope,
    ),
    (
        "ratio",
        "xi",
        "trainable depth in units of xi, geometric mean over quantizers",
        |f| f.ratio.value(),
    ),
    (
        "ratio-spread",
        "1",
        "factor by which the ratio varies between quantizers (one standard deviation)",
        |f| f.ratio.spread(),
    ),
    ("ratio-least", "xi", "smallest ratio of a quantizer", |f| {
        f.ratios.iter().copied().fold(f64::INFINITY, f64::min)
    }),
    ("ratio-most", "xi", "largest ratio of a quantizer", |f| {
        f.ratios.iter().copied().fold(0.0, f64::max)
    }),
    ("points", "1", "number of quantizers in the fit", |f| {
        f.fit.line.points as f64
    }),
    (
        "beyond",
        "1",
        "number of quantizers whose trainable depth is beyond the depths of the grid",
        |f| f.beyond as f64,
    ),
];

impl TrainableDepth {
    /// A row for each quantizer, in the order of the runs.
    fn rows(&self, runs: &Table) -> Result<Vec<Row>, BoxError> {
        if runs.groups(&["start", "gain"])?.len() > 1 {
            return Err(
                "the runs have several initializations or gains: this stage needs the runs of a training-grid with one of each".into(),
            );
        }
        let (quantizer, states) = (runs.text("quantizer")?, runs.u64("states")?);
        let (layers, seed) = (runs.u64("layers")?, runs.u64("seed")?);
        let (step, accuracy) = (runs.u64("step")?, runs.f64("accuracy")?);
        let depth_scale = runs.f64("depth_scale")?;
        if !step.contains(&u64::from(self.step)) {
            let known = Vec::from_iter(BTreeSet::from_iter(step));
            return Err(format!("`step` is {}, but the networks were tested after {known:?} steps: choose one of these", self.step).into());
        }
        let mut rows = Vec::new();
        for runs in runs.groups(&["quantizer"])? {
            let first = runs[0];
            // By seed: the accuracy by depth.
            let mut curves: BTreeMap<u64, BTreeMap<u64, f64>> = BTreeMap::new();
            for run in runs {
                if step[run] == u64::from(self.step) {
                    let curve = curves.entry(seed[run]).or_default();
                    curve.insert(layers[run], accuracy[run]);
                }
            }
            let crossing = |curve: &BTreeMap<u64, f64>| {
                let depth: Vec<f64> = curve.keys().map(|layers| log(*layers as f64)).collect();
                let accuracy: Vec<f64> = curve.values().copied().collect();
                mf_fit::last_crossing(&depth, &accuracy, self.accuracy)
            };
            let seeds: Vec<Option<f64>> =
                curves.values().map(crossing).collect::<Result<_, _>>()?;
            rows.push(Row {
                quantizer: quantizer[first].clone(),
                states: states[first],
                depth_scale: depth_scale[first],
                depth: GeometricMean::of_logs(seeds.iter().copied().flatten()),
                seeds,
            });
        }
        Ok(rows)
    }
}

fn table(rows: &[Row], line: &Line) -> Result<Table, DataError> {
    Table::of(rows)
        .text("quantizer", "name in pipeline.toml, or uniform-N", |r| {
            &r.quantizer
        })
        .u64("states", "1", "number of states N", |r| r.states)
        .u64(
            "states_plus_one",
            "1",
            "N + 1, the paper's regressor",
            |r| r.states + 1,
        )
        .f64("depth_scale", "layers", "xi at the best gain", |r| {
            r.depth_scale
        })
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
        .f64(
            "residual",
            "1",
            "ln(trainable depth) minus the fitted line",
            |r| r.depth.logs().mean() - log(line.at(r.plus_one())),
        )
        .f64(
            "residual_error",
            "1",
            "standard error of ln(trainable depth) over the seeds",
            |r| r.depth.logs().standard_error(),
        )
        .u64(
            "seeds",
            "1",
            "number of seeds whose trainable depth is within the grid",
            |r| r.depth.logs().count(),
        )
        .build()
}

/// The fitted law at the smallest and the largest N + 1, for figures.
fn line_table(x: &[f64], line: &Line) -> Result<Table, DataError> {
    Table::of(&window::ends(x))
        .f64("x", "1", "N + 1", |x| *x)
        .f64("y", "layers", "fitted trainable depth", |x| line.at(*x))
        .build()
}
