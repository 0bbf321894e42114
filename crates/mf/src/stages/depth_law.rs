//! `depth-law`: trainable depth against learning time and width, in units of xi.

use std::collections::{BTreeMap, BTreeSet};

use mf_data::{DataError, Table};
use mf_fit::{DepthLaw, DepthPoint, FitError, GeometricMean, Mean};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};
use super::window::{self, Window};

/// Parameters of `depth-law`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DepthLawStage {
    /// Only learning times in this window; by default all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

/// Networks of one quantizer and width after a learning time.
struct Row {
    quantizer: String,
    states: u64,
    width: u64,
    step: u64,
    depth: GeometricMean,
    point: DepthPoint,
}

impl Row {
    /// The networks that it was measured with.
    fn networks(&self) -> (&str, u64) {
        (&self.quantizer, self.width)
    }

    /// xi / sqrt(width), on which the loss of a finite width depends.
    fn narrowness(&self) -> f64 {
        self.point.depth_scale / self.point.width.sqrt()
    }

    fn reduced(&self) -> Point {
        Point::new(self.states, self.point)
    }

    /// ln(measured depth / depth by the law).
    fn residual(&self, law: &DepthLaw) -> f64 {
        -libm::log1p(law.relative_error(&self.point))
    }
}

impl TypedStage for DepthLawStage {
    const KIND: &'static str = "depth-law";
    const ABOUT: &'static str = "Least squares of trainable depth = (intercept + slope ln T) / (1/xi + loss/sqrt(width)), T = rate x width x layers x steps.";

    fn check(&self) -> Result<(), ParamError> {
        self.window.as_ref().map_or(Ok(()), Window::check)
    }

    fn roles(&self) -> Vec<Role> {
        vec![
            Role::required(
                "seeds",
                "the table `seeds` of a trainable-depth whose networks have learning speeds",
            ),
            Role::optional(
                "held-out",
                "another such table, which is compared with the law and not fitted",
            ),
        ]
    }

    fn tables(&self) -> Vec<String> {
        ["depths", "times", "widths"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let held_out = job.has("held-out").then(|| job.table("held-out"));
        let found = Found::of(
            &job.table("seeds")?,
            held_out.transpose()?.as_ref(),
            self.window.as_ref(),
        )?;
        let outputs = Outputs::new()
            .table("depths", depths(&found)?)
            .table("times", times(&found)?)
            .table("widths", widths(&found)?);
        Ok(numbers::of(&found, NUMBERS, outputs))
    }
}

/// What the fits need of a row.
struct Point {
    plus_one: f64,
    point: DepthPoint,
}

impl Point {
    fn new(states: u64, point: DepthPoint) -> Self {
        Self {
            plus_one: (states + 1) as f64,
            point,
        }
    }
}

/// What the points say.
const VALUES: usize = 8;
const INTERCEPT: usize = 0;
const SLOPE: usize = 1;
const LOSS: usize = 2;
const XI_POWER: usize = 3;
const EXPONENT: usize = 4;
const FREE_XI_POWER: usize = 5;
const FREE_WIDTH_POWER: usize = 6;
const LEFT_IN_TIME: usize = 7;

/// A law, the powers that the points have where the law has powers of its own, and the shape of the residuals.
fn values(rows: &[Point]) -> Result<[f64; VALUES], FitError> {
    let points: Vec<DepthPoint> = rows.iter().map(|row| row.point).collect();
    let law = DepthLaw::fit(&points)?;
    let column = |of: &dyn Fn(&DepthPoint) -> f64| points.iter().map(of).collect::<Vec<f64>>();
    let over = column(&|point| 1.0 / (1.0 + law.relative_error(point)));
    let time = column(&|point| point.time);
    let power = DepthLaw::power_of_xi(&points)?;
    let one_width = points.windows(2).all(|pair| pair[0].width == pair[1].width);
    let [free_xi, free_width] = match one_width {
        true => [f64::NAN; 2],
        false => DepthLaw::powers(&points)?,
    };
    Ok([
        law.intercept,
        law.slope,
        law.loss,
        power,
        power * xi_exponent(rows)?,
        free_xi,
        free_width,
        mf_fit::bend(&time, &over)?.bend,
    ])
}

/// The exponent of xi in N + 1.
fn xi_exponent(rows: &[Point]) -> Result<f64, FitError> {
    let plus_one: Vec<f64> = rows.iter().map(|row| row.plus_one).collect();
    let xi: Vec<f64> = rows.iter().map(|row| row.point.depth_scale).collect();
    Ok(mf_fit::power_law(&plus_one, &xi)?.slope)
}

struct Found {
    rows: Vec<Row>,
    /// Rows that are not fitted.
    held_out: Vec<Row>,
    law: DepthLaw,
    values: [f64; VALUES],
    /// Standard errors from the scatter of the points about the law.
    from_points: [f64; VALUES],
    /// Standard errors from the scatter over the seeds.
    from_seeds: [f64; VALUES],
    /// The exponent of xi in N + 1, over the same points.
    xi_exponent: f64,
}

impl Found {
    /// # Errors
    /// Too few points; a table without the columns.
    fn of(
        seeds: &Table,
        held_out: Option<&Table>,
        window: Option<&Window>,
    ) -> Result<Self, BoxError> {
        let (rows, by_seed) = read(seeds, window)?;
        let held_out = held_out.map(|seeds| read(seeds, window)).transpose()?;
        let all: Vec<Point> = rows.iter().map(Row::reduced).collect();
        let few = |error: FitError| {
            format!(
                "too few trainable depths are within the depths of the grid for every seed: add depths, widths or steps to the grid ({error})"
            )
        };
        let mut of_seeds = [Mean::default(); VALUES];
        for points in by_seed.values() {
            let values = values(points).map_err(few)?;
            of_seeds
                .iter_mut()
                .zip(values)
                .for_each(|(mean, value)| mean.push(value));
        }
        let found = values(&all).map_err(few)?;
        Ok(Self {
            law: DepthLaw {
                intercept: found[INTERCEPT],
                slope: found[SLOPE],
                loss: found[LOSS],
            },
            values: found,
            xi_exponent: xi_exponent(&all).map_err(few)?,
            from_points: without_one(&rows).map_err(few)?,
            from_seeds: of_seeds.map(|mean| mean.standard_error()),
            rows,
            held_out: held_out.map_or_else(Vec::new, |(rows, _)| rows),
        })
    }

    /// The larger standard error: a maximum of a number and NaN is the number.
    fn error(&self, index: usize) -> f64 {
        self.from_points[index].max(self.from_seeds[index])
    }

    fn extreme(&self, of: fn(&Row) -> f64, choose: fn(f64, f64) -> f64) -> f64 {
        self.rows.iter().map(of).reduce(choose).unwrap_or(f64::NAN)
    }

    /// The root mean square of the residuals.
    fn residual(&self, rows: &[Row]) -> f64 {
        let squares = rows
            .iter()
            .map(|row| row.residual(&self.law))
            .map(|r| r * r);
        (squares.sum::<f64>() / rows.len() as f64).sqrt()
    }

    fn largest(&self, rows: &[Row]) -> f64 {
        let sizes = rows.iter().map(|row| row.residual(&self.law).abs());
        sizes.fold(0.0, f64::max)
    }
}

/// The points of each seed.
type BySeed = BTreeMap<u64, Vec<Point>>;

/// Rows whose depth is within the grid for every seed, and their points by seed. A mean over some of the seeds would be too
/// small or too large.
fn read(seeds: &Table, window: Option<&Window>) -> Result<(Vec<Row>, BySeed), BoxError> {
    let (mut rows, mut by_seed) = (Vec::new(), BySeed::new());
    let (quantizer, states) = (seeds.text("quantizer")?, seeds.u64("states")?);
    let (width, step, seed) = (seeds.u64("width")?, seeds.u64("step")?, seeds.u64("seed")?);
    let (xi, time) = (seeds.f64("depth_scale")?, seeds.f64("time")?);
    let depth = seeds.f64("depth")?;
    for group in seeds.groups(&["quantizer", "width", "rates", "step"])? {
        let inside = window.is_none_or(|window| window.holds(time[group[0]]));
        if !(inside && group.iter().all(|row| depth[*row].is_finite())) {
            continue;
        }
        let point = |row: usize| DepthPoint {
            depth_scale: xi[row],
            width: width[row] as f64,
            time: time[row],
            depth: depth[row],
        };
        for &row in &group {
            let points = by_seed.entry(seed[row]).or_default();
            points.push(Point::new(states[row], point(row)));
        }
        let first = group[0];
        let depth = GeometricMean::of_logs(group.iter().map(|row| libm::log(depth[*row])));
        rows.push(Row {
            quantizer: quantizer[first].clone(),
            states: states[first],
            width: width[first],
            step: step[first],
            depth,
            point: DepthPoint {
                depth: depth.value(),
                ..point(first)
            },
        });
    }
    Ok((rows, by_seed))
}

/// Standard errors by the jackknife, leaving out all points of a quantizer and a width at a time: they come from the same
/// networks, after other numbers of steps.
fn without_one(rows: &[Row]) -> Result<[f64; VALUES], FitError> {
    let groups: BTreeSet<(&str, u64)> = rows.iter().map(Row::networks).collect();
    let mut means = [Mean::default(); VALUES];
    for group in &groups {
        let others = rows.iter().filter(|row| row.networks() != *group);
        let found = values(&others.map(Row::reduced).collect::<Vec<_>>())?;
        means
            .iter_mut()
            .zip(found)
            .for_each(|(mean, value)| mean.push(value));
    }
    // (G - 1) / G times the sum of squares, which is G - 1 times the variance.
    let parts = groups.len() as f64 - 1.0;
    Ok(means.map(|mean| parts * (mean.variance() / groups.len() as f64).sqrt()))
}

const NUMBERS: &Numbers<Found> = &[
    (
        "intercept",
        "xi",
        "trainable depth of wide networks at T = 1, by the law",
        |f| f.values[INTERCEPT],
    ),
    (
        "intercept-error",
        "xi",
        "standard error of the intercept: the larger of those from the points and over the seeds",
        |f| f.error(INTERCEPT),
    ),
    (
        "slope",
        "xi",
        "gain of trainable depth each time that T grows by a factor of e",
        |f| f.values[SLOPE],
    ),
    (
        "slope-error",
        "xi",
        "standard error of the slope, the larger one",
        |f| f.error(SLOPE),
    ),
    (
        "loss",
        "1",
        "loss of a finite width: loss/sqrt(width) a layer, beside 1/xi",
        |f| f.values[LOSS],
    ),
    (
        "loss-error",
        "1",
        "standard error of the loss, the larger one",
        |f| f.error(LOSS),
    ),
    (
        "xi-power",
        "1",
        "the best power r with 1/xi^r in the place of 1/xi: 1 if depth is proportional to xi at infinite width",
        |f| f.values[XI_POWER],
    ),
    (
        "xi-power-error",
        "1",
        "standard error of xi-power, the larger one",
        |f| f.error(XI_POWER),
    ),
    (
        "exponent",
        "1",
        "exponent of trainable depth in N + 1 at one learning time and infinite width: xi-power times xi-exponent",
        |f| f.values[EXPONENT],
    ),
    (
        "exponent-error",
        "1",
        "standard error of the exponent, the larger one",
        |f| f.error(EXPONENT),
    ),
    (
        "xi-exponent",
        "1",
        "slope of ln(xi) on ln(N + 1), over the same points",
        |f| f.xi_exponent,
    ),
    (
        "free-xi-power",
        "1",
        "the best power r of xi if the power of the width is free, too; NaN for one width",
        |f| f.values[FREE_XI_POWER],
    ),
    (
        "free-xi-power-error",
        "1",
        "standard error of free-xi-power, the larger one",
        |f| f.error(FREE_XI_POWER),
    ),
    (
        "free-width-power",
        "1",
        "the best power v with loss/width^v and a free power of xi: 1/2 in the law; NaN for one width",
        |f| f.values[FREE_WIDTH_POWER],
    ),
    (
        "free-width-power-error",
        "1",
        "standard error of free-width-power, the larger one",
        |f| f.error(FREE_WIDTH_POWER),
    ),
    (
        "left-in-time",
        "1",
        "coefficient of ln(T)^2 in ln(measured depth / law): 0 if depth grows with the logarithm of T",
        |f| f.values[LEFT_IN_TIME],
    ),
    (
        "left-in-time-error",
        "1",
        "standard error of left-in-time, the larger one",
        |f| f.error(LEFT_IN_TIME),
    ),
    (
        "residual",
        "1",
        "root mean square of ln(measured depth / law)",
        |f| f.residual(&f.rows),
    ),
    (
        "residual-most",
        "1",
        "largest size of ln(measured depth / law)",
        |f| f.largest(&f.rows),
    ),
    (
        "held-out-residual",
        "1",
        "root mean square of ln(measured depth / law), points that are not fitted; NaN if there are none",
        |f| f.residual(&f.held_out),
    ),
    (
        "held-out-residual-most",
        "1",
        "largest size of ln(measured depth / law), points that are not fitted; 0 if there are none",
        |f| f.largest(&f.held_out),
    ),
    (
        "held-out-time-most",
        "1",
        "largest learning time T of the points that are not fitted; NaN if there are none",
        |f| {
            let times = f.held_out.iter().map(|row| row.point.time);
            times.reduce(f64::max).unwrap_or(f64::NAN)
        },
    ),
    (
        "held-out-xi-most",
        "layers",
        "largest xi of the points that are not fitted; NaN if there are none",
        |f| {
            let xi = f.held_out.iter().map(|row| row.point.depth_scale);
            xi.reduce(f64::max).unwrap_or(f64::NAN)
        },
    ),
    ("points", "1", "number of points of the fit", |f| {
        f.rows.len() as f64
    }),
    ("time-least", "1", "smallest learning time T", |f| {
        f.extreme(|row| row.point.time, f64::min)
    }),
    ("time-most", "1", "largest learning time T", |f| {
        f.extreme(|row| row.point.time, f64::max)
    }),
    ("xi-least", "layers", "smallest xi", |f| {
        f.extreme(|row| row.point.depth_scale, f64::min)
    }),
    ("xi-most", "layers", "largest xi", |f| {
        f.extreme(|row| row.point.depth_scale, f64::max)
    }),
    ("narrowness-most", "1", "largest xi / sqrt(width)", |f| {
        f.extreme(Row::narrowness, f64::max)
    }),
];

fn depths(found: &Found) -> Result<Table, DataError> {
    let law = &found.law;
    let fitted = found.rows.iter().map(|row| (row, 1));
    let held_out = found.held_out.iter().map(|row| (row, 0));
    let all: Vec<(&Row, u64)> = fitted.chain(held_out).collect();
    Table::of(&all)
        .text(
            "quantizer",
            "name in pipeline.toml, or uniform-N",
            |(r, _)| &r.quantizer,
        )
        .u64("states", "1", "number of states N", |(r, _)| r.states)
        .u64(
            "states_plus_one",
            "1",
            "N + 1, the paper's regressor",
            |(r, _)| r.states + 1,
        )
        .u64("width", "units", "units of a hidden layer", |(r, _)| {
            r.width
        })
        .u64(
            "fitted",
            "1",
            "1 if fitted, 0 if held out",
            |(_, fitted)| *fitted,
        )
        .u64("step", "steps", "steps of training", |(r, _)| r.step)
        .f64(
            "time",
            "1",
            "learning time T: rate times width times layers times steps",
            |(r, _)| r.point.time,
        )
        .f64("depth_scale", "layers", "xi at the best gain", |(r, _)| {
            r.point.depth_scale
        })
        .f64("narrowness", "1", "xi / sqrt(width)", |(r, _)| {
            r.narrowness()
        })
        .f64(
            "depth",
            "layers",
            "trainable depth, geometric mean over the seeds",
            |(r, _)| r.point.depth,
        )
        .f64(
            "error",
            "layers",
            "standard error of the depth over the seeds",
            |(r, _)| r.depth.standard_error(),
        )
        .f64("law", "layers", "depth by the law", |(r, _)| {
            law.depth(r.point.depth_scale, r.point.width, r.point.time)
        })
        .f64("residual", "1", "ln(measured depth / law)", |(r, _)| {
            r.residual(law)
        })
        .f64(
            "residual_error",
            "1",
            "standard error of the residual over the seeds",
            |(r, _)| r.depth.logs().standard_error(),
        )
        .f64(
            "kept",
            "1",
            "measured depth over the depth of wide networks by the law",
            |(r, _)| r.point.depth / law.depth(r.point.depth_scale, f64::INFINITY, r.point.time),
        )
        .f64("ratio", "xi", "measured depth in units of xi", |(r, _)| {
            r.point.depth / r.point.depth_scale
        })
        .f64(
            "wide_ratio",
            "xi",
            "measured depth in units of the depth scale 1 / (1/xi + loss/sqrt(width)) of its width",
            |(r, _)| r.point.depth / law.depth_scale(r.point.depth_scale, r.point.width),
        )
        .f64(
            "wide_error",
            "xi",
            "standard error of wide_ratio over the seeds",
            |(r, _)| r.depth.standard_error() / law.depth_scale(r.point.depth_scale, r.point.width),
        )
        .build()
}

/// The law of wide networks at the ends of the learning times.
fn times(found: &Found) -> Result<Table, DataError> {
    let rows = found.rows.iter().chain(&found.held_out);
    let times: Vec<f64> = rows.map(|row| row.point.time).collect();
    Table::of(&window::ends(&times))
        .f64("time", "1", "learning time T", |time| *time)
        .f64(
            "wide_ratio",
            "xi",
            "trainable depth of wide networks by the law",
            |time| found.law.intercept + found.law.slope * libm::log(*time),
        )
        .build()
}

/// The law of narrow networks over wide ones, up to the largest narrowness.
fn widths(found: &Found) -> Result<Table, DataError> {
    const PARTS: u32 = 50;
    let most = found.extreme(Row::narrowness, f64::max);
    let steps: Vec<f64> = (0..=PARTS)
        .map(|i| most * f64::from(i) / f64::from(PARTS))
        .collect();
    Table::of(&steps)
        .f64("narrowness", "1", "xi / sqrt(width)", |x| *x)
        .f64(
            "kept",
            "1",
            "depth of a network of this narrowness over the depth of a wide one, by the law",
            |x| found.law.depth_scale(1.0, 1.0 / (x * x)),
        )
        .build()
}
