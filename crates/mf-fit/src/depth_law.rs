//! The depth at which networks of quantized activations stop learning, against learning time and width.

use nalgebra::{Matrix2, Vector2};

use crate::GeometricMean;
use crate::error::FitError;
use crate::regression::check_values;
use crate::solve::{minimum, root};

/// A measured trainable depth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthPoint {
    /// The depth scale xi, in layers, above 0.
    pub depth_scale: f64,
    /// Units of a hidden layer, above 0.
    pub width: f64,
    /// The learning time: rate times width times layers times steps, above 0.
    pub time: f64,
    /// The trainable depth, in layers, above 0.
    pub depth: f64,
}

/// The trainable depth of a network:
///
/// ```text
/// L = (intercept + slope ln T) / (1/xi + loss/sqrt(width)),   T = rate * width * L * steps.
/// ```
///
/// The part of the tangent kernel that depends on the correlation of two inputs falls like `exp(-L/xi)`, and what is
/// learned grows with the learning time `T`; so the depth at a given accuracy grows by about `xi` each time that `T` grows by
/// a factor of `e`: `slope` is about 1. A finite width adds its own loss to that of the quantizer, `loss/sqrt(width)` a
/// layer. This term was found by measurement: each layer adds noise of that order to correlations, but its form is not derived.
///
/// ```
/// use mf_fit::{DepthLaw, DepthPoint};
///
/// let law = DepthLaw { intercept: -5.0, slope: 1.0, loss: 0.3 };
/// let point = |depth_scale, width, time| DepthPoint {
///     depth_scale, width, time, depth: law.depth(depth_scale, width, time),
/// };
/// let points = [point(4.7, 128.0, 1e3), point(26.0, 256.0, 2e3), point(86.0, 512.0, 8e3), point(8.0, 64.0, 4e3)];
/// let found = DepthLaw::fit(&points)?;
/// assert!((found.loss - 0.3).abs() < 1e-5 && (found.slope - 1.0).abs() < 1e-6);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthLaw {
    /// The depth in units of the wide network's xi at `T = 1`; below 0.
    pub intercept: f64,
    /// How much of xi is gained each time that `T` grows by a factor of `e`.
    pub slope: f64,
    /// The loss of a finite width: `loss/sqrt(width)` a layer.
    pub loss: f64,
}

/// The largest `loss` that is looked for.
const MOST_LOSS: f64 = 10.0;

/// The power of the width in the law.
const ROOT: f64 = 0.5;

/// The powers that are looked for.
const LEAST_POWER: f64 = 0.2;
const MOST_POWER: f64 = 2.0;

/// The loss of a layer, of the quantizer and of the width: `1/xi + loss/sqrt(width)`.
fn of_a_layer(loss: f64, xi: f64, width: f64) -> f64 {
    1.0 / xi + loss / width.sqrt()
}

impl DepthLaw {
    /// Least squares of the relative error of the depth.
    ///
    /// ```
    /// # use mf_fit::{DepthLaw, DepthPoint};
    /// let point = DepthPoint { depth_scale: 8.0, width: 256.0, time: 1e3, depth: 13.0 };
    /// assert!(DepthLaw::fit(&[point]).is_err());
    /// ```
    ///
    /// # Errors
    /// [`FitError::Points`] for fewer than four points; [`FitError::Value`] for a value that is not finite and above 0;
    /// [`FitError::Collinear`] if all points have the same time; [`FitError::Solver`] if no `loss` from 0 to 10 is best.
    pub fn fit(points: &[DepthPoint]) -> Result<Self, FitError> {
        const PARAMETERS: usize = 3;
        if points.len() <= PARAMETERS {
            return Err(FitError::Points {
                points: points.len(),
                parameters: PARAMETERS,
            });
        }
        let column = |of: fn(&DepthPoint) -> f64| points.iter().map(of).collect::<Vec<f64>>();
        for (name, values) in [
            ("the depth scale", column(|point| point.depth_scale)),
            ("the width", column(|point| point.width)),
            ("the learning time", column(|point| point.time)),
            ("the depth", column(|point| point.depth)),
        ] {
            check_values(name, &values, 0.0, "finite numbers above 0")?;
        }
        let error = |loss| Ok(Self::at_loss(points, loss)?.squared_error(points));
        Self::at_loss(points, minimum(error, 0.0, MOST_LOSS)?)
    }

    /// The power of xi that the points have: the best `r` from 0.2 to 2 with `1/xi^r` in the place of `1/xi`. The law has
    /// power 1.
    ///
    /// ```
    /// # use mf_fit::{DepthLaw, DepthPoint};
    /// // Depths of wide networks that grow as the root of xi.
    /// let point = |xi: f64, time: f64| DepthPoint {
    ///     depth_scale: xi, width: 1e18, time, depth: xi.sqrt() * time.ln(),
    /// };
    /// let points = [point(4.0, 10.0), point(9.0, 40.0), point(25.0, 20.0), point(81.0, 90.0), point(16.0, 60.0)];
    /// assert!((DepthLaw::power_of_xi(&points)? - 0.5).abs() < 1e-4);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Self::fit`].
    pub fn power_of_xi(points: &[DepthPoint]) -> Result<f64, FitError> {
        let error = |power| Self::error_at(points, power, ROOT);
        minimum(error, LEAST_POWER, MOST_POWER)
    }

    /// The powers of xi and of the width that the points have: the best `r` and `v` with `1/xi^r + loss/width^v`. The law has
    /// the powers 1 and 1/2. The points have several widths.
    ///
    /// # Errors
    /// Those of [`Self::fit`].
    pub fn powers(points: &[DepthPoint]) -> Result<[f64; 2], FitError> {
        let at = |power_of_width| {
            let error = |power| Self::error_at(points, power, power_of_width);
            minimum(error, LEAST_POWER, MOST_POWER)
        };
        let of_width = minimum(
            |power| Self::error_at(points, at(power)?, power),
            LEAST_POWER,
            MOST_POWER,
        )?;
        Ok([at(of_width)?, of_width])
    }

    /// The squared error of the best law with these powers of xi and of the width.
    fn error_at(points: &[DepthPoint], of_xi: f64, of_width: f64) -> Result<f64, FitError> {
        // Powers about the middle of the points: the loss keeps its size.
        let middle = |of: fn(&DepthPoint) -> f64| {
            GeometricMean::of_logs(points.iter().map(of).map(libm::log)).value()
        };
        let (xi, width) = (middle(|p| p.depth_scale), middle(|p| p.width));
        let changed = |point: &DepthPoint| DepthPoint {
            depth_scale: xi * libm::pow(point.depth_scale / xi, of_xi),
            width: width * libm::pow(point.width / width, of_width / ROOT),
            ..*point
        };
        let points: Vec<DepthPoint> = points.iter().map(changed).collect();
        Ok(Self::fit(&points)?.squared_error(&points))
    }

    fn squared_error(&self, points: &[DepthPoint]) -> f64 {
        let errors = points.iter().map(|point| self.relative_error(point));
        errors.map(|error| error * error).sum()
    }

    /// The best intercept and slope for a given loss: the model is linear in them.
    fn at_loss(points: &[DepthPoint], loss: f64) -> Result<Self, FitError> {
        let (mut gram, mut moment) = (Matrix2::zeros(), Vector2::zeros());
        for point in points {
            let unit = 1.0 / (of_a_layer(loss, point.depth_scale, point.width) * point.depth);
            let row = Vector2::new(unit, unit * libm::log(point.time));
            gram += row * row.transpose();
            moment += row;
        }
        let cholesky = gram.cholesky().ok_or(FitError::Collinear)?;
        let best = cholesky.solve(&moment);
        Ok(Self {
            intercept: best.x,
            slope: best.y,
            loss,
        })
    }

    /// The depth by the law over the measured one, minus 1.
    ///
    /// ```
    /// # use mf_fit::{DepthLaw, DepthPoint};
    /// // Without the loss of width, 2 xi at T = e^2; measured: 1 xi.
    /// let law = DepthLaw { intercept: 0.0, slope: 1.0, loss: 0.0 };
    /// let point = DepthPoint { depth_scale: 8.0, width: 256.0, time: 2.0_f64.exp(), depth: 8.0 };
    /// assert!((law.relative_error(&point) - 1.0).abs() < 1e-15);
    /// ```
    pub fn relative_error(&self, point: &DepthPoint) -> f64 {
        self.depth(point.depth_scale, point.width, point.time) / point.depth - 1.0
    }

    /// The depth scale of a network of finite width: `1 / (1/xi + loss/sqrt(width))`, in layers.
    ///
    /// ```
    /// // Wide networks have xi, narrow ones sqrt(width)/loss.
    /// let law = mf_fit::DepthLaw { intercept: -5.0, slope: 1.0, loss: 0.3 };
    /// assert!((law.depth_scale(10.0, 1e18) - 10.0).abs() < 1e-6);
    /// assert!((law.depth_scale(1e9, 9.0) - 10.0).abs() < 1e-6);
    /// ```
    pub fn depth_scale(&self, xi: f64, width: f64) -> f64 {
        1.0 / of_a_layer(self.loss, xi, width)
    }

    /// The trainable depth after a learning time, in layers.
    ///
    /// ```
    /// let law = mf_fit::DepthLaw { intercept: 1.0, slope: 0.0, loss: 0.5 };
    /// assert_eq!(law.depth(8.0, 16.0, 1e3), 4.0);
    /// ```
    pub fn depth(&self, xi: f64, width: f64, time: f64) -> f64 {
        self.depth_scale(xi, width) * (self.intercept + self.slope * libm::log(time))
    }

    /// The trainable depth at a learning rate after some steps, in layers: the learning time grows with the depth itself.
    /// None if no depth of one layer or more solves the law.
    ///
    /// ```
    /// let law = mf_fit::DepthLaw { intercept: -5.0, slope: 1.0, loss: 0.3 };
    /// let depth = law.depth_at_rate(8.0, 256.0, 0.001, 400.0)?.unwrap_or_default();
    /// assert!((law.depth(8.0, 256.0, 0.001 * 256.0 * 400.0 * depth) / depth - 1.0).abs() < 1e-12);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// [`FitError::Value`] for an argument that is not finite and above 0; those of the root finder, none are expected.
    pub fn depth_at_rate(
        &self,
        xi: f64,
        width: f64,
        rate: f64,
        steps: f64,
    ) -> Result<Option<f64>, FitError> {
        check_values(
            "xi, width, rate, steps",
            &[xi, width, rate, steps],
            0.0,
            "finite numbers above 0",
        )?;
        // Above the point where it has the slope 1, depth - law(depth) rises: its last root is the depth.
        let per_layer = rate * width * steps;
        let above = |depth: f64| Ok(depth - self.depth(xi, width, per_layer * depth));
        let bottom = (self.slope * self.depth_scale(xi, width)).max(1.0);
        if above(bottom)? > 0.0 {
            return Ok(None);
        }
        let mut top = 2.0 * bottom;
        while above(top)? < 0.0 {
            top *= 2.0;
        }
        root(above, bottom, top).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten points without scatter, over a factor of 100 in xi and 16 in width.
    fn points(law: DepthLaw) -> Vec<DepthPoint> {
        let mut points = Vec::new();
        for (index, depth_scale) in [2.2, 4.7, 8.0, 26.0, 220.0].into_iter().enumerate() {
            for width in [64.0, 1024.0] {
                let time = 500.0 * (index + 1) as f64;
                points.push(DepthPoint {
                    depth_scale,
                    width,
                    time,
                    depth: law.depth(depth_scale, width, time),
                });
            }
        }
        points
    }

    const LAW: DepthLaw = DepthLaw {
        intercept: -4.5,
        slope: 0.9,
        loss: 0.4,
    };

    /// The minimum is found to about 1e-6 of `loss`; the other parameters follow it.
    const FOUND: f64 = 2e-5;

    #[test]
    fn the_law_of_exact_points_is_found() {
        let found = DepthLaw::fit(&points(LAW)).unwrap();
        assert!((found.loss / LAW.loss - 1.0).abs() < FOUND, "{found:?}");
        assert!((found.slope / LAW.slope - 1.0).abs() < FOUND, "{found:?}");
        assert!((found.intercept / LAW.intercept - 1.0).abs() < FOUND);
    }

    /// The minimum of a minimum: each is found to about the root of the rounding of its function.
    const FOUND_POWER: f64 = 1e-3;

    #[test]
    fn the_powers_of_exact_points_are_found() {
        let [xi, width] = DepthLaw::powers(&points(LAW)).unwrap();
        assert!((xi - 1.0).abs() < FOUND_POWER && (width - ROOT).abs() < FOUND_POWER);
        assert!((DepthLaw::power_of_xi(&points(LAW)).unwrap() - 1.0).abs() < FOUND_POWER);
        // Points of another law: 1/xi^0.8 + loss/width.
        let mut other = points(LAW);
        for point in &mut other {
            let rate = libm::pow(point.depth_scale, -0.8) + LAW.loss / point.width;
            point.depth = (LAW.intercept + LAW.slope * libm::log(point.time)) / rate;
        }
        let [xi, width] = DepthLaw::powers(&other).unwrap();
        assert!(
            (xi - 0.8).abs() < FOUND_POWER && (width - 1.0).abs() < FOUND_POWER,
            "{xi} {width}"
        );
    }

    #[test]
    fn depths_of_other_units_scale() {
        // Twice as many layers everywhere: intercept and slope double, the loss stays.
        let mut twice = points(LAW);
        twice.iter_mut().for_each(|point| point.depth *= 2.0);
        let found = DepthLaw::fit(&twice).unwrap();
        assert!((found.loss / LAW.loss - 1.0).abs() < FOUND);
        assert!((found.slope / (2.0 * LAW.slope) - 1.0).abs() < FOUND);
    }

    #[test]
    fn a_depth_at_a_rate_solves_its_equation() {
        for (xi, width, rate, steps) in [(4.7, 64.0, 0.05, 400.0), (86.0, 2048.0, 0.001, 400.0)] {
            let depth = LAW.depth_at_rate(xi, width, rate, steps).unwrap().unwrap();
            let again = LAW.depth(xi, width, rate * width * steps * depth);
            assert!((again / depth - 1.0).abs() < 1e-12, "{depth} {again}");
        }
        // After a hundredth of a step nothing is learned at any depth.
        assert_eq!(LAW.depth_at_rate(4.7, 64.0, 0.001, 0.01), Ok(None));
    }

    #[test]
    fn invalid_points_are_refused() {
        let mut bad = points(LAW);
        bad[3].time = 0.0;
        assert_eq!(
            DepthLaw::fit(&bad).unwrap_err().to_string(),
            "the learning time[3] is 0: give finite numbers above 0"
        );
        bad.iter_mut().for_each(|point| point.time = 1e3);
        assert!(matches!(DepthLaw::fit(&bad), Err(FitError::Collinear)));
    }
}
