//! The depth at which networks of quantized activations stop learning, against learning time and width.

use nalgebra::{Matrix2, Vector2};

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
/// The part of the tangent kernel that tells inputs apart falls like `exp(-L/xi)`, and what is learned grows with the
/// learning time `T`; so the depth at a given accuracy grows by about `xi` each time that `T` grows by a factor of `e`:
/// `slope` is about 1. A finite width adds its own loss to that of the quantizer, `loss/sqrt(width)` a layer: each layer
/// adds noise of that order to correlations. This term was found by measurement.
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
        let error = |loss| {
            let law = Self::at_loss(points, loss)?;
            let errors = points.iter().map(|point| law.relative_error(point));
            Ok(errors.map(|error| error * error).sum())
        };
        Self::at_loss(points, minimum(error, 0.0, MOST_LOSS)?)
    }

    /// The best intercept and slope for a given loss: the model is linear in them.
    fn at_loss(points: &[DepthPoint], loss: f64) -> Result<Self, FitError> {
        let (mut gram, mut moment) = (Matrix2::zeros(), Vector2::zeros());
        for point in points {
            let rate = 1.0 / point.depth_scale + loss / point.width.sqrt();
            let unit = 1.0 / (rate * point.depth);
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
        1.0 / (1.0 / xi + self.loss / width.sqrt())
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
    /// None if the law has no depth of one layer or more.
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
