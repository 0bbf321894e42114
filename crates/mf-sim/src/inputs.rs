//! The pre-activations of the inputs.

use crate::error::{SimError, at_least};
use crate::hidden::Hidden;
use crate::memory::{check_memory, memory_needed};
use mf_kernel::{LANES, Purpose, Random};

/// The most memory of inputs, in bytes: 16 GiB.
pub const MOST_BYTES: u64 = 16 << 30;

/// Variances whose squares f32 holds.
const SMALLEST: f64 = 1e-30;
const LARGEST: f64 = 1e30;

/// The pre-activations `u(0)` of some points.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    states: Hidden,
}

impl Inputs {
    /// `cos(t) v1 + sin(t) v2` at `points` angles `t = -pi + 2 pi j / points`, with `v1` and `v2` random, orthogonal
    /// and of mean square `variance`. So every point has this mean square, and points `dt` apart have covariance
    /// `variance cos(dt)`, exact to rounding in f32.
    ///
    /// # Errors
    /// [`SimError`] unless `points >= 1`, `width >= 2`, and `variance` is from 1e-30 to 1e30.
    pub fn circle(points: usize, width: usize, variance: f64, seed: u64) -> Result<Self, SimError> {
        at_least(1, "points", points)?;
        check_memory(points, width, MOST_BYTES, memory_needed)?;
        let [v1, v2] = directions(width, variance, seed)?;
        let mut states = Hidden::zeros(points, width);
        for point in 0..points {
            let turn = 2.0 * point as f64 / points as f64 - 1.0;
            let (sine, cosine) = libm::sincos(turn * std::f64::consts::PI);
            let row = v1
                .iter()
                .zip(&v2)
                .map(|(a, b)| (cosine * a + sine * b) as f32);
            states.set_row(point, row);
        }
        Ok(Self { states })
    }

    /// A random first point, and for each of `correlations` one more point that has this correlation with the first:
    /// point `j` is `c_j v_0 + sqrt(1 - c_j^2) v_j` with random directions `v`, all orthogonal and of mean square
    /// `variance`.
    ///
    /// # Errors
    /// [`SimError`] unless there are more units than correlations, each of them is from -1 to 1, and `variance` is from
    /// 1e-30 to 1e30.
    pub fn with_correlations(
        correlations: &[f64],
        width: usize,
        variance: f64,
        seed: u64,
    ) -> Result<Self, SimError> {
        let points = correlations.len() + 1;
        check_memory(points, width, MOST_BYTES, memory_needed)?;
        if let Some(&value) = correlations.iter().find(|c| !(-1.0..=1.0).contains(*c)) {
            let allowed = "a number from -1 to 1";
            return Err(SimError::Parameter {
                name: "correlation",
                value,
                allowed,
            });
        }
        let directions = orthogonal(points, width, variance, seed)?;
        let mut states = Hidden::zeros(points, width);
        if let Some((first, others)) = directions.split_first() {
            states.set_row(0, first.iter().map(|v| *v as f32));
            for (index, (c, other)) in correlations.iter().zip(others).enumerate() {
                let rest = ((1.0 - c) * (1.0 + c)).sqrt();
                let row = first
                    .iter()
                    .zip(other)
                    .map(|(a, b)| (c * a + rest * b) as f32);
                states.set_row(index + 1, row);
            }
        }
        Ok(Self { states })
    }

    /// The given rows, one for each point.
    ///
    /// # Errors
    /// [`SimError`] unless there is a row, all rows have the same length of 1 or more, and every value is finite.
    pub fn from_rows(rows: &[Vec<f32>]) -> Result<Self, SimError> {
        at_least(1, "points", rows.len())?;
        let first = rows.first().map_or(0, Vec::len);
        at_least(1, "width", first)?;
        for (row, values) in rows.iter().enumerate() {
            let length = values.len();
            if length != first {
                return Err(SimError::Ragged { row, length, first });
            }
            if let Some((unit, &value)) = values.iter().enumerate().find(|(_, v)| !v.is_finite()) {
                return Err(SimError::NotFinite { row, unit, value });
            }
        }
        let mut states = Hidden::zeros(rows.len(), first);
        for (point, row) in rows.iter().enumerate() {
            states.set_row(point, row.iter().copied());
        }
        Ok(Self { states })
    }

    /// The states: layer 0 of [`crate::forward()`].
    pub fn states(&self) -> &Hidden {
        &self.states
    }
}

fn directions(width: usize, variance: f64, seed: u64) -> Result<[Vec<f64>; 2], SimError> {
    let directions = orthogonal(2, width, variance, seed)?;
    let needed = directions.len();
    directions
        .try_into()
        .map_err(|_| SimError::Directions { needed, width })
}

/// Random orthogonal directions of mean square `variance`, by Gram and Schmidt.
fn orthogonal(
    count: usize,
    width: usize,
    variance: f64,
    seed: u64,
) -> Result<Vec<Vec<f64>>, SimError> {
    if !(SMALLEST..=LARGEST).contains(&variance) {
        let allowed = "a number from 1e-30 to 1e30, which f32 can hold";
        return Err(SimError::Parameter {
            name: "variance",
            value: variance,
            allowed,
        });
    }
    at_least(1, "width", width)?;
    if count > width {
        return Err(SimError::Directions {
            needed: count,
            width,
        });
    }
    let length = (variance * width as f64).sqrt();
    let mut found: Vec<Vec<f64>> = Vec::with_capacity(count);
    let mut attempt = 0;
    while found.len() < count {
        let mut direction = normal_row(width, seed, [found.len(), attempt, 0]);
        let before = dot(&direction, &direction).sqrt();
        // Two passes make it orthogonal to the last bits.
        for _ in 0..2 {
            for other in &found {
                let along = dot(&direction, other) / (length * length);
                direction
                    .iter_mut()
                    .zip(other)
                    .for_each(|(x, y)| *x -= along * y);
            }
        }
        let left = dot(&direction, &direction).sqrt();
        // If almost nothing is left, it is rounding error: draw another direction.
        if left > 1e-6 * before {
            direction.iter_mut().for_each(|x| *x *= length / left);
            found.push(direction);
        } else {
            attempt += 1;
        }
    }
    Ok(found)
}

fn normal_row(width: usize, seed: u64, place: [usize; 3]) -> Vec<f64> {
    let mut rows = vec![[0.0; LANES]; width.div_ceil(LANES)];
    Random::new(seed, Purpose::Input, place).normal(1.0, &mut rows);
    rows.iter()
        .flatten()
        .take(width)
        .map(|x| f64::from(*x))
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
