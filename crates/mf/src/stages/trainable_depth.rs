//! `trainable-depth`: the depth at which accuracy falls through a level, over seeds, beside xi, and its power of N.

use std::collections::BTreeMap;

use libm::{exp, log};
use mf_data::{DataError, Table};
use mf_fit::Line;
use mf_fit::Mean;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::window::Window;

/// Parameters of `trainable-depth`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrainableDepth {
    /// The accuracy that a trainable network reaches.
    #[schemars(range(min = 0.0, max = 1.0))]
    accuracy: f64,
    /// The number of steps after which it is measured; one of those of the runs.
    step: u32,
    /// The numbers of states of which the power law is fitted; by default all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

/// What a quantizer's runs say.
struct Row {
    quantizer: String,
    states: u64,
    depth_scale: f64,
    /// `ln(depth)` of each seed, in the order of the seeds; `None` if it lies beyond the depths of the grid.
    seeds: Vec<Option<f64>>,
    /// Over the seeds.
    log_depth: Mean,
}

impl Row {
    /// The trainable depth: the geometric mean over the seeds.
    fn depth(&self) -> f64 {
        exp(self.log_depth.mean())
    }
}

/// The regressor of the paper.
fn plus_one(row: &Row) -> f64 {
    (row.states + 1) as f64
}

impl TypedStage for TrainableDepth {
    const KIND: &'static str = "trainable-depth";
    const ABOUT: &'static str = "Depth at which the accuracy of trained networks falls through a level, its ratio to xi, and its power of N.";

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
            "the `runs` of a training-grid with one start and one gain",
        )]
    }

    fn tables(&self) -> Vec<String> {
        ["depths", "line"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        [
            "exponent",
            "exponent-error",
            "exponent-error-residuals",
            "exponent-error-seeds",
            "bend",
            "bend-error",
            "intercept",
            "xi-exponent",
            "ratio",
            "ratio-spread",
            "ratio-least",
            "ratio-most",
            "points",
            "beyond",
        ]
        .map(str::to_owned)
        .into()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let rows = self.rows(&job.table("runs")?)?;
        let measured: Vec<&Row> = rows
            .iter()
            .filter(|row| row.log_depth.count() > 0)
            .collect();
        let inside = |row: &&&Row| {
            let states = row.states as f64;
            let whole = row.seeds.iter().all(Option::is_some);
            whole
                && self
                    .window
                    .as_ref()
                    .is_none_or(|window| window.holds(states))
        };
        let fitted: Vec<&Row> = measured.iter().filter(inside).copied().collect();
        let ratios = || measured.iter().map(|row| row.depth() / row.depth_scale);
        let ratio: Mean = ratios().map(log).collect();
        let x: Vec<f64> = fitted.iter().map(|row| plus_one(row)).collect();
        let values =
            |y: &dyn Fn(&Row) -> f64| fitted.iter().map(|row| y(row)).collect::<Vec<f64>>();
        let fit = |y: &dyn Fn(&Row) -> f64| -> Result<Line, BoxError> {
            let few = "too few numbers of states have their trainable depth inside the grid: add depths, or widen `window`";
            mf_fit::power_law(&x, &values(y)).map_err(|error| format!("{few} ({error})").into())
        };
        let line = fit(&Row::depth)?;
        // The seeds' own exponents tell how far chance moves the exponent; the residuals, how far a line is from the points.
        let seeds = fitted.first().map_or(0, |row| row.seeds.len());
        let mut exponents = Mean::default();
        for seed in 0..seeds {
            let depth = |row: &Row| exp(row.seeds.get(seed).copied().flatten().unwrap_or(f64::NAN));
            exponents.push(fit(&depth)?.slope);
        }
        let over_seeds = exponents.standard_error();
        // Three points lie on a parabola: there is nothing to tell its bend from chance.
        let bend = mf_fit::bend(&x, &values(&Row::depth));
        let (bend, bend_error) = bend.map_or((f64::NAN, f64::NAN), |b| (b.bend, b.error));
        let beyond = rows.len() - measured.len();
        Ok(Outputs::new()
            .table("depths", table(&rows, &line)?)
            .table("line", line_table(&fitted, &line)?)
            .number(
                "exponent",
                line.slope,
                "1",
                "slope of ln(trainable depth) on ln(N + 1), mean over seeds",
            )
            .number(
                "exponent-error",
                line.slope_error.max(over_seeds),
                "1",
                "standard error of the exponent: the larger of the two below",
            )
            .number(
                "exponent-error-residuals",
                line.slope_error,
                "1",
                "standard error of the exponent from the residuals of the line",
            )
            .number(
                "exponent-error-seeds",
                over_seeds,
                "1",
                "standard error of the exponent over the seeds; NaN of one seed",
            )
            .number(
                "bend",
                bend,
                "1",
                "coefficient of ln(N + 1)^2 beside the line: 0 for a power law; NaN of three points",
            )
            .number(
                "bend-error",
                bend_error,
                "1",
                "its standard error, from the residuals of the parabola",
            )
            .number(
                "intercept",
                line.intercept,
                "1",
                "ln(trainable depth) at ln(N + 1) = 0",
            )
            .number(
                "xi-exponent",
                fit(&|row| row.depth_scale)?.slope,
                "1",
                "the same slope of xi itself, for the same N",
            )
            .number(
                "ratio",
                exp(ratio.mean()),
                "xi",
                "trainable depth in units of xi, geometric mean over quantizers",
            )
            .number(
                "ratio-spread",
                exp(ratio.variance().sqrt()),
                "1",
                "factor by which the quantizers scatter around it (one standard deviation)",
            )
            .number(
                "ratio-least",
                ratios().fold(f64::INFINITY, f64::min),
                "xi",
                "the least of these ratios",
            )
            .number("ratio-most", ratios().fold(0.0, f64::max), "xi", "the largest")
            .number("points", fitted.len() as f64, "1", "quantizers of the fit")
            .number(
                "beyond",
                beyond as f64,
                "1",
                "quantizers whose trainable depth lies beyond the depths of the grid",
            ))
    }
}

impl TrainableDepth {
    /// A row for each quantizer, in the order of the runs.
    fn rows(&self, runs: &Table) -> Result<Vec<Row>, BoxError> {
        let (quantizer, states) = (runs.text("quantizer")?, runs.u64("states")?);
        let (start, gain) = (runs.text("start")?, runs.f64("gain")?);
        let (layers, seed) = (runs.u64("layers")?, runs.u64("seed")?);
        let (step, accuracy) = (runs.u64("step")?, runs.f64("accuracy")?);
        let depth_scale = runs.f64("depth_scale")?;
        let mixed = start.iter().any(|name| Some(name) != start.first())
            || gain.iter().any(|value| Some(value) != gain.first());
        if mixed {
            return Err(
                "the runs mix several starts or gains: give this stage the runs of one".into(),
            );
        }
        if !step.contains(&u64::from(self.step)) {
            let mut known: Vec<u64> = step;
            known.sort_unstable();
            known.dedup();
            return Err(format!("the runs were not tested after {} steps, but after {known:?}: choose one of these as `step`", self.step).into());
        }
        let mut rows: Vec<Row> = Vec::new();
        // Accuracy by depth, for each quantizer and seed.
        let mut curves: Vec<BTreeMap<u64, BTreeMap<u64, f64>>> = Vec::new();
        let columns = quantizer.into_iter().zip(states).zip(depth_scale);
        let places = layers
            .into_iter()
            .zip(seed)
            .zip(step.into_iter().zip(accuracy));
        for (((quantizer, states), depth_scale), ((layers, seed), (step, accuracy))) in
            columns.zip(places)
        {
            if rows.last().is_none_or(|row| row.quantizer != quantizer) {
                let (seeds, log_depth) = (Vec::new(), Mean::default());
                rows.push(Row {
                    quantizer,
                    states,
                    depth_scale,
                    seeds,
                    log_depth,
                });
                curves.push(BTreeMap::new());
            }
            if let Some(curve) = curves.last_mut().filter(|_| step == u64::from(self.step)) {
                curve.entry(seed).or_default().insert(layers, accuracy);
            }
        }
        for (row, curves) in rows.iter_mut().zip(&curves) {
            row.seeds = curves
                .values()
                .map(|curve| crossing(curve, self.accuracy))
                .collect();
            row.log_depth = row.seeds.iter().copied().flatten().collect();
        }
        Ok(rows)
    }
}

/// `ln(depth)` where the accuracy falls through `level` for the last time, on straight lines over the logarithm of the
/// depth; `None` if it does so nowhere between the depths that were trained.
fn crossing(curve: &BTreeMap<u64, f64>, level: f64) -> Option<f64> {
    let points: Vec<(f64, f64)> = curve
        .iter()
        .map(|(&layers, &accuracy)| (log(layers as f64), accuracy))
        .collect();
    let last = points
        .iter()
        .rposition(|(_, accuracy)| *accuracy >= level)?;
    let ((x, above), (right, below)) = (points.get(last)?, points.get(last + 1)?);
    Some(x + (right - x) * (above - level) / (above - below))
}

fn table(rows: &[Row], line: &Line) -> Result<Table, DataError> {
    let number = |value: &dyn Fn(&Row) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    Table::builder()
        .text(
            "quantizer",
            "name in pipeline.toml, or uniform-N",
            rows.iter().map(|r| r.quantizer.clone()).collect(),
        )
        .u64(
            "states",
            "1",
            "number of states N",
            rows.iter().map(|r| r.states).collect(),
        )
        .u64(
            "states_plus_one",
            "1",
            "N + 1, the paper's regressor",
            rows.iter().map(|r| r.states + 1).collect(),
        )
        .f64(
            "depth_scale",
            "layers",
            "xi at the best gain",
            number(&|r| r.depth_scale),
        )
        .f64(
            "depth",
            "layers",
            "trainable depth, geometric mean over the seeds; NaN if beyond the grid",
            number(&Row::depth),
        )
        .f64(
            "low",
            "layers",
            "one standard error of its logarithm below",
            number(&|r| exp(r.log_depth.mean() - r.log_depth.standard_error())),
        )
        .f64(
            "high",
            "layers",
            "one standard error of its logarithm above",
            number(&|r| exp(r.log_depth.mean() + r.log_depth.standard_error())),
        )
        .f64(
            "error",
            "layers",
            "standard error of the depth over the seeds",
            number(&|r| r.depth() * r.log_depth.standard_error()),
        )
        .f64(
            "ratio",
            "xi",
            "trainable depth in units of xi",
            number(&|r| r.depth() / r.depth_scale),
        )
        .f64(
            "ratio_error",
            "xi",
            "standard error of the ratio over the seeds",
            number(&|r| r.depth() * r.log_depth.standard_error() / r.depth_scale),
        )
        .f64(
            "residual",
            "1",
            "ln(trainable depth) minus the fitted line",
            number(&|r| r.log_depth.mean() - log(line.at(plus_one(r)))),
        )
        .f64(
            "residual_error",
            "1",
            "standard error of ln(trainable depth) over the seeds",
            number(&|r| r.log_depth.standard_error()),
        )
        .u64(
            "seeds",
            "1",
            "seeds whose depth lies inside the grid",
            rows.iter().map(|r| r.log_depth.count()).collect(),
        )
        .build()
}

/// The fitted line at the ends of its window, to draw.
fn line_table(fitted: &[&Row], line: &Line) -> Result<Table, DataError> {
    let x = || fitted.iter().map(|row| plus_one(row));
    let ends = [x().fold(f64::INFINITY, f64::min), x().fold(0.0, f64::max)];
    Table::builder()
        .f64("x", "1", "N + 1", ends.to_vec())
        .f64(
            "y",
            "layers",
            "fitted trainable depth",
            ends.map(|x| line.at(x)).to_vec(),
        )
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(u64, f64)]) -> BTreeMap<u64, f64> {
        points.iter().copied().collect()
    }

    #[test]
    fn a_crossing_lies_on_the_line_between_its_neighbours() {
        // Half way between 0.8 and 0.2, so half way between ln 10 and ln 40.
        let found = crossing(&curve(&[(5, 0.9), (10, 0.8), (40, 0.2), (80, 0.1)]), 0.5).unwrap();
        assert!((exp(found) - 20.0).abs() < 1e-12);
    }

    #[test]
    fn the_last_crossing_counts() {
        let shallow_is_slow = curve(&[(2, 0.3), (10, 0.9), (20, 0.5), (40, 0.1)]);
        assert!((exp(crossing(&shallow_is_slow, 0.5).unwrap()) - 20.0).abs() < 1e-12);
    }

    #[test]
    fn a_crossing_beyond_the_grid_is_none() {
        assert_eq!(crossing(&curve(&[(10, 0.9), (20, 0.8)]), 0.5), None);
        assert_eq!(crossing(&curve(&[(10, 0.2), (20, 0.1)]), 0.5), None);
    }
}
